"""./dev soak converge: random changes and random faults, and every time it converges.

Each round changes the configuration, lets something go wrong (a lost answer, a lock, a failed task,
a half-applied write, a hand on the cluster), applies, heals the cluster and applies again. Then the
plan must be empty and the cluster hold exactly what the state names. `--seed` repeats a campaign.
"""

import argparse
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.e2e.configurations import HEAD, POLICY, TEMPLATE  # noqa: E402
from tests.harness import terraform  # noqa: E402
from tests.harness.cluster import Cluster  # noqa: E402
from tests.harness.terraform import Workspace  # noqa: E402

NAMES = ("alpha", "beta", "gamma", "delta")
LOCK_TIMEOUT = "can't lock file '/run/lock/lxc/pve-config-100.lock' - got timeout"

FAULTS = (
    {"method": "POST", "path": "/lxc$", "reset_after": True},
    {"method": "POST", "path": "/lxc$", "reset_before": True},
    {"method": "POST", "path": "/lxc$", "task_failure": "unable to create CT: out of space"},
    {"method": "POST", "path": "/status/start$", "task_failure": "startup for container failed"},
    {"method": "PUT", "path": "/config$", "half": ["memory"], "reason": "bridge does not exist"},
    {"method": "PUT", "path": "/config$", "reset_after": True},
    {"method": "PUT", "path": "/resize$", "status": 500, "reason": LOCK_TIMEOUT},
    {"method": "DELETE", "path": "/lxc/[0-9]+$", "reset_after": True},
    {"method": "DELETE", "path": "/lxc/[0-9]+$", "status": 596, "reason": "Connection timed out"},
    {"method": "GET", "path": "/config$", "status": 595, "reason": "Connection refused", "count": 2},
    {"method": "GET", "path": "/cluster/resources", "reset_before": True},
)


class Wish:
    """What is declared of one container."""

    def __init__(self, dice: random.Random):
        self.memory = dice.choice((128, 256, 512))
        self.disk_gib = dice.choice((1, 2))
        self.extra_gib = dice.choice((0, 0, 1))
        self.cores = dice.choice((None, 1, 2))
        self.tags = sorted(dice.sample(("a", "b", "c"), dice.randrange(3)))
        self.description = dice.choice((None, "first", "with ümlaut and 100 %"))
        self.started = dice.random() < 0.8
        self.address = dice.choice(("dhcp", "manual"))

    def change(self, dice: random.Random) -> None:
        fresh = Wish(dice)
        for name in dice.sample(("memory", "cores", "tags", "description", "started", "address"), 2):
            setattr(self, name, getattr(fresh, name))
        self.disk_gib += dice.choice((0, 0, 1))  # grows, never shrinks
        self.extra_gib += dice.choice((0, 0, 1))

    def text(self, name: str) -> str:
        lines = [f'hostname = "{name}"', f'template = "{TEMPLATE}"', f'memory = "{self.memory}"',
                 f'root_disk = {{ storage = "local", size = "{self.disk_gib}" }}',
                 f'networks = {{ net0 = {{ bridge = "vmbr0", ipv4 = "{self.address}" }} }}',
                 f"started = {str(self.started).lower()}"]
        if self.extra_gib:
            lines.append(f'mount_points = {{ mp0 = {{ storage = "local", path = "/srv", '
                         f'size = "{self.extra_gib}" }} }}')
        if self.cores:
            lines.append(f"cores = {self.cores}")
        if self.tags:
            lines.append("tags = [" + ", ".join(f'"{t}"' for t in self.tags) + "]")
        if self.description:
            lines.append(f'description = "{self.description}"')
        return f'resource "paas_lxc" "{name}" {{\n  ' + "\n  ".join(lines) + "\n}\n"


def disturb(cluster: Cluster, dice: random.Random) -> str:
    """Somebody's hand on the cluster, between two runs."""
    guests = cluster.containers()
    if not guests or dice.random() < 0.5:
        return "nothing by hand"
    guest = dice.choice(guests)
    where = f"/nodes/{guest['node']}/lxc/{guest['vmid']}"
    kind = dice.choice(("delete", "edit", "move"))
    if kind == "delete":
        cluster.control(f"/guests/{guest['vmid']}", method="DELETE")
    elif kind == "edit":
        cluster.api("PUT", f"{where}/config", {"memory": 999, "cores": 3})
    else:
        cluster.control(f"/guests/{guest['vmid']}/move", {"node": dice.choice(("pve1", "pve2"))})
    return f"{kind} {guest['vmid']} by hand"


def round_of(cluster: Cluster, workspace: Workspace, wishes: dict, dice: random.Random) -> str:
    name = dice.choice(NAMES)
    if name in wishes and dice.random() < 0.25:
        del wishes[name]
    elif name in wishes:
        wishes[name].change(dice)
    else:
        wishes[name] = Wish(dice)
    story = disturb(cluster, dice)
    fault = dict(dice.choice(FAULTS))
    workspace.write(HEAD + POLICY + "".join(w.text(n) for n, w in sorted(wishes.items())))
    cluster.control("/faults", [fault])
    workspace.apply("-parallelism=4", check=False)
    cluster.control("/faults", method="DELETE")
    run = workspace.apply("-parallelism=4", check=False)
    assert run.code == 0, f"{story}, {fault}: the apply after the fault failed\n{run.output}"
    workspace.assert_nothing_to_do()
    known = {v["vmid"]: v["hostname"] for v in workspace.resources().values()}
    there = {g["vmid"] for g in cluster.containers()}
    assert there == set(known), f"{story}, {fault}: on the cluster {there}, in the state {known}"
    assert sorted(known.values()) == sorted(wishes)
    return f"{story}; {fault['method']} {fault['path']}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", action="store_true", help="a few rounds of a fixed seed")
    parser.add_argument("--seconds", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = 1 if options.sample else (options.seed or random.SystemRandom().randrange(1 << 32))
    dice = random.Random(seed)
    print(f"seed {seed}", flush=True)
    end = time.monotonic() + options.seconds
    rounds = 0
    with tempfile.TemporaryDirectory(prefix="paas-soak-") as folder, \
            Cluster(pathlib.Path(folder) / "pve") as cluster:
        workspace = Workspace(pathlib.Path(folder) / "module", terraform.binaries()[0],
                              cluster.environment)
        wishes: dict = {}
        while rounds < 8 if options.sample else time.monotonic() < end:
            rounds += 1
            print(f"round {rounds}: {round_of(cluster, workspace, wishes, dice)}", flush=True)
    print(f"{rounds} rounds converged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
