"""The fake cluster lets nobody do what they may not, and takes no parameter that the real one refuses.
Both are tried at every endpoint of its table."""

import json
import re
import subprocess

import pytest

from tests.contract.raw_client import RawClient
from tests.harness import build
from tests.harness.cluster import Cluster

# Something for every name in a path, and for the parameters that decide who may.
VALUES = {"node": "pve1", "vmid": "999", "newid": "998", "poolid": "blue", "pool": "blue", "storage": "local",
          "volume": "local:iso/none.iso", "upid": "UPID:pve1:00001000:00057FE0:6B01B980:vzstart:9:root@pam:",
          "sid": "ct:999", "snapname": "before", "pos": "0", "zone": "z1", "vnet": "v1"}


def table() -> list:
    text = subprocess.run([build.program("fake-pve"), "--print-parameters"], check=True,
                          capture_output=True, timeout=30).stdout
    return json.loads(text)["endpoints"]


def fill(text: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: VALUES[m[1]], text)


def names_in(text: str) -> list:
    return re.findall(r"\{(\w+)\}", text)


def deciding(endpoint: dict) -> dict:
    """The parameters that a grant speaks of and that are not in the path."""
    groups = endpoint["access"] if isinstance(endpoint["access"], list) else []
    names = {name for group in groups for grant in group for name in names_in(grant["path"])}
    return {name: VALUES[name] for name in names - set(names_in(endpoint["path"]))}


class People:
    def __init__(self, cluster):
        self.cluster, self.client = cluster, RawClient(cluster)
        self.made = 0

    def token(self, grants=(), **settings) -> str:
        """A new person's token that holds (path, privileges) and nothing else."""
        self.made += 1
        identity = f"person{self.made}@pve!token"
        token = self.cluster.control("/tokens", {"id": identity, **settings})["token"]
        for path, privileges in grants:
            for who in (identity, identity.partition("!")[0]):
                self.cluster.control("/acl", {"path": path, "who": who, "privileges": privileges})
        return token

    def call(self, endpoint: dict, token: str):
        return self.client.call(endpoint["method"], fill(endpoint["path"]), deciding(endpoint), token)


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("pve"), nodes=1) as cluster:
        cluster.control("/seed", {"guests": [{"vmid": 100}, {"vmid": 101}]})
        yield People(cluster)


def endpoint_id(endpoint: dict) -> str:
    return f"{endpoint['method']} {endpoint['path']}"


@pytest.fixture(scope="module")
def endpoints():
    return table()


def granted(endpoints: list) -> list:
    return [e for e in endpoints if isinstance(e["access"], list) and e["allowtoken"]]


def test_without_privileges_nothing_is_allowed(people, endpoints):
    token = people.token()
    wrong = []
    for endpoint in granted(endpoints):
        answer = people.call(endpoint, token)
        if answer.status != 403 or "Permission check failed" not in answer.reason:
            wrong.append(f"{endpoint_id(endpoint)}: {answer}")
    assert len(granted(endpoints)) > 50 and wrong == []


def test_the_privileges_of_an_endpoint_are_enough_to_be_heard(people, endpoints):
    """One alternative of each group, and no more: whatever is wrong then, it is not that."""
    wrong = []
    for endpoint in granted(endpoints):
        choices = [(fill(g["path"]), g["privileges"][:1] if g["any"] else g["privileges"])
                   for group in endpoint["access"] for g in group[:1]]
        merged = {}
        for path, privileges in choices:
            merged.setdefault(path, []).extend(privileges)
        answer = people.call(endpoint, people.token(merged.items()))
        if answer.status == 403 and "does not exist" not in answer.reason:
            wrong.append(f"{endpoint_id(endpoint)}: {answer}")
    assert wrong == []


def test_each_privilege_that_must_be_held_is_missed(people, endpoints):
    """All but one of the privileges, for each one: refused."""
    wrong = []
    for endpoint in granted(endpoints):
        for left_out, group in enumerate(endpoint["access"]):
            if len(endpoint["access"]) < 2:
                continue
            held = [(fill(g["path"]), g["privileges"])
                    for i, other in enumerate(endpoint["access"]) if i != left_out for g in other[:1]]
            answer = people.call(endpoint, people.token(held))
            if answer.status != 403:
                wrong.append(f"{endpoint_id(endpoint)} without {group}: {answer}")
    assert wrong == []


def test_a_refusal_names_path_and_privilege(people):
    answer = people.client.call("GET", "/nodes/pve1/lxc/100/config", token=people.token())
    assert (answer.status, answer.reason) == (403, "Permission check failed (/vms/100, VM.Audit)")


def test_an_unknown_parameter_is_refused_everywhere(people, endpoints):
    wrong = []
    for endpoint in endpoints:
        if not endpoint["allowtoken"]:
            continue
        params = {**deciding(endpoint), "no-such-parameter": "1"}
        answer = people.client.call(endpoint["method"], fill(endpoint["path"]), params)
        complaint = answer.errors.get("no-such-parameter", "")
        if answer.status != 400 or "property is not defined in schema" not in complaint:
            wrong.append(f"{endpoint_id(endpoint)}: {answer}")
    assert wrong == []


def test_whatever_must_be_given_is_asked_for_everywhere(people, endpoints):
    wrong = []
    for endpoint in endpoints:
        needed = {name for name, rule in endpoint["parameters"].items()
                  if not rule["optional"] and f"{{{name}}}" not in endpoint["path"]}
        needed -= set(deciding(endpoint))
        if not needed or not endpoint["allowtoken"]:
            continue
        answer = people.call(endpoint, people.client.token)
        missed = {name for name, text in answer.errors.items()
                  if text == "property is missing and it is not optional"}
        if answer.status != 400 or missed != needed:
            wrong.append(f"{endpoint_id(endpoint)} needs {needed}: {answer}")
    assert wrong == []


@pytest.mark.parametrize("name, value, complaint", [
    ("cores", "two", "type check ('integer') failed - got 'two'"),
    ("cores", "0", "value must have a minimum value of 1"),
    ("cores", "8193", "value must have a maximum value of 8192"),
    ("onboot", "maybe", "type check ('boolean') failed - got 'maybe'"),
    ("cmode", "shout", "value 'shout' does not have a value in the enumeration"),
    ("hostname", "a_b", "invalid format"),
    ("description", "x" * 8193, "value may only be 8192 characters long"),
    ("net0", "bridge=vmbr0", "net0.name: property is missing and it is not optional"),
    ("net0", "name=eth0,colour=red", "net0.colour: property is not defined in schema"),
    ("net32", "name=eth0", "property is not defined in schema"),
    ("net01", "name=eth0", "property is not defined in schema"),
    ("mp0", "local:1", "mp0.mp: property is missing and it is not optional"),
    ("digest", "0" * 41, "value may only be 40 characters long"),
])
def test_a_malformed_parameter_is_refused(people, name, value, complaint):
    answer = people.client.call("PUT", "/nodes/pve1/lxc/100/config", {name: value})
    assert (answer.status, answer.reason) == (400, "Parameter verification failed.")
    assert list(answer.errors) == [name] and complaint in answer.errors[name]


# --- Tokens and tickets ----------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["root@pam!paas=00000000-0000-0000-0000-000000000000", "root@pam!paas",
                                   "nobody@pam!paas=00000000-0000-0000-0000-000000000000", "root@pam", "x"])
def test_a_wrong_token_is_nobody(people, token):
    assert people.client.call("GET", "/version", token=token).status == 401


def test_no_credentials_are_nobody(people):
    assert people.client.send("GET", "/api2/json/version").status == 401


def test_a_separated_token_has_no_more_than_both_it_and_its_user(people):
    path = "/nodes/pve1/lxc/100/config"
    held = {"privileges": ["VM.Audit"], "path": "/vms/100"}
    for who, status in (("user", 403), ("token", 403), ("both", 200)):
        token = people.token()
        identity = token.partition("=")[0]
        user = identity.partition("!")[0]
        for name in {"user": [user], "token": [identity], "both": [user, identity]}[who]:
            people.cluster.control("/acl", {**held, "who": name})
        assert people.client.call("GET", path, token=token).status == status, who


def test_a_token_that_is_not_separated_has_what_its_user_has(people):
    token = people.token(separated=False)
    people.cluster.control("/acl", {"path": "/vms/100", "privileges": ["VM.Audit"],
                                    "who": token.partition("!")[0]})
    assert people.client.call("GET", "/nodes/pve1/lxc/100/config", token=token).status == 200


def test_lists_show_what_may_be_seen(people):
    token = people.token([("/vms/101", ["VM.Audit"])])
    for path in ("/nodes/pve1/lxc", "/cluster/resources?type=vm"):
        rows = people.client.call("GET", path, token=token).data
        assert [row["vmid"] for row in rows] == [101]
    assert people.client.call("GET", "/nodes/pve1/storage", token=token).data == []


def test_a_pool_is_shown_to_those_who_may_see_it(people):
    people.cluster.control("/seed", {"guests": [{"vmid": 102, "pool": "green"}]})
    audit = ("/vms/102", ["VM.Audit"])
    for grants, pool in (([audit], None), ([audit, ("/pool/green", ["Pool.Audit"])], "green")):
        rows = people.client.call("GET", "/cluster/resources", token=people.token(grants)).data
        assert [row.get("pool") for row in rows if row["type"] == "lxc"] == [pool]


def test_what_only_root_may_set_needs_root(people):
    everything = [("/", ["VM.Audit", "VM.Config.Options", "VM.Config.Disk", "Datastore.AllocateSpace"])]
    for params in ({"features": "fuse=1"}, {"mp0": "/srv,mp=/srv"}, {"dev0": "/dev/null"}):
        answer = people.client.call("PUT", "/nodes/pve1/lxc/100/config", params,
                                    people.token(everything))
        assert answer.status == 403, (params, answer)


def signed_in(people) -> dict:
    answer = people.client.send("POST", "/api2/json/access/ticket", "username=root%40pam&password=secret")
    assert answer.status == 200
    return answer.data


def test_a_ticket_reads_alone_and_writes_with_its_csrf_token(people):
    ticket = signed_in(people)
    cookie = {"Cookie": "PVEAuthCookie=" + ticket["ticket"].replace("+", "%2B").replace("=", "%3D")}
    path = "/api2/json/nodes/pve1/lxc/100/config"
    assert people.client.send("GET", path, headers=cookie).status == 200
    assert people.client.send("PUT", path, "memory=256", cookie).status == 401
    assert people.client.send("PUT", path, "memory=256", {**cookie, "CSRFPreventionToken": "x"}).status == 401
    proof = {**cookie, "CSRFPreventionToken": ticket["CSRFPreventionToken"]}
    assert people.client.send("PUT", path, "memory=256", proof).status == 200


@pytest.mark.parametrize("form", ["username=root%40pam&password=wrong", "username=root&password=secret&realm=pve",
                                  "username=someone%40pam&password=secret"])
def test_wrong_passwords_get_no_ticket(people, form):
    answer = people.client.send("POST", "/api2/json/access/ticket", form)
    assert (answer.status, answer.data) == (401, None)


def test_a_ticket_grows_old(people):
    ticket = signed_in(people)
    cookie = {"Cookie": "PVEAuthCookie=" + ticket["ticket"].replace("+", "%2B").replace("=", "%3D")}
    people.cluster.control("/settings", {"ticket_seconds": -1})
    try:
        assert people.client.send("GET", "/api2/json/version", headers=cookie).status == 401
    finally:
        people.cluster.control("/settings", {"ticket_seconds": 7200})
    assert people.client.send("GET", "/api2/json/version", headers=cookie).status == 200


def test_a_call_for_tickets_alone_refuses_tokens(people, endpoints):
    for endpoint in endpoints:
        if not endpoint["allowtoken"]:
            answer = people.client.call(endpoint["method"], fill(endpoint["path"]))
            assert answer.status == 403 and "API token" in answer.reason, endpoint_id(endpoint)
