"""Thousands of objects in a state and on the fake cluster, as that many applies would leave them.

One is created by a real apply; its state and its configuration on the cluster are multiplied, since
Terraform itself takes minutes to create thousands.
"""

import copy
import json
import uuid

from tests.harness.cluster import Cluster
from tests.harness.terraform import Workspace

FIRST_VMID = 10_000
AT_ONCE = 500  # guests; a request to the fake cluster is at most 512 KiB


def mac_of(index: int) -> str:
    return f"BC:24:11:{index >> 16 & 255:02X}:{index >> 8 & 255:02X}:{index & 255:02X}"


class Sibling:
    """What the first object says, said of the `index`th: its id, name and MAC address."""

    def __init__(self, mac: str, index: int):
        self._mac = mac
        self._index = index

    def of(self, value):
        if isinstance(value, dict):
            return {key: self.of(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.of(inner) for inner in value]
        if value == FIRST_VMID:
            return FIRST_VMID + self._index
        if not isinstance(value, str):
            return value
        if value.upper() == self._mac:
            return mac_of(self._index)
        text = value.replace("many-0", f"many-{self._index}")
        return (text.replace(str(FIRST_VMID), str(FIRST_VMID + self._index))
                .replace(self._mac, mac_of(self._index)))


def mac_in(config: dict) -> str:
    """The MAC address of a configuration's net0."""
    parts = dict(part.split("=", 1) for part in config["net0"].split(","))
    return parts["hwaddr"].upper()


def multiplied(state: dict, mac: str, count: int) -> dict:
    """A state whose only resource has `count` instances, all like its first."""
    state = copy.deepcopy(state)
    resource, = [r for r in state["resources"] if r["mode"] == "managed"]
    first = resource["instances"][0]
    resource["instances"] = []
    for index in range(count):
        sibling = Sibling(mac, index)
        instance = dict(first, index_key=index, attributes=sibling.of(first["attributes"]))
        if "identity" in first:
            instance["identity"] = sibling.of(first["identity"])
        resource["instances"].append(instance)
    state["serial"] += 1
    state["lineage"] = str(uuid.uuid4())
    return state


def populate(cluster: Cluster, workspace: Workspace, configuration, count: int) -> None:
    """`configuration(count)` written, applied for one, and multiplied to `count`."""
    workspace.write(configuration(1))
    workspace.apply()
    path = workspace.folder / "terraform.tfstate"
    config = cluster.config(FIRST_VMID)
    mac = mac_in(config)
    settings = {key: value for key, value in config.items() if key != "digest"}
    path.write_text(json.dumps(multiplied(json.loads(path.read_text()), mac, count)))
    for begin in range(0, count, AT_ONCE):
        cluster.control("/seed", {"guests": [
            {"vmid": FIRST_VMID + index, "node": "pve1", "status": "running",
             "config": Sibling(mac, index).of(settings)}
            for index in range(begin, min(begin + AT_ONCE, count))]})
    workspace.write(configuration(count))
