"""Every call that we make of Proxmox is one that its published schema has: path, method, names and
types of the parameters, what must be given, and the keys of property strings.

The calls come from tests/golden/proxmox_calls.jsonl, which proxmox_calls_test.cpp keeps equal to what
libpaas/proxmox/calls.hpp builds."""

import json
import re
import urllib.parse

import pytest

from tests.contract.recordings import ROOT, shared_data
from tests.contract.schema import endpoints, plain_pattern

GOLDEN = ROOT / "tests" / "golden" / "proxmox_calls.jsonl"
HEADER = ROOT / "libpaas" / "proxmox" / "calls.hpp"
UPLOADED = {"filename"}  # the part of the form that carries the file gives it


def calls() -> list:
    return [json.loads(line) for line in GOLDEN.read_text().splitlines()]


# --- Finding the endpoint --------------------------------------------------------------------------


def path_values(template: str, path: str):
    """What `path` has in place of the {names} of a template; None where it is another path."""
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    values = {}
    for want, have in zip(wanted, given):
        if want.startswith("{"):
            values[want[1:-1]] = urllib.parse.unquote(have)
        elif want != have:
            return None
    return values


def endpoint_of(schema: dict, call: dict):
    """The schema's entry and the values in the path; words win over {names}."""
    found = [(path.count("{"), info, values) for (method, path), info in schema.items()
             if method == call["method"] and (values := path_values(path, call["path"])) is not None]
    return min(found, key=lambda entry: entry[0])[1:] if found else (None, None)


# --- Judging values --------------------------------------------------------------------------------


def type_fits(kind: str, text: str) -> bool:
    patterns = {"boolean": "[01]", "integer": r"-?\d+", "number": r"-?\d+(\.\d+)?"}
    return kind not in patterns or re.fullmatch(patterns[kind], text) is not None


def rule_of(properties: dict, name: str):
    """The rule for a parameter: `net31` is one of `net[n]`."""
    family = re.fullmatch(r"([a-z-]+?)\d+", name)
    return properties.get(name) or (properties.get(f"{family[1]}[n]") if family else None)


def value_problems(where: str, rule: dict, text: str) -> list:
    found = []
    if not type_fits(rule["type"], text):
        found.append(f"{where}: {text!r} is no {rule['type']}")
    elif rule["type"] in ("integer", "number"):
        if "minimum" in rule and float(text) < float(rule["minimum"]):
            found.append(f"{where}: {text} is less than {rule['minimum']}")
        if "maximum" in rule and float(text) > float(rule["maximum"]):
            found.append(f"{where}: {text} is more than {rule['maximum']}")
    if rule.get("enum") and text not in rule["enum"]:
        found.append(f"{where}: {text!r} is no choice")
    if not rule.get("minLength", 0) <= len(text) <= rule.get("maxLength", len(text)):
        found.append(f"{where}: {len(text)} characters")
    if "pattern" in rule and not re.fullmatch(plain_pattern(rule["pattern"]), text):
        found.append(f"{where}: {text!r} does not match {rule['pattern']}")
    if isinstance(rule.get("format"), dict):
        found += property_string_problems(where, rule["format"], text)
    return found


def property_string_problems(where: str, keys: dict, text: str) -> list:
    default = next((key for key, rule in keys.items() if rule.get("default_key")), None)
    found, given = [], set()
    for part in text.split(","):
        name, _, value = part.partition("=") if "=" in part else (default, "", part)
        if name not in keys or "alias" in keys[name]:
            found.append(f"{where}: no key {name!r}")
            continue
        if name in given:
            found.append(f"{where}: key {name!r} twice")
        given.add(name)
        found += value_problems(f"{where}.{name}", keys[name], value)
    return found + [f"{where}: key {key} is missing" for key, rule in keys.items()
                    if not rule.get("optional") and "alias" not in rule and key not in given]


def call_problems(schema: dict, call: dict) -> list:
    where = f"{call['function']}: {call['method']} {call['path']}"
    info, in_path = endpoint_of(schema, call)
    if info is None:
        return [f"{where}: the API has no such call"]
    properties = info["parameters"].get("properties", {})
    params, found = call["params"], []
    for name, text in {**in_path, **params}.items():
        rule = rule_of(properties, name)
        if rule is None:
            found.append(f"{where}: no parameter {name}")
            continue
        found += value_problems(f"{where} {name}", rule, text)
        needed = rule.get("requires")
        if needed and needed not in params and needed not in in_path:
            found.append(f"{where}: {name} needs {needed}")
    if properties.get("delete", {}).get("type") == "string" and "delete" in params:
        found += [f"{where}: no parameter {name} to delete" for name in params["delete"].split(",")
                  if rule_of(properties, name) is None]
    uploaded = UPLOADED if call["path"].endswith("/upload") else set()
    return found + [f"{where}: {name} must be given" for name, rule in properties.items()
                    if not rule.get("optional") and name not in params and name not in in_path
                    and name not in uploaded]


@pytest.fixture(scope="module")
def schema():
    return endpoints(shared_data("api-schema-9.2.11.json"))


def test_every_call_is_in_the_schema(schema):
    found = [problem for call in calls() for problem in call_problems(schema, call)]
    assert not found, f"{len(found)} problems\n" + "\n".join(found)


def test_every_function_that_makes_a_call_is_recorded():
    declared = set(re.findall(r"^Call (\w+)\(", HEADER.read_text(), re.MULTILINE))
    assert declared, "calls.hpp declares no call"
    assert declared == {call["function"] for call in calls()}


def test_every_setting_of_a_container_is_recorded():
    """Settings of each kind stand in a recorded create, and in a recorded change or deletion."""
    given = {call["function"]: set() for call in calls()}
    for call in calls():
        given[call["function"]] |= set(call["params"]) | set(call["params"].get("delete", "").split(","))
    for function in ("create_container", "configure_container"):
        for name in ("hostname", "cores", "mp0", "net0", "dev0", "features", "env", "tags", "startup"):
            assert name in given[function], f"{function} is not recorded with {name}"


GOOD = {"function": "grow_volume", "method": "PUT", "path": "/nodes/pve1/lxc/104/resize",
        "params": {"disk": "rootfs", "size": "16G"}}
NETWORK = {"function": "configure_container", "method": "PUT", "path": "/nodes/pve1/lxc/104/config",
           "params": {"net0": "name=eth0,bridge=vmbr0"}}


def changed(call: dict, **members) -> dict:
    params = {**call["params"], **members.pop("params", {})}
    return {**call, **members, "params": {k: v for k, v in params.items() if v is not None}}


BROKEN = {
    "another path": changed(GOOD, path="/nodes/pve1/lxc/104/grow"),
    "another method": changed(GOOD, method="POST"),
    "an unknown parameter": changed(GOOD, params={"force": "1"}),
    "one that is missing": changed(GOOD, params={"size": None}),
    "no choice": changed(GOOD, params={"disk": "root"}),
    "another pattern": changed(GOOD, params={"size": "big"}),
    "too long": changed(GOOD, params={"digest": "0" * 41}),
    "no number in the path": changed(GOOD, path="/nodes/pve1/lxc/web/resize"),
    "a number out of range": changed(GOOD, path="/nodes/pve1/lxc/99/resize"),
    "an unknown key": changed(NETWORK, params={"net0": "name=eth0,color=red"}),
    "a missing key": changed(NETWORK, params={"net0": "bridge=vmbr0"}),
    "a key twice": changed(NETWORK, params={"net0": "name=eth0,name=eth1"}),
    "a key with another type": changed(NETWORK, params={"net0": "name=eth0,mtu=big"}),
    "a deletion of nothing": changed(NETWORK, params={"delete": "net0,color"}),
}


@pytest.mark.parametrize("call", BROKEN.values(), ids=BROKEN)
def test_a_broken_call_is_seen(schema, call):
    assert call_problems(schema, GOOD) == [] and call_problems(schema, NETWORK) == []
    assert call_problems(schema, call)
