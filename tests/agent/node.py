"""A node of a test's own: a host with Podman, images, a state file and the agent."""

import json
import os
import pathlib
import subprocess
import time

import yaml

from tests.engine import images
from tests.engine.host import Host
from tests.harness import build

PATIENCE = 120  # seconds, for what must happen at all


class Node:
    def __init__(self, host: Host, name: str = "n1") -> None:
        self.host, self.name = host, name
        self.folder = host.folder / name
        self.folder.mkdir()
        self.data, self.state = self.folder / "data", self.folder / "apps.yaml"
        self.host_file = self.folder / "host.yaml"
        (self.folder / "secrets").mkdir()
        self.archives: dict[str, str] = {}
        self.image_ids: dict[str, str] = {}
        self.host_file.write_text(yaml.safe_dump({"archive_roots": [str(self.folder)]}))
        self.socket = host.podman()
        self.agents = 0

    # --- what is declared ---

    def image(self, marker: str) -> str:
        """Busybox as an archive; another marker is another image."""
        if marker not in self.archives:
            image = images.Image(f"test/{marker}:1", marker)
            self.archives[marker] = f"oci-archive:{image.write_oci(self.folder / f'{marker}.tar')}"
            self.image_ids[marker] = image.id
        return self.archives[marker]

    def app(self, name: str = "web", marker: str = "one", **more: object) -> dict:
        serve = f"mkdir -p /tmp/www && echo {marker} > /tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www"
        return {"name": name, "project": "shop", "image": self.image(marker), "entrypoint": ["/bin/sh", "-c"],
                "command": [serve], "ports": [{"name": "http", "port": 8080}], "stop_grace": "1s",
                "readiness": {"http": {"port": 8080}, "interval": "1s"}, **more}

    def declare(self, *apps: dict, **more: object) -> None:
        part = self.state.with_suffix(".part")
        part.write_text(yaml.safe_dump({"apps": list(apps), "dns": {"ttl": "1s"}, **more}))
        part.rename(self.state)

    # --- the agent ---

    def flags(self) -> list[object]:
        return ["--state", self.state, "--runtime", f"unix://{self.socket}", "--data-dir", self.data,
                "--host-file", self.host_file, "--secrets-dir", self.folder / "secrets",
                "--run-dir", self.folder / "run", "--node-id", self.name]

    def agent(self, *words: object, env: dict | None = None, **options: object) -> subprocess.CompletedProcess:
        return self.host.run(build.program("paas-agent"), *words, capture_output=True,
                             env={**os.environ, **(env or {})}, **{"check": False, "timeout": 300, **options})

    def apply(self, env: dict | None = None) -> subprocess.CompletedProcess:
        return self.agent("apply", "--once", *self.flags(), env=env)

    def plan(self, *words: object) -> subprocess.CompletedProcess:
        return self.agent("plan", *self.flags(), *words)

    def start(self, env: dict | None = None) -> subprocess.Popen:
        """The daemon; what it says is in FOLDER/agent-N.log."""
        self.agents += 1
        return self.host.start(f"agent-{self.agents}", build.program("paas-agent"), "node", *self.flags(),
                               "--log-level", "debug", env=env)

    def signal(self, agent: subprocess.Popen, number: int) -> None:
        """To the agent itself, not to what brought it into the namespaces."""
        children = pathlib.Path(f"/proc/{agent.pid}/task/{agent.pid}/children")
        os.kill(int(children.read_text().split()[0]), number)

    def status(self) -> dict:
        try:
            return json.loads((self.data / "status.json").read_text())
        except FileNotFoundError:
            return {}

    # --- what runs ---

    def podman(self, *words: object) -> str:
        return self.host.run("podman", "--url", f"unix://{self.socket}", *words, capture_output=True).stdout

    def containers(self) -> dict[str, dict]:
        """Those of the node, by name, running or not."""
        listed = json.loads(self.podman("ps", "--all", "--format", "json") or "[]") or []
        return {one["Names"][0]: one for one in listed if (one["Labels"] or {}).get("paas.owner") == self.name}

    def running(self, app: str) -> list[str]:
        return sorted(name for name, one in self.containers().items()
                      if one["Labels"]["paas.allocation"].startswith(f"shop/{app}/") and one["State"] == "running")

    def inspect(self, name: str) -> dict:
        return json.loads(self.podman("inspect", name))[0]

    def address(self, name: str) -> str:
        return self.inspect(name)["NetworkSettings"]["Networks"]["paas"]["IPAddress"]

    def fetch(self, where: str) -> str:
        """What a web server answers, from the host; empty if it does not."""
        done = self.host.run("curl", "-s", "-f", "-m", "3", f"http://{where}:8080/", check=False, capture_output=True)
        return done.stdout.strip()

    # --- names ---

    def start_names(self) -> None:
        self.host.start("dns", build.program("paas-dns"), "--feed", self.data / "names.json",
                        "--upstream", "127.0.0.1:9")

    def resolve(self, name: str) -> list[str]:
        """What the names service says, from the gateway."""
        done = self.host.run("kdig", "+short", "+timeout=1", "+retry=0", "@10.200.1.1", name, check=False,
                             capture_output=True)
        return sorted(line for line in done.stdout.split() if line[0].isdigit())

    def until(self, question, what: str):
        """Asks until the answer is true; what it was."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = question()
            if answer:
                return answer
            time.sleep(0.1)
        status = json.dumps(self.status(), indent=1)
        raise AssertionError(f"never: {what}\n{status}\n{self.containers().keys()}\n{self.host.log_tails()}")

    def settled(self) -> bool:
        """The agent says so, of what the file says by now."""
        status = self.status()
        return bool(status) and status["settled"]
