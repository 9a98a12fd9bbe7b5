"""The protocol layer under real hosts: terraform and OpenTofu drive the corner provider."""

import json
import os
import pathlib
import signal
import subprocess

import pytest

from tests.harness import build, process
from tests.harness.terraform import Workspace

HEAD = """
terraform {
  required_providers {
    corner = { source = "libpaas/corner" }
  }
}
"""


@pytest.fixture
def module(tmp_path, host):
    workspace = Workspace(tmp_path / "module", host)
    workspace.tofu = pathlib.Path(host).name == "tofu"
    return workspace


def write(module, text):
    module.write(HEAD + text)


def only(module):
    """The values of the one resource there is."""
    found, = module.resources().values()
    return found


EVERYTHING = """
resource "corner_everything" "it" {
  text        = "%(text)s"
  number      = 0.1
  boolean     = true
  anything    = { a = [1, "x", null] }
  text_list   = ["a", "a"]
  number_list = [1, 2.5, 12345678901234567890123]
  text_set    = ["b", "a"]
  text_map    = { k = "v" }
  list_map    = { k = [true] }
  object      = { a = "x", b = 3 }
  object_list = [{ a = "y" }]
  tuple       = ["x", false]
  forced      = "%(forced)s"
  size        = "%(size)s"
  secret      = "s3cret"
  single      = { name = "s" }
  listed      = [{ name = "l1" }, { name = "l2", port = 81, token = "t0ken" }]
  named       = { n = { name = "n1" } }
  bag         = [{ name = "x" }, { name = "y", size = 2 }]
  block_single { name = "bs" }
  block_list {
    name = "b1"
    inner { name = "i1" }
    inner { name = "i2" }
  }
  block_list { made = "mine" }
  block_map "key" { name = "bm" }
  block_set { name = "set1" }
  block_set { name = "set2" }
}
"""


def everything(text="t", forced="f", size="2G"):
    return EVERYTHING % {"text": text, "forced": forced, "size": size}


def test_the_life_of_everything(module):
    write(module, everything())
    module.apply()
    module.assert_nothing_to_do()
    made = only(module)
    assert made["defaulted"] == "by default" and made["revision"] == 1
    assert made["listed"][1]["port"] == 81 and made["named"]["n"]["port"] == 80
    assert made["number_list"][2] == 12345678901234567890123

    write(module, everything(size="2048"))  # the same size
    module.assert_nothing_to_do()

    write(module, everything(text="u"))
    change = module.planned()["corner_everything.it"]
    assert change["actions"] == ["update"]
    assert change["after_unknown"]["revision"] and "kept" not in change["after_unknown"]
    module.apply()
    assert (only(module)["id"], only(module)["revision"]) == (made["id"], 2)

    write(module, everything(text="u", forced="g"))
    assert module.planned()["corner_everything.it"]["actions"] == ["delete", "create"]
    module.apply()
    assert only(module)["id"] != made["id"]
    module.assert_nothing_to_do()

    module.destroy()
    assert module.resources() == {}


def test_unknown_values_pass_through(module):
    write(module, """
        resource "corner_noop" "first" {}
        resource "corner_everything" "second" {
          text      = corner_noop.first.id
          text_list = ["a", corner_noop.first.id]
          anything  = { id = corner_noop.first.id }
          single    = { name = corner_noop.first.id }
          block_list { name = "pre-${corner_noop.first.id}" }
        }
    """)
    module.apply()
    module.assert_nothing_to_do()
    id = module.resources()["corner_noop.first"]["id"]
    assert module.resources()["corner_everything.second"]["block_list"][0]["name"] == f"pre-{id}"


def test_a_write_only_value_is_sent_when_its_version_changes(module):
    def password(value, version):
        write(module, f"""
            resource "corner_everything" "it" {{
              password_wo         = "{value}"
              password_wo_version = "{version}"
            }}
        """)

    password("hunter2", 1)
    module.apply()
    assert only(module)["password_length"] == 7
    password("longer hunter2", 1)
    module.assert_nothing_to_do()
    password("longer hunter2", 2)
    module.apply()
    assert only(module)["password_length"] == 14
    assert "hunter2" not in (module.folder / "terraform.tfstate").read_text()


def test_secrets_are_not_shown(module):
    write(module, everything())
    shown = module.apply().output
    assert "s3cret" not in shown and "t0ken" not in shown and "(sensitive value)" in shown


def test_import_by_command_and_by_block(module):
    write(module, 'resource "corner_thing" "one" {\n  name = "imported"\n  region = "north"\n}\n')
    module.run("import", "corner_thing.one", "north/7")
    module.assert_nothing_to_do()
    assert only(module)["id"] == "7"
    gone = module.run("import", "corner_thing.one", "nowhere", check=False)
    assert gone.code == 1

    write(module, """
        resource "corner_thing" "one" {
          name   = "imported"
          region = "north"
        }
        import {
          to = corner_thing.two
          id = "8"
        }
    """)
    run = module.plan("-generate-config-out=generated.tf")
    assert run.code == 2, run.output
    assert '"imported"' in (module.folder / "generated.tf").read_text()
    module.apply()
    module.assert_nothing_to_do()
    assert module.resources()["corner_thing.two"]["id"] == "8"


def test_import_by_identity(module):
    if not module.tofu:
        pytest.skip("terraform knows identities from 1.12 on")
    write(module, """
        resource "corner_thing" "one" {
          name   = "imported"
          region = "north"
        }
        import {
          to       = corner_thing.one
          identity = { id = "7", region = "north" }
        }
    """)
    module.apply()
    module.assert_nothing_to_do()
    assert only(module)["id"] == "7"


def test_a_resource_moves_to_another_type(module):
    write(module, 'resource "corner_noop" "old" {\n  text = "t"\n}\n')
    module.apply()
    id = only(module)["id"]
    write(module, """
        resource "corner_thing" "new" {
          name = "t"
        }
        moved {
          from = corner_noop.old
          to   = corner_thing.new
        }
    """)
    module.apply()
    module.assert_nothing_to_do()
    assert only(module)["id"] == id


def test_an_old_state_is_upgraded(module):
    write(module, 'resource "corner_thing" "it" {\n  name = "n"\n  size = 3\n}\n')
    module.apply()
    path = module.folder / "terraform.tfstate"
    state = json.loads(path.read_text())
    instance = state["resources"][0]["instances"][0]
    instance["schema_version"] = 0
    instance["attributes"] = {"id": "old", "title": "n", "size": "3"}
    for key in ("identity", "identity_schema_version"):
        instance.pop(key, None)
    state["serial"] += 1
    path.write_text(json.dumps(state))
    module.assert_nothing_to_do()
    module.apply("-refresh-only")
    assert module.state_entries()["corner_thing.it"]["schema_version"] == 2
    assert only(module)["id"] == "old"


def test_what_vanished_is_made_anew(module):
    write(module, 'resource "corner_thing" "it" {\n  name = "vanished"\n}\n')
    module.apply()
    assert module.planned()["corner_thing.it"]["actions"] == ["create"]


def test_functions_and_data(module):
    write(module, """
        provider "corner" {
          greeting = "hello"
        }
        data "corner_echo" "e" {
          text = "loud"
        }
        data "corner_configuration" "c" {}
        output "joined" {
          value = provider::corner::join_texts("-", "a", "b", data.corner_echo.e.upper)
        }
        output "same" {
          value = provider::corner::same({ a = [1, "x"] })
        }
        output "null" {
          value = provider::corner::state_of(null)
        }
        output "greeting" {
          value = data.corner_configuration.c.greeting
        }
    """)
    module.apply()
    outputs = {name: o["value"] for name, o in module.show()["values"]["outputs"].items()}
    assert outputs == {"joined": "a-b-LOUD", "same": {"a": [1, "x"]}, "null": "null",
                       "greeting": "hello"}
    write(module, 'output "o" {\n  value = provider::corner::positive("n", -1)\n}\n')
    refused = module.plan()
    assert refused.code == 1 and "must be positive" in refused.text


def test_an_ephemeral_value_lives_as_long_as_it_is_needed(module):
    write(module, """
        ephemeral "corner_secret" "s" {
          name        = "n"
          renew_after = 1
        }
        resource "corner_slow" "wait" {
          seconds = 3
        }
        provider "corner" {
          alias = "later"
          token = ephemeral.corner_secret.s.value
        }
        resource "corner_everything" "it" {
          provider            = corner.later
          password_wo         = ephemeral.corner_secret.s.value
          password_wo_version = "1"
          text                = corner_slow.wait.id
        }
    """)
    run = module.apply(environment={"TF_LOG_PROVIDER": "info"})
    for words in ("secret opened", "secret renewed", "secret closed"):
        assert words in run.output
    assert module.resources()["corner_everything.it"]["password_length"] == len("secret of n")
    assert "secret of n" not in (module.folder / "terraform.tfstate").read_text()


def test_log_lines_keep_their_level_and_fields(module):
    write(module, 'resource "corner_slow" "it" {\n  seconds = 0\n}\n')
    run = module.apply(environment={"TF_LOG_PROVIDER": "debug"})
    line, = (l for l in run.output.splitlines() if "slow create begins" in l)
    assert "[INFO]" in line and "provider.corner" in line and "tf_resource_type=corner_slow" in line


def test_all_problems_are_shown_at_once(module):
    write(module, """
        resource "corner_everything" "it" {
          size   = "huge"
          single = { port = 1, name = "n" }
        }
        resource "corner_faulty" "it" {
          when = "validate"
        }
        data "corner_echo" "it" {
          text = "silence"
        }
    """)
    run = module.run("validate", check=False)
    assert run.code == 1
    for words in ("must be a size such as 2G or 2048", "refused on demand", "Say something."):
        assert words in run.text
    assert 'size = "huge"' in run.text  # the attribute is pointed at


def test_half_an_object_is_tainted_and_replaced(module):
    write(module, 'resource "corner_faulty" "it" {\n  when = "half way"\n}\n')
    run = module.apply(check=False)
    assert run.code == 1 and "failed half way" in run.text and "inconsistent" not in run.text
    assert module.state_entries()["corner_faulty.it"]["tainted"]
    write(module, 'resource "corner_faulty" "it" {\n}\n')
    module.apply()
    module.assert_nothing_to_do()


def test_an_object_that_cannot_be_removed_stays(module):
    write(module, 'resource "corner_faulty" "it" {\n  when = "destroy"\n}\n')
    module.apply()
    run = module.destroy(check=False)
    assert run.code == 1 and "held on demand" in run.text
    assert list(module.resources()) == ["corner_faulty.it"]


def test_a_defect_is_an_error_and_a_crash_is_reported(module):
    write(module, 'resource "corner_faulty" "it" {\n  when = "throw"\n}\n')
    run = module.apply(check=False)
    assert run.code == 1 and "The provider has a defect" in run.text
    write(module, 'resource "corner_faulty" "it" {\n  when = "crash"\n}\n')
    run = module.apply(check=False)
    assert run.code == 1
    # OpenTofu says that the provider is gone, Terraform also what its last words were.
    last_words = "failed to respond" if module.tofu else "panic: terraform-provider-corner has crashed"
    assert last_words in run.text


def test_ctrl_c_loses_nothing(module):
    write(module, """
        resource "corner_slow" "it" {
          count   = 20
          seconds = 3600
          label   = "l"
        }
    """)
    running = module.start("apply", "-auto-approve", "-parallelism=20",
                           environment={"TF_LOG_PROVIDER": "info"})
    seen = 0
    while seen < 20:
        line = running.stdout.readline()
        assert line, "it ended before it was stopped"
        seen += "slow create begins" in line
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of them
    output, _ = running.communicate(timeout=120)
    assert running.returncode != 0 and "stopped half way" in " ".join(output.replace("│", "").split())
    entries = module.state_entries()
    assert len(entries) == 20 and all(e["tainted"] and e["values"]["id"] for e in entries.values())
    write(module, 'resource "corner_slow" "it" {\n  count = 20\n  seconds = 0\n}\n')
    module.apply()
    module.assert_nothing_to_do()


def test_many_at_once(module):
    write(module, 'resource "corner_noop" "many" {\n  count = 300\n  text = count.index\n}\n')
    module.apply("-parallelism=100")
    module.assert_nothing_to_do("-parallelism=100")
    assert len({values["id"] for values in module.resources().values()}) == 300


def test_terraforms_own_tests(module):
    write(module, """
        variable "text" {}
        resource "corner_noop" "it" {
          text = var.text
        }
        output "id" {
          value = corner_noop.it.id
        }
    """)
    module.write("""
        run "real" {
          variables {
            text = "t"
          }
          assert {
            condition     = length(corner_noop.it.id) == 16
            error_message = "no id"
          }
        }
    """, "tests/real.tftest.hcl")
    module.write("""
        mock_provider "corner" {}
        run "mocked" {
          variables {
            text = "t"
          }
          assert {
            condition     = corner_noop.it.text == "t"
            error_message = "no text"
          }
        }
    """, "tests/mocked.tftest.hcl")
    run = module.run("test")
    assert "2 passed, 0 failed" in run.output


def test_one_process_serves_many_runs(module, tmp_path):
    running = process.start([build.program("terraform-provider-corner"), "-debug"],
                            stdout=subprocess.PIPE, text=True)
    try:
        line = next(l for l in running.stdout if "TF_REATTACH_PROVIDERS" in l)
        environment = {"TF_REATTACH_PROVIDERS": line.strip().split("=", 1)[1].strip("'")}
        text = 'provider "corner" {\n  greeting = %s\n}\ndata "corner_configuration" "c" {}\n' \
               'output "greeting" {\n  value = data.corner_configuration.c.greeting\n}\n' \
               'resource "corner_noop" "it" {}\n'
        for greeting in ('"one"', "null", '"two"'):
            write(module, text % greeting)
            module.apply(environment=environment)
            outputs = module.show()["values"]["outputs"] if greeting != "null" else {}
            assert outputs.get("greeting", {}).get("value") == json.loads(greeting)
        assert running.poll() is None
    finally:
        process.stop(running)


def test_the_noop_takes_the_shape_of_another(module, tmp_path):
    write(module, "")
    schemas = json.loads(module.run("providers", "schema", "-json").output.splitlines()[-1])
    provider, = (p for name, p in schemas["provider_schemas"].items() if name.endswith("/corner"))
    shape = tmp_path / "shape.json"
    shape.write_text(json.dumps(provider["resource_schemas"]["corner_thing"]))
    environment = {"CORNER_NOOP_SCHEMA": str(shape)}
    write(module, 'resource "corner_noop" "it" {\n  name = "n"\n  size = 3\n}\n')
    module.apply(environment=environment)
    run = module.plan(environment=environment)
    assert run.code == 0, run.output
