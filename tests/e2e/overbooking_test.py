"""What the plans of one run ask of a node together, and what is said about it."""

import pytest

from tests.e2e.configurations import HEAD, container

ONE_NODE = 'provider "paas" {\n  policy {\n    nodes = ["pve1"]\n  }\n}\n'
MEMORY = "more memory is planned on pve1 than it has"
DISK = "more disk space is planned on local of pve1 than is free"


def containers(count: int, node: str = "", memory: str = '"12G"', disk: str = '"4"') -> str:
    """A node of the fake cluster has 32 GiB of memory, and a quarter of a terabyte of `local`."""
    return HEAD + ONE_NODE + "".join(
        container(f"web-{i}", node=node, memory=memory, disk=disk) for i in range(count))


def test_what_fits_together_is_no_matter(cluster, workspace):
    workspace.write(containers(2))
    run = workspace.plan()
    assert run.code == 2 and "is planned on" not in run.text, run.output


def test_more_memory_than_the_node_has_is_a_warning_with_the_remedy(cluster, workspace):
    workspace.write(containers(3))
    run = workspace.plan()
    assert run.code == 2, run.output
    assert run.text.count(MEMORY) == 1, run.output
    assert "This run plans 36G of memory for containers on pve1, which has 32G" in run.text
    assert "Set node =" in run.text and "paas_placement" in run.text


def test_more_disk_than_is_free_is_a_warning(cluster, workspace):
    workspace.write(containers(3, memory='"512"', disk='"100G"'))
    run = workspace.plan()
    assert run.code == 2 and run.text.count(DISK) == 1, run.output


def test_a_node_that_the_user_names_is_the_users_choice(cluster, workspace):
    workspace.write(containers(3, node='"pve1"'))
    assert "is planned on" not in workspace.plan().text


@pytest.mark.parametrize("running", [True, False])
def test_guests_that_run_there_count_and_others_do_not(cluster, workspace, running):
    cluster.control("/seed", {"guests": [
        {"vmid": 900, "node": "pve1", "kind": "qemu", "status": "running" if running else "stopped",
         "config": {"name": "machine", "memory": "16384"}}]})
    workspace.write(containers(2))
    run = workspace.plan()
    assert run.code == 2 and (MEMORY in run.text) == running, run.output


def test_what_was_shown_is_applied_however_full_the_node_is_by_then(cluster, workspace):
    workspace.write(containers(2))
    planned = {name: change["after"]["node"] for name, change in workspace.planned().items()}
    cluster.control("/seed", {"guests": [
        {"vmid": 900, "node": "pve1", "kind": "qemu", "status": "running",
         "config": {"name": "machine", "memory": "30000"}}]})
    run = workspace.run("apply", "-input=false", "saved.tfplan")
    assert run.code == 0, run.output
    assert {f"paas_lxc.{v['hostname']}": v["node"]
            for v in workspace.resources().values()} == planned
    again = workspace.plan()
    assert again.code == 0 and "is planned on" not in again.text, "nothing new is asked for"
