"""A template's life, driven by a real terraform on the fake cluster."""

import base64
import functools
import hashlib
import http.server
import json
import os
import signal
import threading
import time

import pytest

from tests.e2e.configurations import HEAD
from tests.harness import build
from tests.harness.calls import writes
from tests.harness.measure import Meter
from tests.harness.process import provider_pids

DEBIAN_URL = "http://download.proxmox.com/images/system/debian-12-standard_12.7-1_amd64.tar.zst"
DEBIAN_SHA512 = ("39f6d06e082d6a418438483da4f76092ebd0370a91bad30b82ab6d0f442234d63fe27a15569895e34"
                 "d6d1e5ca50319f62637f7fb96b98dbde4f6103cf05bff6d")
ADDRESS = "paas_lxc_template.t"


def template(node: str = "pve1", provider: str = "", **attributes) -> str:
    lines = "\n".join(f"  {name} = {json.dumps(value) if not isinstance(value, dict) else block(value)}"
                      for name, value in attributes.items())
    return HEAD + provider + f"""
resource "paas_lxc_template" "t" {{
  node = "{node}"
{lines}
}}
"""


def block(values: dict) -> str:
    return "{ " + ", ".join(f"{k} = {json.dumps(v)}" for k, v in values.items()) + " }"


def debian(**attributes) -> str:
    return template(**{"url": DEBIAN_URL, "checksum": f"sha512:{DEBIAN_SHA512}",
                       "file_name": "d.tar.zst"} | attributes)


def files_on(cluster, node: str = "pve1", storage: str = "local") -> dict:
    listed = cluster.api("GET", f"/nodes/{node}/storage/{storage}/content?content=vztmpl")
    return {f["volid"].split("/")[1]: f["size"] for f in listed}


def knows_identities(workspace) -> bool:
    version = json.loads(workspace.run("version", "-json").output)["terraform_version"]
    return "tofu" not in workspace.binary and tuple(map(int, version.split(".")[:2])) >= (1, 12)


class Site(http.server.BaseHTTPRequestHandler):
    """One file for everybody, and one for who knows the password."""

    content = b"a template" * 1000
    wanted = "Basic " + base64.b64encode(b"robot:hunter22").decode()

    def do_GET(self):
        if self.path.startswith("/private/") and self.headers.get("Authorization") != self.wanted:
            self.send_error(401, "Unauthorized")
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.05))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_download_is_known_in_the_plan_and_verified(cluster, workspace):
    workspace.write(debian())
    change = workspace.planned()[ADDRESS]
    assert change["actions"] == ["create"]
    assert change["after"]["volume"] == "local:vztmpl/d.tar.zst"
    assert change["after"]["id"] == "pve1/local:vztmpl/d.tar.zst"
    assert {n for n, v in change["after_unknown"].items() if v is True} == {"size_bytes"}
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert workspace.resources()[ADDRESS]["size_bytes"] == files_on(cluster)["d.tar.zst"] == 126515062
    cluster.forget_calls()
    workspace.assert_nothing_to_do()
    assert writes(cluster) == []
    workspace.destroy()
    assert "d.tar.zst" not in files_on(cluster)
    assert len(files_on(cluster)) == 2, "others' templates stay"


def test_the_name_follows_from_the_url(cluster, workspace, site):
    workspace.write(template(url=f"http://127.0.0.1:{site}/pool/al%2Bpine.tar.xz?sig=hush77#x"))
    run = workspace.apply(environment={"TF_LOG": "trace"})
    assert workspace.resources()[ADDRESS]["file_name"] == "al+pine.tar.xz"
    assert files_on(cluster)["al+pine.tar.xz"] == len(Site.content)
    logged = [line for line in run.output.splitlines() if "downloading http" in line]
    assert logged and all("hush77" not in line for line in logged), logged


def test_a_wrong_checksum_leaves_nothing_behind(cluster, workspace):
    workspace.write(debian(checksum="sha512:" + "0" * 128))
    run = workspace.apply(check=False)
    assert run.code == 1
    assert "checksum mismatch" in run.text and "checksum =" in run.text
    assert "d.tar.zst" not in files_on(cluster) and workspace.resources() == {}
    workspace.write(debian())
    workspace.apply()
    workspace.assert_nothing_to_do()


def test_a_host_that_is_not_there_is_named(cluster, workspace):
    workspace.write(template(url="https://templates.example/debian.tar.zst"))
    run = workspace.apply(check=False)
    assert run.code == 1
    assert "templates.example" in run.text and "Name or service not known" in run.text
    assert "the node itself must be able to reach it" in run.text
    assert workspace.resources() == {}


def test_a_password_in_the_url_is_in_no_log_and_no_error(cluster, workspace, site):
    good = f"http://robot:hunter22@127.0.0.1:{site}/private/a.tar.gz"
    for url, code in ((good, 0), (good.replace("hunter22", "letmein9"), 1)):
        workspace.write(HEAD + f"""
variable "url" {{ sensitive = true }}
resource "paas_lxc_template" "t" {{
  node      = "pve1"
  url       = var.url
  file_name = "private-{code}.tar.gz"
}}
""")
        run = workspace.apply(check=False, environment={"TF_LOG_PROVIDER": "trace",
                                                        "TF_VAR_url": url})
        assert run.code == code, run.output
        assert "downloading http://(sensitive)@127.0.0.1" in run.output
        assert "hunter22" not in run.output and "letmein9" not in run.output
    assert "401" in run.text
    assert files_on(cluster).get("private-1.tar.gz") is None


def test_what_is_wrong_is_said_all_at_once(workspace):
    workspace.write(template(url="ftp://x/y.zip", source_file="a.tar", checksum="sha512:12",
                             oci_reference="alpine", storage="no such", file_name=".x y"))
    run = workspace.run("validate", check=False)
    assert run.code == 1
    for said in ("must be an http or https URL", "digest of 128", "with its tag", "begins with no dot",
                 "storage", "source_file"):
        assert said in run.text, (said, run.text)
    workspace.write(template(url="http://x.example/latest"))
    run = workspace.run("validate", check=False)
    assert "is no name of a template" in run.text and "Set file_name" in run.text
    workspace.write(template())
    run = workspace.plan()
    assert run.code == 1 and "nothing to make the template from" in run.text


def test_a_file_is_uploaded_and_uploaded_anew_when_it_changes(cluster, workspace):
    local = workspace.folder / "app.tar.gz"
    local.write_bytes(b"first")
    workspace.write(template(source_file="app.tar.gz"))
    workspace.apply()
    state = workspace.resources()[ADDRESS]
    assert state["checksum"] == "sha256:" + hashlib.sha256(b"first").hexdigest()
    assert state["volume"] == "local:vztmpl/app.tar.gz"
    workspace.assert_nothing_to_do()

    (workspace.folder / "moved.tar.gz").write_bytes(b"first")
    workspace.write(template(source_file="moved.tar.gz", file_name="app.tar.gz"))
    assert workspace.planned()[ADDRESS]["actions"] == ["update"], "the same content elsewhere"

    workspace.write(template(source_file="app.tar.gz"))
    local.write_bytes(b"other")  # the same size
    change = workspace.planned()[ADDRESS]
    assert sorted(change["actions"]) == ["create", "delete"]
    assert change["replace_paths"] == [["checksum"]]
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert workspace.resources()[ADDRESS]["checksum"].endswith(hashlib.sha256(b"other").hexdigest())
    workspace.assert_nothing_to_do()

    local.unlink()
    run = workspace.plan()
    assert run.code == 0 and "source_file cannot be read" in run.text
    workspace.destroy()
    assert "app.tar.gz" not in files_on(cluster)


def test_a_file_that_the_same_apply_makes(cluster, workspace):
    workspace.write(HEAD + """
resource "terraform_data" "built" {
  provisioner "local-exec" { command = "printf content > built.tar" }
}
resource "paas_lxc_template" "t" {
  node        = "pve1"
  source_file = "built.tar"
  depends_on  = [terraform_data.built]
}
""")
    run = workspace.plan()
    assert run.code == 2 and "source_file is not there yet" in run.text
    workspace.apply()
    assert files_on(cluster)["built.tar"] == len("content")
    workspace.assert_nothing_to_do()


def test_a_file_that_is_not_what_was_declared_is_not_uploaded(cluster, workspace):
    (workspace.folder / "app.tar").write_bytes(b"first")
    wanted = "sha256:" + hashlib.sha256(b"another").hexdigest()
    workspace.write(template(source_file="app.tar", checksum=wanted))
    run = workspace.plan()
    assert run.code == 1 and "is not that of source_file" in run.text


def test_a_large_file_is_streamed_and_its_progress_logged(cluster, workspace, tmp_path):
    mebibyte = 1 << 20
    with open(workspace.folder / "large.tar", "wb") as file:
        file.truncate(256 * mebibyte)
    meter = Meter(tmp_path / "meter", build.program("terraform-provider-paas"))
    workspace.use_overrides(meter.folder)
    workspace.write(template(source_file="large.tar"))
    output = []
    usage = meter.around(lambda: output.append(
        workspace.apply(environment={"TF_LOG_PROVIDER": "info"}).output))
    assert files_on(cluster)["large.tar"] == 256 * mebibyte
    assert usage.processes >= 1 and usage.peak_mib < 60, usage
    told = [line for line in output[0].splitlines() if "uploading" in line and "sent_mib" in line]
    assert len(told) >= 5, "progress is told again and again"


def test_a_file_that_is_there_already_is_not_touched(cluster, workspace):
    cluster.control("/storages/local/volumes", {"name": "vztmpl/d.tar.zst", "size": 77})
    workspace.write(debian())
    run = workspace.apply(check=False)
    assert run.code == 1
    assert "exists already" in run.text and "file_name =" in run.text
    assert workspace.resources() == {} and files_on(cluster)["d.tar.zst"] == 77
    workspace.write(debian(overwrite=True))
    workspace.apply()
    assert files_on(cluster)["d.tar.zst"] == 126515062
    workspace.assert_nothing_to_do()


def test_another_url_of_the_same_checksum_changes_nothing_on_the_node(cluster, workspace):
    workspace.write(debian())
    workspace.apply()
    cluster.forget_calls()
    workspace.write(debian(url=DEBIAN_URL.replace("http:", "https:"), checksum="SHA512:" +
                           DEBIAN_SHA512.upper()))
    assert workspace.planned()[ADDRESS]["actions"] == ["update"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    assert writes(cluster) == []
    workspace.write(debian(checksum="sha512:" + "1" * 128))
    change = workspace.planned()[ADDRESS]
    assert change["replace_paths"] == [["checksum"]]
    workspace.write(debian(file_name="e.tar.zst"))
    assert workspace.planned()[ADDRESS]["replace_paths"] == [["file_name"]]


def test_import_and_the_configuration_takes_over(cluster, workspace):
    name = "debian-12-standard_12.7-1_amd64.tar.zst"
    workspace.write(template(url=DEBIAN_URL, checksum=f"sha512:{DEBIAN_SHA512}"))
    workspace.run("import", "-input=false", ADDRESS, f"pve1/local:vztmpl/{name}")
    cluster.forget_calls()
    workspace.apply()
    assert writes(cluster) == []
    assert workspace.resources()[ADDRESS]["checksum"] == f"sha512:{DEBIAN_SHA512}"
    workspace.assert_nothing_to_do()


@pytest.mark.parametrize("given,said", [
    ("pve1/local:vztmpl/nothing.tar.zst", "has no template"),
    ("local:vztmpl/nothing.tar.zst", "node and its volume"),
    ("pve1/local:iso/x.iso", "node and its volume"),
])
def test_import_of_what_is_not_there_says_so(workspace, given, said):
    workspace.write(debian())
    run = workspace.run("import", "-input=false", ADDRESS, given, check=False)
    assert run.code == 1 and said in run.text


@pytest.mark.parametrize("by", ['id = "pve2/local:vztmpl/own.tar.zst"',
                                'identity = { node = "pve2", volume = "local:vztmpl/own.tar.zst" }'])
def test_import_block_generates_a_configuration_that_plans_empty(cluster, workspace, by):
    cluster.control("/storages/local/volumes", {"name": "vztmpl/own.tar.zst", "size": 4711})
    if by.startswith("identity") and not knows_identities(workspace):
        pytest.skip("this host imports by id alone")
    workspace.write(HEAD + f"import {{\n  to = {ADDRESS}\n  {by}\n}}\n")
    run = workspace.plan("-generate-config-out=generated.tf")
    assert run.code == 2 and "1 to import, 0 to add, 0 to change, 0 to destroy" in run.text, run.output
    workspace.apply()
    assert workspace.resources()[ADDRESS]["size_bytes"] == 4711
    workspace.assert_nothing_to_do()


def test_a_vanished_template_is_planned_anew(cluster, workspace):
    workspace.write(debian())
    workspace.apply()
    cluster.api("DELETE", "/nodes/pve1/storage/local/content/local:vztmpl%2Fd.tar.zst")
    wait_for(lambda: "d.tar.zst" not in files_on(cluster), "the template to go")
    assert workspace.planned()[ADDRESS]["actions"] == ["create"]
    workspace.run("apply", "-input=false", "saved.tfplan")
    workspace.assert_nothing_to_do()


def test_what_cannot_be_read_is_an_error_not_gone(cluster, workspace):
    workspace.write(debian())
    workspace.apply()
    cluster.control("/nodes/pve1", {"online": False})
    run = workspace.plan()
    assert run.code == 1 and "will be created" not in run.output
    cluster.control("/nodes/pve1", {"online": True})
    workspace.assert_nothing_to_do()


def test_a_refresh_lists_each_storage_once(cluster, workspace):
    workspace.write(HEAD + f"""
resource "paas_lxc_template" "t" {{
  count     = 8
  node      = "pve1"
  url       = "{DEBIAN_URL}"
  file_name = "d-${{count.index}}.tar.zst"
}}
""")
    workspace.apply()
    cluster.forget_calls()
    workspace.assert_nothing_to_do()
    listings = [c for c in cluster.calls() if "/content" in c["path"]]
    assert len(listings) == 1, listings


def test_the_policy_is_held_against_a_template(workspace):
    policy = ('provider "paas" {\n  policy {\n    nodes = ["pve2"]\n    storages = ["nfs"]\n'
              '    templates = ["alpine-*"]\n  }\n}\n')
    workspace.write(debian(provider=policy))
    run = workspace.plan()
    assert run.code == 1
    for rule in ("policy.nodes", "policy.storages", "policy.templates"):
        assert rule in run.text


@pytest.mark.parametrize("task_ms", [10, 3000])
def test_the_answer_to_a_download_is_lost(cluster, workspace, task_ms):
    cluster.control("/tasks", {"duration_ms": task_ms})
    cluster.control("/faults", [{"method": "POST", "path": "/download-url$", "reset_after": True}])
    workspace.write(debian())
    workspace.apply(check=False)
    entry = workspace.state_entries()[ADDRESS]
    assert entry["values"]["id"] == "pve1/local:vztmpl/d.tar.zst"
    wait_for(lambda: "d.tar.zst" in files_on(cluster), "the template to arrive")
    workspace.apply()
    workspace.assert_nothing_to_do()


def test_a_download_that_is_interrupted_is_stopped_and_kept_tainted(cluster, workspace):
    cluster.control("/tasks", {"duration_ms": 60_000})
    workspace.write(debian())
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: cluster.calls("POST"), "the download to begin")
    os.killpg(child.pid, signal.SIGINT)
    output, _ = child.communicate(timeout=300)
    assert child.returncode == 1, output
    entry = workspace.state_entries()[ADDRESS]
    assert entry["tainted"] is True
    assert entry["values"]["id"] == "pve1/local:vztmpl/d.tar.zst"
    assert "the node has stopped its task" in " ".join(output.replace("│", " ").split())
    stopped, = cluster.calls("DELETE")
    assert "/tasks/UPID" in stopped["path"]
    task, = [t for t in cluster.api("GET", "/nodes/pve1/tasks") if t["type"] == "download"]
    assert task["status"] != "OK" and "d.tar.zst" not in files_on(cluster)
    cluster.control("/tasks", {"duration_ms": 10})
    workspace.apply()
    assert "tainted" not in workspace.state_entries()[ADDRESS]
    workspace.assert_nothing_to_do()


@pytest.mark.parametrize("after_its_end", [True, False])
def test_a_provider_killed_during_a_download_converges(cluster, workspace, after_its_end):
    cluster.control("/faults", [{"method": "POST", "path": "/download-url$", "task_ms": 4000}])
    workspace.write(debian())
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: cluster.calls("POST"), "the download")
    for pid in provider_pids(child.pid):
        os.kill(pid, signal.SIGKILL)
    child.communicate(timeout=300)
    assert workspace.state_entries() == {}
    if after_its_end:
        wait_for(lambda: "d.tar.zst" in files_on(cluster), "the file")
    run = workspace.apply()
    assert "template local:vztmpl/d.tar.zst has been taken over" in run.text
    assert workspace.resources()[ADDRESS]["size_bytes"] == files_on(cluster)["d.tar.zst"]
    assert len(cluster.calls("POST")) == 1 and cluster.calls("DELETE") == []
    workspace.assert_nothing_to_do()


@pytest.mark.parametrize("after_its_end", [True, False])
def test_a_provider_killed_during_an_upload_converges(cluster, workspace, after_its_end):
    (workspace.folder / "app.tar").write_bytes(b"content")
    cluster.control("/faults", [{"method": "POST", "path": "/upload$", "task_ms": 4000}])
    workspace.write(template(source_file="app.tar"))
    child = workspace.start("apply", "-auto-approve", "-input=false")
    wait_for(lambda: any(t["type"] == "imgcopy" for t in cluster.api("GET", "/nodes/pve1/tasks?source=all")),
             "the task of the upload")
    for pid in provider_pids(child.pid):
        os.kill(pid, signal.SIGKILL)
    child.communicate(timeout=300)
    assert workspace.state_entries() == {}
    if after_its_end:
        wait_for(lambda: "app.tar" in files_on(cluster), "the file")
    run = workspace.apply()
    assert "template local:vztmpl/app.tar was left behind and has been replaced" in run.text
    assert workspace.resources()[ADDRESS]["size_bytes"] == len("content")
    assert [c["path"].rsplit("/", 1)[1] for c in cluster.calls("POST")] == ["upload"] * 2
    workspace.assert_nothing_to_do()


def test_an_uploaded_file_that_may_be_somebody_elses_stays(cluster, workspace):
    # Ours, but of another size than what is wanted now.
    (workspace.folder / "app.tar").write_bytes(b"content")
    workspace.write(template(source_file="app.tar"))
    workspace.apply()
    workspace.run("state", "rm", ADDRESS)
    (workspace.folder / "app.tar").write_bytes(b"longer content")
    cluster.forget_calls()
    run = workspace.apply(check=False)
    assert run.code == 1 and "a file of that name exists already" in run.text
    assert cluster.calls("DELETE") == [] and files_on(cluster)["app.tar"] == len("content")


def test_patience_ends_and_says_where_to_change_it(cluster, workspace):
    cluster.control("/tasks", {"duration_ms": 4000})
    workspace.write(debian(timeouts={"create": "1s"}))
    run = workspace.apply(check=False)
    assert run.code == 1 and "timeouts.create" in run.text
    assert workspace.state_entries()[ADDRESS]["tainted"] is True


def test_an_image_of_a_registry_that_cannot_be_reached(cluster, workspace):
    workspace.write(template(oci_reference="docker.io/library/alpine:3.20"))
    assert workspace.planned()[ADDRESS]["after"]["volume"] == "local:vztmpl/alpine_3.20.tar"
    run = workspace.apply(check=False)
    assert run.code == 1 and "skopeo copy" in run.text
    assert workspace.resources() == {}


def test_containers_are_made_of_it(cluster, workspace):
    workspace.write(debian() + f"""
resource "paas_lxc" "web" {{
  hostname  = "web"
  node      = "pve1"
  template  = {ADDRESS}.volume
  root_disk = {{ storage = "local", size = "2G" }}
}}
""")
    assert workspace.planned()["paas_lxc.web"]["after"]["template"] == "local:vztmpl/d.tar.zst"
    workspace.run("apply", "-input=false", "saved.tfplan")
    workspace.assert_nothing_to_do()
    workspace.destroy()
    assert cluster.containers() == [] and "d.tar.zst" not in files_on(cluster)


def wait_for(condition, what: str, limit_s: float = 60):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")
