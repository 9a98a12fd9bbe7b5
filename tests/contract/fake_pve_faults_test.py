"""Every fault that the fake cluster has on demand does what tests/fake-pve/README.md says, to the requests
that it names and to no other, and leaves the state that it should."""

import http.client

import pytest

from tests.contract.fake_pve_bench import CT, Bench
from tests.contract.raw_client import RawClient
from tests.harness.cluster import Cluster

AN_HOUR_MS = 3600 * 1000
DROPPED = (ConnectionError, http.client.BadStatusLine)


@pytest.fixture
def bench(tmp_path):
    with Cluster(tmp_path, nodes=2) as cluster:
        yield Bench(cluster)


# --- Answers in place of the work ------------------------------------------------------------------


@pytest.mark.parametrize("status, reason", [(595, "No route to host"), (596, "Connection timed out"),
                                            (599, "Too many redirections")])
def test_a_proxy_failure_is_a_bare_status_line(bench, status, reason):
    bench.fault(path="/config$", method="PUT", status=status, reason=reason)
    answer = bench.call("PUT", CT + "/config", {"memory": 1024})
    assert (answer.status, answer.reason) == (status, reason)
    assert answer.body is None
    assert bench.config()["memory"] == 512


@pytest.mark.parametrize("status", [500, 503])
def test_a_refusal_has_a_message(bench, status):
    text = "can't lock file '/run/lock/lxc/pve-config-100.lock' - got timeout"
    bench.fault(path="/config$", method="PUT", status=status, reason=text)
    answer = bench.call("PUT", CT + "/config", {"memory": 1024})
    assert (answer.status, answer.reason) == (status, text)
    assert answer.body == {"data": None, "message": text + "\n"}
    assert bench.config()["memory"] == 512


def test_a_connection_is_reset_before_the_work(bench):
    bench.fault(path="/config$", method="PUT", reset_before=True)
    with pytest.raises(DROPPED):
        bench.call("PUT", CT + "/config", {"memory": 1024})
    assert bench.config()["memory"] == 512


def test_a_connection_is_reset_after_the_work(bench):
    bench.fault(path="/config$", method="PUT", reset_after=True)
    with pytest.raises(DROPPED):
        bench.call("PUT", CT + "/config", {"memory": 1024})
    assert bench.config()["memory"] == 1024


def test_a_hanging_request_holds_up_no_other(bench):
    bench.fault(path="^/version$", hang_ms=AN_HOUR_MS)
    with pytest.raises(TimeoutError):
        bench.call("GET", "/version", timeout_s=0.2)
    assert bench.call("GET", "/version").status == 200


def test_a_node_that_is_off_is_595(bench):
    bench.cluster.control("/nodes/pve2", {"online": False})
    answer = bench.call("GET", "/nodes/pve2/status")
    assert (answer.status, answer.reason, answer.body) == (595, "No route to host", None)
    assert bench.call("GET", "/nodes/pve1/status").status == 200
    assert {n["node"]: n["status"] for n in bench.ok("GET", "/nodes")} == {
        "pve1": "online", "pve2": "offline"}
    bench.cluster.control("/nodes/pve2", {"online": True})
    assert bench.call("GET", "/nodes/pve2/status").status == 200


def test_a_node_that_hangs_is_596_after_a_while(bench):
    bench.cluster.control("/nodes/pve2", {"hanging": True})
    bench.settings(hang_ms=AN_HOUR_MS)
    with pytest.raises(TimeoutError):
        bench.call("GET", "/nodes/pve2/status", timeout_s=0.2)
    bench.settings(hang_ms=1)
    assert bench.call("GET", "/nodes/pve2/status").status == 596
    assert bench.call("GET", "/nodes/pve1/status").status == 200


# --- Work that goes wrong --------------------------------------------------------------------------


def test_a_put_is_applied_by_half(bench):
    bench.fault(path="/config$", method="PUT", half=["memory"], reason="unable to write file")
    answer = bench.call("PUT", CT + "/config",
                        {"memory": 1024, "cores": 2, "hostname": "new", "delete": "swap"})
    assert (answer.status, answer.reason) == (500, "unable to write file")
    config = bench.config()
    assert (config["memory"], config["cores"], config["hostname"]) == (1024, 1, "web")


def test_an_option_cannot_be_changed_while_it_runs(bench):
    bench.fault(path="/config$", method="PUT", hotplug="cores", reason="no such cgroup", count=0)
    answer = bench.call("PUT", CT + "/config", {"cores": 2, "memory": 1024})
    assert answer.status == 400
    assert answer.errors == {"cores": "unable to hotplug cores: no such cgroup\n"}
    assert bench.config()["memory"] == 512
    assert bench.call("PUT", CT + "/config", {"memory": 1024}).status == 200


def test_a_task_is_slow(bench):
    bench.fault(path="/status/start$", task_ms=AN_HOUR_MS)
    upid = bench.ok("POST", CT + "/status/start")
    task = bench.ok("GET", f"/nodes/pve1/tasks/{upid}/status")
    assert task["status"] == "running" and "exitstatus" not in task
    assert not bench.is_running()
    assert [t["upid"] for t in bench.ok("GET", "/nodes/pve1/tasks", source="active")] == [upid]


def test_a_task_fails_without_its_work(bench):
    bench.fault(path="/status/start$", task_failure="startup for container failed")
    upid = bench.ok("POST", CT + "/status/start")
    assert bench.ended(upid) == "startup for container failed"
    assert bench.log(upid)[-1] == "TASK ERROR: startup for container failed"
    assert not bench.is_running()


def test_a_task_fails_after_its_work(bench):
    bench.fault(path="/status/start$", task_failure="late trouble", task_works=True)
    assert bench.ended(bench.ok("POST", CT + "/status/start")) == "late trouble"
    assert bench.is_running()


def test_a_create_that_fails_leaves_nothing(bench):
    bench.fault(path="/lxc$", method="POST", task_failure="no space")
    upid = bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local-lvm:1")
    assert bench.ended(upid) == "unable to create CT 101 - no space"
    assert [g["vmid"] for g in bench.ok("GET", "/nodes/pve1/lxc")] == [100]
    assert bench.volumes("pve1", "local-lvm", vmid=101) == {}


# --- Which requests --------------------------------------------------------------------------------


def statuses(bench, count: int) -> list:
    return [bench.call("GET", "/version").status for _ in range(count)]


def test_a_fault_strikes_once_unless_told_otherwise(bench):
    bench.fault(path="^/version$", status=595)
    assert statuses(bench, 3) == [595, 200, 200]


def test_a_fault_strikes_from_the_nth_match_so_many_times(bench):
    bench.fault(path="^/version$", status=595, nth=2, count=2)
    assert statuses(bench, 5) == [200, 595, 595, 200, 200]


def test_a_fault_strikes_for_ever_until_it_is_taken_back(bench):
    bench.fault(path="^/version$", status=595, count=0)
    assert statuses(bench, 3) == [595, 595, 595]
    bench.cluster.control("/faults", method="DELETE")
    assert statuses(bench, 1) == [200]


def test_a_fault_strikes_a_share_of_the_requests(bench):
    bench.fault(path="^/version$", status=595, count=0, probability=0.25)
    assert statuses(bench, 8) == [200, 200, 200, 595] * 2


def test_a_fault_strikes_one_method_and_one_path(bench):
    bench.fault(method="PUT", path="/lxc/100/config$", status=595, count=0)
    assert bench.call("GET", CT + "/config").status == 200
    assert bench.call("PUT", "/nodes/pve1/lxc/101/config", {"memory": 64}).status == 500
    assert bench.call("PUT", CT + "/config", {"memory": 64}).status == 595


def test_faults_are_counted_and_noted(bench):
    bench.fault(name="outage", path="^/version$", status=595, nth=2)
    bench.cluster.forget_calls()
    statuses(bench, 3)
    report = bench.cluster.control("/faults", method="GET")
    assert [(f["name"], f["matched"], f["struck"]) for f in report] == [("outage", 3, 1)]
    assert [c.get("fault") for c in bench.cluster.calls("GET")] == [None, "outage", None]


def test_faults_are_there_from_the_start(tmp_path):
    with Cluster(tmp_path, nodes=1, faults=[{"path": "^/version$", "status": 596}]) as cluster:
        assert RawClient(cluster).call("GET", "/version").status == 596
        assert RawClient(cluster).call("GET", "/version").status == 200


def test_a_fault_with_a_mistake_is_refused(bench):
    for rule in ({"sattus": 595}, {"path": "("}, "all"):
        assert bench.cluster.request("POST", "/fake/faults", [rule])[0] == 400
    assert bench.cluster.control("/faults", method="GET") == []
