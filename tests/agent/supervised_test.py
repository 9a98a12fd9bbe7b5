"""The node agent under a supervisor: what it is told, a hang-up, its end; effects that are counted."""

import pathlib
import signal
import socket
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.agent.node import PATIENCE, Node  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402

ABSENT = missing()
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: real engines need {', '.join(ABSENT)}")


@pytest.fixture
def node():
    with Host() as host:
        yield Node(host)


def test_the_supervisor_is_told(node):
    path = node.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(path))
        supervisor.settimeout(PATIENCE)
        node.declare(node.app())
        agent = node.start({"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "2000000"})
        told = [supervisor.recv(1000).decode() for _ in range(3)]
        assert told[0] == "READY=1"
        assert told[1:] == ["WATCHDOG=1", "WATCHDOG=1"]
        node.until(lambda: node.settled() and node.running("web"), "the app")
        before = node.running("web")
        node.signal(agent, signal.SIGTERM)
        while told[-1] != "STOPPING=1":
            told.append(supervisor.recv(1000).decode())
        assert agent.wait() == 0
    assert node.running("web") == before


def test_a_second_agent_does_not_begin(node):
    node.declare()
    node.start()
    node.until(node.settled, "at rest")
    second = node.apply()
    assert second.returncode == 1
    assert "another agent works in" in second.stderr
    assert node.plan().returncode == 0, "a plan needs nobody to stop"


def test_every_effect_is_counted_and_can_be_the_last(node):
    node.declare(node.app())
    record = node.folder / "effects"
    done = node.apply({"PAAS_KILL_AFTER_EFFECT": "3", "PAAS_EFFECTS_FILE": str(record)})
    assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
    lines = record.read_text().splitlines()
    assert [line.split(" ")[0] for line in lines[:3]] == ["1", "2", "3"]
    names = [line.split(" ", 1)[1] for line in lines]
    assert "store.write blueprint" in names
    assert "container.create" not in names
    assert node.apply().returncode == 0
    assert len(node.running("web")) == 1


def test_idle_it_is_small(node):
    """Not a limit of speed: what a process holds when nothing happens."""
    node.declare(node.app(readiness={"tcp": {"port": 8080}, "interval": "10s"}))
    agent = node.start()
    node.until(lambda: node.settled() and node.running("web"), "the app")
    pid = int(pathlib.Path(f"/proc/{agent.pid}/task/{agent.pid}/children").read_text().split()[0])
    anonymous = next(line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                     if line.startswith("RssAnon:"))
    assert int(anonymous.split()[1]) < 15 * 1024, anonymous
