"""bpg/proxmox on the same fake cluster, doing the same: N containers, then a plan of no change."""

import pathlib

from tests.bench.population import FIRST_VMID, populate
from tests.e2e.configurations import TEMPLATE
from tests.harness.cluster import Cluster
from tests.harness.measure import Meter, Row, medians
from tests.harness.terraform import Workspace

NAME = "bpg/proxmox"
NODES = 3


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
  vm_id        = {FIRST_VMID} + count.index
  unprivileged = true
  initialization {{
    hostname = "many-${{count.index}}"
    ip_config {{
      ipv4 {{ address = "dhcp" }}
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


def rows(folder: pathlib.Path, host: str, program: pathlib.Path, ours: tuple, count: int,
         runs: int):
    """Both with `count` containers; `ours` is our configuration and our executable."""
    with Cluster(folder / "pve-ours", NODES) as cluster, \
            Cluster(folder / "pve-peer", NODES) as peer_cluster:
        meter = Meter(folder / "metered-ours", ours[1])
        mine = Workspace(folder / "ours", host, cluster.environment, meter.folder)
        populate(cluster, mine, ours[0], count)
        peer_meter = Meter(folder / "metered-peer", program)
        theirs = Workspace(folder / "peer", host, peer_cluster.environment)
        theirs.use_overrides(peer_meter.folder, ("bpg/proxmox",))
        populate(peer_cluster, theirs, configuration, count)
        cluster.forget_calls()
        peer_cluster.forget_calls()
        usage, peer_usage = medians([(meter, mine.assert_nothing_to_do),
                                     (peer_meter, theirs.assert_nothing_to_do)], runs)
        calls, peer_calls = len(cluster.calls()) / runs, len(peer_cluster.calls()) / runs

    def beside(measure, mine, unit, other, **options):
        return Row(f"{count} side by side: {measure}", mine, unit, peer=other, peer_name=NAME,
                   **options)

    yield beside("plan no-op", usage.wall_s, "s", peer_usage.wall_s, note=f"median of {runs}")
    yield beside("plan no-op, CPU of the provider", usage.cpu_s, "s", peer_usage.cpu_s)
    yield beside("plan no-op, peak memory", usage.peak_mib, "MiB", peer_usage.peak_mib)
    yield beside("API calls per refresh", calls, "calls", peer_calls, goal=NODES + count)
