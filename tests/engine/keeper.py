"""Keeps namespaces alive for as long as whoever started it, and leaves nothing behind.

`keeper.py FOLDER`: the first line on the output is the id of the first process in new network,
mount and process namespaces. When the input ends, be it that the starter was killed, every process
in them is killed, their control groups are removed, and the folder goes."""

import glob
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

# A /run and a /dev/shm of its own: engines keep locks and state there under fixed names.
INSIDE = """set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
mkdir -p /run/netns /run/lock
ip link set lo up
echo up > "$1/up"
exec catatonit -P
"""


def first_process(unshare: subprocess.Popen, folder: pathlib.Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and unshare.poll() is None:
        if (folder / "up").exists():
            children = pathlib.Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text()
            return children.split()[0]
        time.sleep(0.01)
    raise RuntimeError("the namespaces did not come up")


def remove_control_groups(folder: pathlib.Path) -> None:
    """Those of containers that were killed with their engine, which nobody else removes."""
    ids = [p.name for p in folder.glob("podman/root/*-containers/*") if p.is_dir()]
    ids += [p.name for p in folder.glob("docker/data/containers/*")]
    for one in ids:
        for group in glob.glob(f"/sys/fs/cgroup/**/*{one}*", recursive=True):
            for at, _, _ in os.walk(group, topdown=False):
                for _ in range(50):  # empty only once the kernel has buried the last process
                    try:
                        os.rmdir(at)
                        break
                    except FileNotFoundError:
                        break
                    except OSError:
                        time.sleep(0.02)


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True)
    for stopping in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stopping, signal.SIG_IGN)  # the end of the input is what ends this
    unshare = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork",
         "--kill-child=KILL", "/bin/sh", "-c", INSIDE, "sh", str(folder)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        print(first_process(unshare, folder), flush=True)
        sys.stdin.read()
    finally:
        unshare.kill()
        unshare.wait()
        remove_control_groups(folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
