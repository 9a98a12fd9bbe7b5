"""The examples that people copy: all of them are valid, and the quickstart works as it stands."""

import pytest

from tests.e2e.configurations import HEAD
from tests.harness.build import ROOT
from tests.harness.terraform import Workspace

EXAMPLES = ROOT / "examples"
FOLDERS = sorted({path.parent for kind in ("provider", "resources", "data-sources")
                  for path in (EXAMPLES / kind).rglob("*.tf")})


def test_every_kind_has_examples():
    kinds = {folder.relative_to(EXAMPLES).parts[0] for folder in FOLDERS}
    assert kinds == {"provider", "resources", "data-sources"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.relative_to(EXAMPLES).as_posix())
def test_an_example_is_valid(tmp_path, host, folder):
    workspace = Workspace(tmp_path / "module", host)
    texts = {path.name: path.read_text() for path in folder.glob("*.tf")}
    for name, text in texts.items():
        workspace.write(text, name)
    if not any("required_providers" in text for text in texts.values()):
        workspace.write(HEAD, "versions.tf")
    assert "The configuration is valid" in workspace.run("validate").output
    workspace.write('output "of_nothing" { value = paas_lxc.absent.id }\n', "broken.tf")
    assert workspace.run("validate", check=False).code == 1, "validate would pass anything"


def test_the_quickstart_needs_nothing_but_the_environment(cluster, workspace):
    assert all(name.startswith("PROXMOX_VE_") for name in workspace.environment)
    workspace.write((EXAMPLES / "quickstart" / "main.tf").read_text())
    workspace.apply()
    made = workspace.resources()
    assert set(made) == {"paas_lxc_template.debian", "paas_lxc.web", "paas_lxc.worker"}
    volume = made["paas_lxc_template.debian"]["volume"]
    web, worker = made["paas_lxc.web"], made["paas_lxc.worker"]
    assert {web["template"], worker["template"]} == {volume}
    assert (web["started"], worker["started"]) == (True, True)
    assert "ip=192.0.2.10/24" in cluster.config(web["vmid"])["net0"]
    assert "ip=dhcp" in cluster.config(worker["vmid"])["net0"]

    def written(method):
        return sorted(c["path"].removeprefix("/api2/json/nodes/pve1/") for c in cluster.calls(method))

    assert [path for path in written("POST") if not path.endswith("/start")] == [
        "lxc", "lxc", "storage/local/download-url"]
    download, = (c for c in cluster.calls("POST") if c["path"].endswith("/download-url"))
    assert download["params"]["filename"] == volume.partition("/")[2]
    assert {c["params"]["ostemplate"] for c in cluster.calls("POST")
            if c["path"].endswith("/lxc")} == {volume}

    cluster.forget_calls()
    workspace.assert_nothing_to_do()
    assert {c["method"] for c in cluster.calls()} == {"GET"}
    workspace.destroy()
    assert workspace.resources() == {} and cluster.containers() == []
    assert written("DELETE") == sorted([f"lxc/{web['vmid']}", f"lxc/{worker['vmid']}",
                                        f"storage/local/content/{volume}"])
