"""Commands of day 2 on a real engine: logs, exec, volume. Containers are made by hand, with the labels
that a node's agent gives them."""

import json
import os
import pathlib
import pty
import signal
import subprocess
import sys
import termios
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.engine import images  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402
from tests.harness import build  # noqa: E402

ABSENT = missing()
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: real engines need {', '.join(ABSENT)}")

IMAGE = "localhost/test/busy:1"


class Node:
    """A host with Podman, the data folder of an agent, and containers of its own."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.socket = host.podman()
        self.data = host.folder / "data"
        self.data.mkdir()
        (self.data / "node-id").write_text("node-1\n")
        (self.data / "status.json").write_text(json.dumps({
            "format": 1, "apps": [{"project": "shop", "app": "web", "state": "running", "replicas": 2}]}))
        archive = images.Image("test/busy:1", "first").write_docker(host.folder / "busy.tar")
        self.podman("load", "--input", archive)

    def podman(self, *words: object) -> str:
        return self.host.run("podman", "--url", f"unix://{self.socket}", *words, capture_output=True).stdout

    def container(self, name: str, allocation: str, script: str, *flags: object, owner: str = "node-1") -> None:
        self.podman("run", "--detach", "--network", "none", "--name", name, "--label", f"paas.owner={owner}",
                    "--label", f"paas.allocation={allocation}", "--entrypoint", '["/bin/sh", "-c"]', *flags, IMAGE,
                    script)

    def command(self, *words: object) -> list[str]:
        """`words[0]` may be two: "volume rm"."""
        name, *rest = words
        return self.host.within(build.program("paas-agent"), *name.split(), "--data-dir", self.data, "--runtime",
                                f"unix://{self.socket}", *rest)

    def agent(self, *words: object) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(*words), text=True, capture_output=True, stdin=subprocess.DEVNULL,
                              check=False)


@pytest.fixture(scope="module")
def node():
    with Host() as host:
        node = Node(host)
        for ordinal in (0, 1):
            node.container(f"shop-web-{ordinal}", f"shop/web/{ordinal}",
                           f"echo hello {ordinal}; echo trouble {ordinal} >&2; exec sleep 1000")
        node.container("foreign", "shop/web/7", "echo hidden; exec sleep 1000", owner="another")
        yield node


def test_logs_of_all_replicas_and_of_one(node):
    both = node.agent("logs", "web")
    assert (both.returncode, both.stdout, both.stderr) == (
        0, "web/0 | hello 0\nweb/1 | hello 1\n", "web/0 | trouble 0\nweb/1 | trouble 1\n")
    one = node.agent("logs", "--tail", "1", "shop/web/1")
    assert one.returncode == 0 and (one.stdout + one.stderr).splitlines()[-1].endswith(" 1")
    assert "there is shop/web" in node.agent("logs", "db").stderr


def test_logs_are_followed_until_somebody_interrupts(node):
    node.container("shop-tick-0", "shop/tick/0", "while true; do echo tick; sleep 0.1; done")
    following = subprocess.Popen(node.command("logs", "-f", "tick"), text=True, stdout=subprocess.PIPE)
    try:
        assert [following.stdout.readline() for _ in range(3)] == ["tick/0 | tick\n"] * 3
        # nsenter forks to enter the PID namespace: its child is the agent.
        children = pathlib.Path(f"/proc/{following.pid}/task/{following.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGINT)
        following.stdout.read()
        assert following.wait() == 128 + signal.SIGINT
    finally:
        following.kill()
        node.podman("rm", "--force", "--time", "0", "shop-tick-0")


def test_exec_gives_output_and_exit_code(node):
    ran = node.agent("exec", "web/1", "--", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (ran.returncode, ran.stdout, ran.stderr) == (7, "out\n", "err\n")
    assert node.agent("exec", "--user", "app", "web", "id", "-un").stdout == "app\n"
    assert node.agent("exec", "--workdir", "/tmp", "web", "ls").stdout == "of-the-image\n"
    assert node.agent("exec", "web", "no-such-program").returncode in (126, 127)
    assert node.agent("exec", "web/5", "true").returncode == 125


def read_until(terminal: int, text: bytes) -> bytes:
    seen = b""
    while text not in seen:
        seen += os.read(terminal, 1024)
    return seen


def test_exec_on_a_terminal_gives_it_back(node):
    person, own = pty.openpty()
    try:
        termios.tcsetwinsize(own, (33, 111))
        before = termios.tcgetattr(own)
        shell = subprocess.Popen(node.command("exec", "web", "sh"), stdin=own, stdout=own, stderr=own)
        os.write(person, b"stty size\n")
        assert b"33 111" in read_until(person, b"33 111")
        assert termios.tcgetattr(own) != before
        termios.tcsetwinsize(own, (44, 122))
        seen = b""
        while b"44 122" not in seen:  # the size follows within a moment
            os.write(person, b"stty size\n")
            time.sleep(0.1)
            seen += os.read(person, 4096)
        os.write(person, b"exit 5\n")
        assert shell.wait() == 5
        assert termios.tcgetattr(own) == before
    finally:
        os.close(person)
        os.close(own)


def volumes(node: Node) -> list[str]:
    return [one["name"] for one in json.loads(node.agent("volume ls", "--json").stdout)["volumes"]]


def test_volumes_are_listed_and_removed(node):
    for name in ("shop.web.0.data", "old.db.0.data", "old.db.1.data"):
        node.podman("volume", "create", "--label", "paas.owner=node-1", name)
    node.podman("volume", "create", "foreign")
    node.container("old-db-1", "old/db/1", "true", "--volume", "old.db.1.data:/data")
    assert volumes(node) == ["old.db.0.data", "old.db.1.data", "shop.web.0.data"]
    refused = node.agent("volume rm", "--yes", "old.db.0.data", "old.db.1.data", "shop.web.0.data", "foreign")
    assert refused.returncode == 1
    assert "is used by old-db-1" in refused.stderr and "--force" in refused.stderr
    assert len(volumes(node)) == 3
    assert "--yes" in node.agent("volume rm", "old.db.0.data").stderr
    assert node.agent("volume rm", "--yes", "old.db.0.data").returncode == 0
    assert node.agent("volume rm", "--yes", "--force", "shop.web.0.data").returncode == 0
    assert volumes(node) == ["old.db.1.data"]
    assert "foreign" in node.podman("volume", "ls", "--quiet").split()
