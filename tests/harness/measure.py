"""Measuring programs: wall time, CPU and peak memory of the provider's processes."""

import os
import pathlib
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass, field


@dataclass
class Usage:
    """Of all provider processes of one terraform command."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mib: float = 0.0
    processes: int = 0


class Meter:
    """A folder with a stand-in for the provider that notes what the real one used.

    The stand-in is `time` from Debian's package of that name, so that what is measured is the
    kernel's own account, not a sample.
    """

    def __init__(self, folder: pathlib.Path, provider: pathlib.Path):
        time_program = shutil.which("time") or "/usr/bin/time"
        if not os.access(time_program, os.X_OK):
            raise FileNotFoundError("the program time is missing; run ./dev bootstrap")
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._notes = folder / "usage.txt"
        stand_in = folder / provider.name.split("_v")[0]
        stand_in.write_text(
            "#!/bin/sh\n"
            f"exec {time_program} -q -a -o {self._notes} -f '%M %U %S' {provider} \"$@\"\n")
        stand_in.chmod(0o755)

    def around(self, command) -> Usage:
        """Runs `command()` and returns what it took and what the provider used meanwhile."""
        self._notes.unlink(missing_ok=True)
        begin = time.perf_counter()
        command()
        usage = Usage(wall_s=time.perf_counter() - begin)
        for line in self._notes.read_text().splitlines() if self._notes.exists() else []:
            peak_kib, user, system = line.split()
            usage.peak_mib = max(usage.peak_mib, int(peak_kib) / 1024)
            usage.cpu_s += float(user) + float(system)
            usage.processes += 1
        return usage


def medians(subjects: list, runs: int) -> list:
    """For each (meter, command) the median Usage of `runs`, taken in turns so that whatever else
    the machine does meets all alike."""
    usages = [[meter.around(command) for meter, command in subjects] for _ in range(runs)]
    return [_median(list(of_one)) for of_one in zip(*usages)]


def _median(usages: list) -> Usage:
    return Usage(
        wall_s=statistics.median(u.wall_s for u in usages),
        cpu_s=statistics.median(u.cpu_s for u in usages),
        peak_mib=statistics.median(u.peak_mib for u in usages),
        processes=usages[0].processes,
    )


def client_certificate() -> str:
    """A certificate like the one Terraform hands its plugins (P-521, self-signed)."""
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521",
         "-nodes", "-keyout", "/dev/null", "-subj", "/O=HashiCorp/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-days", "2"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return made.stdout


MAGIC_COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"


def start_to_handshake_ms(provider: pathlib.Path, certificate: str) -> float:
    """From exec to the handshake line, as Terraform starts a plugin."""
    environment = {
        "PATH": os.environ["PATH"],
        "TF_PLUGIN_MAGIC_COOKIE": MAGIC_COOKIE,
        "PLUGIN_PROTOCOL_VERSIONS": "5,6",
        "PLUGIN_MIN_PORT": "10000",
        "PLUGIN_MAX_PORT": "25000",
        "PLUGIN_CLIENT_CERT": certificate,
    }
    begin = time.perf_counter()
    child = subprocess.Popen([str(provider)], env=environment, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    line = child.stdout.readline()
    elapsed = (time.perf_counter() - begin) * 1000
    child.terminate()
    child.wait()
    child.stdout.close()
    if line.count(b"|") < 5:
        raise RuntimeError(f"{provider} gave no handshake")
    return elapsed


@dataclass
class Row:
    """One line of a bench's answer. `goal` is a bound in `unit`; `lower` says which side is good."""

    measure: str
    ours: float
    unit: str
    goal: float | None = None
    peer: float | None = None
    peer_name: str | None = None
    lower: bool = True
    note: str = field(default="")

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ours <= self.goal if self.lower else self.ours >= self.goal

    def as_json(self) -> dict:
        return {
            "measure": self.measure, "ours": round(self.ours, 4),
            "peer": None if self.peer is None else round(self.peer, 4),
            "peer_name": self.peer_name, "goal": self.goal, "unit": self.unit, "met": self.met,
        }


def print_table(rows: list) -> None:
    columns = ["measure", "ours", "peer", "goal", "unit", "met"]
    lines = []
    for row in rows:
        peer = "-" if row.peer is None else f"{row.peer:.4g} ({row.peer_name})"
        goal = "-" if row.goal is None else f"{'≤' if row.lower else '≥'} {row.goal:g}"
        met = "-" if row.met is None else ("yes" if row.met else "NO")
        lines.append([row.measure, f"{row.ours:.4g}", peer, goal, row.unit, met])
    widths = [max(len(line[i]) for line in [columns, *lines]) for i in range(len(columns))]
    for line in [columns, *lines]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    for row in rows:
        if row.note:
            print(f"{row.measure}: {row.note}")
