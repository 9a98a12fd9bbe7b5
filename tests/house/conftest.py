"""Fixtures: a prefix into which the release build was installed, once for all tests."""

import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.harness import build  # noqa: E402


def install(prefix: pathlib.Path) -> None:
    subprocess.run(["cmake", "--install", build.build_dir(), "--strip", "--prefix", prefix],
                   check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed") / "prefix"
    install(folder)
    return folder
