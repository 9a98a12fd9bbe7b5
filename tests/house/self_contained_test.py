"""The provider as shipped: one executable that needs nothing but the libc and libm of Debian 12."""

import os
import pathlib
import re
import shutil
import subprocess

import grpc
import pytest

from tests.harness import build, process
from tests.harness.measure import MAGIC_COOKIE

LOADER_AND_LIBC = {"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6"}
GLIBC_OF_DEBIAN_12 = (2, 36)


@pytest.fixture
def provider():
    return build.program("terraform-provider-paas")


def test_needs_only_libc_and_libm(provider):
    dynamic = subprocess.run(["readelf", "-d", provider], check=True, text=True,
                             capture_output=True).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    assert needed and needed <= LOADER_AND_LIBC, needed
    assert "RUNPATH" not in dynamic and "RPATH" not in dynamic


def test_asks_for_no_newer_libc_than_debian_12_has(provider):
    versions = subprocess.run(["readelf", "-V", provider], check=True, text=True,
                              capture_output=True).stdout
    asked = {tuple(map(int, v.split("."))) for v in re.findall(r"GLIBC_([0-9.]+)", versions)}
    assert asked and max(asked) <= GLIBC_OF_DEBIAN_12, max(asked)


def shared_objects(program: pathlib.Path) -> list:
    """The files the loader maps, the loader itself among them."""
    listing = subprocess.run(["ldd", program], check=True, text=True, capture_output=True).stdout
    return [pathlib.Path(p) for p in re.findall(r"(/\S+) \(0x", listing)]


def empty_root(folder: pathlib.Path, provider: pathlib.Path) -> pathlib.Path:
    """A root with the provider, the loader, libc and libm; no /proc, no /etc, no /tmp."""
    for file in shared_objects(provider):
        assert file.name in LOADER_AND_LIBC, file
        target = folder / file.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file.resolve(), target)
    shutil.copy2(provider, folder / "provider")
    return folder


def enter(root: pathlib.Path) -> list:
    if os.geteuid() == 0:
        return ["chroot", root]
    return ["unshare", "--user", "--map-root-user", "chroot", root]


def test_serves_in_an_empty_root(tmp_path, provider):
    root = empty_root(tmp_path / "root", provider)
    child = process.start(
        [*enter(root), "/provider"],
        env={"PATH": os.environ["PATH"], "TF_PLUGIN_MAGIC_COOKIE": MAGIC_COOKIE,
             "PLUGIN_PROTOCOL_VERSIONS": "6", "PLUGIN_UNIX_SOCKET_DIR": "/"},
        stdout=process.subprocess.PIPE, stderr=process.subprocess.PIPE)
    try:
        line = child.stdout.readline().decode().strip()
        fields = line.split("|")
        assert fields[:3] == ["1", "6", "unix"], line or child.stderr.read().decode()
        assert fields[4] == "grpc"
        with grpc.insecure_channel(f"unix:{root}{fields[3]}") as channel:
            ask = channel.unary_unary("/tfplugin6.Provider/GetMetadata")
            answer = ask(b"", timeout=60)
        assert b"paas_lxc" in answer
    finally:
        process.stop(child)


def test_run_by_hand_says_what_it_is(tmp_path, provider):
    root = empty_root(tmp_path / "root", provider)
    run = subprocess.run([*enter(root), "/provider"], text=True, capture_output=True, timeout=60,
                         env={"PATH": os.environ["PATH"]})
    assert "libpaas/paas" in run.stdout + run.stderr
