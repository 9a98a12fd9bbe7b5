"""./dev itself, in a tree of its own whose cmake and terraform only say how they were called."""

import os
import shutil
import subprocess

import pytest

from tests.harness.build import ROOT

SAYS = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'


@pytest.fixture
def dev(tmp_path):
    """Runs ./dev there; returns the completed process and the calls."""
    for name in ("build/dev/bin", "build/release", "programs", "folder"):
        (tmp_path / name).mkdir(parents=True)
    for preset in ("dev", "release"):
        (tmp_path / "build" / preset / "build.ninja").write_text("")
    programs = [tmp_path / "programs" / name for name in ("cmake", "ninja", "terraform")]
    for program in [*programs, tmp_path / "build/dev/bin/terraform-provider-paas"]:
        program.write_text(SAYS)
        program.chmod(0o755)
    shutil.copy2(ROOT / "dev", tmp_path / "dev")

    def run(*arguments):
        calls = tmp_path / "calls"
        calls.unlink(missing_ok=True)
        environment = {**os.environ, "PATH": f"{tmp_path / 'programs'}:{os.environ['PATH']}",
                       "CALLS": str(calls)}
        for name in ("PAAS_TERRAFORM", "PAAS_PRESET"):
            environment.pop(name, None)
        done = subprocess.run([tmp_path / "dev", *arguments], env=environment, text=True,
                              capture_output=True)
        return done, calls.read_text().splitlines() if calls.exists() else []

    return run


def test_tf_builds_the_provider_before_each_run(dev):
    for _ in range(2):
        done, calls = dev("tf", "folder", "plan")
        assert done.returncode == 0, done.stderr
        assert [call.split()[0] for call in calls] == ["cmake", "terraform"]
        assert calls[0].startswith("cmake --build build/dev ")
        assert calls[0].endswith("--target terraform-provider-paas")
        assert calls[1] == "terraform plan"


@pytest.mark.parametrize("arguments, said", [
    (("install", "--help"), "--help"), (("install", "-x"), "-x"),
    (("tf", "gone", "plan"), "no folder gone"), (("build", "nonsense"), "nonsense"),
    (("fly",), "fly")])
def test_what_makes_no_sense_is_refused_before_anything_is_built(dev, arguments, said):
    done, calls = dev(*arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert calls == []


def test_install_builds_release_and_installs_it_where_it_is_told(dev, tmp_path):
    done, calls = dev("install", str(tmp_path / "prefix"))
    assert done.returncode == 0, done.stderr
    assert calls[0].startswith("cmake --build build/release ")
    assert calls[1] == f"cmake --install build/release --strip --prefix {tmp_path / 'prefix'}"
