"""Fixtures of the acceptance tests: a cluster and a workspace per test, for every host found."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.harness import terraform  # noqa: E402
from tests.harness.cluster import Cluster  # noqa: E402
from tests.harness.terraform import Workspace  # noqa: E402

HOSTS = terraform.binaries()


def pytest_generate_tests(metafunc):
    if "host" in metafunc.fixturenames:
        if not HOSTS:
            raise pytest.UsageError("neither terraform nor tofu was found; run ./dev bootstrap")
        metafunc.parametrize("host", HOSTS, ids=[pathlib.Path(h).name for h in HOSTS])


@pytest.fixture
def cluster(tmp_path):
    with Cluster(tmp_path / "pve") as running:
        yield running


@pytest.fixture
def workspace(tmp_path, cluster, host):
    return Workspace(tmp_path / "module", host, cluster.environment)
