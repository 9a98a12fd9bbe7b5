"""The sources are as clang-format leaves them (`./dev fmt`)."""

import shutil
import subprocess
import warnings

import pytest

from repository import CXX, Tree, none, write

PROGRAM = "clang-format-19"


def unformatted(tree):
    run = subprocess.run([PROGRAM, "--dry-run", "-Werror", *tree.files(*CXX)], cwd=tree.root,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    breaches = [line for line in run.stdout.splitlines() if ": error:" in line]
    assert bool(breaches) == bool(run.returncode), run.stdout
    return breaches


@pytest.fixture(autouse=True)
def program():
    if not shutil.which(PROGRAM):
        reason = f"{PROGRAM} is missing: the format of the sources was NOT checked"
        warnings.warn(reason)  # a skip alone is only counted
        pytest.skip(reason)


def test_sources_are_formatted():
    none(unformatted(Tree()))


def test_it_finds_what_is_not_formatted(tmp_path):
    settings = (Tree().root / ".clang-format").read_text()
    tree = write(tmp_path, {".clang-format": settings, "libpaas/good.cpp": "int one();\n",
                            "libpaas/bad.cpp": "int two( ){return 2;}\n"})
    found = unformatted(tree)
    assert found and all(line.startswith("libpaas/bad.cpp:1:") for line in found), found
