#!/usr/bin/env python3
"""The two steps of `./dev demo` that are more than a terraform command.

usage: demo.py change MAIN.TF     gives the first container twice the memory; prints the two lines
       demo.py pick STATE.JSON    prints address and import id of one container
"""

import json
import pathlib
import re
import sys

MEMORY = re.compile(r'^( *memory *= *)"?(\d+)([MG]?)"?', re.MULTILINE)


def change(main: pathlib.Path) -> None:
    before = main.read_text()
    line = MEMORY.search(before)
    if not line:
        sys.exit(f"{main} gives no memory")
    doubled = f'{line[1]}"{2 * int(line[2])}{line[3]}"'
    main.write_text(before[:line.start()] + doubled + before[line.end():])
    print(f"  - {line[0].strip()}\n  + {doubled.strip()}")


def pick(state: pathlib.Path) -> None:
    resources = json.loads(state.read_text())["values"]["root_module"]["resources"]
    container = next(r for r in resources if r["type"] == "paas_lxc")
    print(container["address"], container["values"]["id"])


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("change", "pick"):
        sys.exit(__doc__)
    {"change": change, "pick": pick}[sys.argv[1]](pathlib.Path(sys.argv[2]))
