"""The sum at the end of `./dev test`: what broke is never green."""

import subprocess
import sys

from tests.harness import build


def report(folder, files: dict):
    for name, text in files.items():
        (folder / name).write_text(text)
    run = subprocess.run([sys.executable, build.ROOT / "tests" / "report.py", folder],
                         text=True, capture_output=True)
    return run.returncode, run.stdout.splitlines()


PASSED = '<testcase classname="c" name="good"/>'
FAILED = '<testcase classname="c" name="bad"><failure message="m">why it broke</failure></testcase>'
ERRED = '<testcase classname="c" name="worse"><error message="m">no fixture</error></testcase>'
SKIPPED = '<testcase classname="c" name="absent"><skipped/></testcase>'


def suite(*cases: str) -> str:
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


def test_all_green(tmp_path):
    code, lines = report(tmp_path, {"a.status": "0\n", "a.xml": suite(PASSED, PASSED, SKIPPED),
                                    "build.status": "0\n"})
    assert code == 0 and lines[-1] == "3 passed, 0 failed"
    assert any("1 skipped" in line for line in lines)


def test_failures_are_named_and_summed(tmp_path):
    code, lines = report(tmp_path, {"a.status": "1\n", "a.xml": suite(PASSED, FAILED, ERRED),
                                    "b.status": "0\n", "b.xml": suite(PASSED)})
    assert code == 1 and lines[-1] == "2 passed, 2 failed"
    assert any("c: bad" in line for line in lines) and any("why it broke" in line for line in lines)


def test_a_crash_after_green_tests_is_a_failure(tmp_path):
    code, lines = report(tmp_path, {"a.status": "139\n", "a.xml": suite(PASSED)})
    assert code == 1 and lines[-1] == "1 passed, 1 failed"


def test_a_stage_that_left_half_a_report_is_a_failure(tmp_path):
    code, lines = report(tmp_path, {"a.status": "134\n", "a.xml": "<testsuites><testsuite>"})
    assert code == 1 and lines[-1] == "0 passed, 1 failed"


def test_a_stage_without_report_that_broke_is_a_failure(tmp_path):
    code, lines = report(tmp_path, {"build.status": "2\n"})
    assert code == 1 and lines[-1] == "0 passed, 1 failed"


def test_nothing_run_is_not_green(tmp_path):
    code, lines = report(tmp_path, {})
    assert code == 1 and lines[-1] == "0 passed, 0 failed"
