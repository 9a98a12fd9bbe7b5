"""A container's life, driven by a real terraform on the fake cluster."""

import json

from tests.e2e.configurations import HEAD, OTHER_TEMPLATE, POLICY, container, many, one
from tests.harness import build
from tests.harness.calls import creating, removing, tally, tally_of_creating, writes, written


def test_create_gives_a_container_and_an_empty_second_plan(cluster, workspace):
    workspace.write(one())
    change = workspace.planned()["paas_lxc.web"]
    assert change["actions"] == ["create"]
    assert change["after"]["node"] == "pve1"
    unknown = {name for name, value in change["after_unknown"].items() if value is True}
    assert unknown <= {"id", "vmid", "current_node"}, "only ids and what is observed may be unknown"
    assert written(cluster) == []

    workspace.run("apply", "-input=false", "saved.tfplan")
    state = workspace.resources()["paas_lxc.web"]
    config = cluster.config(state["vmid"])
    assert config["hostname"] == "web"
    assert int(config["memory"]) == 512
    assert state["id"] == str(state["vmid"])
    assert state["networks"]["net0"]["mac"] in config["net0"]
    assert written(cluster) == creating(state["vmid"])
    cluster.forget_calls()
    workspace.assert_nothing_to_do()
    assert {c["method"] for c in cluster.calls()} == {"GET"}
    assert workspace.resources()["paas_lxc.web"] == state


def test_mac_address_stands_in_the_plan_and_is_kept(cluster, workspace):
    workspace.write(one())
    planned = workspace.planned()["paas_lxc.web"]["after"]["networks"]["net0"]["mac"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    assert planned in cluster.config(vmid)["net0"]
    workspace.write(one(address='"192.0.2.10/24"'))
    workspace.apply()
    assert planned in cluster.config(vmid)["net0"]
    assert "ip=192.0.2.10/24" in cluster.config(vmid)["net0"]


def test_tags_in_other_words_change_nothing_on_the_cluster(cluster, workspace):
    workspace.write(one(extra='tags = ["edge", "web"]'))
    workspace.apply()
    cluster.forget_calls()
    workspace.write(one(extra='tags = ["edge", "Web"]'))
    assert workspace.planned()["paas_lxc.web"]["actions"] == ["update"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert written(cluster) == []
    workspace.assert_nothing_to_do()


def test_a_tag_known_only_while_applying_may_make_the_set_the_same(cluster, workspace):
    workspace.write(one(extra='tags = ["edge", "web"]'))
    workspace.apply()
    workspace.write(one(extra='tags = ["Web", terraform_data.tag.output]')
                    + 'resource "terraform_data" "tag" {\n  input = "edge"\n}\n')
    run = workspace.apply(check=False)
    assert run.code == 0, run.output
    assert sorted(workspace.resources()["paas_lxc.web"]["tags"]) == ["Web", "edge"]
    workspace.assert_nothing_to_do()


def test_update_in_place_touches_only_what_changed(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.forget_calls()
    workspace.write(one(memory='"1G"'))
    change = workspace.planned()["paas_lxc.web"]
    assert change["actions"] == ["update"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert int(cluster.config(vmid)["memory"]) == 1024
    assert workspace.resources()["paas_lxc.web"]["memory"] == "1G"
    puts = [c for c in writes(cluster)]
    assert len(puts) == 1, puts
    assert set(puts[0]["params"]) - {"digest", "node", "vmid"} == {"memory"}
    workspace.assert_nothing_to_do()


def test_the_same_size_in_other_words_is_no_change(cluster, workspace):
    workspace.write(one(memory='"2G"'))
    workspace.apply()
    workspace.write(one(memory='"2048"'))
    workspace.assert_nothing_to_do()
    workspace.write(one(memory="2048"))
    workspace.assert_nothing_to_do()


def test_a_disk_grows_in_place_and_never_shrinks(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    workspace.write(one(disk='"6G"'))
    assert workspace.planned()["paas_lxc.web"]["actions"] == ["update"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert "size=6G" in cluster.config(vmid)["rootfs"]
    workspace.write(one(disk='"5G"'))
    run = workspace.plan()
    assert run.code == 1
    assert "root_disk" in run.text and "shrink" in run.text
    assert "size=6G" in cluster.config(vmid)["rootfs"]


def test_another_template_replaces(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    before = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.forget_calls()
    workspace.write(one(template=OTHER_TEMPLATE))
    change = workspace.planned()["paas_lxc.web"]
    assert sorted(change["actions"]) == ["create", "delete"]
    assert change["replace_paths"] == [["template"]]
    workspace.run("apply", "-input=false", "saved.tfplan")
    after = workspace.resources()["paas_lxc.web"]
    assert after["template"] == OTHER_TEMPLATE
    assert written(cluster) == removing(before) + creating(after["vmid"])
    assert [g["vmid"] for g in cluster.containers()] == [after["vmid"]]
    workspace.assert_nothing_to_do()


def test_taint_replaces(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    before = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.forget_calls()
    workspace.run("taint", "paas_lxc.web")
    assert sorted(workspace.planned()["paas_lxc.web"]["actions"]) == ["create", "delete"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    after = workspace.state_entries()["paas_lxc.web"]
    assert not after.get("tainted")
    assert written(cluster) == removing(before) + creating(after["values"]["vmid"])
    assert len(cluster.containers()) == 1
    workspace.assert_nothing_to_do()


def test_destroy_leaves_nothing(cluster, workspace):
    workspace.write(one(extra='mount_points = { mp0 = '
                              '{ storage = "local", size = "1", path = "/srv" } }'))
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.forget_calls()
    workspace.destroy()
    assert written(cluster) == removing(vmid)
    assert cluster.containers() == []
    volumes = cluster.api("GET", "/nodes/pve1/storage/local/content?content=rootdir")
    assert volumes == []
    assert workspace.resources() == {}


def test_move_to_another_address_changes_nothing(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    renamed = one().replace('resource "paas_lxc" "web"', 'resource "paas_lxc" "site"')
    workspace.write(renamed + '\nmoved {\n  from = paas_lxc.web\n  to   = paas_lxc.site\n}\n')
    cluster.forget_calls()
    workspace.apply()
    assert workspace.resources()["paas_lxc.site"]["vmid"] == vmid
    assert writes(cluster) == []


def test_refresh_only_shows_and_records_drift(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.api("PUT", f"/nodes/pve1/lxc/{vmid}/config", {"memory": 768})
    cluster.forget_calls()
    run = workspace.plan("-refresh-only")
    assert run.code == 2 and "768" in run.output
    workspace.apply("-refresh-only")
    assert workspace.resources()["paas_lxc.web"]["memory"] == "768"
    assert written(cluster) == []
    change = workspace.planned()["paas_lxc.web"]
    assert change["actions"] == ["update"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    put, = writes(cluster)
    assert put["method"] == "PUT" and put["params"]["memory"] == "512"
    assert int(cluster.config(vmid)["memory"]) == 512


def test_a_container_deleted_by_hand_is_created_again(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.control(f"/guests/{vmid}", method="DELETE")
    assert workspace.planned()["paas_lxc.web"]["actions"] == ["create"]


def test_a_guest_moved_by_ha_is_an_observation(cluster, workspace):
    workspace.write(one(node=""))
    workspace.apply()
    state = workspace.resources()["paas_lxc.web"]
    other = next(n for n in ("pve1", "pve2", "pve3") if n != state["node"])
    cluster.control(f"/guests/{state['vmid']}/move", {"node": other})
    change = workspace.planned()["paas_lxc.web"]
    assert change["actions"] == ["no-op"], change
    workspace.apply("-refresh-only")
    moved = workspace.resources()["paas_lxc.web"]
    assert moved["current_node"] == other
    assert moved["node"] == state["node"]
    workspace.write(one(node="", memory='"640"'))
    workspace.apply()
    assert int(cluster.config(state["vmid"])["memory"]) == 640


def test_what_was_planned_is_what_is_applied_though_the_cluster_changed(cluster, workspace):
    workspace.write(one(node=""))
    planned = workspace.planned()["paas_lxc.web"]["after"]
    for name in ("a", "b", "c"):
        cluster.api("POST", "/nodes/pve1/lxc", {
            "vmid": int(cluster.api("GET", "/cluster/nextid")), "hostname": name,
            "ostemplate": "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst",
            "rootfs": "local:1"})
    cluster.forget_calls()
    run = workspace.run("apply", "-input=false", "saved.tfplan", check=False)
    assert "inconsistent" not in run.text
    assert run.code == 0, run.output
    state = workspace.resources()["paas_lxc.web"]
    assert state["node"] == planned["node"]
    assert state["networks"] == planned["networks"]
    assert written(cluster) == creating(state["vmid"], planned["node"])


def test_a_node_that_went_down_fails_at_the_call_not_as_inconsistent_plan(cluster, workspace):
    workspace.write(one())
    workspace.planned()
    cluster.control("/nodes/pve1", {"online": False})
    run = workspace.run("apply", "-input=false", "saved.tfplan", check=False)
    assert run.code != 0
    assert "inconsistent" not in run.text
    assert "pve1" in run.text
    cluster.control("/nodes/pve1", {"online": True})
    workspace.apply()
    workspace.assert_nothing_to_do()


def test_a_node_or_storage_that_is_not_there_is_a_plan_error_with_the_remedy(cluster, workspace):
    workspace.write(one(node='"pve9"').replace('"pve3"]', '"pve3", "pve9"]'))
    run = workspace.plan()
    assert run.code == 1
    assert "no such node" in run.text and "pve1, pve2, pve3" in run.text
    workspace.write(one().replace('storage = "local"', 'storage = "absent"'))
    run = workspace.plan()
    assert run.code == 1
    assert "root_disk.storage" in run.text and "absent" in run.text
    cluster.control("/nodes/pve2", {"online": False})
    workspace.write(one(node='"pve2"'))
    run = workspace.plan()
    assert run.code == 1
    assert "offline" in run.text and "pve1, pve3" in run.text


def test_no_node_and_no_policy_is_a_plan_error_with_the_remedy(workspace):
    workspace.write(HEAD + container(node=""))
    run = workspace.plan()
    assert run.code == 1
    assert "node" in run.text and "policy" in run.text


def test_policy_is_enforced_at_plan_time_with_all_breaches_at_once(workspace):
    workspace.write(HEAD + """
provider "paas" {
  policy {
    nodes      = ["pve1"]
    storages   = ["local"]
    bridges    = ["vmbr1"]
    max_memory = "256M"
    max_disk   = "2G"
  }
}
""" + container(node='"pve2"'))
    run = workspace.plan()
    assert run.code == 1
    for named in ("pve2", "vmbr0", "memory", "root_disk"):
        assert named in run.text, f"{named} is not named:\n{run.output}"


def test_a_policy_that_was_tightened_warns_of_what_stays(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    workspace.write(HEAD + """
provider "paas" {
  policy {
    nodes      = ["pve2"]
    storages   = ["fast"]
    max_memory = "256M"
  }
}
""" + container())
    run = workspace.plan()
    assert run.code == 0, run.output
    assert "No changes" in run.text and "not allowed by the provider's policy" in run.text
    workspace.destroy()
    assert cluster.containers() == []


def test_parallel_creates_of_fifty_get_fifty_ids(cluster, workspace):
    workspace.write(many(50))
    workspace.apply("-parallelism=50")
    ids = [v["vmid"] for v in workspace.resources().values()]
    assert len(set(ids)) == 50
    assert len(cluster.containers()) == 50
    assert tally(written(cluster)) == tally_of_creating(50)
    workspace.assert_nothing_to_do("-parallelism=50")


def test_refresh_asks_once_for_the_list_and_once_per_guest(cluster, workspace):
    workspace.write(many(20))
    workspace.apply("-parallelism=20")
    cluster.forget_calls()
    workspace.assert_nothing_to_do()
    calls = cluster.calls()
    assert [c for c in calls if c["method"] != "GET"] == []
    lists = [c for c in calls if c["path"].startswith("/api2/json/cluster/resources")]
    assert len(lists) == 1
    assert len(calls) <= 20 + 3, [c["path"] for c in calls]


def test_import_by_each_kind_of_id(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.forget_calls()
    for given in (str(vmid), f"pve1/{vmid}", "web"):
        workspace.run("state", "rm", "paas_lxc.web")
        workspace.run("import", "-input=false", "paas_lxc.web", given)
        assert workspace.resources()["paas_lxc.web"]["vmid"] == vmid
        run = workspace.plan()
        assert "must be replaced" not in run.output, run.output
        workspace.apply()
        workspace.assert_nothing_to_do()
    assert cluster.calls() and written(cluster) == []


def test_import_by_a_node_where_it_is_not(workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    workspace.run("state", "rm", "paas_lxc.web")
    run = workspace.run("import", "-input=false", "paas_lxc.web", f"pve9/{vmid}", check=False)
    assert run.code == 1
    assert "pve9" in run.text and "pve1, pve2, pve3" in run.text
    run = workspace.run("import", "-input=false", "paas_lxc.web", f"pve2/{vmid}")
    assert f"Container {vmid} is on pve1 now" in run.text
    assert workspace.resources()["paas_lxc.web"]["current_node"] == "pve1"


def test_import_of_what_is_not_there_says_so(workspace):
    workspace.write(one())
    run = workspace.run("import", "-input=false", "paas_lxc.web", "4711", check=False)
    assert run.code == 1
    assert "4711" in run.text


def test_import_block_generates_a_configuration_that_plans_empty(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    workspace.run("state", "rm", "paas_lxc.web")
    cluster.forget_calls()
    workspace.write(HEAD + POLICY + f"""
import {{
  to = paas_lxc.found
  id = "{vmid}"
}}
""")
    run = workspace.plan("-generate-config-out=generated.tf")
    assert run.code in (0, 2), run.output
    workspace.apply()
    assert workspace.resources()["paas_lxc.found"]["vmid"] == vmid
    assert cluster.calls() and written(cluster) == []
    workspace.assert_nothing_to_do()


def test_secrets_are_in_no_state_and_no_log(cluster, workspace):
    secret = "correct-horse-battery"
    workspace.write(one(extra=f'password_wo = "{secret}"\n  password_wo_version = 1'))
    run = workspace.apply(environment={"TF_LOG": "TRACE",
                                       "TF_LOG_PATH": str(workspace.folder / "trace.log")})
    assert secret not in run.output
    assert secret not in (workspace.folder / "terraform.tfstate").read_text()
    assert secret not in (workspace.folder / "trace.log").read_text()
    token = cluster.token.split("=")[1]
    assert token not in (workspace.folder / "trace.log").read_text()
    assert token not in (workspace.folder / "terraform.tfstate").read_text()
    workspace.assert_nothing_to_do()


def test_data_sources_show_the_cluster(cluster, workspace):
    workspace.write(one(extra='tags = ["edge", "web"]'))
    workspace.apply()
    workspace.write(one(extra='tags = ["edge", "web"]') + """
data "paas_pve_nodes" "all" {}
data "paas_pve_storages" "all" {}
data "paas_pve_templates" "all" {}
data "paas_pve_guests" "edge" { tag = "edge" }
data "paas_pve_guests" "none" { tag = "absent" }
output "nodes" { value = [for n in data.paas_pve_nodes.all.nodes : n.name] }
output "guests" { value = [for g in data.paas_pve_guests.edge.guests : g.name] }
output "none" { value = length(data.paas_pve_guests.none.guests) }
output "templates" { value = [for t in data.paas_pve_templates.all.templates : t.volume] }
""")
    workspace.apply()
    outputs = workspace.show()["values"]["outputs"]
    assert outputs["nodes"]["value"] == ["pve1", "pve2", "pve3"]
    assert outputs["guests"]["value"] == ["web"]
    assert outputs["none"]["value"] == 0
    assert any("debian-12" in t for t in outputs["templates"]["value"])


def test_another_node_migrates_in_place_and_keeps_the_data(cluster, workspace):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    cluster.forget_calls()
    workspace.write(one(node='"pve2"'))
    change = workspace.planned()["paas_lxc.web"]
    assert change["actions"] == ["update"]
    assert change["after"]["current_node"] == "pve2"
    run = workspace.run("apply", "-input=false", "saved.tfplan")
    assert "inconsistent" not in run.text
    moves = [c for c in cluster.calls("POST") if c["path"].endswith("/migrate")]
    assert len(moves) == 1 and moves[0]["params"]["target"] == "pve2"
    state = workspace.resources()["paas_lxc.web"]
    assert (state["vmid"], state["current_node"], state["started"]) == (vmid, "pve2", True)
    workspace.assert_nothing_to_do()


def test_addresses_are_known_where_they_are_waited_for(cluster, workspace):
    workspace.write(one(extra="wait_for_ip = { ipv4 = true }"))
    workspace.apply()
    addresses = workspace.resources()["paas_lxc.web"]["ipv4_addresses"]
    assert list(addresses) == ["eth0"] and addresses["eth0"]
    assert not any(a.startswith(("127.", "169.254.")) for a in addresses["eth0"])
    workspace.assert_nothing_to_do()
    workspace.write(one(extra="wait_for_ip = { ipv4 = true }", address='"192.0.2.77/24"'))
    workspace.apply()
    assert workspace.resources()["paas_lxc.web"]["ipv4_addresses"] == {"eth0": ["192.0.2.77"]}
    workspace.assert_nothing_to_do()


def test_a_removed_mount_point_is_announced_and_its_volume_kept(cluster, workspace):
    mount = 'mount_points = { mp0 = { storage = "local", size = "1", path = "/srv" } }'
    workspace.write(one(extra=mount + "\n  started = false"))
    workspace.apply()
    state = workspace.resources()["paas_lxc.web"]
    volume = state["mount_points"]["mp0"]["volume"]
    workspace.write(one(extra="started = false"))
    run = workspace.plan()
    assert run.code == 2, run.output
    assert "volume is detached" in run.text and volume in run.text and "mp0" in run.text
    workspace.apply()
    assert cluster.config(state["vmid"])["unused0"] == volume
    workspace.assert_nothing_to_do()


def test_a_container_of_another_provider_is_taken_over(cluster, workspace, tmp_path):
    workspace.write(one())
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    theirs = "proxmox_virtual_environment_container"
    path = workspace.folder / "terraform.tfstate"
    state = json.loads(path.read_text())
    entry = state["resources"][0]
    host = entry["provider"].split('"')[1].split("/")[0]
    entry["type"] = theirs
    entry["provider"] = f'provider["{host}/bpg/proxmox"]'
    instance = entry["instances"][0]
    for ours_alone in ("identity", "identity_schema_version"):
        instance.pop(ours_alone, None)
    instance["schema_version"] = 0
    instance["attributes"] = {"id": str(vmid), "vm_id": vmid, "node_name": "pve1", "started": True,
                              "disk": [{"datastore_id": "local", "size": 4}]}
    instance["sensitive_attributes"] = []
    path.write_text(json.dumps(state))

    # Something has to stand where bpg/proxmox would: it is never asked for this resource.
    binaries = tmp_path / "binaries"
    binaries.mkdir()
    ours = build.build_dir() / "bin" / "terraform-provider-paas"
    for name in ("paas", "proxmox"):
        (binaries / f"terraform-provider-{name}").symlink_to(ours)
    workspace.use_overrides(binaries, sources=("libpaas/paas", "bpg/proxmox"))
    workspace.write(one().replace(
        'paas = { source = "libpaas/paas" }',
        'paas = { source = "libpaas/paas" }\n    proxmox = { source = "bpg/proxmox" }')
        + f"\nmoved {{\n  from = {theirs}.web\n  to   = paas_lxc.web\n}}\n")
    cluster.forget_calls()
    run = workspace.plan()
    assert run.code in (0, 2), run.output
    assert "will be created" not in run.output and "must be replaced" not in run.output
    assert "destroyed" not in run.output
    workspace.apply()
    assert writes(cluster) == []
    assert workspace.resources()["paas_lxc.web"]["vmid"] == vmid
    workspace.assert_nothing_to_do()
