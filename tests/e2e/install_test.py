"""The provider installed as a user installs it: from a mirror, with a lock file."""

import platform
import shutil

import pytest

from tests.e2e.configurations import many, one
from tests.harness import build
from tests.harness.calls import (creating, removing, tally, tally_of_creating, tally_of_removing,
                                 written)

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
