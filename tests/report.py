#!/usr/bin/env python3
"""Sums up a test run: one line a stage, what failed by name, then `N passed, N failed`.

usage: report.py FOLDER

Every stage leaves NAME.status (its exit code) in the folder, and NAME.xml (JUnit) where it has
one. A stage without JUnit counts as one test. A stage that exits non-zero without a failed test
(it crashed, or did not build) counts as one failure more: nothing that broke is ever green.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

SHOWN_LINES = 12  # of each failure; the rest is in the JUnit file


@dataclass
class Stage:
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list = field(default_factory=list)  # what failed: name and first lines of why


def why(problem: ElementTree.Element) -> str:
    lines = [line for line in (problem.text or problem.get("message", "")).splitlines()
             if line.strip()]
    return "".join(f"    {line}\n" for line in lines[-SHOWN_LINES:])


def read_stage(status_file: pathlib.Path) -> Stage:
    stage = Stage(status_file.stem)
    code = status_file.read_text().strip()
    junit = status_file.with_suffix(".xml")
    try:
        cases = list(ElementTree.parse(junit).iter("testcase"))
    except OSError:
        cases = []
    except ElementTree.ParseError:
        cases, code = [], code if code != "0" else "0 and half a report"
    for case in cases:
        problems = [p for kind in ("failure", "error") for p in case.findall(kind)]
        if problems:
            stage.failed += 1
            stage.broken.append(f"{case.get('classname', '')}: {case.get('name', '')}\n"
                                + "".join(why(p) for p in problems))
        elif case.find("skipped") is not None:
            stage.skipped += 1
        else:
            stage.passed += 1
    if code != "0" and stage.failed == 0:
        stage.failed += 1
        stage.broken.append(f"the stage ended with code {code or 'none'}")
    elif code == "0" and not cases and not junit.exists():
        stage.passed += 1
    return stage


def main() -> int:
    stages = [read_stage(f) for f in sorted(pathlib.Path(sys.argv[1]).glob("*.status"))]
    width = max((len(s.name) for s in stages), default=0)
    for stage in stages:
        skipped = f", {stage.skipped} skipped" if stage.skipped else ""
        print(f"{stage.name.ljust(width)}  {stage.passed} passed, {stage.failed} failed{skipped}")
        for name in stage.broken:
            print(f"  FAILED {name.rstrip()}")
    passed = sum(s.passed for s in stages)
    failed = sum(s.failed for s in stages)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not stages else 0


if __name__ == "__main__":
    sys.exit(main())
