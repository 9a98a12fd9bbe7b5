"""bpg/proxmox on the same fake cluster, doing the same: N containers, then a plan of no change."""

import pathlib

from tests.e2e.configurations import TEMPLATE, many
from tests.harness import build
from tests.harness.cluster import Cluster
from tests.harness.measure import Meter, Row, median_usage
from tests.harness.terraform import Workspace

NAME = "bpg/proxmox"


def configuration(count: int) -> str:
    return f"""
terraform {{
  required_providers {{
    proxmox = {{ source = "bpg/proxmox" }}
  }}
}}
provider "proxmox" {{
  insecure = true
}}
resource "proxmox_virtual_environment_container" "many" {{
  count        = {count}
  node_name    = "pve1"
  vm_id        = 20000 + count.index
  unprivileged = true
  initialization {{
    hostname = "many-${{count.index}}"
    ip_config {{
      ipv4 {{ address = "192.0.2.${{count.index % 250 + 2}}/24" }}
    }}
  }}
  memory {{ dedicated = 128 }}
  disk {{
    datastore_id = "local"
    size         = 1
  }}
  network_interface {{
    name   = "eth0"
    bridge = "vmbr0"
  }}
  operating_system {{
    template_file_id = "{TEMPLATE}"
    type             = "debian"
  }}
}}
"""


def _measure(cluster: Cluster, workspace: Workspace, meter: Meter, runs: int):
    workspace.apply("-parallelism=10", timeout_s=3600)
    workspace.assert_nothing_to_do()
    cluster.forget_calls()
    workspace.assert_nothing_to_do()
    calls = len(cluster.calls())
    return calls, median_usage([meter.around(workspace.assert_nothing_to_do) for _ in range(runs)])


def rows(folder: pathlib.Path, host: str, provider: pathlib.Path, count: int, runs: int) -> list:
    with Cluster(folder / "pve-ours") as cluster:
        meter = Meter(folder / "metered-ours", build.program("terraform-provider-paas"))
        workspace = Workspace(folder / "ours", host, cluster.environment, meter.folder)
        workspace.write(many(count))
        calls, ours = _measure(cluster, workspace, meter, runs)
    with Cluster(folder / "pve-peer") as cluster:
        meter = Meter(folder / "metered-peer", provider)
        workspace = Workspace(folder / "peer", host, cluster.environment)
        workspace.use_overrides(meter.folder, ("bpg/proxmox",))
        workspace.write(configuration(count))
        peer_calls, theirs = _measure(cluster, workspace, meter, runs)

    def row(measure, mine, unit, other, goal=None):
        return Row(measure, mine, unit, goal=goal, peer=round(other, 3), peer_name=NAME)

    return [
        row(f"side by side, {count}: plan no-op", ours.wall_s, "s", theirs.wall_s),
        row(f"side by side, {count}: provider CPU", ours.cpu_s, "s", theirs.cpu_s),
        row(f"side by side, {count}: peak memory", ours.peak_mib, "MiB", theirs.peak_mib),
        row(f"side by side, {count}: API calls", calls, "calls", peer_calls, goal=count + 3),
    ]
