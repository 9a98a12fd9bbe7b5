"""What a node outlives, on real Podman: images that are missing, a registry that is down, a full disk, a
reboot, a source that is unmounted, a torn file."""

import json
import pathlib
import signal
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.agent.node import Node  # noqa: E402
from tests.engine import images  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402

ABSENT = missing()
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: real engines need {', '.join(ABSENT)}")

PORT = 5000


class HostedNode(Node):
    """What its agent sees is looked at, also what is mounted for it alone."""

    def within(self, path: pathlib.Path) -> pathlib.Path:
        return pathlib.Path(f"/proc/{self.host.first_process}/root{path}")

    def status(self) -> dict:
        try:
            return json.loads(self.within(self.data / "status.json").read_text())
        except FileNotFoundError:
            return {}

    def mount(self, path: pathlib.Path, size: str) -> None:
        """A small file system in memory."""
        path.mkdir(exist_ok=True)
        self.host.run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path)

    def log(self) -> str:
        return (self.host.folder / f"agent-{self.agents}.log").read_text()


@pytest.fixture
def node():
    with Host() as host:
        yield HostedNode(host)


def ids(node: Node) -> dict[str, str]:
    return {name: one["Id"] for name, one in node.containers().items()}


def addresses(node: Node) -> dict[str, str]:
    return {name: node.address(name) for name in node.running("web")}


def push(node: Node, name: str) -> None:
    """Puts busybox into the registry, as NAME."""
    command = (sys.executable, images.__file__, name, name, PORT)
    node.until(lambda: node.host.run(*command, check=False, capture_output=True).returncode == 0, "a registry")


def fetched(node: Node, name: str, image: str) -> dict:
    return {**node.app(name), "image": f"127.0.0.1:{PORT}/{image}"}


INSECURE = {"registries": [{"host": f"127.0.0.1:{PORT}", "insecure": True}]}


def test_an_image_that_is_missing_and_then_there(node):
    node.host.registry(PORT)
    push(node, "test/other:1")
    node.declare(node.app(), fetched(node, "late", "test/late:1"), **INSECURE)
    node.start()
    node.until(lambda: node.running("web") and "test/late" in str(node.status().get("apps")), "what is missing")
    assert node.running("late") == []
    before = ids(node)
    push(node, "test/late:1")
    node.until(lambda: node.running("late") and node.settled(), "the app whose image came late")
    assert ids(node).items() >= before.items()


def test_a_registry_that_is_down(node):
    node.host.registry(PORT)
    push(node, "test/early:1")
    push(node, "test/late:1")
    early = fetched(node, "web", "test/early:1")
    node.declare(early, **INSECURE)
    node.start()
    node.until(lambda: node.settled() and node.running("web"), "what was fetched")
    before = ids(node)
    node.signal(node.host.registry_service, signal.SIGKILL)
    node.host.registry_service.wait()
    node.declare({**early, "replicas": 2}, fetched(node, "late", "test/late:1"), **INSECURE)
    node.until(lambda: len(node.running("web")) == 2 and "connection refused" in str(node.status()),
               "what needs no registry")
    assert node.running("late") == []
    assert ids(node).items() >= before.items()
    node.host.registry(PORT)
    node.until(lambda: node.running("late") and node.settled(), "what was waiting for the registry")
    assert ids(node).items() >= before.items()


def test_a_full_disk_changes_nothing_that_cannot_be_written(node):
    node.mount(node.data, "8m")
    node.declare(node.app(replicas=2))
    node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas")
    before, filler = ids(node), node.data / "filler"
    full = node.host.run("dd", "if=/dev/zero", f"of={filler}", "bs=4k", check=False, capture_output=True)
    assert "No space left" in full.stderr
    kept = node.within(node.data / "ledger").read_bytes()
    node.declare(node.app(marker="two", replicas=2))
    node.until(lambda: "unable to keep what was decided" in node.log(), "a word of the disk")
    lost = node.running("web")[0]
    node.podman("rm", "--force", "--time", "0", lost)
    node.until(lambda: len(node.running("web")) == 2, "a replica that is mended all the same")
    after = ids(node)
    assert after.keys() == before.keys()
    assert [name for name in before if before[name] != after[name]] == [lost]
    assert node.within(node.data / "ledger").read_bytes() == kept
    node.host.run("rm", filler)
    node.until(lambda: node.settled() and [node.fetch(address) for address in addresses(node).values()]
               == ["two", "two"], "the new release, once there is room")
    assert node.status()["disk_trouble"] == ""


def test_a_reboot_without_the_source(node):
    node.declare(node.app(replicas=2))
    node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas")
    before = addresses(node)
    node.host.reboot()
    assert node.host.run("ip", "-brief", "link", capture_output=True).stdout.count("\n") == 1
    node.state.unlink()
    node.host.podman()
    assert node.running("web") == []
    node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas after the reboot")
    assert addresses(node) == before
    assert [node.fetch(address) for address in before.values()] == ["one", "one"]
    assert "kept the last good state" in node.status()["source"]["trouble"]
    assert len(node.containers()) == 2


def test_a_source_that_is_unmounted(node):
    share = node.folder / "share"
    node.mount(share, "1m")
    node.declare(node.app())
    seen, node.state = node.state, share / "apps.yaml"

    def publish() -> None:
        node.host.run("cp", seen, node.state)

    publish()
    agent = node.start()
    node.until(lambda: node.settled() and node.running("web"), "the app")
    before = ids(node)
    node.host.run("umount", share)
    node.until(lambda: "kept the last good state" in node.status()["source"]["trouble"], "the loss")
    node.podman("stop", "--time", "0", *node.running("web"))
    node.until(lambda: node.running("web") and node.settled(), "what is mended without a source")
    assert ids(node).keys() == before.keys()
    node.mount(share, "1m")
    publish()
    node.signal(agent, signal.SIGHUP)
    node.until(lambda: not node.status()["source"]["trouble"], "the source again")


def test_a_torn_file_falls_back_to_the_one_before(node):
    node.declare(node.app(replicas=2))
    agent = node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas")
    before, began = ids(node), time.time_ns()
    node.signal(agent, signal.SIGTERM)
    agent.wait()
    for name in ("ledger", "blueprint"):
        file = node.data / name
        if not (file.parent / f"{name}.previous").exists():
            continue  # it was written once
        file.write_bytes(file.read_bytes()[:-20])
    node.start()
    node.until(lambda: "is torn: the version before is used" in node.log(), "a word of what is torn")
    node.until(lambda: node.settled() and node.status()["written"] > iso(began), "at rest again")
    assert ids(node) == before
    assert len(node.running("web")) == 2


def iso(moment_ns: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment_ns // 1_000_000_000))
