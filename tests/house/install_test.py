"""An installed prefix serves somebody else's C++ program, wherever it lies."""

import hashlib
import os
import pathlib
import shutil
import subprocess

import pytest

from tests.harness import build
from tests.harness.cluster import Cluster
from tests.house.conftest import install
from tests.house.library_test import LISTED

EXAMPLE = build.ROOT / "examples" / "cpp"


def library_folder(prefix: pathlib.Path) -> pathlib.Path:
    return next(prefix.rglob("libpaas.so")).parent


def clean_environment() -> dict:
    return {k: v for k, v in os.environ.items()
            if not k.startswith(("LD_", "CMAKE_", "PKG_CONFIG", "PROXMOX_VE_"))}


def content(prefix: pathlib.Path) -> dict:
    return {str(f.relative_to(prefix)): hashlib.sha256(f.read_bytes()).hexdigest()
            for f in prefix.rglob("*") if f.is_file()}


def test_holds_what_was_promised(prefix):
    names = {str(f.relative_to(prefix)) for f in prefix.rglob("*")}
    for name in ("bin/terraform-provider-paas", "bin/paas-agent", "bin/paas-dns", "share/doc/paas/LICENSE",
                 *(f"include/{h}" for h in LISTED)):
        assert name in names, name
    for name in ("libpaas.so", "cmake/paas/paasConfig.cmake", "pkgconfig/paas.pc"):
        assert (library_folder(prefix) / name).exists(), name


def test_installing_twice_changes_nothing(prefix):
    before = content(prefix)
    install(prefix)
    assert content(prefix) == before


@pytest.mark.parametrize("header", LISTED)
def test_installed_header_stands_alone(prefix, header, tmp_path):
    source = tmp_path / "user.cpp"
    source.write_text(f'#include "{header}"\n')
    subprocess.run(["c++", "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                    "-I", prefix / "include", source], check=True, env=clean_environment())


def run_example(program: pathlib.Path, cluster: Cluster, **environment) -> str:
    run = subprocess.run([program], text=True, capture_output=True, timeout=60,
                         env=clean_environment() | cluster.environment | environment)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_find_package_in_a_moved_prefix(prefix, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(prefix, moved, symlinks=True)
    subprocess.run(["cmake", "-G", "Ninja", "-S", EXAMPLE, "-B", tmp_path / "build",
                    f"-DCMAKE_PREFIX_PATH={moved}"],
                   check=True, stdout=subprocess.DEVNULL, env=clean_environment())
    subprocess.run(["cmake", "--build", tmp_path / "build"], check=True,
                   stdout=subprocess.DEVNULL, env=clean_environment())
    with Cluster(tmp_path / "pve") as cluster:
        assert "pve1" in run_example(tmp_path / "build" / "paas-example", cluster)


def test_pkg_config(prefix, tmp_path):
    environment = clean_environment() | {
        "PKG_CONFIG_PATH": str(library_folder(prefix) / "pkgconfig")}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "paas"], check=True, text=True,
                           capture_output=True, env=environment).stdout.split()
    program = tmp_path / "paas-example"
    subprocess.run(["c++", "-std=c++20", *EXAMPLE.glob("*.cpp"), *flags, "-o", program],
                   check=True, env=environment)
    with Cluster(tmp_path / "pve") as cluster:
        assert "pve1" in run_example(program, cluster, LD_LIBRARY_PATH=str(library_folder(prefix)))


def test_agent_finds_its_library(prefix):
    run = subprocess.run([prefix / "bin" / "paas-agent", "version"], check=True, text=True,
                         capture_output=True, env=clean_environment())
    assert "0.1.0" in run.stdout
    maps = subprocess.run(["ldd", prefix / "bin" / "paas-agent"], check=True, text=True,
                          capture_output=True, env=clean_environment()).stdout
    assert str(library_folder(prefix)) in os.path.normpath(
        next(line for line in maps.splitlines() if "libpaas.so" in line).split()[2])
