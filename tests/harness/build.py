"""Where the programs under test are."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def build_dir() -> pathlib.Path:
    """The preset's folder: $PAAS_BUILD_DIR, else the first that is built."""
    named = os.environ.get("PAAS_BUILD_DIR")
    if named:
        return pathlib.Path(named).resolve()
    for preset in ("dev", "release"):
        folder = ROOT / "build" / preset
        if (folder / "bin").is_dir():
            return folder
    return ROOT / "build" / "dev"


def program(name: str) -> pathlib.Path:
    path = build_dir() / "bin" / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is not built; run ./dev build")
    return path
