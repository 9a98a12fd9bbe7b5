"""The ContainerRuntime contract on real Podman and real Docker, and that nothing of them is left."""

import base64
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.engine import images  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402
from tests.harness import build  # noqa: E402

ABSENT = missing()
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: real engines need {', '.join(ABSENT)}")

OPEN, LOCKED, CLOSED = 5000, 5001, 5009


def described(host: Host, engine: str) -> pathlib.Path:
    """A host with an engine, registries and archives; the file that tells the contract of them."""
    image, other = images.Image("test/busy:1", "first"), images.Image("test/other:1", "other")
    open_registry = host.registry(OPEN)
    locked_registry = host.registry(LOCKED, ("bob", "s3cret"))
    login = "Basic " + base64.b64encode(b"bob:s3cret").decode()
    for port, *authorization in ((OPEN,), (LOCKED, login)):
        push(host, port, *authorization)
    scratch = host.folder / "scratch"
    scratch.mkdir()
    setup = {
        "engine": engine, "socket": str(getattr(host, engine)()),
        "archive": str(image.write_oci(host.folder / "busy.oci.tar")),
        "same_archive": str(image.write_docker(host.folder / "busy.docker.tar")),
        "other_archive": str(other.write_oci(host.folder / "other.oci.tar")),
        "image_id": image.id, "other_id": other.id, "image_digest": image.digest,
        "registry": open_registry, "locked_registry": locked_registry,
        "closed_registry": f"127.0.0.1:{CLOSED}", "scratch": str(scratch)}
    path = host.folder / "setup.json"
    path.write_text(json.dumps(setup))
    return path


def push(host: Host, port: int, *authorization: str) -> None:
    command = (sys.executable, images.__file__, "test/busy:1", "first", port, *authorization)
    for attempt in range(200):  # until the registry listens
        done = host.run(*command, check=False, capture_output=True)
        if done.returncode == 0:
            return
        assert "Connection refused" in done.stderr, done.stderr
        time.sleep(0.05)
    raise AssertionError("the registry does not listen")


@pytest.mark.parametrize("engine", ["podman", "docker"])
def test_the_engine_keeps_the_contract(engine):
    with Host() as host:
        setup = described(host, engine)
        selected = os.environ.get("PAAS_ENGINE_CASES", "")  # one of them, by name
        done = host.run(build.program("engine-contract"), *([selected] if selected else []), check=False,
                        capture_output=True, env={**os.environ, "PAAS_ENGINE_SETUP": str(setup)})
        assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:] + host.log_tails()
        passed = re.search(r"All tests passed \((\d+) assertions in (\d+) test cases\)", done.stdout)
        assert passed, done.stdout[-2000:]
        assert selected or int(passed[2]) >= 30


def test_podman_may_be_restarted():
    with Host() as host:
        setup = described(host, "podman")
        scratch = host.folder / "scratch"
        case = subprocess.Popen(host.within(build.program("engine-contract"), "[.restart]"), text=True,
                                env={**os.environ, "PAAS_ENGINE_SETUP": str(setup)}, stdout=subprocess.PIPE)
        try:
            host.wait_for(scratch / "ready", case)
            host.kill_podman()
            host.podman()
            (scratch / "restarted").touch()
            said, _ = case.communicate(timeout=120)
        finally:
            case.kill()
            case.wait()
        assert case.returncode == 0, said + host.log_tails()
        assert "All tests passed" in said


def processes_of(folder: pathlib.Path) -> list[str]:
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in (process / "cmdline").read_text():
                found.append(process.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def left_of(folder: pathlib.Path) -> list[str]:
    """What of a host is there: its folder, its processes, mounts in its folder."""
    left = [str(folder)] if folder.exists() else []
    left += [f"process {one}" for one in processes_of(folder)]
    return left + [line for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()
                   if str(folder) in line]


STARTER = """import sys, time
sys.path.insert(0, {root!r})
from tests.engine.host import Host
host = Host()
socket = host.podman()
print(host.folder, flush=True)
time.sleep(3600)
"""


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_a_host_goes_with_whoever_started_it(death):
    with subprocess.Popen([sys.executable, "-c", STARTER.format(root=str(build.ROOT))], text=True,
                          stdout=subprocess.PIPE) as starter:
        folder = pathlib.Path(starter.stdout.readline().strip())
        assert (folder / "podman.sock").exists()
        assert processes_of(folder)
        starter.send_signal(death)
        starter.wait()
    for _ in range(1200):
        if not left_of(folder):
            break
        time.sleep(0.05)
    assert left_of(folder) == []
