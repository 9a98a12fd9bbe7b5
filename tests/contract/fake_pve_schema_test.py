"""The fake cluster's table of parameters is that of the real server: every endpoint, every parameter and
its rules, who may call it.

The schema writes `net[n]` without saying how far n goes, so that limits on indices are not compared;
defaults are not either, for the table has none."""

import json
import re
import subprocess

import pytest

from tests.contract.recordings import shared_data
from tests.contract.schema import endpoints, same_pattern
from tests.harness import build

# Patterns that the fake checks by hand, since values may be long; each was written for this one.
_HOST = (r"(?:[a-zA-Z\d]|[a-zA-Z\d][a-zA-Z\d-]*[a-zA-Z\d])(?:\.(?:[a-zA-Z\d]|[a-zA-Z\d][a-zA-Z\d-]*"
         r"[a-zA-Z\d]))*(?::\d+)?/")
_NAME = r"[a-z\d]+(?:(?:[._]|__|[-]*)[a-z\d]+)*"
_REPOSITORY = rf"(?:{_HOST})?{_NAME}(?:/{_NAME})*"
_PRINTABLE = r"[^\x00-\x08\x0a-\x1F\x7F]"
SHAPES = {
    "env-list": rf"(?:\w+={_PRINTABLE}*)(?:\0\w+={_PRINTABLE}*)*",
    "printable": rf"{_PRINTABLE}+",
    "oci-repository": _REPOSITORY,
    "oci-reference": _REPOSITORY + r":\w[\w.-]{0,127}",
}
NUMBERS = ("minimum", "maximum", "minLength", "maxLength")


def number(value):
    """Limits are numbers, or now and then text."""
    return None if value is None else float(value)


def rule_differences(where: str, ours: dict, real: dict, formats: dict) -> list:
    if "alias" in real:
        return [f"{where}: {key} {ours.get(key)!r}, real {real.get(key)!r}"
                for key in ("alias", "keyAlias") if ours.get(key) != real.get(key)]
    found = [f"{where}: {key} {ours.get(key)!r}, real {real.get(key)!r}"
             for key in ("type", "requires") if ours.get(key) != real.get(key)]
    found += [f"{where}: {key} {ours.get(key)!r}, real {real.get(key)!r}"
              for key in NUMBERS if number(ours.get(key)) != number(real.get(key))]
    found += [f"{where}: {key} {ours.get(key)!r}, real {real.get(key)!r}"
              for key in ("optional", "default_key") if bool(ours.get(key)) != bool(real.get(key))]
    if sorted(ours.get("enum") or []) != sorted(real.get("enum") or []):
        found.append(f"{where}: choices {ours.get('enum')}, real {real.get('enum')}")
    pattern = SHAPES[ours["shape"]] if "shape" in ours else ours.get("pattern")
    if not same_pattern(pattern, real.get("pattern")):
        found.append(f"{where}: pattern {pattern!r}, real {real.get('pattern')!r}")
    return found + format_differences(where, ours, real.get("format"), formats)


def format_differences(where: str, ours: dict, real, formats: dict) -> list:
    if not isinstance(real, dict):
        mine = ours.get("property_format") or ours.get("format")
        return [] if mine == real else [f"{where}: format {mine!r}, real {real!r}"]
    if "property_format" not in ours:
        return [f"{where}: no property string, real {sorted(real)}"]
    return rules_differences(where + ".", formats[ours["property_format"]], real, formats)


def rules_differences(where: str, ours: dict, real: dict, formats: dict) -> list:
    found = [f"{where}{name}: ours only" for name in sorted(set(ours) - set(real))]
    found += [f"{where}{name}: real only" for name in sorted(set(real) - set(ours))]
    for name in sorted(set(ours) & set(real)):
        found += rule_differences(where + name, ours[name], real[name], formats)
    return found


# --- Who may ---------------------------------------------------------------------------------------


def groups_of(check: list) -> list:
    """A check as groups that must all hold, each by one of its alternatives."""
    if check[0] == "perm":
        any_of = "any" in check[3:] and bool(check[check.index("any", 3) + 1])
        return [[{"any": any_of, "path": check[1], "privileges": check[2]}]]
    parts = [groups_of(part) for part in check[1:]]
    if check[0] == "and":
        return [group for part in parts for group in part]
    assert check[0] == "or" and all(len(part) == 1 for part in parts), check
    return [[grant for part in parts for grant in part[0]]]


def access_of(permissions):
    if not permissions:
        return "root"
    if "check" in permissions:
        return groups_of(permissions["check"])
    return {"all": "user", "world": "world"}[permissions["user"]]


def plain_access(access):
    """Privileges of a grant stand in no order."""
    if isinstance(access, str):
        return access
    return [[{**grant, "privileges": sorted(grant["privileges"])} for grant in group]
            for group in access]


def endpoint_differences(ours: dict, real: dict, formats: dict) -> list:
    where = f"{ours['method']} {ours['path']} "

    def needed(rules: dict) -> dict:
        """What stands in the path is always given, even where a rule calls it optional."""
        return {name: {**rule, "optional": rule.get("optional") and f"{{{name}}}" not in ours["path"]}
                for name, rule in rules.items()}
    found = rules_differences(where, needed(ours["parameters"]),
                              needed(real["parameters"].get("properties", {})), formats)
    if ours["allowtoken"] != bool(real.get("allowtoken")):
        found.append(f"{where}: allows tokens: {ours['allowtoken']}")
    mine, theirs = plain_access(ours["access"]), plain_access(access_of(real.get("permissions")))
    if mine != theirs:
        found.append(f"{where}: may {mine}, real {theirs}")
    return found


def table_differences(table: dict, schema: dict) -> list:
    found = []
    for ours in table["endpoints"]:
        real = schema.get((ours["method"], ours["path"]))
        found += (endpoint_differences(ours, real, table["formats"]) if real
                  else [f"{ours['method']} {ours['path']}: the API has no such call"])
    return found


@pytest.fixture(scope="module")
def table():
    text = subprocess.run([build.program("fake-pve"), "--print-parameters"], check=True,
                          capture_output=True, timeout=30).stdout
    return json.loads(text)


@pytest.fixture(scope="module")
def schema():
    return endpoints(shared_data("api-schema-9.2.11.json"))


def test_the_table_is_the_schema(table, schema):
    assert len(table["endpoints"]) > 80
    found = table_differences(table, schema)
    assert not found, f"{len(found)} differences\n" + "\n".join(found)


def test_every_row_is_of_an_endpoint_once(table):
    rows = [(e["method"], e["path"]) for e in table["endpoints"]]
    assert len(rows) == len(set(rows))


def mutated(table: dict, change) -> dict:
    """The table with one endpoint changed, for the test below."""
    other = json.loads(json.dumps(table))
    change(next(e for e in other["endpoints"]
                if (e["method"], e["path"]) == ("PUT", "/nodes/{node}/lxc/{vmid}/resize")), other)
    return other


CHANGES = {
    "a parameter is missing": lambda e, t: e["parameters"].pop("digest"),
    "a parameter is new": lambda e, t: e["parameters"].update(force={"type": "boolean", "optional": True}),
    "another type": lambda e, t: e["parameters"]["vmid"].update(type="string"),
    "not optional": lambda e, t: e["parameters"]["digest"].update(optional=False),
    "another limit": lambda e, t: e["parameters"]["vmid"].update(minimum=1),
    "another length": lambda e, t: e["parameters"]["digest"].update(maxLength=41),
    "another choice": lambda e, t: e["parameters"]["disk"]["enum"].append("mp256"),
    "another pattern": lambda e, t: e["parameters"]["size"].update(pattern=".*"),
    "another format": lambda e, t: e["parameters"]["node"].update(format="dns-name"),
    "another privilege": lambda e, t: e["access"][0][0].update(privileges=["VM.Audit"]),
    "all in place of any": lambda e, t: e["access"][0][0].update(any=False),
    "no tokens": lambda e, t: e.update(allowtoken=False),
    "another path": lambda e, t: e.update(path="/nodes/{node}/lxc/{vmid}/grow"),
    "another key of a property string": lambda e, t: t["formats"]["lxc-net"].pop("bridge"),
    "another rule in a property string": lambda e, t: t["formats"]["lxc-net"]["mtu"].update(maximum=9000),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_is_seen(table, schema, change):
    assert table_differences(mutated(table, CHANGES[change]), schema)


def test_patterns_of_perl_are_read():
    assert same_pattern("(?:a|b)", "(?^:^(?:a|b)$)")
    assert same_pattern("[a-zA-Z0-9]{0,4}", "(?^i:[a-z0-9]{,4})")
    assert not same_pattern("a|b", "(?^:a|c)")
    assert not same_pattern(None, "a")
    assert re.fullmatch(SHAPES["oci-reference"], "docker.io/library/alpine:3.20")
