"""./dev bench dns: CPU per query of the names service beside other name servers, what is lost at
saturation, and memory. `rows()` is what other benches take from here.

Server and load (dnsperf) have a core each, where there are two. Peers that are not installed are left
out: knotd, dnsmasq, aardvark-dns (also looked for in /usr/lib/podman).
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.harness import build, process  # noqa: E402
from tests.harness.measure import Row, print_table  # noqa: E402

NAMES, REPLICAS = 1000, 3
TICKS = os.sysconf("SC_CLK_TCK")


def address_of(name: int, replica: int) -> str:
    return f"10.200.{name % 250}.{1 + (name // 250) * 50 + replica}"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


# --- How each server is given the same names. A subject is (name, command, port). -----------------


def ours(folder: pathlib.Path):
    apps = [{"name": f"svc{n}", "replicas": [
        {"name": str(r), "addresses": [address_of(n, r)]} for r in range(REPLICAS)]}
        for n in range(NAMES)]
    feed = {"format": 1, "generation": 1, "clients": ["127.0.0.0/8"],
            "projects": [{"name": "p", "apps": apps}]}
    (folder / "feed.json").write_text(json.dumps(feed))
    port = free_port()
    return [build.program("paas-dns"), "--feed", folder / "feed.json", "--listen",
            f"127.0.0.1:{port}", "--upstream", "127.0.0.1:9", "--log-level", "warn"], port


def knot(folder: pathlib.Path):
    port = free_port()
    records = [f"svc{n}.p A {address_of(n, r)}" for n in range(NAMES) for r in range(REPLICAS)]
    (folder / "zone").write_text("$ORIGIN internal.\n$TTL 5\n@ SOA ns h 1 60 10 86400 1\n@ NS ns\n"
                                 "ns A 127.0.0.1\n" + "\n".join(records) + "\n")
    (folder / "knot.conf").write_text(
        f"server:\n  rundir: {folder}\n  listen: 127.0.0.1@{port}\n  udp-workers: 1\n"
        "  tcp-workers: 1\n  background-workers: 1\n  answer-rotation: on\n"
        f"database:\n  storage: {folder}\nzone:\n  - domain: internal\n    file: {folder}/zone\n")
    return ["knotd", "-c", folder / "knot.conf"], port


def dnsmasq(folder: pathlib.Path):
    port = free_port()
    (folder / "hosts").write_text("".join(
        f"{address_of(n, r)} svc{n}.p.internal\n" for n in range(NAMES) for r in range(REPLICAS)))
    return ["dnsmasq", "-k", "-p", str(port), "--listen-address=127.0.0.1", "--bind-interfaces",
            "--no-resolv", "--no-hosts", f"--addn-hosts={folder}/hosts", "--local=/internal/",
            "--user=root", f"--pid-file={folder}/pid", "--conf-file=/dev/null"], port


def aardvark(folder: pathlib.Path):
    port = free_port()
    lines = [f"{n:08x}{r} {address_of(n, r)}  svc{n}.p.internal"
             for n in range(NAMES) for r in range(REPLICAS)]
    (folder / "podman").write_text("127.0.0.1\n" + "\n".join(lines) + "\n")
    program = shutil.which("aardvark-dns") or "/usr/lib/podman/aardvark-dns"
    return [program, "--config", folder, "-p", str(port), "run"], port


SUBJECTS = {"paas-dns": (ours, None), "knot": (knot, "knotd"), "dnsmasq": (dnsmasq, "dnsmasq"),
            "aardvark-dns": (aardvark, "aardvark-dns")}


def present(name: str) -> bool:
    program = SUBJECTS[name][1]
    return (program is None or shutil.which(program) is not None
            or (name == "aardvark-dns" and os.access("/usr/lib/podman/aardvark-dns", os.X_OK)))


# --- Measuring. ----------------------------------------------------------------------------------


def cpu_s(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mib(pid: int) -> float:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def pinned(core: int, command) -> list:
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[core % len(cores)]), *map(str, command)]


def listener_on(port: int) -> int | None:
    """The process that has the port: a server may leave its first one behind."""
    inodes = set()
    for line in pathlib.Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(":")[1], 16) == port:
            inodes.add(f"socket:[{fields[9]}]")
    for place in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(os.readlink(one) in inodes for one in (place / "fd").iterdir()):
                return int(place.name)
    return None


@dataclass
class Result:
    cpu_us: float     # per answered query
    per_second: float
    lost: int
    resident_mib: float


class Server:
    def __init__(self, name: str, folder: pathlib.Path):
        self.name = name
        self.folder = folder / name
        self.folder.mkdir(mode=0o755)
        command, self.port = SUBJECTS[name][0](self.folder)
        self.questions = self.folder / "questions"
        self.questions.write_text("".join(f"svc{n}.p.internal A\n" for n in range(NAMES)))
        with open(self.folder / "log", "wb") as log:
            self.child = process.start(pinned(0, command), stdout=log, stderr=log)
        for _ in range(200):
            self.pid = listener_on(self.port)
            if self.pid:
                break
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{name} does not listen: {(self.folder / 'log').read_text()}")

    def load(self, seconds: float, outstanding: int) -> Result:
        before = cpu_s(self.pid)
        ran = subprocess.run(
            pinned(1, ["dnsperf", "-s", "127.0.0.1", "-p", self.port, "-d", self.questions, "-l",
                       seconds, "-q", outstanding, "-t", "2"]),
            check=True, capture_output=True, text=True)
        used = cpu_s(self.pid) - before
        number = {word: int(value) for word, value in
                  re.findall(r"Queries (sent|completed|lost):\s+(\d+)", ran.stdout)}
        if not re.search(r"Response codes:\s+NOERROR \d+ \(100\.00%\)", ran.stdout):
            raise RuntimeError(f"{self.name} answers wrongly:\n{ran.stdout}")
        return Result(used / number["completed"] * 1e6, number["completed"] / seconds,
                      number["lost"], resident_mib(self.pid))

    def stop(self):
        process.stop(self.child)


def measured(seconds: float, runs: int) -> dict:
    """Of each server that is there, the median; they take turns, so that all meet the same machine."""
    results = {}
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = pathlib.Path(place)
        folder.chmod(0o755)
        servers = []
        for name in filter(present, SUBJECTS):
            try:
                servers.append(Server(name, folder))
            except RuntimeError as problem:
                if name == "paas-dns":
                    raise
                print(f"left out: {problem}", file=sys.stderr)
                continue
            stack.callback(servers[-1].stop)
            servers[-1].load(0.5, 100)
        for _ in range(runs):
            for server in servers:
                results.setdefault(server.name, []).append(server.load(seconds, 100))
    return {name: Result(statistics.median(r.cpu_us for r in all_),
                         statistics.median(r.per_second for r in all_),
                         sum(r.lost for r in all_), all_[-1].resident_mib)
            for name, all_ in results.items()}


def rows(seconds: float = 3, runs: int = 5) -> list:
    if not shutil.which("dnsperf"):
        raise FileNotFoundError("dnsperf is not installed")
    results = measured(seconds, runs)
    own = results.pop("paas-dns")
    peers = list(results.items()) or [(None, None)]
    out = []
    for number, (name, peer) in enumerate(peers):
        out.append(Row("DNS: CPU per query", own.cpu_us, "µs", 3.0 if number == 0 else None,
                       peer and peer.cpu_us, name))
    for name, peer in peers:
        out.append(Row("DNS: queries per second on one core", own.per_second, "/s", None,
                       peer and peer.per_second, name, lower=False))
    out.append(Row("DNS: queries lost at saturation", own.lost, "queries", 0))
    for number, (name, peer) in enumerate(peers):
        out.append(Row("DNS: memory, 1000 names of 3", own.resident_mib, "MiB",
                       6 if number == 0 else None, peer and peer.resident_mib, name))
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--seconds", type=float, default=3, help="of load in each run; default 3")
    parser.add_argument("--runs", type=int, default=5, help="the median of so many; default 5")
    options = parser.parse_args()
    with process.ending_all():
        found = rows(options.seconds, options.runs)
    if options.json:
        for row in found:
            print(json.dumps(row.as_json()))
    else:
        print_table(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
