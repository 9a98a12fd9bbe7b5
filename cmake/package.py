#!/usr/bin/env python3
"""Packs a built provider as a registry or a filesystem mirror wants it.

usage: package.py PROVIDER VERSION FOLDER

  terraform-provider-paas_VERSION_linux_ARCH.zip     the executable, stripped, and the licence
  terraform-provider-paas_VERSION_manifest.json      the protocol it speaks
  terraform-provider-paas_VERSION_SHA256SUMS         of both; a registry also wants it signed

The same input gives the same bytes. Layout: https://developer.hashicorp.com/terraform/registry/providers/publishing
"""

import hashlib
import json
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile

NAME = "terraform-provider-paas"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time a zip can say


def add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def stripped(program: pathlib.Path) -> bytes:
    with tempfile.TemporaryDirectory() as work:
        copy = pathlib.Path(work) / "program"
        subprocess.run(["strip", "--strip-all", "-o", copy, program], check=True)
        return copy.read_bytes()


def package(program: pathlib.Path, version: str, folder: pathlib.Path) -> None:
    root = pathlib.Path(__file__).resolve().parents[1]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stem = f"{NAME}_{version}"
    target = folder / f"{stem}_linux_{ARCHITECTURES[platform.machine()]}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        add(archive, "LICENSE", (root / "LICENSE").read_bytes(), 0o644)
        add(archive, f"{NAME}_v{version}", stripped(program), 0o755)
    manifest = folder / f"{stem}_manifest.json"
    manifest.write_text(json.dumps(
        {"version": 1, "metadata": {"protocol_versions": ["6.0"]}}, indent=2) + "\n")
    sums = "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n"
                   for f in sorted((target, manifest)))
    (folder / f"{stem}_SHA256SUMS").write_text(sums)
    for file in sorted(folder.iterdir()):
        print(file)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    package(pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]))
