"""What the fake cluster keeps and does: tasks, locks, quorum, high availability, storages and their
quotas, uploads. Faults, rights and parameters have files of their own."""

import hashlib

import pytest

from tests.contract.fake_pve_bench import CT, Bench
from tests.harness.cluster import Cluster

GIB = 1 << 30
AN_HOUR_MS = 3600 * 1000
NO_QUORUM = "cluster not ready - no quorum?"
LOCK_TIMEOUT = "can't lock file '/run/lock/lxc/pve-config-100.lock' - got timeout"


@pytest.fixture
def bench(tmp_path):
    with Cluster(tmp_path, nodes=3) as cluster:
        yield Bench(cluster)


# --- Tasks -----------------------------------------------------------------------------------------


def test_a_task_takes_its_time_and_then_has_done_its_work(bench):
    bench.settings(task_ms=AN_HOUR_MS)
    slow = bench.ok("POST", CT + "/status/start")
    assert bench.ok("GET", f"/nodes/pve1/tasks/{slow}/status")["status"] == "running"
    assert not bench.is_running()
    bench.ok("DELETE", f"/nodes/pve1/tasks/{slow}")
    assert bench.ended(slow) == "interrupted by signal"
    assert not bench.is_running()


def test_a_task_has_a_log_in_pages(bench):
    upid = bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local:1")
    assert bench.ended(upid) == "OK"
    whole = bench.call("GET", f"/nodes/pve1/tasks/{upid}/log", {"limit": 0}).body
    assert [line["n"] for line in whole["data"]] == list(range(1, whole["total"] + 1))
    assert whole["data"][-1]["t"] == "TASK OK"
    page = bench.call("GET", f"/nodes/pve1/tasks/{upid}/log", {"start": 2, "limit": 3}).body
    assert (page["data"], page["total"]) == (whole["data"][2:5], whole["total"])


def test_tasks_are_listed_by_what_is_asked(bench):
    good = bench.ok("POST", CT + "/status/start")
    assert bench.ended(good) == "OK"
    bench.fault(path="/status/stop$", task_failure="no")
    bad = bench.ok("POST", CT + "/status/stop")
    assert bench.ended(bad) == "no"
    bench.fault(path="/status/stop$", task_ms=AN_HOUR_MS)
    running = bench.ok("POST", CT + "/status/stop")

    def listed(**which):
        return [t["upid"] for t in bench.ok("GET", "/nodes/pve1/tasks", **which)]
    assert listed() == [bad, good]
    assert listed(source="active") == [running]
    assert listed(source="all") == [running, bad, good]
    assert listed(errors=1) == [bad]
    assert listed(typefilter="vzstart") == [good]
    assert listed(limit=1, start=1) == [good]
    assert listed(vmid=101) == []
    assert bench.ok("GET", "/nodes/pve2/tasks") == []
    assert {t["upid"] for t in bench.ok("GET", "/cluster/tasks")} == {good, bad, running}


def test_a_task_nobody_knows_is_refused(bench):
    for upid, complaint in (("UPID:garbage", "unable to parse worker upid"),
                            ("UPID:pve1:00001000:00057FE0:6B01B980:vzstart:9:root@pam:", "no such task")):
        answer = bench.call("GET", f"/nodes/pve1/tasks/{upid}/status")
        assert (answer.status, answer.errors) == (400, {"upid": complaint})


# --- Locks -----------------------------------------------------------------------------------------


def test_a_locked_container_can_neither_be_changed_nor_removed_nor_started(bench):
    bench.cluster.control("/guests/100", {"config": {"lock": "backup"}})
    locked = "CT is locked (backup)"
    assert bench.refused("PUT", CT + "/config", memory=1024) == locked
    assert bench.refused("PUT", CT + "/resize", disk="rootfs", size="3G") == locked
    assert bench.refused("DELETE", CT) == locked
    assert bench.ended(bench.ok("POST", CT + "/status/start")) == locked
    assert bench.config()["memory"] == 512 and not bench.is_running()
    bench.cluster.control("/guests/100", {"config": {"lock": None}})
    bench.ok("PUT", CT + "/config", memory=1024)


def test_a_container_that_is_being_made_is_locked(bench):
    bench.fault(path="/lxc$", method="POST", task_ms=AN_HOUR_MS)
    bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local:1")
    assert bench.refused("PUT", "/nodes/pve1/lxc/101/config", memory=64) == "CT is locked (create)"
    answer = bench.refused("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local:1")
    assert answer == "CT 101 already exists on node 'pve1'"


def test_the_lock_of_a_running_task_is_waited_for_in_vain(bench):
    bench.settings(lock_wait_ms=20)
    bench.fault(path="/status/start$", task_ms=AN_HOUR_MS)
    bench.ok("POST", CT + "/status/start")
    assert bench.refused("PUT", CT + "/resize", disk="rootfs", size="3G") == LOCK_TIMEOUT
    assert bench.ended(bench.ok("DELETE", CT)) == LOCK_TIMEOUT
    assert bench.config()["rootfs"].endswith("size=2G")


def test_the_lock_of_a_running_task_is_waited_for(bench):
    bench.fault(path="/status/start$", task_ms=100)
    started = bench.ok("POST", CT + "/status/start")
    grown = bench.ok("PUT", CT + "/resize", disk="rootfs", size="3G")
    assert bench.ok("GET", f"/nodes/pve1/tasks/{started}/status")["status"] == "stopped"
    assert (bench.ended(started), bench.ended(grown)) == ("OK", "OK")
    assert bench.is_running() and bench.config()["rootfs"].endswith("size=3G")


def test_a_change_of_what_was_not_read_is_refused(bench):
    digest = bench.config()["digest"]
    bench.ok("PUT", CT + "/config", memory=1024, digest=digest)
    reason = bench.refused("PUT", CT + "/config", memory=2048, digest=digest)
    assert reason == "detected modified configuration - file changed by other user? Try again."
    assert bench.config()["memory"] == 1024


# --- Quorum ----------------------------------------------------------------------------------------

VM = "/nodes/pve1/qemu/200"
WRITES = [
    ("POST", "/nodes/pve1/lxc", {"vmid": 101, "ostemplate": "{template}", "rootfs": "local:1"}),
    ("PUT", CT + "/config", {"memory": 1024}),
    ("PUT", CT + "/resize", {"disk": "rootfs", "size": "3G"}),
    ("POST", CT + "/status/start", {}),
    ("POST", CT + "/clone", {"newid": 101}),
    ("POST", CT + "/migrate", {"target": "pve2"}),
    ("POST", CT + "/move_volume", {"volume": "rootfs", "storage": "local"}),
    ("POST", CT + "/snapshot", {"snapname": "before"}),
    ("DELETE", CT + "/snapshot/before", {}),
    ("POST", CT + "/snapshot/before/rollback", {}),
    ("POST", CT + "/template", {}),
    ("DELETE", CT, {}),
    ("PUT", CT + "/firewall/options", {"enable": 1}),
    ("POST", "/nodes/pve1/qemu", {"vmid": 101}),
    ("PUT", VM + "/config", {"memory": 1024}),
    ("POST", VM + "/config", {"memory": 1024}),
    ("PUT", VM + "/resize", {"disk": "scsi0", "size": "3G"}),
    ("POST", VM + "/status/start", {}),
    ("POST", VM + "/clone", {"newid": 101}),
    ("POST", VM + "/template", {}),
    ("DELETE", VM, {}),
    ("POST", "/pools", {"poolid": "blue"}),
    ("PUT", "/pools", {"poolid": "green", "vms": 100}),
    ("DELETE", "/pools", {"poolid": "green"}),
    ("POST", "/cluster/ha/resources", {"sid": "ct:100"}),
    ("PUT", "/cluster/options", {"keyboard": "de"}),
    ("POST", "/nodes/pve1/storage/local/content", {"vmid": 100, "filename": "vm-100-disk-9.raw", "size": "1G"}),
    ("DELETE", "/nodes/pve1/storage/local/content/{template}", {}),
]


@pytest.fixture(scope="module")
def without_quorum(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("pve"), nodes=2) as cluster:
        bench = Bench(cluster)
        bench.ok("POST", "/pools", poolid="green")
        cluster.control("/seed", {"guests": [{"vmid": 200, "kind": "qemu",
                                              "config": {"scsi0": "local-lvm:vm-200-disk-0,size=2G"}}]})
        cluster.control("/quorum", {"quorate": False})
        yield bench


@pytest.mark.parametrize("method, path, params", WRITES, ids=[f"{m} {p}" for m, p, _ in WRITES])
def test_nothing_is_written_without_quorum(without_quorum, method, path, params):
    bench = without_quorum
    before = bench.cluster.control("/state", method="GET")
    filled = {k: v.format(template=bench.template) if isinstance(v, str) else v for k, v in params.items()}
    assert bench.refused(method, path.format(template=bench.template), **filled) == NO_QUORUM
    assert bench.cluster.control("/state", method="GET") == before


def test_everything_can_be_read_without_quorum(without_quorum):
    for path in ("/cluster/resources", CT + "/config", CT + "/status/current", "/nodes/pve1/tasks", "/pools"):
        without_quorum.ok("GET", path)
    cluster = [row for row in without_quorum.ok("GET", "/cluster/status") if row["type"] == "cluster"]
    assert [row["quorate"] for row in cluster] == [0]


def test_quorum_comes_back(bench):
    bench.cluster.control("/quorum", {"quorate": False})
    assert bench.refused("PUT", CT + "/config", memory=1024) == NO_QUORUM
    bench.cluster.control("/quorum", {"quorate": True})
    bench.ok("PUT", CT + "/config", memory=1024)


# --- High availability -----------------------------------------------------------------------------


def test_a_guest_is_moved_behind_everybodys_back(bench):
    """Its configuration and its local volumes are on the other node then, and nowhere else."""
    bench.cluster.control("/guests/100/move", {"node": "pve2"})
    absent = "Configuration file 'nodes/pve1/lxc/100.conf' does not exist"
    assert bench.refused("GET", CT + "/config") == absent
    assert bench.refused("PUT", CT + "/config", memory=1024) == absent
    assert bench.config("pve2")["hostname"] == "web"
    assert [g["node"] for g in bench.ok("GET", "/cluster/resources", type="vm")] == ["pve2"]
    assert "local-lvm:vm-100-disk-0" not in bench.volumes("pve1", "local-lvm")
    assert "local-lvm:vm-100-disk-0" in bench.volumes("pve2", "local-lvm")


def test_what_is_shared_stays_where_it_is(bench):
    bench.cluster.control("/guests/100", {"config": {"mp0": "nfs:100/vm-100-disk-1.raw,mp=/d,size=1G"}})
    bench.cluster.control("/guests/100/move", {"node": "pve3"})
    for node in ("pve1", "pve3"):
        assert "nfs:100/vm-100-disk-1.raw" in bench.volumes(node, "nfs")


def test_high_availability_brings_a_guest_to_its_state(bench):
    bench.ok("POST", "/cluster/ha/resources", sid="ct:100", state="started")
    bench.until(bench.is_running, "the start by high availability")
    assert bench.ok("GET", CT + "/status/current")["ha"]["managed"] == 1
    bench.ok("PUT", "/cluster/ha/resources/ct:100", state="stopped")
    bench.until(lambda: not bench.is_running(), "the stop by high availability")
    bench.ok("DELETE", "/cluster/ha/resources/ct:100")
    assert bench.ok("GET", "/cluster/ha/resources") == []
    assert bench.ok("GET", CT + "/status/current")["ha"]["managed"] == 0


def test_a_managed_guest_is_only_asked_to_start_and_stop(bench):
    bench.ok("POST", "/cluster/ha/resources", sid="ct:100", state="stopped")
    started = bench.ok("POST", CT + "/status/start")
    assert started.split(":")[5] == "hastart" and bench.ended(started) == "OK"
    bench.until(bench.is_running, "the start by high availability")
    stopped = bench.ok("POST", CT + "/status/shutdown")
    assert stopped.split(":")[5] == "hastop" and bench.ended(stopped) == "OK"
    bench.until(lambda: not bench.is_running(), "the stop by high availability")
    assert [r["state"] for r in bench.ok("GET", "/cluster/ha/resources")] == ["stopped"]


def test_a_managed_guest_is_removed_with_a_purge_alone(bench):
    bench.ok("POST", "/cluster/ha/resources", sid="ct:100", state="stopped")
    assert "used in HA resources" in bench.refused("DELETE", CT)
    assert bench.ended(bench.ok("DELETE", CT, purge=1)) == "OK"
    assert bench.ok("GET", "/cluster/ha/resources") == []


def test_a_resource_of_high_availability_must_be_there_and_only_once(bench):
    assert bench.refused("POST", "/cluster/ha/resources", sid="ct:999") == "unable to add resource 'ct:999'"
    bench.ok("POST", "/cluster/ha/resources", sid="ct:100", state="ignored")
    assert "already defined" in bench.refused("POST", "/cluster/ha/resources", sid="ct:100")


# --- Storages and quotas ---------------------------------------------------------------------------


def test_volumes_come_and_go_with_their_container(bench):
    before = {storage: bench.used(storage) for storage in ("local", "local-lvm")}
    upid = bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local:2",
                    mp0="local-lvm:3,mp=/data")
    assert bench.ended(upid) == "OK"
    root, data = bench.volumes("pve1", "local", vmid=101), bench.volumes("pve1", "local-lvm", vmid=101)
    assert {v: row["size"] for v, row in (root | data).items()} == {
        "local:101/vm-101-disk-0.raw": 2 * GIB, "local-lvm:vm-101-disk-0": 3 * GIB}
    assert bench.used("local") == before["local"] + 2 * GIB
    assert bench.used("local-lvm") == before["local-lvm"] + 3 * GIB
    assert bench.ended(bench.ok("DELETE", "/nodes/pve1/lxc/101")) == "OK"
    assert {storage: bench.used(storage) for storage in before} == before


def test_a_full_storage_takes_no_container(bench):
    bench.cluster.control("/storages/local-lvm", {"total": 5 * GIB})  # 2 are taken
    upid = bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local-lvm:4")
    assert "insufficient free space" in bench.ended(upid)
    assert [g["vmid"] for g in bench.ok("GET", "/nodes/pve1/lxc")] == [100]
    assert bench.volumes("pve1", "local-lvm", vmid=101) == {}
    upid = bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local-lvm:3")
    assert bench.ended(upid) == "OK"


def test_a_full_storage_lets_no_disk_grow(bench):
    bench.cluster.control("/storages/local-lvm", {"total": 5 * GIB})
    assert bench.ended(bench.ok("PUT", CT + "/resize", disk="rootfs", size="6G")) != "OK"
    assert bench.config()["rootfs"].endswith("size=2G")
    assert bench.ended(bench.ok("PUT", CT + "/resize", disk="rootfs", size="5G")) == "OK"
    assert bench.config()["rootfs"].endswith("size=5G")
    assert bench.ok("GET", "/nodes/pve1/storage/local-lvm/status")["avail"] == 0


def test_what_others_keep_on_a_storage_counts(bench):
    bench.cluster.control("/storages/local", {"total": 10 * GIB, "foreign": 9 * GIB})
    upid = bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate=bench.template, rootfs="local:2")
    assert "No space left on device" in bench.ended(upid)


def test_a_disk_never_shrinks(bench):
    assert bench.refused("PUT", CT + "/resize", disk="rootfs", size="1G") == "unable to shrink disk size"
    reason = bench.refused("PUT", CT + "/resize", disk="rootfs", size="2G")
    assert reason == "disk is already at specified size"


def test_a_storage_serves_what_it_is_configured_for(bench):
    bench.cluster.control("/storages/local", {"content": ["vztmpl", "iso"]})
    answer = bench.call("POST", "/nodes/pve1/lxc", {"vmid": 101, "ostemplate": bench.template,
                                                    "rootfs": "local:1"})
    assert (answer.status, list(answer.errors)) == (400, ["storage"])
    assert [g["vmid"] for g in bench.ok("GET", "/nodes/pve1/lxc")] == [100]


def test_a_storage_that_is_disabled_serves_nothing(bench):
    bench.cluster.control("/storages/nfs", {"enabled": False})
    assert bench.refused("GET", "/nodes/pve1/storage/nfs/content") == "storage 'nfs' is disabled"
    row = next(s for s in bench.ok("GET", "/nodes/pve1/storage") if s["storage"] == "nfs")
    assert (row["enabled"], row["active"]) == (0, 0)


def test_content_is_deleted_by_a_task(bench):
    bench.cluster.control("/storages/local/volumes", {"name": "iso/a.iso", "size": GIB})
    used = bench.used("local")
    assert bench.ended(bench.ok("DELETE", "/nodes/pve1/storage/local/content/local:iso%2Fa.iso")) == "OK"
    assert bench.used("local") == used - GIB
    assert "local:iso/a.iso" not in bench.volumes("pve1", "local")


# --- Uploads ---------------------------------------------------------------------------------------

DATA = b"\r\n--not-the-boundary\r\n" + bytes(range(256)) * 4096  # more than one read, and every byte
SUM = hashlib.sha256(DATA).hexdigest()


def upload(bench, name="a.tar.zst", data=DATA, **fields):
    return bench.client.upload("pve1", "local", {"content": "vztmpl", **fields}, name, data)


def test_an_upload_is_content_when_its_task_has_ended(bench, tmp_path):
    bench.settings(task_ms=AN_HOUR_MS)
    first = upload(bench, name="never.tar.zst")
    assert first.status == 200 and "local:vztmpl/never.tar.zst" not in bench.volumes("pve1", "local")
    bench.settings(task_ms=1)
    answer = upload(bench, **{"checksum-algorithm": "sha256", "checksum": SUM})
    assert answer.data.split(":")[5] == "imgcopy"
    assert bench.ended(answer.data) == "OK"
    row = bench.volumes("pve1", "local")["local:vztmpl/a.tar.zst"]
    assert (row["content"], row["format"], row["size"]) == ("vztmpl", "tzst", len(DATA))
    assert any(f"file size is: {len(DATA)}" in line for line in bench.log(answer.data))
    assert list((tmp_path / "uploads").iterdir()) == []


def test_an_upload_can_be_the_template_of_a_container(bench):
    assert bench.ended(upload(bench).data) == "OK"
    upid = bench.ok("POST", "/nodes/pve1/lxc", vmid=101, ostemplate="local:vztmpl/a.tar.zst", rootfs="local:1")
    assert bench.ended(upid) == "OK"


def test_an_upload_with_another_checksum_is_dropped(bench):
    answer = upload(bench, **{"checksum-algorithm": "sha256", "checksum": "0" * 64})
    assert bench.ended(answer.data) == f"checksum mismatch: got '{SUM}' != expect '{'0' * 64}'"
    assert "local:vztmpl/a.tar.zst" not in bench.volumes("pve1", "local")


@pytest.mark.parametrize("fields, name, parameter", [
    ({}, "a.exe", "filename"), ({"content": "backup"}, "a.tar.zst", "content"),
    ({"colour": "red"}, "a.tar.zst", "colour"), ({"checksum": SUM}, "a.tar.zst", "checksum-algorithm"),
])
def test_an_upload_that_is_not_as_it_should_be_is_refused(bench, fields, name, parameter):
    answer = upload(bench, name=name, **fields)
    assert answer.status == 400 and parameter in answer.errors
    assert bench.ok("GET", "/nodes/pve1/tasks", source="all") == []


def test_an_upload_to_where_no_files_are_kept_is_refused(bench):
    answer = bench.client.upload("pve1", "local-lvm", {"content": "vztmpl"}, "a.tar.zst", DATA)
    assert (answer.status, answer.reason) == (500, "can't upload to storage type 'lvmthin'")


def test_an_upload_to_a_full_storage_fails(bench):
    bench.cluster.control("/storages/local", {"foreign": 0})
    free = bench.ok("GET", "/nodes/pve1/storage/local/status")["avail"]
    bench.cluster.control("/storages/local", {"foreign": free - len(DATA) + 1})
    assert "No space left on device" in bench.ended(upload(bench).data)
    bench.cluster.control("/storages/local", {"foreign": free - len(DATA)})
    assert bench.ended(upload(bench).data) == "OK"


# --- Nodes -----------------------------------------------------------------------------------------


def test_there_are_as_many_nodes_as_asked_for(bench):
    assert [n["node"] for n in bench.ok("GET", "/nodes")] == ["pve1", "pve2", "pve3"]
    bench.cluster.control("/nodes/pve3", method="DELETE")
    assert [n["node"] for n in bench.ok("GET", "/nodes")] == ["pve1", "pve2"]
    assert "hostname lookup 'pve3' failed" in bench.refused("GET", "/nodes/pve3/lxc")


def test_the_list_of_resources_learns_of_a_change_late(bench):
    def shown():
        return bench.ok("GET", "/cluster/resources", type="vm")[0]
    assert shown()["status"] == "stopped"
    bench.settings(stale_ms=AN_HOUR_MS)
    assert bench.ended(bench.ok("POST", CT + "/status/start")) == "OK"
    assert bench.is_running() and shown()["status"] == "stopped"
    bench.settings(stale_ms=0)
    assert shown()["status"] == "running"
