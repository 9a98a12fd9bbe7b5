"""Starting programs that cannot outlive the test, however it ends."""

import ctypes
import signal
import subprocess

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(arguments, **options) -> subprocess.Popen:
    """A child in a process group of its own that is killed when the test process dies."""
    return subprocess.Popen(
        [str(a) for a in arguments],
        start_new_session=True,
        preexec_fn=_die_with_parent,
        **options,
    )


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
