"""fake-pve as a program: its arguments, its one line, its folder, its end."""

import http.client
import json
import signal
import ssl
import stat
import subprocess

import pytest

from tests.contract.raw_client import RawClient
from tests.harness import build, process
from tests.harness.cluster import Cluster

PATIENCE_S = 20
AN_HOUR_MS = 3600 * 1000


def run(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([str(a) for a in (build.program("fake-pve"), *arguments)],
                          capture_output=True, text=True, timeout=PATIENCE_S)


def test_one_line_says_where_it_serves(tmp_path):
    child = process.start([build.program("fake-pve"), "--listen", "127.0.0.1:0", "--nodes", 2,
                           "--state", tmp_path / "pve"], stdout=subprocess.PIPE)
    word, url, token, ca_file = child.stdout.readline().decode().split()
    child.send_signal(signal.SIGTERM)
    rest = child.stdout.read()
    assert child.wait(PATIENCE_S) == 0
    child.stdout.close()
    assert (word, rest) == ("ready", b"")
    assert url.startswith("https://127.0.0.1:") and url.rpartition(":")[2] != "0"
    assert token.startswith("root@pam!paas=")
    assert "BEGIN CERTIFICATE" in open(ca_file).read()


@pytest.mark.parametrize("arguments, complaint", [
    ((), "--state DIR is missing"),
    (("--state",), "--state needs a value"),
    (("--state", "{dir}", "--colour", "red"), "unknown option --colour"),
    (("--state", "{dir}", "--colour"), "unknown option --colour"),
    (("--state", "{dir}", "stray"), "unknown option stray"),
    (("--state", "{dir}", "--nodes", "0"), "--nodes wants a number from 1 to 64, not '0'"),
    (("--state", "{dir}", "--nodes", "65"), "--nodes wants a number"),
    (("--state", "{dir}", "--nodes", "three"), "--nodes wants a number"),
    (("--state", "{dir}", "--task-ms", "-1"), "--task-ms wants a number"),
    (("--state", "{dir}", "--latency-ms", "1.5"), "--latency-ms wants a number"),
    (("--state", "{dir}", "--listen", "8006"), "--listen wants an IPv4 address and a port"),
    (("--state", "{dir}", "--listen", "127.0.0.1"), "--listen wants an IPv4 address and a port"),
    (("--state", "{dir}", "--listen", "127.0.0.1:65536"), "--listen wants an IPv4 address and a port"),
    (("--state", "{dir}", "--listen", "somewhere:0"), "--listen wants an IPv4 address and a port"),
    (("--state", "{dir}", "--faults", "{dir}.json"), "unable to read"),
])
def test_bad_arguments_are_explained(tmp_path, arguments, complaint):
    folder = tmp_path / "pve"
    done = run(*[a.format(dir=folder) for a in arguments])
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("fake-pve: ") and complaint in done.stderr
    assert not folder.exists()


@pytest.mark.parametrize("text, complaint", [
    ("{", "faults.json"),
    ("{}", "faults are a JSON list"),
    ('[{"sattus": 595}]', "a fault has no member 'sattus'"),
    ('[{"path": "("}]', "no regular expression"),
])
def test_bad_fault_files_are_explained(tmp_path, text, complaint):
    faults = tmp_path / "faults.json"
    faults.write_text(text)
    done = run("--state", tmp_path / "pve", "--faults", faults)
    assert done.returncode == 2 and complaint in done.stderr


def test_a_folder_that_holds_no_state_is_explained(tmp_path):
    (tmp_path / "state.json").write_text("{}")
    done = run("--state", tmp_path)
    assert done.returncode == 2 and "no state of fake-pve" in done.stderr


def test_an_address_in_use_is_explained(tmp_path):
    with Cluster(tmp_path / "one", nodes=1) as cluster:
        done = run("--state", tmp_path / "two", "--listen", cluster.url.removeprefix("https://"))
    assert done.returncode == 1 and "unable to listen on 127.0.0.1" in done.stderr


def test_state_survives_a_restart(tmp_path):
    with Cluster(tmp_path, nodes=2) as cluster:
        token, authority = cluster.token, open(cluster.ca_file).read()
        cluster.control("/seed", {"guests": [
            {"vmid": 100, "node": "pve2", "status": "running", "pool": "blue",
             "config": {"hostname": "web", "rootfs": "local-lvm:vm-100-disk-0,size=2G"}},
            {"vmid": 101, "kind": "qemu", "config": {"name": "machine"}}]})
        cluster.control("/tokens", {"id": "some@pve!one", "privileges": ["VM.Audit"]})
        cluster.control("/quorum", {"quorate": False})
        cluster.control("/nodes/pve1", {"bridges": ["vmbr7"]})
        before = cluster.control("/state", method="GET")
    with Cluster(tmp_path, nodes=2) as cluster:
        assert cluster.control("/state", method="GET") == before
        assert cluster.token == token and open(cluster.ca_file).read() == authority
        assert cluster.config(100)["hostname"] == "web"
        content = cluster.api("GET", "/nodes/pve2/storage/local-lvm/content")
        assert [v["volid"] for v in content] == ["local-lvm:vm-100-disk-0"]


def test_a_control_request_that_is_too_large_is_refused(tmp_path):
    with Cluster(tmp_path, nodes=1) as cluster:
        context = ssl.create_default_context(cafile=cluster.ca_file)
        host = cluster.url.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, context=context, timeout=60)
        connection.putrequest("POST", "/fake/seed")
        connection.putheader("Content-Length", str(600 * 1024))  # what follows is not read
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413 and "512 KiB" in json.loads(answer.read())["message"]
        connection.close()
        assert cluster.containers() == []


def test_a_killed_one_leaves_its_tasks_unfinished(tmp_path):
    cluster = Cluster(tmp_path, nodes=1)
    cluster.control("/seed", {"guests": [{"vmid": 100}]})
    cluster.control("/faults", [{"path": "/status/start$", "task_ms": AN_HOUR_MS}])
    upid = cluster.api("POST", "/nodes/pve1/lxc/100/status/start", {})
    state = tmp_path / "state.json"
    while not state.exists() or upid not in state.read_text():
        cluster.api("GET", "/version")
    cluster.process.kill()
    cluster.close()
    with Cluster(tmp_path, nodes=1) as again:
        task = again.api("GET", f"/nodes/pve1/tasks/{upid}/status")
        assert (task["status"], task["exitstatus"]) == ("stopped", "unexpected status")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_whatever_it_is_doing(tmp_path, ending):
    """A task that takes an hour, and a client that is kept waiting for one, hold nothing up."""
    with Cluster(tmp_path, nodes=1) as cluster:
        cluster.control("/seed", {"guests": [{"vmid": 100}]})
        cluster.control("/faults", [{"path": "/status/start$", "task_ms": AN_HOUR_MS},
                                    {"path": "^/version$", "hang_ms": AN_HOUR_MS}])
        upid = cluster.api("POST", "/nodes/pve1/lxc/100/status/start", {})
        with pytest.raises(TimeoutError):
            RawClient(cluster).call("GET", "/version", timeout_s=0.2)
        cluster.process.send_signal(ending)
        assert cluster.process.wait(PATIENCE_S) == 0
    with Cluster(tmp_path, nodes=1) as again:
        # Ending in good order finishes what runs.
        assert again.api("GET", f"/nodes/pve1/tasks/{upid}/status")["exitstatus"] == "OK"
        assert again.containers()[0]["status"] == "running"


def test_what_it_writes_is_for_its_owner_alone(tmp_path):
    with Cluster(tmp_path, nodes=1) as cluster:
        cluster.api("GET", "/version")
    for name in ("state.json", "calls.jsonl"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name
    assert {stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob("*.key")} <= {0o600}


def test_the_record_of_calls_shows_no_secret(tmp_path):
    with Cluster(tmp_path, nodes=1) as cluster:
        answer = RawClient(cluster).send("POST", "/api2/json/access/ticket",
                                         "username=root%40pam&password=secret")
        assert answer.status == 200
        record = (tmp_path / "calls.jsonl").read_text()
        line = json.loads(record.splitlines()[-1])
        assert line["path"] == "/api2/json/access/ticket"
        assert line["params"] == {"username": "root@pam", "password": "***"}
        for hidden in (answer.data["ticket"], cluster.token.partition("=")[2]):
            assert hidden not in record
