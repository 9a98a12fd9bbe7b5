"""Fixtures of the raw gRPC tests: the programs, and a corner provider per test."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.contract.plugin_client import Caller, started  # noqa: E402
from tests.harness import build  # noqa: E402

PROGRAMS = ("terraform-provider-corner", "terraform-provider-paas")


@pytest.fixture(params=PROGRAMS)
def program(request):
    """Each provider that stands on the protocol server."""
    return build.program(request.param)


@pytest.fixture
def corner():
    """The corner provider alone, for what needs its odd resources."""
    return build.program("terraform-provider-corner")


@pytest.fixture
def plugin(corner, tmp_path):
    with started(corner, {"PLUGIN_UNIX_SOCKET_DIR": str(tmp_path)}) as running:
        yield running


@pytest.fixture
def caller(plugin):
    return Caller(plugin)
