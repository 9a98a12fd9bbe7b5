"""What a real cluster answered, and how an answer of ours is compared with it."""

import json
import os
import pathlib
import re
import warnings

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def shared_data(name: str) -> pathlib.Path:
    """A file of $PAAS_SHARED_DATA (else ../shared/data); the test is skipped where it is absent."""
    folder = pathlib.Path(os.environ.get("PAAS_SHARED_DATA") or ROOT.parent / "shared" / "data")
    path = folder / "proxmox" / name
    if not path.exists():
        warnings.warn(f"NOT TESTED: {path} is absent, so nothing was compared with a real cluster",
                      stacklevel=2)
        pytest.skip(f"{path} is absent: set PAAS_SHARED_DATA")
    return path


# --- Shapes: names and types of what an answer holds -----------------------------------------------

# Objects whose keys are data, not field names.
KEYED_BY_DATA = re.compile(r"/access/permissions$")


def kind(value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "text", list: "list", dict: "object"}[type(value)]


def groups(rows: list) -> dict:
    """Rows of one list by what they are: a list of resources holds nodes, storages, guests."""
    found = {}
    for row in rows:
        what = (row.get("type"), row.get("name") == "current" and "running" in row) \
            if isinstance(row, dict) else kind(row)
        found.setdefault(what, []).append(row)
    return found


def row_differences(recorded: list, ours: list, where: str) -> list:
    """Fields that every recorded row has must be in each of ours; no field may be new."""
    if not all(isinstance(row, dict) for row in recorded + ours):
        kinds = {kind(row) for row in recorded}
        return [f"{where}: an element is {kind(row)}, recorded {sorted(kinds)}"
                for row in ours if kind(row) not in kinds]
    everywhere = set.intersection(*(set(row) for row in recorded))
    anywhere = set.union(*(set(row) for row in recorded))
    found = []
    for row in ours:
        found += [f"{where}: field {name} is missing" for name in sorted(everywhere - set(row))]
        found += [f"{where}: field {name} is new" for name in sorted(set(row) - anywhere)]
        for name in set(row) & anywhere:
            samples = [r[name] for r in recorded if name in r]
            found += value_differences(samples, row[name], f"{where}.{name}")
    return found


def value_differences(samples: list, ours, where: str) -> list:
    """One value of ours against what was recorded in its place, once or several times."""
    kinds = {kind(sample) for sample in samples}
    if kind(ours) not in kinds:
        return [f"{where}: {kind(ours)}, recorded {sorted(kinds)}"]
    if isinstance(ours, dict):
        return row_differences([s for s in samples if isinstance(s, dict)], [ours], where)
    if isinstance(ours, list):
        return list_differences([x for s in samples if isinstance(s, list) for x in s], ours, where)
    return []


def list_differences(recorded: list, ours: list, where: str) -> list:
    if bool(recorded) != bool(ours):
        return [f"{where}: {len(ours)} elements, recorded {len(recorded)}"]
    theirs, found = groups(recorded), []
    mine = groups(ours)
    for what in sorted(set(theirs) | set(mine), key=str):
        if what not in mine or what not in theirs:
            who = "recorded only" if what not in mine else "ours only"
            found.append(f"{where}: elements of type {what}: {who}")
        else:
            found += row_differences(theirs[what], mine[what], where)
    return found


def shape_differences(path: str, recorded, ours) -> list:
    if KEYED_BY_DATA.search(path.partition("?")[0]) and isinstance(recorded, dict):
        return [f"data: {ours!r}, recorded {recorded!r}"] if ours != recorded else []
    return value_differences([recorded], ours, "data")


# --- Values: configurations are compared word for word ---------------------------------------------

VALUES_MATTER = re.compile(r"/(lxc|qemu)/\d+/(config|pending)$")
INVENTED = (
    (re.compile(r"\b[0-9A-F]{2}(:[0-9A-F]{2}){5}\b"), "MAC"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "DIGEST"),
    (re.compile(r"creation-qemu=[0-9.]+,ctime=\d+"), "META"),
)


def plain(value):
    """A value without what every cluster invents for itself; rows of a list in a fixed order."""
    if isinstance(value, str):
        for pattern, word in INVENTED:
            value = pattern.sub(word, value)
        return value
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return sorted((plain(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    return value


def content_differences(path: str, recorded, ours) -> list:
    if not VALUES_MATTER.search(path.partition("?")[0]) or recorded is None:
        return []
    theirs, mine = plain(recorded), plain(ours)
    return [] if theirs == mine else [f"values: {mine!r}\n      recorded {theirs!r}"]
