"""The node agent on real Podman: deploy, update, roll back, scale, remove, and drift that is mended."""

import pathlib
import signal
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.agent.node import Node  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402

ABSENT = missing()
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: real engines need {', '.join(ABSENT)}")


@pytest.fixture
def node():
    with Host() as host:
        yield Node(host)


def applied(node: Node) -> None:
    done = node.apply()
    assert done.returncode == 0, done.stdout + done.stderr + node.host.log_tails()


def addresses(node: Node, app: str = "web") -> list[str]:
    return sorted(node.address(name) for name in node.running(app))


def ids(node: Node) -> dict[str, str]:
    return {name: one["Id"] for name, one in node.containers().items()}


def test_apply_deploys_and_says_so(node):
    node.declare(node.app(replicas=2))
    planned = node.plan()
    assert planned.returncode == 2, planned.stderr
    assert planned.stdout.count("deploy container shop-web-") == 2
    assert node.containers() == {}
    applied(node)
    assert len(node.running("web")) == 2
    assert [node.fetch(address) for address in addresses(node)] == ["one", "one"]
    before = ids(node)
    assert node.plan().returncode == 0
    applied(node)
    assert ids(node) == before


def test_apply_fails_where_nothing_comes_up(node):
    node.declare(node.app(entrypoint=["/bin/false"], update={"healthy_within": "20s"}))
    done = node.apply()
    assert done.returncode == 1
    assert "ended with exit code 1" in done.stderr


def test_a_node_serves_by_name_and_updates_without_a_gap(node):
    node.declare(node.app(replicas=2))
    node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas")
    node.start_names()
    first = addresses(node)
    assert node.until(lambda: node.resolve("web.shop.internal"), "names") == first
    node.declare(node.app(marker="two", replicas=2))
    seen: list[list[str]] = []

    def updated() -> bool:
        seen.append(node.resolve("web.shop.internal"))
        pages = {node.fetch(address) for address in seen[-1]}
        return pages == {"two"} and node.settled()

    node.until(updated, "both replicas of the new release")
    assert all(seen), "a moment without any name"
    assert set(addresses(node)).isdisjoint(first)
    assert len(node.containers()) == 2


def test_a_release_that_fails_is_rolled_back(node):
    node.declare(node.app(replicas=2))
    node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas")
    before = ids(node)
    node.declare(node.app(replicas=2, command=["exit 3"]))
    node.until(lambda: [a["state"] for a in node.status().get("apps", [])] == ["rolled_back"], "rolled back")
    node.until(node.settled, "at rest")
    assert ids(node) == before
    assert "exit code 3" in node.status()["apps"][0]["trouble"]
    node.declare({**node.app(replicas=2), "image": "127.0.0.1:9/no/such:1"})
    node.until(lambda: "127.0.0.1:9" in str(node.status()), "a registry that is not there is told of")
    assert ids(node).items() >= before.items()


def test_scaling_and_removing(node):
    node.declare(node.app(replicas=3), node.app("api"))
    applied(node)
    assert (len(node.running("web")), len(node.running("api"))) == (3, 1)
    kept = node.running("web")[0]
    node.declare(node.app(replicas=1), node.app("api"))
    applied(node)
    assert node.running("web") == [kept]
    node.declare(node.app("api"))
    applied(node)
    assert node.running("web") == []
    assert len(node.containers()) == 1
    node.state.write_text("")
    assert node.apply().returncode == 1, "an empty source means nothing"
    assert len(node.running("api")) == 1
    node.declare()
    applied(node)
    assert node.containers() == {}


def test_drift_made_by_hand_is_mended_and_what_is_foreign_stays(node):
    node.declare(node.app(replicas=2))
    node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas")
    image = node.inspect(node.running("web")[0])["Image"]
    node.podman("run", "--detach", "--name", "foreign", "--network", "none", "--entrypoint", "/bin/sleep",
                image, "1000")
    foreign = node.inspect("foreign")["Id"]
    whole, served = node.running("web"), addresses(node)

    def mended() -> bool:
        return node.running("web") == whole and node.settled() and addresses(node) == served

    before = ids(node)
    node.podman("rm", "--force", "--time", "0", whole[0])
    node.until(lambda: mended() and ids(node)[whole[0]] != before[whole[0]], "a container that was removed")
    node.podman("stop", "--time", "0", whole[1])
    node.until(mended, "a container that was stopped")
    node.podman("pause", whole[0])
    node.until(mended, "a container that was paused")
    node.podman("network", "rm", "--force", "--time", "0", "paas")
    node.until(mended, "a network that was removed")
    node.podman("rmi", "--force", "--ignore", "no/such")
    assert node.inspect("foreign")["Id"] == foreign
    assert node.inspect("foreign")["State"]["Running"]
    assert [node.fetch(address) for address in addresses(node)] == ["one", "one"]


def test_the_agent_comes_and_goes_and_containers_stay(node):
    node.declare(node.app(replicas=2))
    agent = node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 2, "two replicas")
    before, names = ids(node), (node.data / "names.json").read_text()
    inner = node.status()
    assert inner["containers"][0]["ready"]
    node.signal(agent, signal.SIGKILL)
    agent.wait()
    second = node.start()
    node.until(lambda: node.status()["written"] > inner["written"], "a status of the second agent")
    node.until(node.settled, "at rest again")
    node.signal(second, signal.SIGTERM)
    assert second.wait() == 0
    assert ids(node) == before
    assert (node.data / "names.json").read_text() == names
    assert len(node.running("web")) == 2
