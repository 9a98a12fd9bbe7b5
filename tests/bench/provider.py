"""./dev bench provider: the provider's speed, memory and manners, beside its peers.

Peers: `corner_noop`, a resource that does nothing behind the same protocol server, in the shape of
paas_lxc and with the same state; and, where $PEER_PROVIDER names an executable of bpg/proxmox, that
provider on a fake cluster of its own.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.bench import peer  # noqa: E402
from tests.bench.population import FIRST_VMID, populate  # noqa: E402
from tests.contract.plugin_client import started, stubs  # noqa: E402
from tests.e2e.configurations import HEAD, POLICY, TEMPLATE  # noqa: E402
from tests.harness import build, terraform  # noqa: E402
from tests.harness.cluster import Cluster  # noqa: E402
from tests.harness.measure import (Meter, Row, client_certificate, medians,  # noqa: E402
                                   print_table, start_to_handshake_ms)
from tests.harness.process import ending_all  # noqa: E402
from tests.harness.terraform import Workspace  # noqa: E402

RUNS = 5
MANY = 1000  # the size that the goals speak of; above it the peer that does nothing is left out
NODES = 3


def body(count: int) -> str:
    return f"""
  count     = {count}
  hostname  = "many-${{count.index}}"
  node      = "pve1"
  template  = "{TEMPLATE}"
  vmid      = {FIRST_VMID} + count.index
  memory    = "128"
  root_disk = {{ storage = "local", size = "1" }}
  networks  = {{ net0 = {{ bridge = "vmbr0", ipv4 = "dhcp" }} }}
"""


def configuration(count: int) -> str:
    return HEAD + POLICY + f'resource "paas_lxc" "many" {{{body(count)}}}\n'


def noop_configuration(count: int) -> str:
    head = HEAD.replace("paas = ", "corner = ").replace(terraform.SOURCE, "libpaas/corner")
    return head + f'resource "corner_noop" "many" {{{body(count)}}}\n'


def noop_state(state: dict) -> dict:
    """The same objects, said to be of the resource that does nothing."""
    for resource in state["resources"]:
        resource["type"] = "corner_noop"
        resource["provider"] = resource["provider"].replace(terraform.SOURCE, "libpaas/corner")
        for instance in resource["instances"]:
            instance["schema_version"] = 0
            instance.pop("identity", None)
            instance.pop("identity_schema_version", None)
    return state


def noop_beside(folder: pathlib.Path, real: Workspace, host: str, meter: Meter, count: int):
    """A workspace with the state of `real`, held by a resource of its shape that does nothing."""
    shown = real.run("providers", "schema", "-json").output.splitlines()[-1]
    provider, = (schemas for name, schemas in json.loads(shown)["provider_schemas"].items()
                 if name.endswith(terraform.SOURCE))
    folder.mkdir(parents=True)
    shape = folder / "shape.json"
    shape.write_text(json.dumps(provider["resource_schemas"]["paas_lxc"]))
    noop = Workspace(folder, host, {"CORNER_NOOP_SCHEMA": str(shape)}, meter.folder)
    noop.write(noop_configuration(count))
    state = json.loads((real.folder / "terraform.tfstate").read_text())
    (folder / "terraform.tfstate").write_text(json.dumps(noop_state(state)))
    return noop


def times(runs: int) -> str:
    return "once" if runs == 1 else f"median of {runs}"


def plan_rows(what: str, usages: list, runs: int, goals: bool = False):
    """What a plan took: ours, and where there are two, the resource's that does nothing."""
    usage, *floor = usages

    def row(suffix, unit, name, **options):
        if floor:
            options |= {"peer": getattr(floor[0], name), "peer_name": "corner_noop"}
        return Row(f"{what}{suffix}", getattr(usage, name), unit, **options)

    yield row("", "s", "wall_s", note=times(runs))
    yield row(", peak memory", "MiB", "peak_mib", goal=25 if goals else None)
    yield row(", CPU of the provider", "s", "cpu_s",
              goal=round(1.1 * floor[0].cpu_s, 4) if goals else None,
              note="of all its processes; the goal is the peer and 10 %" if goals else "")


def cold_rows(folder: pathlib.Path, host: str, count: int, runs: int):
    with Cluster(folder / "pve", NODES) as cluster:
        meter = Meter(folder / "metered", build.program("terraform-provider-paas"))
        cold = Workspace(folder / "cold", host, cluster.environment, meter.folder)
        cold.write(configuration(count))

        def plan():
            assert cold.plan().code == 2

        yield from plan_rows(f"{count}: plan cold", medians([(meter, plan)], runs), runs)


def warm_rows(folder: pathlib.Path, host: str, count: int, runs: int):
    with Cluster(folder / "pve", NODES) as cluster:
        meter = Meter(folder / "metered", build.program("terraform-provider-paas"))
        real = Workspace(folder / "real", host, cluster.environment, meter.folder)
        populate(cluster, real, configuration, count)
        subjects = [(meter, real)]
        if count <= MANY:
            noop_meter = Meter(folder / "metered-noop", build.program("terraform-provider-corner"))
            subjects.append((noop_meter, noop_beside(folder / "noop", real, host, noop_meter, count)))
        cluster.forget_calls()
        usages = medians([(m, w.assert_nothing_to_do) for m, w in subjects], runs)
        yield Row(f"{count}: API calls per refresh", len(cluster.calls()) / runs, "calls",
                  goal=NODES + count, note="goal: nodes and guests")
        yield from plan_rows(f"{count}: plan no-op", usages, runs, goals=count == MANY)
        if count <= MANY:
            usages = medians([(m, lambda w=w: w.assert_nothing_to_do("-refresh=false"))
                              for m, w in subjects], runs)
            yield from plan_rows(f"{count}: plan without refresh", usages, runs)
        cluster.control("/latency", {"ms": 20})
        yield from plan_rows(f"{count}: plan no-op over a 20 ms API",
                             medians([(meter, real.assert_nothing_to_do)], runs), runs)


def handshake_row(named: str | None, runs: int) -> Row:
    certificate = client_certificate()

    def median_ms(program) -> float:
        return statistics.median(start_to_handshake_ms(program, certificate) for _ in range(runs))

    row = Row("start to handshake", median_ms(build.program("terraform-provider-paas")), "ms",
              goal=15, note=f"with AutoMTLS, {times(runs)}")
    if named:
        row.peer, row.peer_name = median_ms(pathlib.Path(named)), peer.NAME
    return row


def shutdown_row(named: str | None, runs: int) -> Row:
    """From the call of Shutdown to the end of the process, as go-plugin waits for it."""

    def once_ms(program) -> float:
        with started(program) as plugin:
            plugin.provider.GetMetadata(stubs()[0].Metadata.Request())  # the connection stands
            begin = time.perf_counter()
            plugin.controller.Shutdown(stubs()[2].Empty())
            plugin.process.wait()
            return (time.perf_counter() - begin) * 1000

    def median_ms(program) -> float:
        return statistics.median(once_ms(program) for _ in range(runs))

    row = Row("shutdown", median_ms(build.program("terraform-provider-paas")), "ms", goal=100,
              note=f"from the call to the end of the process, {times(runs)}")
    if named:
        row.peer, row.peer_name = median_ms(pathlib.Path(named)), peer.NAME
    return row


def measured(folder: pathlib.Path, sizes: list, runs: int):
    """The rows, each as soon as it is known."""
    host = terraform.binaries()[0]
    named = os.environ.get("PEER_PROVIDER")
    yield handshake_row(named, 4 * runs)
    yield shutdown_row(named, 4 * runs)
    for size in sizes:
        yield from cold_rows(folder / f"cold-{size}", host, size, runs)
        yield from warm_rows(folder / f"warm-{size}", host, size, runs)
    if named:
        size = max((s for s in sizes if s <= MANY), default=sizes[0])
        yield from peer.rows(folder / "peer", host, pathlib.Path(named),
                             (configuration, build.program("terraform-provider-paas")), size,
                             runs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--sizes", default=f"1,{MANY},5000", help="numbers of containers")
    parser.add_argument("--runs", type=int, default=RUNS, help="of which the median is shown")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    rows = []
    with ending_all(), tempfile.TemporaryDirectory(prefix="paas-bench-") as folder:
        for row in measured(pathlib.Path(folder), sizes, options.runs):
            rows.append(row)
            if options.json:
                print(json.dumps(row.as_json()), flush=True)
            else:
                print(f"measured: {row.measure}", file=sys.stderr, flush=True)
    if not options.json:
        print_table(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
