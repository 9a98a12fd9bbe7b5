"""What a user is told who made a mistake: the setting, what is wrong with it, and what to do."""

import pytest

from tests.e2e.configurations import HEAD, POLICY, one


@pytest.mark.parametrize("content, complaint", [
    (None, "No such file"),
    ("", "holds no certificate in PEM form"),
    ("not a certificate\n", "holds no certificate in PEM form"),
])
def test_a_ca_file_that_is_none_is_said_before_anything_is_sent(
        cluster, workspace, tmp_path, content, complaint):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    workspace.write(one())
    cluster.forget_calls()
    run = workspace.plan(environment={"PROXMOX_VE_CA_FILE": str(file)})
    assert run.code == 1, run.output
    assert "PROXMOX_VE_CA_FILE: " in run.text and complaint in run.text
    assert "pve-root-ca.pem" in run.text
    assert cluster.calls() == []


@pytest.mark.parametrize("kind", ["paas_pve_storages", "paas_pve_templates", "paas_pve_guests"])
def test_a_node_that_the_cluster_lacks_is_named_with_those_it_has(workspace, kind):
    workspace.write(HEAD + POLICY + f'data "{kind}" "all" {{\n  node = "pve9"\n}}\n')
    run = workspace.plan()
    assert run.code == 1, run.output
    assert 'has no node "pve9"' in run.text and "pve1, pve2, pve3" in run.text


def test_templates_of_a_storage_that_the_cluster_lacks_name_those_it_has(workspace):
    workspace.write(HEAD + POLICY + 'data "paas_pve_templates" "all" {\n  storage = "tank"\n}\n')
    run = workspace.plan()
    assert run.code == 1, run.output
    assert 'has no storage "tank"' in run.text and "local, local-lvm, nfs" in run.text


def test_a_template_stays_one_also_where_the_configuration_is_silent(cluster, workspace):
    workspace.write(one(extra="is_template = true"))
    workspace.apply()
    workspace.write(one())
    run = workspace.plan()
    assert run.code == 1, run.output
    assert "a template cannot become a container again" in run.text
    workspace.run("taint", "paas_lxc.web")  # as the message says
    workspace.apply()
    assert [g["status"] for g in cluster.containers()] == ["running"]
    workspace.assert_nothing_to_do()


def test_a_new_password_takes_a_new_container_and_the_way_to_it_works(workspace):
    def secret(version):
        return f'password_wo = "hunter2{version}"\n  password_wo_version = "{version}"'

    workspace.write(one(extra=secret(1)))
    workspace.apply()
    workspace.write(one(extra=secret(2)))
    run = workspace.plan()
    assert run.code == 1, run.output
    assert "password_wo cannot change" in run.text and "terraform taint" in run.text
    workspace.run("taint", "paas_lxc.web")
    workspace.apply()
    workspace.assert_nothing_to_do()


def test_a_template_on_a_storage_that_holds_none_is_an_error_of_the_plan(workspace):
    workspace.write(HEAD + POLICY + """
resource "paas_lxc_template" "one" {
  node    = "pve1"
  storage = "local-lvm"
  url     = "https://a.example/x.tar.zst"
}
""")
    run = workspace.plan()
    assert run.code == 1, run.output
    assert "a storage without templates" in run.text and "Set storage to one of: local" in run.text


def test_every_bad_name_of_an_environment_is_named(workspace):
    workspace.write(one(extra='environment = { "A=B" = "x", GOOD = "x", "9" = "x" }'))
    run = workspace.plan()
    assert run.code == 1, run.output
    assert 'key "9" and "A=B": must be a name of letters' in run.text


def test_all_wrong_elements_of_a_list_are_named_at_once(workspace):
    workspace.write(one(extra='tags = ["a b", "web", "ü"]'))
    run = workspace.plan()
    assert run.code == 1, run.output
    assert "element 1 and 3: must be a tag" in run.text


def test_a_clone_of_nothing_says_which_attribute_to_correct(cluster, workspace):
    workspace.write(HEAD + POLICY + """
resource "paas_lxc" "copy" {
  hostname = "copy"
  node     = "pve1"
  clone    = { vmid = 9898 }
}
""")
    run = workspace.apply(check=False)
    assert run.code == 1 and "clone.vmid" in run.text, run.output
    assert cluster.containers() == []
