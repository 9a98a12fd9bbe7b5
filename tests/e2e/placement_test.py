"""Placement in a real terraform: with no cluster at all, and before containers on the fake one."""

import json

import pytest

from tests.e2e.configurations import HEAD, container
from tests.harness.build import ROOT
from tests.harness.terraform import Workspace

ADDRESS = "paas_placement.p"
NODES = {"pve1": {"capacity": {"cpu": 4, "memory": "8G"}},
         "pve2": {"capacity": {"cpu": 4, "memory": "8G"}},
         "pve3": {"capacity": {"cpu": 4, "memory": "8G"}}}
WEB = {"replicas": 2, "requests": {"cpu": 1, "memory": "1G"}, "relations": [{"app": "web"}]}
DB = {"requests": {"cpu": 2.5, "memory": "4G"}}
FULL = {"requests": {"cpu": 4, "memory": "4G"}}


@pytest.fixture
def alone(tmp_path, host):
    """A workspace that knows of no cluster."""
    return Workspace(tmp_path / "module", host)


def placement(workloads, cluster=None, provider: str = "", **more) -> str:
    lines = "".join(f"  {name} = {json.dumps(value)}\n" for name, value in more.items())
    return (HEAD + provider + f'resource "paas_placement" "p" {{\n'
            f"  cluster = {json.dumps(cluster or NODES)}\n"
            f"  workloads = {json.dumps(workloads)}\n{lines}}}\n")


def decide(workspace, *arguments, **options) -> dict:
    """Applies what was shown, and gives the state: everything was known beforehand."""
    workspace.write(placement(*arguments, **options))
    change = workspace.planned()[ADDRESS]
    assert not any(change["after_unknown"].values()), change["after_unknown"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    state = workspace.resources()[ADDRESS]
    assert state == change["after"]
    workspace.assert_nothing_to_do()
    return state


def test_the_plan_shows_every_node_and_why(alone):
    state = decide(alone, {"web": WEB, "db": DB})
    assert set(state["assignments"]) == {"web/0", "web/1", "db/0"}
    assert state["nodes"] == {"web": [state["assignments"]["web/0"], state["assignments"]["web/1"]],
                              "db": [state["assignments"]["db/0"]]}
    assert len(set(state["nodes"]["web"])) == 2, "they are to be apart"
    reason = state["decisions"]["web/1"]
    assert reason["act"] == "place" and "take" in reason["because"]
    assert "refused by 1 node: apart web" in reason["because"]
    assert [reason[name] for name in ("score", "parts", "alternatives", "refused")] == [None] * 4
    assert (state["fits"], state["moves"], state["unplaced"]) == (True, [], [])
    assert state["summary"] == {"keep": 0, "place": 3, "move": 0, "refuse": 0, "preempt": 0}


def test_scores_and_alternatives_are_shown_where_they_are_asked_for(alone):
    reason = decide(alone, {"web": WEB, "db": DB}, explain=True)["decisions"]["web/1"]
    assert reason["node"] not in [other["node"] for other in reason["alternatives"]]
    assert sum(reason["parts"].values()) == reason["score"]
    assert {"reason": "apart", "what": "web", "nodes": 1} in reason["refused"]
    reason = decide(alone, {"web": WEB, "db": DB})["decisions"]["web/1"]
    assert reason["alternatives"] is None, "not asked for any more"


def test_a_new_app_moves_nothing_else_and_neither_does_one_that_goes(alone):
    first = decide(alone, {"web": WEB, "db": DB})
    alone.write(placement({"web": WEB, "db": DB, "mail": DB}))
    change = alone.planned()[ADDRESS]
    assert change["actions"] == ["update"]
    after = change["after"]
    assert after["assignments"].items() >= first["assignments"].items()
    assert after["moves"] == []
    assert {name for name in after["decisions"]
            if after["decisions"][name] != first["decisions"].get(name)} == {"mail/0"}
    alone.run("apply", "-input=false", "saved.tfplan")
    without = decide(alone, {"web": WEB, "mail": DB})
    expected = {name: node for name, node in after["assignments"].items() if name != "db/0"}
    assert without["assignments"] == expected


def test_more_replicas_and_another_size_leave_the_others_alone(alone):
    first = decide(alone, {"web": WEB, "db": DB})
    more = decide(alone, {"web": WEB | {"replicas": 3}, "db": DB})
    assert more["assignments"].items() >= first["assignments"].items()
    assert more["summary"]["keep"] == 3 and more["summary"]["place"] == 1
    larger = decide(alone, {"web": WEB | {"replicas": 3},
                            "db": {"requests": {"cpu": 3, "memory": "5G"}}})
    web = {name: node for name, node in more["assignments"].items() if name.startswith("web")}
    assert larger["assignments"].items() >= web.items()


def test_amounts_in_other_words_move_nothing(alone):
    first = decide(alone, {"db": {"requests": {"cpu": "500m", "memory": "2G"}}})
    second = decide(alone, {"db": {"requests": {"cpu": 0.5, "memory": 2048}}})
    assert second["assignments"] == first["assignments"]
    assert second["decisions"] == first["decisions"]


def test_who_grows_makes_way_and_nobody_else(alone):
    small = {"requests": {"cpu": 1, "memory": "1G"}}
    here = {"a/0": "pve1", "b/0": "pve1", "c/0": "pve1"}
    decide(alone, {"a": small, "b": small, "c": small}, current=here)
    state = decide(alone, {"a": small, "b": {"requests": {"cpu": 3, "memory": "1G"}}, "c": small},
                   current=here)
    assert [move["allocation"] for move in state["moves"]] == ["b/0"]


def test_a_drained_node_is_emptied(alone):
    first = decide(alone, {"web": WEB, "db": DB})
    node = first["assignments"]["db/0"]
    moved = [name for name, at in first["assignments"].items() if at == node]
    drained = NODES | {node: NODES[node] | {"drained": True}}
    state = decide(alone, {"web": WEB, "db": DB}, drained)
    assert node not in state["assignments"].values()
    assert [(move["allocation"], move["from"]) for move in state["moves"]] == [
        (name, node) for name in sorted(moved)]
    assert all(node + " is drained" in move["because"] for move in state["moves"])
    stays = {name: at for name, at in first["assignments"].items() if at != node}
    assert state["assignments"].items() >= stays.items()


CAREFUL = {"replicas": 3, "requests": {"cpu": 1}, "max_unavailable": 1}
TOGETHER = {f"web/{i}": "pve1" for i in range(3)}


def test_plan_after_plan_empties_a_drained_node_within_the_budget(alone):
    first = decide(alone, {"web": CAREFUL}, current=TOGETHER)
    assert first["assignments"] == TOGETHER
    alone.write(placement({"web": CAREFUL}, NODES | {"pve1": NODES["pve1"] | {"drained": True}},
                          current=TOGETHER))
    for waiting in (["web/1", "web/2"], ["web/2"], []):
        change = alone.planned()[ADDRESS]
        assert change["after"]["waiting"] == waiting
        assert len(change["after"]["moves"]) == 1
        assert alone.plan().text.count("some replicas of web wait") == (1 if waiting else 0)
        alone.run("apply", "-input=false", "saved.tfplan")
        assert alone.resources()[ADDRESS] == change["after"]
    assert "pve1" not in alone.resources()[ADDRESS]["assignments"].values()
    alone.assert_nothing_to_do()


def test_who_may_never_move_is_named_in_every_plan_and_freed_when_the_drain_ends(alone):
    held = {"web": CAREFUL | {"max_unavailable": 0}}
    decide(alone, held, NODES | {"pve1": NODES["pve1"] | {"drained": True}}, current=TOGETHER)
    run = alone.plan()
    assert run.code == 0 and "web/0, web/1, web/2 wait, the first on pve1" in run.text
    assert "holds them for ever" in run.text
    state = decide(alone, held, current=TOGETHER)
    assert state["waiting"] == []
    assert state["decisions"]["web/0"]["because"] == "stays where it is"
    assert "wait" not in alone.plan().text.replace("waiting", "")


def test_a_node_that_is_gone_loses_what_was_on_it(alone):
    first = decide(alone, {"web": WEB, "db": DB})
    node = first["assignments"]["web/0"]
    left = {name: one for name, one in NODES.items() if name != node}
    state = decide(alone, {"web": WEB, "db": DB}, left)
    assert node not in state["assignments"].values() and state["fits"]
    assert f"{node} is gone" in state["decisions"]["web/0"]["because"]


def test_what_does_not_fit_is_an_error_that_says_what_would_help(alone):
    giant = {"requests": {"cpu": 1, "memory": "9G"}}
    alone.write(placement({"web": WEB, "giant": giant}))
    run = alone.plan()
    assert run.code == 1
    assert "giant does not fit" in run.text
    assert "giant/0 has no place" in run.text
    assert "Refused by 3 nodes: memory." in run.text
    assert "1 GiB more memory on pve" in run.text
    assert "allow_unplaced = true" in run.text

    state = decide(alone, {"web": WEB, "giant": giant}, allow_unplaced=True)
    assert (state["fits"], state["unplaced"]) == (False, ["giant/0"])
    assert state["nodes"]["giant"] == [""]
    assert "1 GiB more memory" in state["decisions"]["giant/0"]["remedy"]["text"]
    again = alone.plan()
    assert again.code == 0 and "some replicas have no node" in again.text, again.output


def test_the_fewest_moves_make_room(alone):
    two = {name: NODES[name] for name in ("pve1", "pve2")}
    small = {"requests": {"cpu": 1, "memory": "1G"}}
    first = decide(alone, {"a": small, "b": small},
                   two, current={"a/0": "pve1", "b/0": "pve2"})
    assert first["assignments"] == {"a/0": "pve1", "b/0": "pve2"}
    state = decide(alone, {"a": small, "b": small, "full": FULL},
                   two, current={"a/0": "pve1", "b/0": "pve2"})
    assert len(state["moves"]) == 1 and state["moves_proven_minimal"]
    assert "makes room for full/0" in state["moves"][0]["because"]


def test_who_is_pushed_out_is_listed(alone):
    one = {"pve1": NODES["pve1"]}
    rules = {"preempt": True}
    decide(alone, {"low": FULL}, one, rules=rules)
    urgent = FULL | {"priority": 10}
    alone.write(placement({"low": FULL, "urgent": urgent}, one, rules=rules))
    run = alone.plan()
    assert run.code == 1 and "low/0 has no place" in run.text
    assert "urgent/0 has a higher priority" in run.text
    state = decide(alone, {"low": FULL, "urgent": urgent}, one, rules=rules, allow_unplaced=True)
    assert state["assignments"] == {"urgent/0": "pve1"}
    assert state["decisions"]["low/0"]["act"] == "preempt"


def test_all_mistakes_are_told_at_once_each_at_its_attribute(alone):
    alone.write(placement({"web": {"requests": {"cpu": "two"}, "priority": 1.5},
                           "db": {"spreads": [{"max_skew": 0}]}},
                          NODES | {"pve9": {"capacity": {"disk/local": "much"}}}))
    run = alone.run("validate", check=False)
    assert run.code == 1
    for said in ('workloads["web"].requests["cpu"] must be a number of cores',
                 'workloads["web"].priority must be a whole number',
                 'workloads["db"].spreads[0].max_skew must be from 1',
                 'cluster["pve9"].capacity["disk/local"]'):
        assert said in run.text, run.output


def test_a_name_that_leads_nowhere_is_a_warning(alone):
    alone.write(placement({"web": WEB | {"relations": [{"app": "wbe"}], "pin": ["pve1", "pve7"]}}))
    run = alone.plan()
    assert run.code == 2
    assert 'did you mean "web"?' in run.text and '"pve7", which is not there' in run.text


def test_what_may_be_a_slip_is_a_warning(alone):
    alone.write(placement({"web": WEB | {"project": "shop"}, "db": {"request": {"cpu": 1}}},
                          NODES | {"pve9": {"capcity": {"cpu": 4}}},
                          rules={"quotas": {"shpo": {"cpu": 4}}},
                          current={"wbe/0": "pve1", "web/2": "pve1"}))
    run = alone.plan()
    assert run.code == 2, run.output
    for said in ("db asks for nothing", "pve9 offers nothing", 'did you mean "shop"?',
                 'did you mean "web"?', 'current["web/2"] is passed over'):
        assert said in run.text, run.output


def test_advice_stands_where_there_is_some(alone):
    run_of = []
    for cluster in ({}, {"pve1": NODES["pve1"]}):
        alone.write(HEAD + f'resource "paas_placement" "p" {{\n  cluster = {json.dumps(cluster)}\n'
                    f'  workloads = {json.dumps({"a": FULL | {"gang": "g"}, "b": FULL | {"gang": "g"}})}'
                    "\n}\n")
        run_of.append(alone.plan())
    assert [run.code for run in run_of] == [1, 1]
    assert "there are no nodes" in run_of[0].text and "Make that" not in run_of[0].text
    assert "Make that change" in run_of[1].text or "Ask for less" in run_of[1].text


POLICY = 'provider "paas" {\n  policy {\n    nodes = ["pve2", "pve3"]\n  }\n}\n'


def test_nodes_that_the_policy_leaves_out_take_nothing(alone):
    state = decide(alone, {"web": WEB, "db": DB}, provider=POLICY)
    assert set(state["assignments"].values()) == {"pve2", "pve3"}
    alone.write(placement({"web": WEB | {"replicas": 3}, "db": DB}, provider=POLICY))
    run = alone.plan()
    assert run.code == 1 and "web/2 has no place" in run.text
    assert "so they take nothing: pve1" in run.text


def test_a_tightened_policy_empties_the_node(alone):
    first = decide(alone, {"full": FULL | {"replicas": 2}})
    gone = [node for node in NODES if node in first["assignments"].values()][0]
    kept = ", ".join(f'"{node}"' for node in NODES if node != gone)
    policy = f'provider "paas" {{\n  policy {{\n    nodes = [{kept}]\n  }}\n}}\n'
    state = decide(alone, {"full": FULL | {"replicas": 2}}, provider=policy)
    assert gone not in state["assignments"].values() and len(state["moves"]) == 1


def test_a_cluster_that_is_only_known_after_apply_is_decided_then(alone):
    alone.write(HEAD + f"""
resource "terraform_data" "cluster" {{
  input = {json.dumps(NODES)}
}}
resource "paas_placement" "p" {{
  cluster   = terraform_data.cluster.output
  workloads = {json.dumps({"web": WEB})}
}}
""")
    change = alone.planned()[ADDRESS]
    assert change["after_unknown"]["assignments"] is True
    alone.run("apply", "-input=false", "saved.tfplan")
    assert set(alone.resources()[ADDRESS]["assignments"]) == {"web/0", "web/1"}
    alone.assert_nothing_to_do()


def test_a_placement_is_imported_by_what_it_says(alone):
    alone.write(placement({"web": WEB, "db": DB}))
    wrong = alone.run("import", ADDRESS, "pve1", check=False)
    assert wrong.code == 1 and "web/0=pve1,web/1=pve2" in wrong.text
    alone.run("import", ADDRESS, "web/0=pve3,web/1=pve1,db/0=pve2")
    state = decide(alone, {"web": WEB, "db": DB})
    assert state["assignments"] == {"web/0": "pve3", "web/1": "pve1", "db/0": "pve2"}


LOCAL = "locals { placement = paas_placement.p }"
ASK = LOCAL + """
data "paas_placement_explain" "web" {
  placement = local.placement
  workload  = "web"
}
data "paas_placement_explain" "first" {
  placement = local.placement
  workload  = "web"
  replica   = 0
}
data "paas_what_if" "now" {
  placement       = local.placement
  room_for        = "db"
  rebalance_moves = 3
}
data "paas_what_if" "less" {
  placement     = local.placement
  lose_nodes    = ["pve1"]
  add_nodes     = { spare = { capacity = { cpu = 16, memory = "64G" } } }
  add_workloads = { cache = { replicas = 2, requests = { cpu = 1 } } }
  replicas      = { web = 3 }
  survival      = false
}
"""


def data_of(workspace) -> dict:
    return {address: values for address, values in workspace.resources().items()
            if address.startswith("data.")}


def test_questions_are_answered_while_planning(alone):
    alone.write(placement({"web": WEB | {"replicas": 3}, "db": DB}) + ASK)
    assert not any(address.startswith("data.") for address in alone.planned()), "read by the plan"
    alone.run("apply", "-input=false", "saved.tfplan")
    found = data_of(alone)
    web = found["data.paas_placement_explain.web"]
    assert (web["fits"], web["takers"]) == (False, [])
    assert {one["node"] for one in web["verdicts"]} == set(NODES)
    assert all(("apart", "web") in [(r["reason"], r["what"]) for r in one["refusals"]]
               for one in web["verdicts"]), web["verdicts"]
    assert "apart from web" in web["remedy"]["text"]
    first = found["data.paas_placement_explain.first"]
    where = alone.resources()[ADDRESS]["assignments"]["web/0"]
    assert [one["node"] for one in first["verdicts"] if one["chosen"]] == [where]
    assert (first["takers"], first["remedy"]) == ([where], None)
    now = found["data.paas_what_if.now"]
    assert now["survives"] is False and now["apps_at_risk"] == ["db", "web"]
    assert [loss["host"] for loss in now["losses"]] == sorted(NODES)
    # 12 cores less 3 x 1 less 2.5: each of the two nodes that have no db takes one more.
    assert (now["room"], now["rebalance"]) == (2, [])
    assert now["assignments"] == alone.resources()[ADDRESS]["assignments"]
    less = found["data.paas_what_if.less"]
    assert less["fits"] and "pve1" not in less["assignments"].values()
    assert {"cache/0", "cache/1"} <= set(less["assignments"])
    assert (less["survives"], less["room"]) == (None, None)
    alone.assert_nothing_to_do()


def test_a_question_about_what_is_not_there_is_an_error(alone):
    alone.write(placement({"web": WEB}) + LOCAL + """
data "paas_placement_explain" "x" {
  placement = local.placement
  workload  = "wbe"
}
data "paas_what_if" "y" {
  placement  = local.placement
  lose_nodes = ["pve8"]
}
""")
    run = alone.plan()
    assert run.code == 1
    assert "there is no workload" in run.text and "there is no node" in run.text


SURVIVES = LOCAL + """
data "paas_what_if" "now" {
  placement = local.placement
}
check "survival" {
  assert {
    condition     = data.paas_what_if.now.survives
    error_message = "At risk: ${join(", ", data.paas_what_if.now.apps_at_risk)}."
  }
}
"""
STOPS = """
resource "terraform_data" "needs_survival" {
  input = paas_placement.p.assignments
  lifecycle {
    precondition {
      condition     = data.paas_what_if.now.survives
      error_message = "At risk: ${join(", ", data.paas_what_if.now.apps_at_risk)}."
    }
  }
}
"""


def test_a_check_warns_and_a_precondition_stops(alone):
    alone.write(placement({"web": WEB, "db": DB}) + SURVIVES)
    run = alone.plan()
    assert run.code == 2 and "At risk: db." in run.text
    alone.write(placement({"web": WEB, "db": DB}) + SURVIVES + STOPS)
    run = alone.plan()
    assert run.code == 1 and "At risk: db." in run.text
    pair = DB | {"replicas": 2, "relations": [{"app": "db", "level": "host"}]}
    alone.write(placement({"web": WEB, "db": pair}) + SURVIVES + STOPS)
    alone.apply()
    assert alone.resources()["data.paas_what_if.now"]["survives"] is True


def test_a_postcondition_of_the_placement_itself_stops(alone):
    condition = """
  lifecycle {
    postcondition {
      condition     = self.survives
      error_message = "At risk: ${join(", ", self.apps_at_risk)}."
    }
  }
}
"""
    alone.write(placement({"web": WEB, "db": DB}, survival=True).rstrip("}\n") + condition)
    run = alone.plan()
    assert run.code == 1 and "At risk: db." in run.text
    alone.write(placement({"web": WEB}, survival=True).rstrip("}\n") + condition)
    alone.apply()
    assert alone.resources()[ADDRESS]["survives"] is True
    alone.assert_nothing_to_do()


def test_a_question_that_names_the_resource_is_answered_while_applying(alone):
    alone.write(placement({"web": WEB}) + SURVIVES.replace("local.placement", ADDRESS))
    alone.apply()
    assert alone.resources()["data.paas_what_if.now"]["survives"] is True
    alone.assert_nothing_to_do()


def test_the_example_applies_without_any_cluster(alone):
    assert not any(name.startswith("PROXMOX_VE_") for name in alone.environment)
    alone.write((ROOT / "examples" / "placement" / "main.tf").read_text())
    alone.apply()
    before = alone.resources()["paas_placement.apps"]["assignments"]
    assert len(before) == 7
    alone.assert_nothing_to_do()
    drained = before["web/0"]
    alone.apply(f"-var=drained=[\"{drained}\"]")
    after = alone.resources()["paas_placement.apps"]
    assert drained not in after["assignments"].values()
    assert {move["from"] for move in after["moves"]} == {drained}


# --- On a cluster --------------------------------------------------------------------------------

FED = """
data "paas_pve_nodes" "all" {
  placed_tag = "placed"
}
resource "paas_placement" "p" {
  cluster   = data.paas_pve_nodes.all.placement_nodes
  workloads = {
    web = { replicas = 2, requests = { cpu = 1, memory = "512M" }, relations = [{ app = "web" }] }
  }
}
"""


def placed_containers() -> str:
    one = container("web", node='paas_placement.p.nodes["web"][count.index]',
                    extra='count = 2\n  cores = 1\n  tags = ["placed"]')
    return HEAD + FED + one.replace('hostname = "web"', 'hostname = "web-${count.index}"')


def test_containers_go_where_the_placement_says(cluster, workspace):
    workspace.write(placed_containers())
    planned = workspace.planned()
    nodes = planned["paas_placement.p"]["after"]["nodes"]["web"]
    assert [planned[f"paas_lxc.web[{i}]"]["after"]["node"] for i in range(2)] == nodes
    listings = [c for c in cluster.calls("GET") if c["path"].endswith("/cluster/resources")]
    assert len(listings) == 1, "one listing feeds the placement and the checks of the containers"
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert sorted(guest["node"] for guest in cluster.containers()) == sorted(nodes)
    workspace.assert_nothing_to_do()


def test_guests_of_others_are_reserved_and_ours_are_not(cluster, workspace):
    other = container("other", node='"pve1"', memory='"1G"', extra="cores = 2")
    ours = container("ours", node='"pve1"', memory='"2G"', extra='cores = 1\n  tags = ["placed"]')
    workspace.write(HEAD + other + ours)
    workspace.apply()
    workspace.write(HEAD + other + ours + """
data "paas_pve_nodes" "all" {
  placed_tag = "placed"
  headroom   = { memory = "1G" }
  overcommit = { cpu = 2 }
}
data "paas_pve_nodes" "plain" {}
""")
    workspace.apply()
    found = data_of(workspace)
    pve1 = found["data.paas_pve_nodes.all"]["placement_nodes"]["pve1"]
    plain = found["data.paas_pve_nodes.plain"]["placement_nodes"]["pve1"]
    assert pve1["capacity"] == plain["capacity"] and plain["reserved"] is None
    assert pve1["reserved"]["memory"] == "2G", "1G of the other guest and the headroom"
    assert pve1["reserved"]["cpu"] == "1", "two cores, promised twice"
    assert pve1["overcommit"] == {"cpu": 2}


def test_a_saved_plan_does_what_it_shows_though_the_cluster_changed(cluster, workspace):
    workspace.write(placed_containers())
    nodes = workspace.planned()["paas_placement.p"]["after"]["nodes"]["web"]
    on_first = container("late", node=f'"{nodes[0]}"', memory='"1G"', extra="cores = 4")
    elsewhere = Workspace(workspace.folder.parent / "other", workspace.binary, workspace.environment)
    elsewhere.write(HEAD + on_first)
    elsewhere.apply()

    workspace.run("apply", "-input=false", "saved.tfplan")
    state = workspace.resources()
    assert state["paas_placement.p"]["nodes"]["web"] == nodes
    assert [state[f"paas_lxc.web[{i}]"]["node"] for i in range(2)] == nodes
    later = workspace.planned()["paas_placement.p"]["after"]
    assert later["nodes"]["web"] == nodes, "who stands there still fits"


def test_a_node_is_asked_for_its_status_where_that_is_wanted(cluster, workspace):
    workspace.write(HEAD + """
data "paas_pve_nodes" "plain" {}
data "paas_pve_nodes" "asked" {
  status = true
}
""")
    workspace.apply()
    found = data_of(workspace)
    plain = found["data.paas_pve_nodes.plain"]["placement_nodes"]
    asked = found["data.paas_pve_nodes.asked"]["placement_nodes"]
    assert {node["arch"] for node in plain.values()} == {None}
    assert {node["arch"] for node in asked.values()} == {"amd64"}
    assert asked["pve1"]["capacity"] == plain["pve1"]["capacity"]
    statuses = [c for c in cluster.calls("GET") if c["path"].endswith("/nodes/pve1/status")]
    assert len(statuses) == 1


def test_a_node_from_proxmox_is_drained_by_merging(cluster, workspace):
    example = (ROOT / "examples/data-sources/paas_pve_nodes/data-source.tf").read_text()
    workspace.write(HEAD + example)
    workspace.apply()
    first = workspace.resources()["paas_placement.drained"]["assignments"]
    assert first["web/0"] == first["web/1"]
    for _ in range(2):  # one at a time
        workspace.apply(f'-var=drained=["{first["web/0"]}"]')
    state = workspace.resources()["paas_placement.drained"]
    assert first["web/0"] not in state["assignments"].values()
    assert state["cluster"][first["web/0"]]["labels"] == {"zone": "a"}


def test_what_to_do_when_a_node_is_dead(cluster, workspace):
    workspace.write(placed_containers())
    workspace.apply()
    dead = workspace.resources()["paas_placement.p"]["nodes"]["web"][0]
    cluster.control(f"/nodes/{dead}", {"online": False})
    try:
        run = workspace.plan()
        assert run.code == 1 and "No route to host" in run.text
        change = workspace.planned("-target=paas_placement.p")["paas_placement.p"]["after"]
        assert dead not in change["assignments"].values()
        assert f"{dead} is gone" in change["decisions"]["web/0"]["because"]
        shown = workspace.planned("-refresh=false")
        assert shown["paas_lxc.web[0]"]["after"]["node"] == change["nodes"]["web"][0]
        workspace.run("state", "rm", "paas_lxc.web[0]")
        workspace.apply()
        assert workspace.resources()["paas_lxc.web[0]"]["node"] == change["nodes"]["web"][0]
        workspace.assert_nothing_to_do()
    finally:
        cluster.control(f"/nodes/{dead}", {"online": True})
