"""The provider installed as a user installs it: from a mirror, with a lock file."""

import platform
import shutil

import pytest

from tests.e2e.configurations import HEAD, POLICY, many, one
from tests.harness import build
from tests.harness.calls import (creating, removing, tally, tally_of_creating, tally_of_removing,
                                 writes, written)
from tests.harness.terraform import Workspace

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
VERSION = "0.1.0"


@pytest.fixture
def mirror(tmp_path, host):
    registry = "registry.opentofu.org" if "tofu" in host else "registry.terraform.io"
    folder = (tmp_path / "mirror" / registry / "libpaas" / "paas" / VERSION /
              f"linux_{ARCHITECTURE}")
    folder.mkdir(parents=True)
    shutil.copy2(build.program("terraform-provider-paas"),
                 folder / f"terraform-provider-paas_v{VERSION}")
    return tmp_path / "mirror"


def test_init_from_a_mirror_locks_the_version_and_applies(cluster, workspace, mirror):
    workspace.use_mirror(mirror)
    workspace.write(one())
    workspace.run("init", "-input=false")
    lock = (workspace.folder / ".terraform.lock.hcl").read_text()
    assert "libpaas/paas" in lock and f'"{VERSION}"' in lock and "h1:" in lock
    workspace.apply()
    vmid = workspace.resources()["paas_lxc.web"]["vmid"]
    assert [g["vmid"] for g in cluster.containers()] == [vmid]
    workspace.assert_nothing_to_do()
    workspace.destroy()
    assert workspace.resources() == {}
    assert written(cluster) == creating(vmid) + removing(vmid)


def test_two_hundred_containers_at_parallelism_fifty(cluster, workspace, mirror):
    workspace.use_mirror(mirror)
    workspace.write(many(200))
    workspace.run("init", "-input=false")
    workspace.apply("-parallelism=50")
    ids = [v["vmid"] for v in workspace.resources().values()]
    assert len(ids) == 200 and len(set(ids)) == 200
    assert len(cluster.containers()) == 200
    assert tally(written(cluster)) == tally_of_creating(200)
    cluster.forget_calls()
    workspace.assert_nothing_to_do("-parallelism=50")
    assert written(cluster) == []
    workspace.destroy("-parallelism=50")
    assert tally(written(cluster)) == tally_of_removing(200)
    assert cluster.containers() == []


def test_update_and_import_with_the_installed_provider(cluster, workspace, mirror):
    """Created, changed, and taken over by another root module that has its own lock file."""
    workspace.use_mirror(mirror)
    workspace.write(one())
    workspace.run("init", "-input=false")
    workspace.apply()
    made = workspace.resources()["paas_lxc.web"]
    assert written(cluster) == creating(made["vmid"])

    cluster.forget_calls()
    workspace.write(one(memory='"1G"'))
    assert workspace.planned()["paas_lxc.web"]["actions"] == ["update"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert workspace.resources()["paas_lxc.web"] == made | {"memory": "1G"}
    put, = writes(cluster)
    assert put["method"] == "PUT" and put["params"]["memory"] == "1024"

    cluster.forget_calls()
    other = Workspace(workspace.folder.parent / "other", workspace.binary, cluster.environment)
    other.use_mirror(mirror)
    other.write(one(memory='"1G"'))
    other.run("init", "-input=false")
    other.run("import", "-input=false", "paas_lxc.web", str(made["vmid"]))
    other.apply()
    assert other.resources()["paas_lxc.web"]["vmid"] == made["vmid"]
    assert cluster.calls() and written(cluster) == []
    lock = ".terraform.lock.hcl"
    assert (other.folder / lock).read_text() == (workspace.folder / lock).read_text()

    other.run("state", "rm", "paas_lxc.web")
    other.write(HEAD + POLICY + f'import {{\n  to = paas_lxc.found\n  id = "{made["vmid"]}"\n}}\n')
    run = other.plan("-generate-config-out=generated.tf")
    assert run.code in (0, 2), run.output
    other.apply()
    assert other.resources()["paas_lxc.found"]["memory"] == "1G"
    other.assert_nothing_to_do()
    assert written(cluster) == []
