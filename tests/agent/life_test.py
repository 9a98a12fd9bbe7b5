"""The node agent on real Podman: secrets, jobs, projects apart, a person who goes back, an engine that
is killed, a source that asks for too much."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.agent.node import Node  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402

ABSENT = missing()
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: real engines need {', '.join(ABSENT)}")

ASK = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 {} 8080 | tail -n 1"


@pytest.fixture
def node():
    with Host() as host:
        yield Node(host)


def within(node: Node, container: str, command: str) -> str:
    done = node.host.run("podman", "--url", f"unix://{node.socket}", "exec", container, "/bin/sh", "-c", command,
                         check=False, capture_output=True)
    return done.stdout.strip()


def test_secrets_and_jobs(node):
    (node.folder / "secrets" / "token").write_text("s3cret\n")
    job = {"name": "migrate", "project": "shop", "image": node.image("one"), "entrypoint": ["/bin/sh", "-c"],
           "command": ["echo migrated; exit 0"]}
    node.declare(node.app(env_from={"TOKEN": "token"}, secrets=[{"source": "token"}]), jobs=[job])
    node.start()
    node.until(lambda: node.settled() and [r["outcome"] for j in node.status()["jobs"] for r in j["runs"]]
               == ["succeeded"], "a job that ran once")
    run = node.status()["jobs"][0]["runs"][0]
    assert (run["exit_code"], run["log"]) == (0, ["migrated"])
    (name,) = node.containers()
    assert within(node, name, "echo $TOKEN $(cat /run/secrets/token)") == "s3cret s3cret"
    told = [*node.host.folder.glob("*.log"), *node.data.rglob("*")]
    assert not [path for path in told if path.is_file() and "s3cret" in path.read_text(errors="replace")]


def test_projects_do_not_reach_each_other(node):
    node.declare(node.app(replicas=2), {**node.app("other"), "project": "lab"})
    done = node.apply()
    assert done.returncode == 0, done.stderr
    first, second = node.running("web")
    (other,) = [name for name in node.containers() if name.startswith("lab-")]
    assert within(node, first, ASK.format(node.address(second))) == "one"
    assert within(node, other, ASK.format(node.address(first))) == ""
    assert within(node, first, ASK.format(node.address(other))) == ""
    assert node.fetch(node.address(other)) == "one"


def test_a_person_goes_back_and_the_engine_is_killed(node):
    node.declare(node.app())
    node.start()
    node.until(lambda: node.settled() and node.running("web"), "the first release")
    node.declare(node.app(marker="two"))

    def serves(page: str) -> bool:
        return node.settled() and [node.fetch(node.address(name)) for name in node.running("web")] == [page]

    node.until(lambda: serves("two"), "the second release")
    assert node.agent("rollback", "shop/web", "--data-dir", node.data).returncode == 0
    node.until(lambda: serves("one"), "the first release again")
    assert node.status()["apps"][0]["held"]
    before = {name: one["Id"] for name, one in node.containers().items()}
    node.host.kill_podman()
    node.until(lambda: node.status()["engine_trouble"], "an engine that is missed")
    node.host.podman()
    node.until(lambda: node.settled() and not node.status()["engine_trouble"], "an engine that is back")
    assert {name: one["Id"] for name, one in node.containers().items()} == before


def test_a_source_that_asks_for_too_much_changes_nothing(node):
    node.declare(node.app())
    node.start()
    node.until(lambda: node.settled() and node.running("web"), "the app")
    before = node.running("web")
    node.declare(node.app(privileged=True))
    node.until(lambda: "privileged" in node.status()["source"]["trouble"], "the refusal")
    node.state.unlink()
    node.until(lambda: "kept the last good state" in node.status()["source"]["trouble"], "the loss")
    assert node.running("web") == before
