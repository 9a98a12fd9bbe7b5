"""Import of a container by its identity, which the terraform on this machine may be too old to send."""

import pytest

from tests.contract import values
from tests.contract.plugin_client import Caller, errors, started, value
from tests.harness import build
from tests.harness.cluster import Cluster

VMID = 123
NODE = "pve2"


@pytest.fixture
def cluster(tmp_path):
    with Cluster(tmp_path / "pve") as running:
        running.api("POST", f"/nodes/{NODE}/lxc", {
            "vmid": VMID, "hostname": "found", "memory": 640, "rootfs": "local:2",
            "ostemplate": "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"})
        running.forget_calls()
        yield running


@pytest.fixture
def caller(cluster):
    with started(build.program("terraform-provider-paas"), cluster.environment) as plugin:
        calling = Caller(plugin)
        nothing = calling.dynamic(values.complete(calling.schema.provider.block, {}))
        assert not errors(calling.call("ConfigureProvider", config=nothing))
        yield calling


def imported(caller, **fields):
    return caller.call("ImportResourceState", type_name="paas_lxc",
                       client_capabilities=caller.all, **fields)


def by_identity(caller, vmid):
    data = caller.pb.ResourceIdentityData(identity_data=caller.dynamic({"vmid": vmid}))
    return imported(caller, identity=data)


def test_a_container_is_imported_by_its_identity(cluster, caller):
    answer = by_identity(caller, VMID)
    assert not errors(answer), errors(answer)
    found, = answer.imported_resources
    state = value(found.state)
    assert found.type_name == "paas_lxc"
    assert value(found.identity.identity_data) == {"vmid": VMID}
    assert (state["vmid"], state["id"]) == (VMID, str(VMID))
    read = caller.call("ReadResource", type_name="paas_lxc", current_state=found.state,
                       current_identity=found.identity, private=found.private,
                       client_capabilities=caller.all)
    assert not errors(read), errors(read)
    state = value(read.new_state)
    assert (state["hostname"], state["memory"], state["current_node"]) == ("found", "640", NODE)
    assert value(read.new_identity.identity_data) == {"vmid": VMID}
    assert {c["method"] for c in cluster.calls()} == {"GET"}
    assert imported(caller, id=str(VMID)).imported_resources[0] == found


@pytest.mark.parametrize("vmid, said", ((VMID + 1, f"no container {VMID + 1}"),
                                        (None, "no container"), ("web", "a number is required")))
def test_an_identity_of_nothing_is_refused_in_words(caller, vmid, said):
    answer = by_identity(caller, vmid)
    assert said in errors(answer)[0] and not answer.imported_resources
