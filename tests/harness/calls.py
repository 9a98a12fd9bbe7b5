"""What a fake cluster was asked to change: its record of calls, in the words of the API."""

import collections
import re


def writes(cluster) -> list:
    """The calls that are no GET, in the order in which they came."""
    return [call for call in cluster.calls() if call["method"] != "GET"]


def written(cluster) -> list:
    """The same as text, `POST /nodes/pve1/lxc`. What was refused ends with the status; what was done
    without an answer, with `lost`."""
    return [_text(call) for call in writes(cluster)]


def _text(call: dict) -> str:
    outcome = {200: "", 0: " lost"}.get(call["status"], f" {call['status']}")
    return f"{call['method']} {call['path'].removeprefix('/api2/json')}{outcome}"


def creating(vmid: int, node: str = "pve1") -> list:
    """What one container takes that is created and started; last, the config loses its mark of
    creation."""
    return [f"POST /nodes/{node}/lxc", f"POST /nodes/{node}/lxc/{vmid}/status/start",
            f"PUT /nodes/{node}/lxc/{vmid}/config"]


def removing(vmid: int, node: str = "pve1") -> list:
    """What a running container takes to be destroyed."""
    return [f"POST /nodes/{node}/lxc/{vmid}/status/shutdown", f"DELETE /nodes/{node}/lxc/{vmid}"]


def tally(wrote: list) -> dict:
    """How often each kind of write was done, whatever the node and the vmid; refused ones are left out."""
    done = (line for line in wrote if not re.search(r" \d+$", line))
    return dict(collections.Counter(
        re.sub(r"/nodes/[^/]+/lxc(/\d+)?", lambda m: "/lxc/*" if m[1] else "/lxc", line)
        for line in done))


CREATE, REMOVE = "POST /lxc", "DELETE /lxc/*"


def tally_of_creating(count: int) -> dict:
    return {kind: count for kind in tally(creating(100))}


def tally_of_removing(count: int) -> dict:
    return {kind: count for kind in tally(removing(100))}
