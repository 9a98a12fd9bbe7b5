"""What goes wrong half way: nothing is lost, and the next apply converges."""

import json
import os
import signal
import time

import pytest

from tests.e2e.configurations import HEAD, POLICY, TEMPLATE, many, one
from tests.harness.calls import CREATE, REMOVE, creating, removing, tally, writes, written
from tests.harness.process import provider_pids

LOCK_TIMEOUT = "can't lock file '/run/lock/lxc/pve-config-100.lock' - got timeout"


def wait_for(condition, what: str, limit_s: float = 60):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


def assert_nothing_is_orphaned(cluster, workspace):
    known = {v["vmid"] for v in workspace.resources().values()}
    there = {g["vmid"] for g in cluster.containers()}
    assert there <= known, f"containers that terraform does not know: {there - known}"


def assert_only_what_was_missing_is_made(cluster, before: dict, wanted: int, left=frozenset()):
    """Of the apply that follows a failed one, which left the entries `before` in the state, and on
    the cluster the containers `left` that no state knows."""
    tainted = {e["values"]["vmid"] for e in before.values() if e.get("tainted")}
    removed = {int(c["path"].rsplit("/", 1)[1]) for c in cluster.calls("DELETE")}
    assert removed == tainted | left
    wrote = tally(written(cluster))
    assert wrote.get(REMOVE, 0) == len(tainted | left)
    assert wrote.get(CREATE, 0) == wanted - (len(before) - len(tainted))


def test_a_create_that_fails_after_the_container_exists_is_tainted(cluster, workspace):
    cluster.control("/faults", [{"method": "POST", "path": "/status/start$",
                                 "task_failure": "startup for container failed"}])
    workspace.write(one())
    run = workspace.apply(check=False)
    assert run.code == 1
    assert "startup for container failed" in run.text
    assert_nothing_is_orphaned(cluster, workspace)
    left = workspace.state_entries()["paas_lxc.web"]
    assert left.get("tainted") is True
    assert written(cluster) == creating(left["values"]["vmid"])[:2]  # it keeps its mark
    cluster.forget_calls()
    workspace.apply()
    made = workspace.resources()["paas_lxc.web"]["vmid"]
    remove = removing(left["values"]["vmid"])[1:]  # it never ran
    assert written(cluster) == remove + creating(made)
    assert len(cluster.containers()) == 1
    workspace.assert_nothing_to_do()


def test_the_answer_to_a_create_is_lost(cluster, workspace):
    cluster.control("/faults", [{"method": "POST", "path": "/lxc$", "reset_after": True}])
    workspace.write(one())
    workspace.apply(check=False)
    assert_nothing_is_orphaned(cluster, workspace)
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    create, *rest = creating(vmid)
    assert written(cluster) == [f"{create} lost", *rest], "it was found again, not made twice"
    assert len(cluster.containers()) == 1
    workspace.assert_nothing_to_do()


def test_lock_timeouts_are_waited_out(cluster, workspace):
    cluster.control("/faults", [{"method": "POST", "path": "/lxc$", "count": 2, "status": 500,
                                 "reason": LOCK_TIMEOUT}])
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    create, *rest = creating(vmid)
    assert written(cluster) == [f"{create} 500", f"{create} 500", create, *rest]
    workspace.assert_nothing_to_do()


def test_a_half_applied_update_is_read_back_and_converges(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    cluster.control("/faults", [{"method": "PUT", "path": "/config$", "half": ["memory"],
                                 "reason": "bridge 'vmbr0' does not exist"}])
    workspace.write(one(memory='"700"', extra='cores = 2\n  description = "changed"'))
    workspace.apply(check=False)
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    config = cluster.config(vmid)
    assert int(config["memory"]) == 700 and config["cores"] == 2
    assert config["description"].strip() == "changed"
    assert workspace.resources()["paas_lxc.web"]["memory"] == "700"
    assert f"PUT /nodes/pve1/lxc/{vmid}/config 500" in written(cluster)
    workspace.assert_nothing_to_do()


def test_quorum_lost_in_the_middle_of_a_run(cluster, workspace):
    workspace.write(many(12))
    cluster.control("/tasks", {"duration_ms": 150})
    child = workspace.start("apply", "-auto-approve", "-input=false", "-parallelism=2")
    wait_for(lambda: len(cluster.containers()) >= 3, "three containers")
    cluster.control("/quorum", {"quorate": False})
    output, _ = child.communicate(timeout=300)
    assert child.returncode == 1
    assert "quorum" in output
    assert any(line.endswith(" 500") for line in written(cluster))
    cluster.control("/quorum", {"quorate": True})
    assert_nothing_is_orphaned(cluster, workspace)
    before = workspace.state_entries()
    cluster.forget_calls()
    workspace.apply("-parallelism=12")
    assert_only_what_was_missing_is_made(cluster, before, 12)
    assert len(cluster.containers()) == len(workspace.resources()) == 12
    workspace.assert_nothing_to_do()


def test_ctrl_c_during_apply_loses_nothing(cluster, workspace):
    cluster.control("/tasks", {"duration_ms": 400})
    workspace.write(many(6))
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: cluster.calls("POST"), "the first create")
    os.killpg(child.pid, signal.SIGINT)
    child.communicate(timeout=300)
    assert_nothing_is_orphaned(cluster, workspace)
    before = workspace.state_entries()
    cluster.forget_calls()
    workspace.apply()
    assert_only_what_was_missing_is_made(cluster, before, 6)
    assert len(cluster.containers()) == len(workspace.resources()) == 6
    workspace.assert_nothing_to_do()


@pytest.mark.parametrize("then", ["apply", "destroy"])
def test_ctrl_c_while_a_container_starts(cluster, workspace, then):
    cluster.control("/faults", [{"method": "POST", "path": "/status/start$", "task_ms": 4000}])
    workspace.write(one())
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: any(c["path"].endswith("/status/start") for c in cluster.calls("POST")),
             "the start")
    os.killpg(child.pid, signal.SIGINT)
    child.communicate(timeout=300)
    assert workspace.state_entries()["paas_lxc.web"].get("tainted") is True
    if then == "destroy":
        workspace.destroy()
        assert cluster.containers() == []
        return
    workspace.apply()
    assert_nothing_is_orphaned(cluster, workspace)
    assert len(cluster.containers()) == 1
    workspace.assert_nothing_to_do()


def test_a_provider_killed_in_the_middle_converges_at_the_next_apply(cluster, workspace):
    cluster.control("/tasks", {"duration_ms": 300})
    workspace.write(many(4))
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: cluster.calls("POST"), "the first create")
    wait_for(lambda: provider_pids(child.pid), "the provider's process")
    for pid in provider_pids(child.pid):
        os.kill(pid, signal.SIGKILL)
    child.communicate(timeout=300)
    assert child.returncode == 1
    cluster.control("/tasks", {"duration_ms": 10})
    before = workspace.state_entries()
    lost = {g["vmid"] for g in cluster.containers()} - {e["values"]["vmid"] for e in before.values()}
    # Until its task has ended, a new container's configuration is nothing but a lock.
    wait_for(lambda: not any("lock" in cluster.config(vmid) for vmid in lost), "the tasks under way")
    marks = {vmid: cluster.config(vmid).get("description", "") for vmid in lost}
    assert all(mark.startswith("being created") for mark in marks.values()), \
        "what the killed one could not report can be told apart"
    cluster.forget_calls()
    run = workspace.apply(check=False)
    assert run.code == 0, run.output
    assert_only_what_was_missing_is_made(cluster, before, 4, lost)
    assert_nothing_is_orphaned(cluster, workspace)
    assert len(cluster.containers()) == 4
    workspace.assert_nothing_to_do()


def test_what_a_killed_provider_left_is_removed_by_the_next_apply(cluster, workspace):
    # The container is there, and the change that takes its mark away does not get through.
    cluster.control("/faults", [{"method": "PUT", "path": "/config$", "status": 595, "count": 0}])
    workspace.write(one())
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: any(cluster.config(g["vmid"]).get("description", "").startswith("being created")
                         for g in cluster.containers()), "the creation to end")
    for pid in provider_pids(child.pid):
        os.kill(pid, signal.SIGKILL)
    child.communicate(timeout=300)
    left, = cluster.containers()
    assert "paas_lxc.web" not in workspace.state_entries()
    cluster.control("/faults", method="DELETE")
    cluster.forget_calls()
    run = workspace.apply(check=False)
    assert run.code == 0, run.output
    there, = cluster.containers()
    assert there["vmid"] == workspace.resources()["paas_lxc.web"]["vmid"]
    removed, = cluster.calls("DELETE")
    assert removed["path"].endswith(f"/lxc/{left['vmid']}")
    assert "description" not in cluster.config(there["vmid"])
    workspace.assert_nothing_to_do()


def test_what_a_killed_provider_left_of_another_configuration_is_named(cluster, workspace):
    cluster.control("/faults", [{"method": "PUT", "path": "/config$", "status": 595, "count": 0}])
    workspace.write(one())
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: any(cluster.config(g["vmid"]).get("description", "").startswith("being created")
                         for g in cluster.containers()), "the creation to end")
    for pid in provider_pids(child.pid):
        os.kill(pid, signal.SIGKILL)
    child.communicate(timeout=300)
    left, = cluster.containers()
    cluster.control("/faults", method="DELETE")
    workspace.write(one(memory='"128"'))
    run = workspace.apply()
    assert f"container {left['vmid']} on node {left['node']} may be left behind" in run.text
    assert f"pct destroy {left['vmid']}" in run.text
    made = workspace.resources()["paas_lxc.web"]["vmid"]
    assert {g["vmid"] for g in cluster.containers()} == {left["vmid"], made}
    workspace.assert_nothing_to_do()


def test_a_provider_killed_at_each_step_at_once_converges(cluster, workspace):
    # Each container is in another step when the kill comes; the tasks go on after it.
    step = {"creating": ("pve2", None), "starting": ("pve3", None), "starting-id": ("pve1", 301),
            "joining-ha": ("pve1", 302), "marked": ("pve1", 303)}
    cluster.control("/faults", [
        {"method": "POST", "path": "/nodes/pve2/lxc$", "task_ms": 5000, "count": 0},
        {"method": "POST", "path": "/nodes/pve3/lxc/[0-9]+/status/start$", "task_ms": 5000, "count": 0},
        {"method": "POST", "path": "/lxc/301/status/start$", "task_ms": 5000, "count": 0},
        {"method": "POST", "path": "/cluster/ha/resources$", "hang_ms": 5000, "count": 0},
        {"method": "PUT", "path": "/lxc/303/config$", "status": 595, "count": 0}])
    workspace.write(HEAD + "".join(f'''
resource "paas_lxc" "{name}" {{
  hostname  = "{name}"
  node      = "{node}"
  template  = "{TEMPLATE}"
  {f"vmid = {vmid}" if vmid else ""}
  {"ha = {}" if name == "joining-ha" else ""}
  root_disk = {{ storage = "local", size = "2" }}
}}
''' for name, (node, vmid) in step.items()))
    child = workspace.start("apply", "-auto-approve", "-input=false")
    reached = ["/nodes/pve2/lxc", "/lxc/301/status/start", "/lxc/302/status/start", "/lxc/303/config"]
    def all_there():
        paths = [c["path"] for c in cluster.calls()]
        return (all(any(p.endswith(end) for p in paths) for end in reached)
                and any("/pve3/lxc" in p and p.endswith("/start") for p in paths))
    wait_for(all_there, "each to come to its step")
    for pid in provider_pids(child.pid):
        os.kill(pid, signal.SIGKILL)
    child.communicate(timeout=300)
    assert not workspace.state_entries()
    left = {g["vmid"] for g in cluster.containers()}
    assert len(left) == 5
    cluster.control("/faults", method="DELETE")
    cluster.forget_calls()
    run = workspace.apply(check=False)
    assert run.code == 0, run.output
    for vmid in left:
        assert f"container {vmid} was left behind and has been removed" in run.text
    assert {int(c["path"].rsplit("/", 1)[1]) for c in cluster.calls("DELETE")
            if "/lxc/" in c["path"]} == left
    assert_nothing_is_orphaned(cluster, workspace)
    there = cluster.containers()
    assert len(there) == 5 and all(g["status"] == "running" for g in there)
    assert not any("description" in cluster.config(g["vmid"]) for g in there)
    workspace.assert_nothing_to_do()


def test_a_tainted_one_that_is_untainted_loses_its_mark(cluster, workspace):
    cluster.control("/faults", [{"method": "POST", "path": "/status/start$",
                                 "task_failure": "startup for container failed"}])
    workspace.write(one())
    workspace.apply(check=False)
    workspace.run("untaint", "paas_lxc.web")
    workspace.apply()
    container, = cluster.containers()
    assert "description" not in cluster.config(container["vmid"])
    workspace.assert_nothing_to_do()


def test_one_whose_rights_were_taken_is_an_error_not_gone(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    blind = cluster.control("/tokens", {"privileges": []})["token"]
    run = workspace.plan(environment={"PROXMOX_VE_API_TOKEN": blind})
    assert run.code == 1, run.output
    assert "will be created" not in run.output
    workspace.assert_nothing_to_do()


def test_a_protected_container_is_not_destroyed(cluster, workspace):
    workspace.write(one(extra="protection = true"))
    workspace.apply()
    run = workspace.destroy(check=False)
    assert run.code == 1
    assert "protection" in run.text
    assert len(cluster.containers()) == 1
    workspace.write(one(extra="protection = false"))
    workspace.apply()
    workspace.destroy()
    assert cluster.containers() == []


@pytest.mark.parametrize("setting", ['features = { fuse = true }',
                                     'devices = { dev0 = { path = "/dev/net/tun" } }',
                                     'mount_points = { mp0 = { volume = "/srv", path = "/srv" } }'])
def test_what_only_root_may_do_is_said_at_plan_time(workspace, setting):
    workspace.write(one(extra=setting))
    run = workspace.plan()
    assert run.code == 1
    assert "root@pam" in run.text


def test_an_old_state_is_upgraded(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    path = workspace.folder / "terraform.tfstate"
    state = json.loads(path.read_text())
    instance = state["resources"][0]["instances"][0]
    attributes = instance["attributes"]
    vmid = attributes["vmid"]
    instance["schema_version"] = 0
    instance["attributes"] = {
        "id": str(vmid), "vmid": vmid, "hostname": "web", "node": "pve1", "template": TEMPLATE,
        "memory_mib": 512, "swap_mib": 512, "disk_gib": 4, "storage": "local",
    }
    path.write_text(json.dumps(state))
    cluster.forget_calls()
    run = workspace.plan()
    assert run.code in (0, 2), run.output
    assert "must be replaced" not in run.output
    assert "memory_mib" not in run.output
    workspace.apply()
    upgraded = workspace.resources()["paas_lxc.web"]
    assert upgraded["vmid"] == vmid
    assert (upgraded["memory"], upgraded["root_disk"]["size"]) == ("512", "4")
    assert cluster.calls() and written(cluster) == []
    workspace.assert_nothing_to_do()


def test_terraform_test_runs_against_the_provider(cluster, workspace):
    workspace.write(HEAD + POLICY + f"""
variable "memory" {{ default = "512" }}
resource "paas_lxc" "web" {{
  hostname  = "web"
  node      = "pve1"
  template  = "{TEMPLATE}"
  memory    = var.memory
  root_disk = {{ storage = "local", size = "2" }}
}}
""")
    workspace.write("""
run "plans_the_node" {
  command = plan
  assert {
    condition     = paas_lxc.web.node == "pve1"
    error_message = "the node stands in the plan"
  }
}
run "creates" {
  assert {
    condition     = paas_lxc.web.vmid >= 100
    error_message = "a vmid was chosen"
  }
}
run "grows_memory" {
  variables { memory = "1G" }
  assert {
    condition     = paas_lxc.web.memory == "1G"
    error_message = "memory is as declared"
  }
}
""", "tests/web.tftest.hcl")
    run = workspace.run("test")
    assert "3 passed, 0 failed" in run.output
    assert cluster.containers() == [] and workspace.resources() == {}
    vmid = int(next(c["params"]["vmid"] for c in writes(cluster)))
    grown = f"PUT /nodes/pve1/lxc/{vmid}/config"
    assert written(cluster) == [*creating(vmid), grown, *removing(vmid)]
