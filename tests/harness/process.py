"""Starting programs that cannot outlive the test, however it ends."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


# Not prctl() in a preexec_fn: that makes Popen fork, gRPC's handlers run before every fork, and now
# and then they wait for ever (grpcio 1.51).
_KILLED_WITH_US = (shutil.which("setpriv") or "setpriv", "--pdeathsig", "KILL", "--")


def start(arguments, **options) -> subprocess.Popen:
    """A child in a process group of its own that is killed when the test process dies."""
    return subprocess.Popen([*_KILLED_WITH_US, *map(str, arguments)], start_new_session=True,
                            **options)


def stop(child: subprocess.Popen, patience_s: float = 10) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    for stream in (child.stdout, child.stderr, child.stdin):
        if stream:
            stream.close()


def _status(pid: int) -> list:
    """The fields of /proc/PID/stat from the state on. OSError: there is no such process."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def state_of(pid: int) -> str:
    """"R", "S", … ; "Z" is one that has ended and is not reaped. OSError: it is gone."""
    return _status(pid)[0]


def _children(pid: int) -> list:
    found = []
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            if name.isdigit() and int(_status(int(name))[1]) == pid:
                found.append(int(name))
    return found


def _kill_descendants() -> None:
    """Kills and reaps everything below us, however often it forks meanwhile."""
    while children := _children(os.getpid()):
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child in children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)


@contextlib.contextmanager
def ending_all():
    """Whatever is started inside, by whomever, ends with it: also when we are asked to stop.

    Orphans fall to us (a terraform that is killed leaves its providers), so that none is missed.
    """
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = {number: signal.signal(number, lambda got, _: sys.exit(128 + got))
              for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        _kill_descendants()
        for number, handler in before.items():
            signal.signal(number, handler)
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 0)


def provider_pids(terraform_pid: int) -> list:
    """The processes of the provider that this terraform has started."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{entry}/cmdline") as file:
                command = file.read()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == terraform_pid and "terraform-provider-paas" in command:
            found.append(int(entry))
    return found
