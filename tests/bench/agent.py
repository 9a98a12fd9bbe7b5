"""./dev bench agent: what the node agent takes of a host, and how soon an app is healthy beside a plain
loop of `podman run`. `rows()` is what other benches take from here.

Podman is real and private to the bench (tests/engine/host.py); both sides have the same image, the same
flags, the same kind of network and the same storage.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.agent.node import Node  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402
from tests.harness import build  # noqa: E402
from tests.harness.measure import Row, print_table  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 900
MANY = 100

# Asks web servers in turn until each has answered: once it returns, all are up.
ASK = """import sys, time, urllib.request
for address in sys.argv[1:]:
    while True:
        try:
            urllib.request.urlopen(f"http://{address}:8080/", timeout=1).read()
            break
        except OSError:
            time.sleep(0.005)
"""


def until(question, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not question():
        if time.monotonic() > deadline:
            raise RuntimeError(f"never: {what}")
        time.sleep(0.01)


# --- What the agent takes. ------------------------------------------------------------------------


class Daemon:
    def __init__(self, node: Node) -> None:
        self.node = node
        starter = node.start()
        children = pathlib.Path(f"/proc/{starter.pid}/task/{starter.pid}/children")
        until(lambda: children.read_text().split(), "an agent")
        self.pid = int(children.read_text().split()[0])
        self.starter = starter

    def memory_mib(self) -> tuple[float, float]:
        """Resident, and its proportional part of what is shared."""
        sizes = dict(line.split()[:2] for line in
                     pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()[1:])
        return int(sizes["Rss:"]) / 1024, int(sizes["Pss:"]) / 1024

    def cpu_s(self) -> float:
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def idle_cpu_percent(self, seconds: float) -> float:
        before, began = self.cpu_s(), time.monotonic()
        time.sleep(seconds)
        return (self.cpu_s() - before) / (time.monotonic() - began) * 100

    def stop(self) -> None:
        self.node.signal(self.starter, 15)
        self.starter.wait()


IMAGE = "localhost/test/one:1"  # is here: what is measured is no download


def web(node: Node, replicas: int) -> dict:
    app = node.app(replicas=replicas, readiness={"http": {"port": 8080}})
    return {**app, "image": IMAGE, "pull": "never"}


def load_image(node: Node) -> None:
    node.host.run(*local_podman(node), "pull", "--quiet", node.image("one"), stdout=subprocess.DEVNULL)


def named(node: Node) -> int:
    """Of how many replicas the names service is told, which is of those that are ready."""
    try:
        feed = json.loads((node.data / "names.json").read_text())
    except FileNotFoundError:
        return 0
    return sum(len(app["replicas"]) for project in feed["projects"] for app in project["apps"])


def declare_and_wait(node: Node, replicas: int) -> None:
    node.declare(*([web(node, replicas)] if replicas else []))
    until(lambda: named(node) == replicas and node.settled() and len(node.status()["containers"]) == replicas,
          f"{replicas} containers at rest")


def rows_of_the_daemon(node: Node, seconds: float) -> list[Row]:
    out = []
    load_image(node)
    node.declare()
    daemon = Daemon(node)
    for count, goal in ((0, 15), (MANY, 20)):
        declare_and_wait(node, count)
        time.sleep(15)  # threads that were needed for it have ended
        cpu = daemon.idle_cpu_percent(seconds)
        resident, proportional = daemon.memory_mib()
        out += [Row(f"agent: memory, {count} containers", resident, "MiB", goal),
                Row(f"agent: memory, {count} containers, proportional", proportional, "MiB"),
                Row(f"agent: CPU at rest, {count} containers", cpu, "%", 0.2)]
    declare_and_wait(node, 0)
    daemon.stop()
    return out


# --- How soon all is healthy. ---------------------------------------------------------------------


def ours(node: Node, replicas: int) -> float:
    node.declare(web(node, replicas))
    began = time.perf_counter()
    agent = subprocess.Popen(node.host.within(build.program("paas-agent"), "apply", "--once", *node.flags()),
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    until(lambda: named(node) == replicas or agent.poll() is not None, "healthy containers")
    took = time.perf_counter() - began
    _, said = agent.communicate()
    if agent.returncode != 0:
        raise RuntimeError(f"apply failed:\n{said}")
    node.declare()
    done = node.apply()
    if done.returncode != 0 or node.containers():
        raise RuntimeError(f"not all was removed:\n{done.stderr}")
    return took


def local_podman(node: Node) -> list[object]:
    """Podman as a person runs it, without a service, on the storage of the node's engine."""
    home = node.host.folder / "podman"
    return ["env", f"CONTAINERS_CONF={node.host.folder}/containers.conf", "podman", "--root", home / "root",
            "--runroot", home / "run", "--tmpdir", home / "tmp", "--network-config-dir", home / "networks",
            "--storage-driver", "vfs"]


def flags_of(node: Node) -> list[str]:
    """What of the agent's containers a person would say on a command line."""
    app = web(node, 1)
    return ["--detach", "--network", "plain", "--cap-drop", "all", "--security-opt", "no-new-privileges",
            "--read-only", "--read-only-tmpfs=true", "--log-driver", "k8s-file", "--log-opt", "max-size=10mb",
            "--label", "paas.app=web", "--label", "paas.project=shop", "--stop-timeout", "1",
            "--entrypoint", json.dumps(app["entrypoint"])]


def peer(node: Node, replicas: int) -> float:
    podman, flags, command = local_podman(node), flags_of(node), web(node, 1)["command"]
    addresses = [f"10.201.1.{2 + number}" for number in range(replicas)]
    began = time.perf_counter()
    for number, address in enumerate(addresses):
        mac = "02:00:" + ":".join(f"{int(part):02x}" for part in address.split("."))
        node.host.run(*podman, "run", *flags, "--name", f"plain-{number}", "--ip", address, "--mac-address", mac,
                      IMAGE, *command, stdout=subprocess.DEVNULL)
    node.host.run(sys.executable, "-c", ASK, *addresses)
    took = time.perf_counter() - began
    node.host.run(*podman, "rm", "--force", "--time", "0", *[f"plain-{n}" for n in range(replicas)],
                  stdout=subprocess.DEVNULL)
    return took


def rows_of_applying(node: Node, sizes: list[int], runs: int) -> list[Row]:
    load_image(node)
    ours(node, 1)  # all programs are in memory
    node.host.run(*local_podman(node), "network", "create", "--disable-dns", "--subnet", "10.201.1.0/24", "plain",
                  stdout=subprocess.DEVNULL)
    peer(node, 1)
    out = []
    for size in sizes:
        pairs = [(ours(node, size), peer(node, size)) for _ in range(runs)]
        own, other = (statistics.median(side) for side in zip(*pairs))
        out += [Row(f"apply to all healthy, {size}", own, "s", peer=other, peer_name="podman run"),
                Row(f"apply to all healthy, {size}, of the loop's time", own / other, "×", 1.15)]
    return out


def rows(seconds: float = 30, runs: int = 5, sizes: list[int] | None = None, daemon: bool = True) -> list[Row]:
    absent = missing()
    if absent:
        raise FileNotFoundError(f"real engines need {', '.join(absent)}")
    out = []
    if daemon:
        with Host() as host:
            out += rows_of_the_daemon(Node(host), seconds)
    with Host() as host:
        return out + rows_of_applying(Node(host), sizes or [1, 50], runs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--seconds", type=float, default=30, help="of rest that are measured; default 30")
    parser.add_argument("--runs", type=int, default=5, help="the median of so many; default 5")
    parser.add_argument("--sizes", default="1,50", help="containers of an app that is applied; default 1,50")
    parser.add_argument("--only-apply", action="store_true", help="without memory and CPU at rest")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    found = rows(options.seconds, options.runs, sizes, not options.only_apply)
    if options.json:
        for row in found:
            print(json.dumps(row.as_json()))
    else:
        print_table(found)
        with contextlib.suppress(OSError):
            print("load of the machine: " + ", ".join(f"{part:.1f}" for part in os.getloadavg()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
