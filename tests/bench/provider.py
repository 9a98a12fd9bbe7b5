"""./dev bench provider: the provider's speed, memory and manners, beside its peer.

Peers: `corner_noop`, the same protocol server with a resource that does nothing, and, where
$PEER_PROVIDER names an executable of bpg/proxmox, that provider on the same fake cluster.
"""

import argparse
import copy
import json
import os
import pathlib
import statistics
import sys
import tempfile
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.bench import peer  # noqa: E402
from tests.e2e.configurations import HEAD, POLICY, TEMPLATE  # noqa: E402
from tests.harness import build, terraform  # noqa: E402
from tests.harness.cluster import Cluster  # noqa: E402
from tests.harness.measure import (Meter, Row, client_certificate, median_usage,  # noqa: E402
                                   print_table, start_to_handshake_ms)
from tests.harness.terraform import Workspace  # noqa: E402

FIRST_VMID = 10_000
RUNS = 5


def configuration(count: int) -> str:
    return HEAD + POLICY + f"""
resource "paas_lxc" "many" {{
  count     = {count}
  hostname  = "many-${{count.index}}"
  node      = "pve1"
  template  = "{TEMPLATE}"
  vmid      = {FIRST_VMID} + count.index
  memory    = "128"
  root_disk = {{ storage = "local", size = "1" }}
  networks  = {{ net0 = {{ bridge = "vmbr0", ipv4 = "dhcp" }} }}
}}
"""


def noop_configuration(count: int) -> str:
    return f"""
terraform {{
  required_providers {{
    corner = {{ source = "libpaas/corner" }}
  }}
}}
resource "corner_noop" "many" {{
  count = {count}
  text  = "many-${{count.index}}"
}}
"""


def mac_of(index: int) -> str:
    return f"BC:24:11:{index >> 16 & 255:02X}:{index >> 8 & 255:02X}:{index & 255:02X}"


def relabel(value, old_vmid: int, vmid: int, index: int, mac: str):
    """One instance's attributes as those of its `index`th sibling."""
    if isinstance(value, dict):
        return {k: relabel(v, old_vmid, vmid, index, mac) for k, v in value.items()}
    if isinstance(value, list):
        return [relabel(v, old_vmid, vmid, index, mac) for v in value]
    if value == old_vmid:
        return vmid
    if isinstance(value, str):
        if value.upper() == mac:
            return mac_of(index)
        return value.replace("many-0", f"many-{index}").replace(str(old_vmid), str(vmid))
    return value


def populate(cluster: Cluster, workspace: Workspace, count: int) -> None:
    """`count` containers on the cluster and in the state, as `count` applies would leave them.

    One is created by a real apply; its state and its configuration on the cluster are multiplied,
    since Terraform itself takes minutes to create thousands.
    """
    workspace.write(configuration(1))
    workspace.apply()
    path = workspace.folder / "terraform.tfstate"
    state = json.loads(path.read_text())
    resource = state["resources"][0]
    sample = resource["instances"][0]
    vmid = sample["attributes"]["vmid"]
    mac = sample["attributes"]["networks"]["net0"]["mac"].upper()
    config = cluster.config(vmid)
    resource["instances"] = []
    guests = []
    for index in range(count):
        instance = copy.deepcopy(sample)
        instance["index_key"] = index
        instance["attributes"] = relabel(sample["attributes"], vmid, FIRST_VMID + index, index, mac)
        if "identity" in instance:
            instance["identity"] = relabel(instance["identity"], vmid, FIRST_VMID + index, index, mac)
        resource["instances"].append(instance)
        clean = {k: v for k, v in config.items() if k != "digest"}
        guests.append({"vmid": FIRST_VMID + index, "node": "pve1", "status": "running",
                       "config": relabel(clean, vmid, FIRST_VMID + index, index, mac)})
    state["serial"] += 1
    state["lineage"] = str(uuid.uuid4())
    path.write_text(json.dumps(state))
    cluster.control("/seed", {"guests": guests})
    workspace.write(configuration(count))


def repeated(meter: Meter, command, runs: int):
    return median_usage([meter.around(command) for _ in range(runs)])


def plan_rows(folder: pathlib.Path, host: str, count: int, runs: int) -> list:
    rows = []
    provider = build.program("terraform-provider-paas")
    with Cluster(folder / "pve") as cluster:
        meter = Meter(folder / "metered", provider)
        cold = Workspace(folder / "cold", host, cluster.environment, meter.folder)
        cold.write(configuration(count))

        def plan_cold():
            assert cold.plan().code == 2

        usage = repeated(meter, plan_cold, runs)
        rows.append(Row(f"plan cold, {count}", usage.wall_s, "s"))
        rows.append(Row(f"plan cold, {count}, peak memory", usage.peak_mib, "MiB"))

        warm = Workspace(folder / "warm", host, cluster.environment, meter.folder)
        populate(cluster, warm, count)
        warm.assert_nothing_to_do("-parallelism=50")
        cluster.forget_calls()
        warm.assert_nothing_to_do()
        calls = cluster.calls()
        usage = repeated(meter, warm.assert_nothing_to_do, runs)
        rows.append(Row(f"plan no-op, {count}", usage.wall_s, "s"))
        rows.append(Row(f"plan no-op, {count}, provider CPU", usage.cpu_s, "s"))
        rows.append(Row(f"plan no-op, {count}, peak memory", usage.peak_mib, "MiB",
                        goal=25 if count == 1000 else None))
        rows.append(Row(f"API calls per refresh, {count}", len(calls), "calls", goal=count + 3,
                        note="goal: nodes (3) + guests"))
        cluster.control("/latency", {"ms": 20})
        usage = repeated(meter, warm.assert_nothing_to_do, runs)
        rows.append(Row(f"plan no-op over a 20 ms API, {count}", usage.wall_s, "s"))
    return rows


def cpu_rows(folder: pathlib.Path, host: str, count: int, runs: int) -> list:
    """The provider's CPU in a no-op plan against a resource that does nothing."""
    with Cluster(folder / "pve") as cluster:
        meter = Meter(folder / "metered", build.program("terraform-provider-paas"))
        real = Workspace(folder / "real", host, cluster.environment, meter.folder)
        populate(cluster, real, count)
        noop_meter = Meter(folder / "metered-noop", build.program("terraform-provider-corner"))
        noop = Workspace(folder / "noop", host, {}, noop_meter.folder)
        noop.write(noop_configuration(count))
        noop.apply("-parallelism=50")
        ours, floor = [], []
        for _ in range(runs):
            ours.append(meter.around(real.assert_nothing_to_do))
            floor.append(noop_meter.around(noop.assert_nothing_to_do))
    ours, floor = median_usage(ours), median_usage(floor)
    return [Row(f"provider CPU over a resource that does nothing, {count}",
                100 * (ours.cpu_s / floor.cpu_s - 1), "%", goal=10,
                note=f"{ours.cpu_s:.2f} s against {floor.cpu_s:.2f} s, all processes of a plan"),
            Row(f"provider memory at {count}", ours.peak_mib, "MiB",
                goal=25 if count == 1000 else None, peer=round(floor.peak_mib, 1),
                peer_name="does nothing")]


def handshake_rows(runs: int) -> list:
    certificate = client_certificate()
    ours = [start_to_handshake_ms(build.program("terraform-provider-paas"), certificate)
            for _ in range(4 * runs)]
    row = Row("start to handshake", statistics.median(ours), "ms", goal=15)
    named = os.environ.get("PEER_PROVIDER")
    if named:
        theirs = [start_to_handshake_ms(pathlib.Path(named), certificate) for _ in range(4 * runs)]
        row.peer, row.peer_name = round(statistics.median(theirs), 2), "bpg/proxmox"
    return [row]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--sizes", default="1,1000,5000", help="numbers of containers")
    parser.add_argument("--runs", type=int, default=RUNS, help="of which the median is shown")
    options = parser.parse_args()
    host = terraform.binaries()[0]
    sizes = [int(size) for size in options.sizes.split(",")]
    rows = handshake_rows(options.runs)
    with tempfile.TemporaryDirectory(prefix="paas-bench-") as folder:
        scratch = pathlib.Path(folder)
        for size in sizes:
            rows += plan_rows(scratch / f"plan-{size}", host, size, options.runs)
        middle = sorted(sizes)[len(sizes) // 2]
        rows += cpu_rows(scratch / "cpu", host, middle, options.runs)
        named = os.environ.get("PEER_PROVIDER")
        if named:
            rows += peer.rows(scratch / "peer", host, pathlib.Path(named), min(middle, 200),
                              options.runs)
    if options.json:
        for row in rows:
            print(json.dumps(row.as_json()))
    else:
        print_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
