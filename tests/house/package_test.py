"""The archives of `./dev package`: a mirror takes them as they are."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.harness import build, terraform

VERSION = "0.1.0"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
ZIP = f"terraform-provider-paas_{VERSION}_linux_{ARCHITECTURE}.zip"


def pack(folder):
    subprocess.run([sys.executable, build.ROOT / "cmake" / "package.py",
                    build.program("terraform-provider-paas"), VERSION, folder],
                   check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    return pack(tmp_path_factory.mktemp("package") / "package")


def test_sums_are_those_of_the_files(packed):
    lines = (packed / f"terraform-provider-paas_{VERSION}_SHA256SUMS").read_text().splitlines()
    named = dict(reversed(line.split("  ")) for line in lines)
    assert set(named) == {ZIP, f"terraform-provider-paas_{VERSION}_manifest.json"}
    for name, digest in named.items():
        assert hashlib.sha256((packed / name).read_bytes()).hexdigest() == digest


def test_manifest_names_the_protocol(packed):
    manifest = json.loads((packed / f"terraform-provider-paas_{VERSION}_manifest.json").read_text())
    assert manifest == {"version": 1, "metadata": {"protocol_versions": ["6.0"]}}


def test_zip_holds_an_executable_that_may_run(packed):
    with zipfile.ZipFile(packed / ZIP) as archive:
        entry = archive.getinfo(f"terraform-provider-paas_v{VERSION}")
        assert (entry.external_attr >> 16) & 0o777 == 0o755
        assert archive.read(entry)[:4] == b"\x7fELF"


def test_same_input_gives_the_same_bytes(packed, tmp_path):
    again = pack(tmp_path / "again")
    assert (again / ZIP).read_bytes() == (packed / ZIP).read_bytes()


def test_init_from_a_mirror_of_archives(packed, tmp_path):
    hosts = terraform.binaries()
    assert hosts, "neither terraform nor tofu was found"
    registry = "registry.opentofu.org" if "tofu" in os.path.basename(hosts[0]) \
        else "registry.terraform.io"
    mirror = tmp_path / "mirror"
    target = mirror / registry / "libpaas" / "paas"
    target.mkdir(parents=True)
    shutil.copy2(packed / ZIP, target)
    workspace = terraform.Workspace(tmp_path / "module", hosts[0])
    workspace.use_mirror(mirror)
    workspace.write('terraform {\n  required_providers {\n    paas = { source = "libpaas/paas" }\n'
                    '  }\n}\n')
    workspace.run("init", "-input=false")
    assert f'"{VERSION}"' in (workspace.folder / ".terraform.lock.hcl").read_text()
