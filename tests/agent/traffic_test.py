"""Nobody notices an update: an app of three replicas under constant load by name, on real Podman, while
it is updated and while it is scaled down. Not one request may fail."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.agent.node import Node  # noqa: E402
from tests.engine import images  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402

ABSENT = missing() + [name for name in ("g++",) if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: real engines need {', '.join(ABSENT)}")
pytest.importorskip("dns.query")

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = 8


@pytest.fixture
def node():
    with Host() as host:
        yield Node(host)


def with_server(node: Node, *markers: str) -> None:
    """An image for each marker that has, beside busybox, a web server that keeps connections."""
    server = node.folder / "server"
    subprocess.run(["g++", "-std=c++20", "-O1", "-static", "-o", server, HERE / "keeping_server.cpp"], check=True)
    for marker in markers:
        image = images.Image(f"test/{marker}:1", marker, more={"bin/server": server.read_bytes()})
        node.archives[marker] = f"oci-archive:{image.write_oci(node.folder / f'{marker}.tar')}"


def serving(node: Node, marker: str, replicas: int) -> dict:
    return node.app(marker=marker, replicas=replicas, entrypoint=["/bin/server", "8080", marker], command=[],
                    stop_grace="10s", readiness={"tcp": {"port": 8080}, "interval": "1s"})


def test_no_request_fails_during_an_update_and_a_scale_down(node):
    with_server(node, "one", "two")
    node.declare(serving(node, "one", 3))
    node.start()
    node.until(lambda: node.settled() and len(node.running("web")) == 3, "three replicas")
    node.start_names()
    node.until(lambda: len(node.resolve("web.shop.internal")) == 3, "three names")
    first = set(node.running("web"))
    clients = subprocess.Popen(
        node.host.within(sys.executable, HERE / "clients.py", "web.shop.internal", 8080, "10.200.1.1", CLIENTS),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert clients.stdout.readline() == "begun\n"

    node.declare(serving(node, "two", 3))
    node.until(lambda: node.settled() and len(node.running("web")) == 3 and first.isdisjoint(node.running("web")),
               "the new release alone")
    node.declare(serving(node, "two", 1))
    node.until(lambda: node.settled() and len(node.running("web")) == 1, "one replica")

    told, _ = clients.communicate(timeout=60)
    result = json.loads(told)
    print(f"{result['requests']} requests on {result['connections']} connections, "
          f"{len(result['failures'])} failed; {result['pages']}")
    assert result["failures"] == []
    assert result["pages"].keys() == {"one", "two"}, "the load has to see both releases"
    assert sum(result["pages"].values()) == result["requests"]
    assert result["connections"] > CLIENTS, "nobody had to move"
