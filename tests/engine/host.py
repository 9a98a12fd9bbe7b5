"""A host of a test's own: namespaces with real engines and registries in them.

    with Host() as host:
        socket = host.podman()
        host.run("podman", "--url", f"unix://{socket}", "ps")

Everything lives in one folder and in namespaces that go with it, also when the test is killed."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

from tests.engine.keeper import remove_control_groups

KEEPER = pathlib.Path(__file__).with_name("keeper.py")
NEEDED = ("podman", "runc", "conmon", "dockerd", "busybox", "docker-registry", "catatonit", "nsenter",
          "setpriv")

CONTAINERS_CONF = """[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
network_backend = "netavark"
events_logger = "file"
"""


def missing() -> list[str]:
    """What of the programs and rights it takes is not here."""
    absent = [name for name in NEEDED if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None]
    if os.geteuid() != 0:
        return [*absent, "the rights of root"]
    if subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True).returncode != 0:
        absent.append("the right to make namespaces")
    return absent


class Host:
    def __init__(self) -> None:
        base = pathlib.Path(os.environ.get("TMPDIR", tempfile.gettempdir()))
        self.folder = base / f"paas-engine-{uuid.uuid4().hex[:12]}"
        # A session of its own: what kills the test's process group leaves the keeper to its work.
        self._keeper = subprocess.Popen([sys.executable, KEEPER, self.folder], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, start_new_session=True)
        first = self._keeper.stdout.readline().strip()
        if not first:
            raise RuntimeError("no namespaces for engines could be made")
        self.first_process = int(first)
        self.keeper = self._keeper.pid
        self._running: list[subprocess.Popen] = []

    def __enter__(self) -> "Host":
        return self

    def __exit__(self, *_: object) -> None:
        self._keeper.stdin.close()
        self._keeper.wait()
        for process in self._running:
            process.wait()

    # --- processes within ---

    def within(self, *command: object) -> list[str]:
        return ["nsenter", "-t", str(self.first_process), "-n", "-m", "-p", "--", *map(str, command)]

    def run(self, *command: object, **options: object) -> subprocess.CompletedProcess:
        return subprocess.run(self.within(*command), **{"check": True, "text": True, **options})

    def start(self, name: str, *command: object, env: dict | None = None) -> subprocess.Popen:
        """A process that lasts; what it prints is in FOLDER/NAME.log."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(self.within(*command), stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, env={**os.environ, **(env or {})})
        self._running.append(process)
        return process

    def wait_for(self, path: pathlib.Path, process: subprocess.Popen) -> pathlib.Path:
        while not path.exists():
            if process.poll() is not None:
                raise RuntimeError(f"{process.args[-1]} ended:\n{self.log_tails()}")
            time.sleep(0.02)
        return path

    def log_tails(self) -> str:
        return "".join(f"== {log.name}\n" + "".join(log.read_text(errors="replace").splitlines(True)[-15:])
                       for log in sorted(self.folder.glob("*.log")))

    # --- engines ---

    def podman(self) -> pathlib.Path:
        """Starts Podman's service; returns its socket."""
        socket, home = self.folder / "podman.sock", self.folder / "podman"
        socket.unlink(missing_ok=True)
        configuration = self.folder / "containers.conf"
        configuration.write_text(CONTAINERS_CONF)
        self.podman_service = self.start(
            "podman", "podman", "--root", home / "root", "--runroot", home / "run", "--tmpdir", home / "tmp",
            "--network-config-dir", home / "networks", "--storage-driver", "vfs",
            "system", "service", "--time", "0", f"unix://{socket}",
            env={"CONTAINERS_CONF": str(configuration)})
        return self.wait_for(socket, self.podman_service)

    def kill_podman(self) -> None:
        """As a crash would; containers are no children of the service."""
        socket = str(self.folder / "podman.sock")
        for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = process.read_text().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if "service" in words and f"unix://{socket}" in words:
                os.kill(int(process.parent.name), signal.SIGKILL)
        self.podman_service.wait()

    def reboot(self) -> None:
        """As if the machine had been off: no process is left, nothing in memory, no interface; only what
        is on disk. Nothing is started again."""
        while processes := self._processes():
            for process in processes:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.02)
        for process in self._running:
            process.wait()
        mounts = pathlib.Path(f"/proc/{self.first_process}/mounts").read_text().splitlines()
        for place in [line.split()[1] for line in reversed(mounts)]:
            if place.startswith((f"{self.folder}/", "/run/")):
                self.run("umount", "--lazy", place, check=False, stderr=subprocess.DEVNULL)  # gone with another
        for memory in ("/run", "/dev/shm"):
            self.run("umount", "--lazy", memory)
            self.run("mount", "-t", "tmpfs", "tmpfs", memory)
        self.run("mkdir", "-p", "/run/netns", "/run/lock")
        for link in json.loads(self.run("ip", "-json", "link", capture_output=True).stdout):
            if link["ifname"] != "lo":
                self.run("ip", "link", "delete", link["ifname"], check=False, stderr=subprocess.DEVNULL)
        self.run("nft", "flush", "ruleset")
        for part in ("run", "tmp"):
            shutil.rmtree(self.folder / "podman" / part)
        remove_control_groups(self.folder)

    def _processes(self) -> list[int]:
        """All that are in the namespaces or below them, but the first."""
        parents: dict[int, int] = {}
        within = {self.first_process}
        space = os.readlink(f"/proc/{self.first_process}/ns/pid")
        for place in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                state, parent = (place / "stat").read_text().rpartition(")")[2].split()[:2]
                if state == "Z":
                    continue
                parents[int(place.name)] = int(parent)
                if os.readlink(place / "ns/pid") == space:
                    within.add(int(place.name))
            except OSError:  # gone, or none of ours
                continue
        size = 0
        while size != len(within):
            size = len(within)
            within |= {child for child, parent in parents.items() if parent in within}
        return sorted(within - {self.first_process})

    def docker(self) -> pathlib.Path:
        """Starts dockerd; returns its socket."""
        socket, home = self.folder / "docker.sock", self.folder / "docker"
        self.docker_service = self.start(
            "docker", "dockerd", "--data-root", home / "data", "--exec-root", home / "exec",
            "--pidfile", home / "pid", "--host", f"unix://{socket}", "--storage-driver", "vfs",
            "--bip", "172.30.99.1/24", "--config-file", self._no_settings())
        return self.wait_for(socket, self.docker_service)

    def _no_settings(self) -> pathlib.Path:
        path = self.folder / "daemon.json"
        path.write_text("{}")
        return path

    # --- registries ---

    def registry(self, port: int, login: tuple[str, str] | None = None) -> str:
        """A registry on the host's loopback; returns its name, "127.0.0.1:PORT"."""
        settings = [f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {self.folder}/registry-{port}}}}}",
                    f"http: {{addr: 127.0.0.1:{port}}}"]
        if login:
            users = self.folder / f"users-{port}"
            users.write_text(f"{login[0]}:{bcrypt(login[1])}\n")
            settings.append(f"auth: {{htpasswd: {{realm: test, path: {users}}}}}")
        file = self.folder / f"registry-{port}.yml"
        file.write_text("\n".join(settings) + "\n")
        self.registry_service = self.start(f"registry-{port}", "docker-registry", "serve", file)
        return f"127.0.0.1:{port}"


def bcrypt(password: str) -> str:
    """As htpasswd -B writes it; libcrypt has it, and Perl is in every Debian."""
    made = subprocess.run(["perl", "-e", "print crypt($ARGV[0], '$2y$05$abcdefghijklmnopqrstuu')", password],
                          check=True, text=True, capture_output=True).stdout
    if not made.startswith("$2y$"):
        raise RuntimeError("this system's crypt() knows no bcrypt")
    return made
