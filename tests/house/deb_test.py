"""The package of a node and its install.sh: installed, upgraded, removed and purged, by the real dpkg, in
a copy of this system that nobody sees (an overlay in a mount namespace)."""

import hashlib
import os
import pathlib
import shutil
import subprocess

import pytest

from tests.harness import build

VERSION = "0.1.0"
SCRIPT = build.ROOT / "cmake" / "deb" / "install.sh.in"


def run(*words, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def may_overlay() -> bool:
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/r && "
         "mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r"],
        capture_output=True).returncode == 0


overlaid = pytest.mark.skipif(not may_overlay(), reason="NOT RUN: needs root and overlayfs")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The folder with the .deb."""
    folder = tmp_path_factory.mktemp("deb")
    run("cpack", "--config", build.build_dir() / "CPackConfig.cmake", "-B", folder,
        env=os.environ | {"SOURCE_DATE_EPOCH": "315532800"})
    shutil.rmtree(folder / "_CPack_Packages")
    return folder


@pytest.fixture(scope="module")
def deb(package):
    found, = package.glob("*.deb")
    return found


def newer(deb: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """The same package as the version that follows."""
    run("dpkg-deb", "--raw-extract", deb, folder / "tree")
    control = folder / "tree" / "DEBIAN" / "control"
    control.write_text(control.read_text().replace(f"Version: {VERSION}", "Version: 0.1.1"))
    path = folder / deb.name.replace(VERSION, "0.1.1")
    run("dpkg-deb", "--root-owner-group", "--build", folder / "tree", path)
    return path


def installer(folder: pathlib.Path, deb: pathlib.Path, version: str) -> pathlib.Path:
    text = SCRIPT.read_text()
    for key, value in (("VERSION", version), ("PACKAGE", deb.name),
                       ("SHA256", hashlib.sha256(deb.read_bytes()).hexdigest())):
        text = text.replace(f"@{key}@", value)
    script = folder / "install.sh"
    script.write_text(text)
    return script


def in_a_copy(script: str, *words) -> str:
    """What a shell script prints in a copy of this system, whose changes go with it."""
    outer = ("mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/r && "
             "mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r && "
             "mount --rbind /tmp /mnt/r/tmp && mount --rbind /dev /mnt/r/dev && "
             "mount -t proc proc /mnt/r/proc && exec chroot /mnt/r sh -euc \"$@\"")
    return run("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", outer, "sh", script,
               "sh", *words)


def test_holds_what_a_node_needs(deb):
    listed = {line.split()[5].removeprefix("."): line.split()[:2]
              for line in run("dpkg-deb", "--contents", deb).splitlines()}
    assert not [name for name in listed if "/local/" in name]
    for program in ("/usr/bin/paas-agent", "/usr/bin/paas-dns"):
        assert listed[program] == ["-rwxr-xr-x", "root/root"]
    for unit in ("paas-agent", "paas-dns"):
        assert f"/usr/lib/systemd/system/{unit}.service" in listed
    assert "/etc/paas/host.yaml" in listed
    assert not [name for name in listed if "include" in name or name.endswith(("libpaas.so", ".cmake"))]


def test_the_same_build_packs_the_same_bytes(deb, tmp_path):
    run("cpack", "--config", build.build_dir() / "CPackConfig.cmake", "-B", tmp_path,
        env=os.environ | {"SOURCE_DATE_EPOCH": "315532800"})
    assert (tmp_path / deb.name).read_bytes() == deb.read_bytes()


@overlaid
def test_installed_upgraded_removed_and_purged(deb, tmp_path):
    said = in_a_copy("""
        dpkg -i "$1" >/dev/null
        paas-agent version
        echo 'apps: []' | paas-agent validate --host-file /etc/paas/host.yaml -
        echo '# mine' >> /etc/paas/host.yaml
        mkdir -p /var/lib/paas && echo kept > /var/lib/paas/ledger
        dpkg -i "$2" >/dev/null
        dpkg-query -W -f '${Version}\\n' paas-agent
        tail -n 1 /etc/paas/host.yaml
        dpkg -r paas-agent >/dev/null
        test ! -e /usr/bin/paas-agent && test ! -e /usr/lib/systemd/system/paas-agent.service
        cat /var/lib/paas/ledger
        tail -n 1 /etc/paas/host.yaml
        dpkg -P paas-agent >/dev/null
        test ! -e /var/lib/paas && test ! -e /etc/paas && echo nothing is left
    """, deb, newer(deb, tmp_path))
    assert said.splitlines() == [f"paas-agent {VERSION}", "0 apps and 0 jobs, nothing is wrong", "0.1.1", "# mine", "kept", "# mine",
                                 "nothing is left"]


@overlaid
def test_install_sh_installs_what_it_belongs_to_and_nothing_else(deb, tmp_path):
    shutil.copy(deb, tmp_path)
    script = installer(tmp_path, deb, VERSION)
    other = tmp_path / "other"
    other.mkdir()
    (other / deb.name).write_bytes(deb.read_bytes() + b"x")
    said = in_a_copy("""
        echo 'APT::Install-Recommends "false";' > /etc/apt/apt.conf.d/99-alone
        sh "$1" --from "$2" 2>&1 || echo refused
        sh "$1" --from /no/such/folder 2>&1 || echo refused
        sh "$1" >/dev/null && paas-agent version
        sh "$1"
    """, script, other)
    assert said.splitlines() == [
        f"install.sh: {deb.name} is not the one that belongs to this script: another checksum", "refused",
        f"install.sh: /no/such/folder/{deb.name} is not there; --from says where it is", "refused",
        f"paas-agent {VERSION}", f"paas-agent {VERSION} is installed already"]
