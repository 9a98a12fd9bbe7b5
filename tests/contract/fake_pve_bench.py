"""A fake cluster with a container in it, and what tests of the cluster itself need to drive it."""

import time

from tests.contract.raw_client import PATIENCE_S, Answer, RawClient

CT = "/nodes/pve1/lxc/100"


class Bench:
    """`cluster` with a stopped container, 100, on pve1, and a client of it."""

    def __init__(self, cluster):
        self.cluster, self.client = cluster, RawClient(cluster)
        cluster.control("/seed", {"guests": [
            {"vmid": 100, "config": {"hostname": "web", "memory": 512, "cores": 1, "unprivileged": 1,
                                     "rootfs": "local-lvm:vm-100-disk-0,size=2G"}}]})
        self.template = self.ok("GET", "/nodes/pve1/storage/local/content", content="vztmpl")[0]["volid"]

    def fault(self, **rule) -> None:
        self.cluster.control("/faults", [rule])

    def settings(self, **settings) -> None:
        self.cluster.control("/settings", settings)

    def call(self, method: str, path: str, params=None, **options) -> Answer:
        return self.client.call(method, path, params, **options)

    def ok(self, method: str, path: str, **params):
        """The data of a call that succeeds."""
        answer = self.call(method, path, params)
        assert answer.status == 200, answer
        return answer.data

    def refused(self, method: str, path: str, **params) -> str:
        """The reason of a call that is refused with status 500."""
        answer = self.call(method, path, params)
        assert answer.status == 500, answer
        assert answer.body == {"data": None, "message": answer.reason + "\n"}
        return answer.reason

    def config(self, node: str = "pve1") -> dict:
        return self.ok("GET", f"/nodes/{node}/lxc/100/config")

    def is_running(self) -> bool:
        return self.ok("GET", CT + "/status/current")["status"] == "running"

    def until(self, condition, what: str):
        """The first true value of a condition."""
        end = time.monotonic() + PATIENCE_S
        while not (value := condition()):
            assert time.monotonic() < end, f"waited in vain for {what}"
            time.sleep(0.01)
        return value

    def ended(self, upid: str, node: str = "pve1") -> str:
        """How a task ended."""
        def status():
            return self.ok("GET", f"/nodes/{node}/tasks/{upid}/status").get("exitstatus")
        return self.until(status, upid)

    def log(self, upid: str) -> list:
        return [line["t"] for line in self.ok("GET", f"/nodes/pve1/tasks/{upid}/log", limit=0)]

    def volumes(self, node: str, storage: str, **which) -> dict:
        """Volume id -> row of the listing."""
        return {v["volid"]: v for v in self.ok("GET", f"/nodes/{node}/storage/{storage}/content", **which)}

    def used(self, storage: str) -> int:
        return self.ok("GET", f"/nodes/pve1/storage/{storage}/status")["used"]
