"""./dev bench placement: the placement engine's packing, manners and speed, beside its peers.

Everything is measured by one program, paas-bench-placement, whose rows this turns into a table.
"""

import argparse
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.harness import build  # noqa: E402
from tests.harness.measure import Row, print_table  # noqa: E402

TRACES = build.ROOT.parent / "shared" / "data" / "traces"
FIELDS = ("measure", "ours", "unit", "goal", "peer", "peer_name", "lower", "note")


def row_of(told: dict) -> Row:
    return Row(**{name: told[name] for name in FIELDS})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--traces", type=pathlib.Path, default=TRACES,
                        help="the folder of the public traces; default ../shared/data/traces")
    parser.add_argument("--only", default="", help="what to measure: the part of a suite's name")
    options = parser.parse_args()
    command = [str(build.program("paas-bench-placement")), "--traces", str(options.traces)]
    if options.only:
        command += ["--only", options.only]
    rows = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bench:
        for line in bench.stdout:
            told = json.loads(line)
            if "about" in told:
                print(f"{told['about']}: {told['value']}",
                      file=sys.stderr if options.json else sys.stdout, flush=True)
                continue
            rows.append(row_of(told))
            if options.json:
                print(json.dumps(rows[-1].as_json()), flush=True)
            else:
                print(f"measured: {rows[-1].measure}", file=sys.stderr, flush=True)
    if not options.json:
        print_table(rows)
    return bench.returncode


if __name__ == "__main__":
    sys.exit(main())
