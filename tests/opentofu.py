#!/usr/bin/env python3
"""Prints the path of the pinned OpenTofu; fetches or builds it first where the cache has none.

The release is trusted by the checksum below and by nothing else. Where it cannot be reached and
Go is present, the same version is built from its module, which Go verifies against its checksum
database.

usage: opentofu.py [--cached]    --cached: only say whether it is there
"""

import hashlib
import io
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
import zipfile

VERSION = "1.12.6"
SHA256 = {
    "amd64": "5dc43da4f750f33873dc25e94587128709e819e544b7be9016b255316153c3a8",
    "arm64": "e573979ba68a17fe7b881752051a694a7efcd970e39521f6a25775197861ed4d",
}
RELEASES = "https://github.com/opentofu/opentofu/releases/download"
MODULE = "github.com/opentofu/opentofu"

# A tool module. The replace is OpenTofu's own: a module that depends on it must repeat it.
GO_MOD = f"""module paas-tofu

go 1.26

tool {MODULE}/cmd/tofu

require {MODULE} v{VERSION}

replace github.com/hashicorp/hcl/v2 v2.20.1 => \
github.com/opentofu/hcl/v2 v2.20.2-0.20251021132045-587d123c2828
"""


def say(text: str) -> None:
    print(f"opentofu {VERSION}: {text}", file=sys.stderr)


def cache() -> pathlib.Path:
    root = pathlib.Path(__file__).resolve().parents[1]
    home = os.environ.get("HOME") or str(root / "build")
    base = os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    return pathlib.Path(base) / "paas" / f"opentofu-{VERSION}"


def fetch(target: pathlib.Path) -> None:
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")
    if architecture not in SHA256:
        raise OSError(f"no release is pinned for {platform.machine()}")
    url = f"{RELEASES}/v{VERSION}/tofu_{VERSION}_linux_{architecture}.zip"
    say(f"fetching {url}")
    with urllib.request.urlopen(url, timeout=30) as answer:
        archive = answer.read(256 << 20)
    found = hashlib.sha256(archive).hexdigest()
    if found != SHA256[architecture]:
        raise OSError(f"checksum {found} is not the pinned {SHA256[architecture]}")
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        target.write_bytes(files.read("tofu"))


def build(target: pathlib.Path) -> None:
    if not shutil.which("go"):
        raise OSError("Go is not installed")
    say("building from its Go module, which takes some minutes the first time")
    (target.parent / "go.mod").write_text(GO_MOD)
    subprocess.run(
        ["go", "build", "-mod=mod", "-trimpath",
         "-ldflags", f"-s -w -X {MODULE}/version.dev=no", "-o", str(target), f"{MODULE}/cmd/tofu"],
        cwd=target.parent, env=os.environ | {"CGO_ENABLED": "0"}, stdout=sys.stderr, check=True)


def obtain(place: pathlib.Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="opentofu-work.") as work:
        target = pathlib.Path(work) / "tofu"
        problems = []
        for way in (fetch, build):
            try:
                way(target)
                break
            except (OSError, KeyError, zipfile.BadZipFile, subprocess.CalledProcessError) as error:
                problems.append(str(error))
                say(str(error))
        else:
            sys.exit("neither terraform nor tofu is on the path, and OpenTofu could not be had ("
                     + "; ".join(problems) + ").\n"
                     "Install one of them, https://developer.hashicorp.com/terraform/install or "
                     "https://opentofu.org/docs/intro/install, or name a program by "
                     "PAAS_TERRAFORM=/path/to/terraform.")
        target.chmod(0o755)
        place.mkdir(exist_ok=True)
        target.replace(place / "tofu")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the work folder goes
    program = cache() / "tofu"
    if not program.exists():
        if "--cached" in sys.argv[1:]:
            sys.exit(1)
        obtain(cache())
    print(program)


if __name__ == "__main__":
    main()
