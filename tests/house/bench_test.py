"""What a bench prints: scripts read its JSON, people its table."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.bench import population, provider
from tests.harness import build, process
from tests.harness.measure import Row, Usage, print_table

FIELDS = {"measure", "ours", "peer", "peer_name", "goal", "unit", "met"}


def test_a_row_has_the_fields_that_scripts_read():
    said = json.loads(json.dumps(Row("calls", 3, "calls", goal=4, peer=9, peer_name="p").as_json()))
    assert said == {"measure": "calls", "ours": 3, "peer": 9, "peer_name": "p", "goal": 4,
                    "unit": "calls", "met": True}


def test_what_cannot_run_is_null():
    said = json.loads(json.dumps(Row("wall", 1.5, "s").as_json()))
    assert set(said) == FIELDS
    assert said["peer"] is None and said["peer_name"] is None
    assert said["goal"] is None and said["met"] is None


@pytest.mark.parametrize("ours, lower, met", [(10, True, True), (10.1, True, False),
                                              (10, False, True), (9.9, False, False)])
def test_a_goal_is_a_bound_on_one_side(ours, lower, met):
    assert Row("m", ours, "s", goal=10, lower=lower).met is met


def test_the_table_says_what_was_missed_and_why(capsys):
    print_table([Row("good", 1, "s", goal=2, peer=3.25, peer_name="p"),
                 Row("bad", 3, "s", goal=2, note="of one run"), Row("free", 1, "MiB")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["measure", "ours", "peer", "goal", "unit", "met"]
    assert lines[1].split() == ["good", "1", "3.25", "(p)", "≤", "2", "s", "yes"]
    assert lines[2].split() == ["bad", "3", "-", "≤", "2", "s", "NO"]
    assert lines[3].split() == ["free", "1", "-", "-", "MiB", "-"]
    assert lines[4] == "bad: of one run"


def test_the_rows_come_as_json_one_a_line(monkeypatch, capsys):
    rows = [Row("a", 1, "s"), Row("b", 2, "s", goal=1, peer=3, peer_name="p")]
    asked = []
    monkeypatch.setattr(provider, "measured",
                        lambda folder, sizes, runs: asked.append((sizes, runs)) or iter(rows))
    monkeypatch.setattr(sys, "argv", ["provider.py", "--json", "--sizes", "1,20", "--runs", "2"])
    assert provider.main() == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert asked == [([1, 20], 2)]
    assert [line["measure"] for line in lines] == ["a", "b"]
    assert all(set(line) == FIELDS for line in lines)


def test_every_plan_has_its_time_peak_memory_and_cpu():
    rows = list(provider.plan_rows("5: plan", [Usage(2.0, 1.0, 30.0)], 5))
    assert [(row.measure, row.ours, row.unit) for row in rows] == [
        ("5: plan", 2.0, "s"), ("5: plan, peak memory", 30.0, "MiB"),
        ("5: plan, CPU of the provider", 1.0, "s")]
    assert rows[0].note == "median of 5"
    assert all(row.peer is None and row.goal is None for row in rows)
    beside = list(provider.plan_rows("5: plan", [Usage(2.0, 1.2, 30.0), Usage(1.5, 1.0, 20.0)], 5,
                                     goals=True))
    assert [row.peer for row in beside] == [1.5, 20.0, 1.0]
    assert [row.met for row in beside] == [None, False, False]


def test_every_size_is_measured_as_often_as_was_asked(monkeypatch, tmp_path):
    asked = []
    for name in ("cold_rows", "warm_rows"):
        monkeypatch.setattr(provider, name, lambda folder, host, size, runs, name=name:
                            asked.append((name, size, runs)) or iter(()))
    monkeypatch.setattr(provider.peer, "rows", lambda folder, host, program, ours, size, runs:
                        asked.append(("peer", size, runs)) or iter(()))
    for name in ("handshake_row", "shutdown_row"):
        monkeypatch.setattr(provider, name, lambda named, runs: Row("", 0, ""))
    monkeypatch.setattr(provider.terraform, "binaries", lambda: ["terraform"])
    monkeypatch.setenv("PEER_PROVIDER", "/peer")
    list(provider.measured(tmp_path, [1, 1000, 5000], 5))
    assert asked == [("cold_rows", 1, 5), ("warm_rows", 1, 5), ("cold_rows", 1000, 5),
                     ("warm_rows", 1000, 5), ("cold_rows", 5000, 5), ("warm_rows", 5000, 5),
                     ("peer", 1000, 5)]


def test_a_sibling_differs_in_id_name_and_address_alone():
    first = {"vmid": population.FIRST_VMID, "id": str(population.FIRST_VMID),
             "hostname": "many-0", "memory": 128, "started": True,
             "net0": "name=eth0,hwaddr=BC:24:11:AA:BB:CC",
             "networks": {"net0": {"mac": "bc:24:11:aa:bb:cc"}}}
    assert population.Sibling("BC:24:11:AA:BB:CC", 258).of(first) == {
        "vmid": population.FIRST_VMID + 258, "id": str(population.FIRST_VMID + 258),
        "hostname": "many-258", "memory": 128, "started": True,
        "net0": "name=eth0,hwaddr=BC:24:11:00:01:02",
        "networks": {"net0": {"mac": "BC:24:11:00:01:02"}}}


def alive(pid: int) -> bool:
    try:
        return process.state_of(pid) != "Z"
    except OSError:
        return False


def test_a_bench_that_is_stopped_leaves_nothing_running(tmp_path):
    """Also what its children have started, which terraform's providers are to it."""
    script = tmp_path / "bench.py"
    script.write_text(
        "import subprocess, sys\n"
        f"sys.path.insert(0, {str(build.ROOT)!r})\n"
        "from tests.harness.process import ending_all\n"
        "with ending_all():\n"
        "    subprocess.run(['sh', '-c', 'sleep 600 & echo $!; wait'])\n")
    bench = process.start([sys.executable, script], stdout=subprocess.PIPE)
    try:
        grandchild = int(bench.stdout.readline())
        assert alive(grandchild)
        os.kill(bench.pid, signal.SIGTERM)
        assert bench.wait(30) == 128 + signal.SIGTERM
        for _ in range(100):
            if not alive(grandchild):
                break
            time.sleep(0.1)
        assert not alive(grandchild)
    finally:
        process.stop(bench)
