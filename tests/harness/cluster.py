"""A fake Proxmox cluster (tests/fake-pve) as a Python object."""

import json
import pathlib
import ssl
import urllib.error
import urllib.request

from . import build, process


class Cluster:
    """Runs fake-pve in `state`; everything it holds is gone with `close`, but for that folder."""

    def __init__(self, state: pathlib.Path, nodes: int = 3, faults=None, latency_ms: int = 0):
        self.state = pathlib.Path(state)
        self.state.mkdir(parents=True, exist_ok=True)
        arguments = [build.program("fake-pve"), "--listen", "127.0.0.1:0", "--nodes", nodes,
                     "--state", self.state]
        if faults:
            path = self.state / "faults-at-start.json"
            path.write_text(json.dumps(faults))
            arguments += ["--faults", path]
        if latency_ms:
            arguments += ["--latency-ms", latency_ms]
        self._log = open(self.state / "fake-pve.log", "ab")
        self.process = process.start(arguments, stdout=process.subprocess.PIPE, stderr=self._log)
        line = self.process.stdout.readline().decode().split()
        if len(line) != 4 or line[0] != "ready":
            process.stop(self.process)
            raise RuntimeError(f"fake-pve did not start; see {self.state}/fake-pve.log")
        self.url, self.token, self.ca_file = line[1:]
        self._trust = ssl.create_default_context(cafile=self.ca_file)

    def close(self) -> None:
        process.stop(self.process)
        self._log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def environment(self) -> dict:
        """What a user exports to reach this cluster."""
        return {
            "PROXMOX_VE_ENDPOINT": self.url,
            "PROXMOX_VE_API_TOKEN": self.token,
            "PROXMOX_VE_CA_FILE": self.ca_file,
        }

    def request(self, method: str, path: str, body=None):
        """One request with our token; returns (status, decoded body)."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"PVEAPIToken={self.token}",
                     "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, context=self._trust, timeout=60) as reply:
                return reply.status, _decoded(reply.read())
        except urllib.error.HTTPError as error:
            return error.code, _decoded(error.read())

    def api(self, method: str, path: str, body=None):
        """The `data` of a successful API call."""
        status, answer = self.request(method, "/api2/json" + path, body)
        assert status == 200, (method, path, status, answer)
        return answer["data"]

    def control(self, path: str, body=None, method: str = "POST"):
        """A request to the fake's own controls (tests/fake-pve/README.md)."""
        status, answer = self.request(method, "/fake" + path, body if body is not None else {})
        assert status == 200, (path, status, answer)
        return answer

    def containers(self) -> list:
        return [g for g in self.api("GET", "/cluster/resources?type=vm") if g["type"] == "lxc"]

    def config(self, vmid: int) -> dict:
        node = next(g["node"] for g in self.containers() if g["vmid"] == vmid)
        return self.api("GET", f"/nodes/{node}/lxc/{vmid}/config")

    def calls(self, method: str | None = None) -> list:
        """The record of API calls since the last `forget_calls`, ours excluded by its caller."""
        path = self.state / "calls.jsonl"
        if not path.exists():
            return []
        calls = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
        calls = [c for c in calls if c["path"].startswith("/api2/")]
        return [c for c in calls if method is None or c["method"] == method]

    def forget_calls(self) -> None:
        self.control("/calls/reset")


def _decoded(body: bytes):
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
