"""Every call of protocol 6.11, those that Terraform on this machine never makes included."""

import time

import pytest

from tests.contract import values
from tests.contract.plugin_client import (PATIENCE_S, Caller, errors, path_of, started, stubs, value)
from tests.contract.values import UNKNOWN, Dynamic

# --- Of every provider ---------------------------------------------------------------------------

NOBODY = "nobody_knows"
BY_TYPE_NAME = ("ValidateResourceConfig", "ValidateDataResourceConfig", "UpgradeResourceState",
                "UpgradeResourceIdentity", "ReadResource", "PlanResourceChange", "ApplyResourceChange",
                "ImportResourceState", "ReadDataSource", "GenerateResourceConfig",
                "ValidateEphemeralResourceConfig", "OpenEphemeralResource", "RenewEphemeralResource",
                "CloseEphemeralResource", "ValidateListResourceConfig", "ValidateActionConfig",
                "LockState", "UnlockState", "GetStates", "DeleteState")


@pytest.fixture
def any_caller(program):
    with started(program) as plugin:
        yield Caller(plugin)


def test_a_type_that_nobody_knows_is_an_error_in_words(any_caller):
    pb = any_caller.pb
    answers = [any_caller.call(rpc, type_name=NOBODY) for rpc in BY_TYPE_NAME]
    answers.append(any_caller.call("MoveResourceState", target_type_name=NOBODY))
    answers.append(any_caller.call("PlanAction", action_type=NOBODY))
    for rpc in ("ValidateStateStoreConfig", "ConfigureStateStore"):
        message = {"ValidateStateStoreConfig": "ValidateStateStore"}.get(rpc, rpc)
        request = getattr(pb, message).Request(type_name=NOBODY)
        answers.append(getattr(any_caller.rpc, rpc)(request, timeout=PATIENCE_S))
    for answer in answers:
        assert NOBODY in errors(answer)[0], answer


def test_streams_about_a_type_that_nobody_knows_end_with_an_error(any_caller):
    pb = any_caller.pb
    listed, = any_caller.call("ListResource", type_name=NOBODY)
    assert NOBODY in errors(listed)[0]
    invoked, = any_caller.call("InvokeAction", action_type=NOBODY)
    assert NOBODY in errors(invoked.completed)[0]
    read, = any_caller.call("ReadStateBytes", type_name=NOBODY, state_id="default")
    assert NOBODY in errors(read)[0]
    chunk = pb.WriteStateBytes.RequestChunk
    chunks = [chunk(meta=pb.RequestChunkMeta(type_name=NOBODY, state_id="default"), bytes=b"{"),
              *[chunk(bytes=b"x" * 100_000) for _ in range(20)]]
    written = any_caller.rpc.WriteStateBytes(iter(chunks), timeout=PATIENCE_S)
    assert NOBODY in errors(written)[0]


def test_a_function_that_nobody_knows_is_an_error_in_words(any_caller):
    assert NOBODY in any_caller.call("CallFunction", name=NOBODY).error.text


def test_metadata_and_schemas_agree(any_caller):
    schema, metadata = any_caller.schema, any_caller.call("GetMetadata")
    for message in (schema, metadata):
        assert not errors(message)
        capabilities = message.server_capabilities
        assert capabilities.plan_destroy and capabilities.get_provider_schema_optional
        assert capabilities.move_resource_state and capabilities.generate_resource_config
    assert {r.type_name for r in metadata.resources} == set(schema.resource_schemas)
    assert {d.type_name for d in metadata.data_sources} == set(schema.data_source_schemas)
    assert {e.type_name for e in metadata.ephemeral_resources} == set(schema.ephemeral_resource_schemas)
    assert {r.type_name for r in metadata.list_resources} == set(schema.list_resource_schemas)
    assert {a.type_name for a in metadata.actions} == set(schema.action_schemas)
    assert {f.name for f in metadata.functions} == set(schema.functions)
    assert dict(any_caller.call("GetFunctions").functions) == dict(schema.functions)
    assert not metadata.state_stores and not schema.state_store_schemas
    assert set(any_caller.call("GetResourceIdentitySchemas").identity_schemas) <= set(
        schema.resource_schemas)


def attributes_of(block):
    for attribute in block.attributes:
        yield attribute
        yield from attributes_of(attribute.nested_type)
    for nested in getattr(block, "block_types", ()):
        yield from attributes_of(nested.block)


def test_schemas_keep_terraforms_rules(any_caller):
    """Breaking one of these makes Terraform itself panic, or refuse the provider."""
    schema = any_caller.schema
    blocks = [schema.provider, *schema.resource_schemas.values(), *schema.data_source_schemas.values(),
              *schema.ephemeral_resource_schemas.values(), *schema.list_resource_schemas.values(),
              *(a.schema for a in schema.action_schemas.values())]
    for message in blocks:
        assert message.HasField("block")
        for a in attributes_of(message.block):
            assert bool(a.type) != a.HasField("nested_type"), a.name
            assert a.required + (a.optional or a.computed) == 1, a.name
    for function in schema.functions.values():
        assert getattr(function, "return").type
    for identity in any_caller.call("GetResourceIdentitySchemas").identity_schemas.values():
        for a in identity.identity_attributes:
            assert a.required_for_import != a.optional_for_import


def test_every_resource_validates_an_empty_configuration(any_caller):
    """Required attributes are missing; no call may fail for it in another way."""
    for name in any_caller.schema.resource_schemas:
        answer = any_caller.call("ValidateResourceConfig", type_name=name,
                                 config=any_caller.object(name, {}), client_capabilities=any_caller.all)
        required = {a.name for a in any_caller.block(name).attributes if a.required}
        assert {path_of(d) for d in answer.diagnostics if d.severity == d.ERROR} >= required
    provider = any_caller.schema.provider.block
    nothing = any_caller.dynamic(values.complete(provider, {}))
    any_caller.call("ValidateProviderConfig", config=nothing)


# --- Resources -----------------------------------------------------------------------------------


def test_validation_reports_everything_at_once(caller):
    answer = caller.call("ValidateResourceConfig", type_name="corner_everything",
                         config=caller.object("corner_everything", {
                             "size": "huge", "single": {"name": None, "port": None, "token": None,
                                                        "made": None}, "id": "mine"}),
                         client_capabilities=caller.all)
    assert {path_of(d) for d in answer.diagnostics} == {"size", "single.name", "id"}
    answer = caller.call("ValidateResourceConfig", type_name="corner_faulty",
                         config=caller.object("corner_faulty", {"when": "warn"}))
    assert [d.severity for d in answer.diagnostics] == [2]


def test_write_only_needs_a_client_that_knows_it(caller):
    def refused(**capabilities):
        return [path_of(d) for d in caller.call(
            "ValidateResourceConfig", type_name="corner_everything",
            config=caller.object("corner_everything", {"password_wo": "hunter2"}),
            client_capabilities=caller.pb.ClientCapabilities(**capabilities)).diagnostics]

    assert refused() == ["password_wo"]
    assert refused(write_only_attributes_allowed=True) == []


def test_a_write_only_value_is_used_and_never_comes_back(caller):
    config = {"password_wo": "hunter2", "password_wo_version": "1"}
    planned = caller.plan("corner_everything", config)
    applied = caller.apply("corner_everything", config, planned.planned_state)
    state = value(applied.new_state)
    assert state["password_length"] == 7 and state["password_wo"] is None
    assert b"hunter2" not in planned.SerializeToString() + applied.SerializeToString()


def upgraded(caller, version, state, **fields):
    return caller.call("UpgradeResourceState", type_name="corner_thing", version=version,
                       raw_state=caller.pb.RawState(json=state, **fields))


def test_states_of_every_version_are_upgraded(caller):
    now = {"id": "1", "name": "n", "size": 3, "region": None}
    assert value(upgraded(caller, 0, b'{"id": "1", "title": "n", "size": "3"}').upgraded_state) == now
    assert value(upgraded(caller, 1, b'{"id": "1", "name": "n", "size": "3"}').upgraded_state) == now
    assert value(upgraded(caller, 2, b'{"id":"1","name":"n","size":3,"gone":[1]}').upgraded_state) == now


def test_states_that_cannot_be_upgraded(caller):
    assert "version 3" in errors(upgraded(caller, 3, b"{}"))[0]
    assert "0.12" in errors(upgraded(caller, 2, b"", flatmap={"id": "1"}))[0]
    assert errors(upgraded(caller, 1, b'{"id": "1", "size": "big"}'))
    assert errors(upgraded(caller, 2, b'{"id": '))
    assert errors(upgraded(caller, 2, b'{"id": {}}'))


def test_a_new_object_has_what_was_planned(caller):
    planned = caller.plan("corner_thing", {"name": "n"})
    assert value(planned.planned_state) == {"id": UNKNOWN, "name": "n", "size": None, "region": None}
    assert not planned.requires_replace and not planned.HasField("planned_identity")
    applied = caller.create("corner_thing", {"name": "n", "region": "here"})
    state = value(applied.new_state)
    assert state["id"] not in (None, UNKNOWN)
    assert value(applied.new_identity.identity_data) == {"id": state["id"], "region": "here"}
    assert applied.private == b"applied;"


def test_what_does_not_change_is_not_planned_to(caller):
    state = value(caller.create("corner_thing", {"name": "n"}).new_state)
    planned = caller.plan("corner_thing", {"name": "n"}, state, prior_private=b"kept")
    assert value(planned.planned_state) == state
    assert planned.planned_private == b"kept"


def test_the_identity_stays_with_an_object_and_leaves_with_it(caller):
    created = caller.create("corner_thing", {"name": "n", "region": "a"})
    state = value(created.new_state)
    renamed = caller.plan("corner_thing", {"name": "m", "region": "a"}, state,
                          prior_identity=created.new_identity)
    assert renamed.planned_identity == created.new_identity
    moved = caller.plan("corner_thing", {"name": "n", "region": "b"}, state,
                        prior_identity=created.new_identity)
    assert [s.attribute_name for p in moved.requires_replace for s in p.steps] == ["region"]
    assert not moved.HasField("planned_identity")


def test_a_second_planning_inside_apply_sees_what_the_first_remembered(caller):
    planned = caller.plan("corner_thing", {"name": "n"}, prior_private=b"old", planned_private=b"new")
    assert planned.planned_private == b"new"


def test_a_destroy_is_planned_and_done(caller):
    state = value(caller.create("corner_thing", {"name": "n"}).new_state)
    planned = caller.plan("corner_thing", None, state)
    assert value(planned.planned_state) is None and not errors(planned)
    assert value(caller.apply("corner_thing", None, planned.planned_state, state).new_state) is None


def test_half_an_object_is_kept_with_the_error(caller):
    applied = caller.create("corner_faulty", {"when": "half way", "label": "l"})
    state = value(applied.new_state)
    assert state["id"] and state["label"] == "l" and state["made"] is None
    assert "half way" in errors(applied)[0]


def test_a_failure_that_made_nothing_leaves_nothing(caller):
    applied = caller.create("corner_faulty", {"when": "at once"})
    assert value(applied.new_state) is None and errors(applied)


def test_exceptions_are_diagnostics_and_the_provider_lives(caller):
    for when in ("throw at plan", "throw oddly"):
        assert "defect" in errors(caller.plan("corner_faulty", {"when": when}))[0]
    applied = caller.create("corner_faulty", {"when": "throw"})
    assert "on demand" in errors(applied)[0]
    assert not applied.HasField("new_state")
    assert not errors(caller.create("corner_faulty", {"label": "fine"}))


def read(caller, state, name="corner_thing", **fields):
    return caller.call("ReadResource", type_name=name, current_state=caller.object(name, state),
                       client_capabilities=caller.all, **fields)


def test_reading_keeps_private_data_and_notices_what_is_gone(caller):
    there = read(caller, {"id": "1", "name": "n", "region": "r"}, private=b"mine")
    assert value(there.new_state)["name"] == "n"
    assert value(there.new_identity.identity_data) == {"id": "1", "region": "r"}
    assert there.private == b"mine"
    gone = read(caller, {"id": "1", "name": "vanished"})
    assert value(gone.new_state) is None and not gone.HasField("new_identity")


def test_import_by_id_and_by_identity(caller):
    def imported(**fields):
        return caller.call("ImportResourceState", type_name="corner_thing",
                           client_capabilities=caller.all, **fields)

    by_id, = imported(id="north/7").imported_resources
    assert by_id.type_name == "corner_thing" and by_id.private == b"imported;"
    assert value(by_id.state) == {"id": "7", "name": "imported", "size": None, "region": "north"}
    identity = caller.pb.ResourceIdentityData(
        identity_data=caller.dynamic({"id": "7", "region": "north"}))
    by_identity, = imported(identity=identity).imported_resources
    assert by_identity == by_id
    assert errors(imported()) and errors(imported(id="nowhere"))
    assert not imported(id="nowhere").imported_resources
    refused = caller.call("ImportResourceState", type_name="corner_noop", id="1")
    assert "cannot be imported" in errors(refused)[0]


def test_a_stored_identity_is_brought_up_to_date(caller):
    def upgraded_identity(version, name="corner_thing"):
        return caller.call("UpgradeResourceIdentity", type_name=name, version=version,
                           raw_identity=caller.pb.RawState(json=b'{"id": "1", "old": true}'))

    for version in (0, 1):
        answer = upgraded_identity(version)
        assert value(answer.upgraded_identity.identity_data) == {"id": "1", "region": None}
    assert errors(upgraded_identity(2)) and errors(upgraded_identity(0, "corner_noop"))


def test_a_state_moves_from_a_type_that_is_known(caller):
    def moved(source, state=b'{"id": "1", "text": "t"}'):
        return caller.call("MoveResourceState", source_provider_address="registry.terraform.io/a/b",
                           source_type_name=source, source_state=caller.pb.RawState(json=state),
                           target_type_name="corner_thing")

    answer = moved("corner_noop")
    assert value(answer.target_state) == {"id": "1", "name": "t", "size": None, "region": None}
    assert "other_thing" in errors(moved("other_thing"))[0]
    assert errors(moved("corner_noop", b"")) and errors(moved("corner_noop", b"{}"))


def test_configuration_is_generated_from_a_state(caller):
    state = value(caller.create("corner_everything", {
        "text": "t", "size": "2G", "block_list": [{"name": "b", "made": None, "inner": []}]}).new_state)
    answer = caller.call("GenerateResourceConfig", type_name="corner_everything",
                         state=caller.object("corner_everything", state))
    config = value(answer.config)
    assert config["text"] == "t" and config["size"] == "2G"
    assert config["id"] is None and config["revision"] is None
    assert config["defaulted"] is None
    assert config["block_set"] == []
    assert config["block_list"][0]["name"] == "b"
    again = caller.call("ValidateResourceConfig", type_name="corner_everything", config=answer.config,
                        client_capabilities=caller.all)
    assert not errors(again)


def test_every_kind_of_value_goes_through(caller):
    nested = {"name": "n", "port": 81, "token": "t", "made": None}
    config = {
        "text": "ä", "number": 2 ** 40, "boolean": False, "text_list": ["a", "a"],
        "anything": Dynamic(["list", "string"], ["x"]), "number_list": [1, 2.5, -7],
        "text_set": ["b", "a"], "text_map": {"k": "v"}, "list_map": {"k": [True, False]},
        "object": {"a": "x", "b": None}, "object_list": [{"a": "y"}], "tuple": ["x", True],
        "single": nested, "listed": [nested, nested], "named": {"key": nested},
        "bag": [{"name": "b", "size": 1}], "block_single": {"name": "s", "made": "m", "inner": []},
        "block_list": [{"name": None, "made": "m", "inner": [{"name": "i", "size": None}]}],
        "block_map": {"key": {"name": "m", "made": "m", "inner": []}},
        "block_set": [{"name": "s", "size": 2}],
    }
    state = value(caller.create("corner_everything", config).new_state)
    for name, given in config.items():
        expected = [b'["list","string"]', ["x"]] if name == "anything" else given
        assert without_made(state[name]) == without_made(expected), name
    assert state["defaulted"] == "by default" and state["revision"] == 1


def without_made(v):
    if isinstance(v, dict):
        return {k: without_made(e) for k, e in v.items() if k != "made"}
    return [without_made(e) for e in v] if isinstance(v, list) else v


def test_unknown_values_pass_through_a_plan(caller):
    config = {"text": UNKNOWN, "text_list": ["a", UNKNOWN], "single": UNKNOWN,
              "anything": UNKNOWN, "text_map": {"k": UNKNOWN}}
    planned = value(caller.plan("corner_everything", config).planned_state)
    for name, given in config.items():
        assert planned[name] == given, name


def test_values_may_come_as_json(caller):
    answer = caller.call("ValidateResourceConfig", type_name="corner_faulty",
                         config=caller.pb.DynamicValue(json=b'{"when": "validate"}'))
    assert [path_of(d) for d in answer.diagnostics] == ["when"]


def test_messages_may_be_large(caller):
    text = "x" * (20 << 20)
    state = value(caller.create("corner_noop", {"text": text}).new_state)
    assert state["text"] == text


@pytest.mark.parametrize("broken", (b"\xc1", b"\x80", b"\xdf\xff\xff\xff\xff", b"\x81\xa4when"))
def test_values_that_are_none_are_refused_in_words(caller, broken):
    answer = caller.call("ValidateResourceConfig", type_name="corner_faulty",
                         config=caller.pb.DynamicValue(msgpack=broken))
    assert errors(answer)


# --- Deferral ------------------------------------------------------------------------------------

REASONS = {"resource": 1, "provider": 2, "absent": 3}


@pytest.mark.parametrize("reason", REASONS)
def test_what_cannot_be_known_yet_is_put_off(caller, reason):
    planned = caller.plan("corner_deferring", {"reason": reason})
    assert planned.deferred.reason == REASONS[reason] and not errors(planned)
    assert value(planned.planned_state)["reason"] == reason
    seen = read(caller, {"id": "1", "reason": reason}, "corner_deferring")
    assert seen.deferred.reason == REASONS[reason] and not errors(seen)


def test_import_and_data_are_put_off(caller):
    imported = caller.call("ImportResourceState", type_name="corner_deferring", id="1",
                           client_capabilities=caller.all)
    assert imported.deferred.reason == REASONS["absent"] and len(imported.imported_resources) == 1
    data = caller.call("ReadDataSource", type_name="corner_echo", client_capabilities=caller.all,
                       config=caller.object("corner_echo", {"text": "later"}, "data_source"))
    assert data.deferred.reason == REASONS["absent"] and value(data.state)["text"] == "later"


def test_a_client_without_deferral_gets_an_error(caller):
    planned = caller.plan("corner_deferring", {"reason": "resource"},
                          capabilities=caller.pb.ClientCapabilities())
    assert not planned.HasField("deferred") and "-target" in errors(planned)[0]


# --- Provider and data sources -------------------------------------------------------------------


def test_the_provider_is_configured(caller):
    def config(greeting):
        return caller.dynamic(values.complete(caller.schema.provider.block, {"greeting": greeting}))

    def show():
        answer = caller.call("ReadDataSource", type_name="corner_configuration",
                             config=caller.object("corner_configuration", {}, "data_source"))
        return value(answer.state)

    refused = caller.call("ValidateProviderConfig", config=config("goodbye"))
    assert [path_of(d) for d in refused.diagnostics] == ["greeting"]
    assert not errors(caller.call("ConfigureProvider", config=config("hi"), terraform_version="1.15.0"))
    assert show() == {"greeting": "hi", "terraform_version": "1.15.0"}
    assert not errors(caller.call("ConfigureProvider", config=config(UNKNOWN)))
    assert show()["greeting"] == "not known yet"


def test_data_is_validated_and_read(caller):
    def echo(rpc, text):
        return caller.call(rpc, type_name="corner_echo",
                           config=caller.object("corner_echo", {"text": text}, "data_source"))

    assert not errors(echo("ValidateDataResourceConfig", "hello"))
    assert errors(echo("ValidateDataResourceConfig", "silence"))
    assert errors(echo("ValidateDataResourceConfig", None))
    assert value(echo("ReadDataSource", "hello").state) == {"text": "hello", "upper": "HELLO"}
    assert "never" in errors(echo("ReadDataSource", "never"))[0]


# --- Functions -----------------------------------------------------------------------------------


def call(caller, name, *arguments):
    return caller.call("CallFunction", name=name,
                       arguments=[caller.dynamic(argument) for argument in arguments])


def test_functions_take_what_they_declare(caller):
    assert value(call(caller, "join_texts", "-").result) == ""
    assert value(call(caller, "join_texts", "-", "a", "b", "c").result) == "a-b-c"
    for arguments in ((), ("-", None), ("-", "a", [])):
        assert call(caller, "join_texts", *arguments).HasField("error")
    assert call(caller, "positive", "n").HasField("error")
    assert call(caller, "positive", "n", 1, 2).HasField("error")


def test_functions_name_the_argument_that_they_refuse(caller):
    assert value(call(caller, "positive", "n", 3).result) == 3
    refused = call(caller, "positive", "n", -3).error
    assert refused.text == "must be positive" and refused.function_argument == 1
    null = call(caller, "join_texts", "-", "a", None).error
    assert null.function_argument == 2
    wrong_type = call(caller, "positive", "n", "many").error
    assert wrong_type.function_argument == 1
    exploded = call(caller, "explode").error
    assert "bang" in exploded.text and not exploded.HasField("function_argument")


def test_functions_see_null_and_unknown_only_if_they_want_to(caller):
    assert value(call(caller, "state_of", None).result) == "null"
    assert value(call(caller, "state_of", UNKNOWN).result) == "unknown"
    assert value(call(caller, "state_of", "x").result) == "known"
    assert value(call(caller, "join_texts", "-", UNKNOWN).result) == UNKNOWN


def test_functions_of_any_type(caller):
    kind = ["object", {"a": "number"}]
    same = value(call(caller, "same", Dynamic(kind, {"a": 1})).result)
    assert same == [b'["object",{"a":"number"}]', {"a": 1}]
    assert value(call(caller, "same", None).result) is None


# --- Ephemeral values ----------------------------------------------------------------------------


def test_an_ephemeral_value_is_opened_renewed_and_closed(caller):
    def secret(**given):
        return caller.object("corner_secret", given, "ephemeral_resource")

    before = time.time()
    opened = caller.call("OpenEphemeralResource", type_name="corner_secret",
                         config=secret(name="n", renew_after=60), client_capabilities=caller.all)
    assert value(opened.result) == {"name": "n", "renew_after": 60, "value": "secret of n"}
    assert opened.renew_at.seconds >= int(before) + 60
    renewed = caller.call("RenewEphemeralResource", type_name="corner_secret", private=opened.private)
    assert renewed.HasField("renew_at") and renewed.private == opened.private == b"n"
    assert not errors(caller.call("CloseEphemeralResource", type_name="corner_secret",
                                  private=renewed.private))
    short = caller.call("OpenEphemeralResource", type_name="corner_secret", config=secret(name="n"))
    assert not short.HasField("renew_at")


def test_ephemeral_values_that_are_refused(caller):
    def secret(rpc, **given):
        return caller.call(rpc, type_name="corner_secret",
                           config=caller.object("corner_secret", given, "ephemeral_resource"))

    assert errors(secret("ValidateEphemeralResourceConfig"))
    assert not errors(secret("ValidateEphemeralResourceConfig", name="n"))
    locked = secret("OpenEphemeralResource", name="locked")
    assert errors(locked) and not locked.HasField("result")


# --- Lists ---------------------------------------------------------------------------------------


def listing(caller, config=None, **fields):
    return caller.call("ListResource", type_name="corner_thing",
                       config=caller.object("corner_thing", config or {}, "list_resource"), **fields)


def test_a_list_names_what_there_is(caller):
    events = list(listing(caller, {"count": 3}))
    assert [e.display_name for e in events] == ["Thing thing-0", "Thing thing-1", "Thing thing-2"]
    assert value(events[2].identity.identity_data) == {"id": "thing-2", "region": None}
    assert not any(e.HasField("resource_object") for e in events)


def test_a_list_gives_whole_objects_where_they_are_asked_for(caller):
    events = list(listing(caller, include_resource_object=True))
    assert value(events[1].resource_object) == {"id": "thing-1", "name": "listed", "size": 1,
                                                "region": None}


@pytest.mark.parametrize("limit, found", ((0, 5), (2, 2), (5, 5), (9, 5)))
def test_a_list_ends_at_its_limit(caller, limit, found):
    assert len(list(listing(caller, {"count": 5}, limit=limit))) == found


def test_a_list_that_nobody_reads_on_is_stopped(corner):
    with started(corner, {"TF_LOG_PROVIDER": "info"}) as plugin:
        events = listing(Caller(plugin), {"count": 1_000_000, "pause_ms": 1})
        next(events)
        events.cancel()
        plugin.wait_for_log("list ended")
        ended, = (line for line in plugin.log_lines() if line["@message"] == "list ended")
        assert int(ended["found"]) < 1_000_000


def test_lists_are_validated(caller):
    def validated(config, limit=None):
        return caller.call("ValidateListResourceConfig", type_name="corner_thing",
                           config=caller.object("corner_thing", config, "list_resource"),
                           limit=caller.dynamic(limit), include_resource_object=caller.dynamic(UNKNOWN))

    assert not errors(validated({"count": 1}, 5)) and not errors(validated({"count": UNKNOWN}, UNKNOWN))
    assert errors(validated({}, -1))


# --- Actions -------------------------------------------------------------------------------------


def announcing(caller, rpc, text, **fields):
    name = {"ValidateActionConfig": "type_name"}.get(rpc, "action_type")
    return caller.call(rpc, config=caller.object("corner_announce", {"text": text}, "action"),
                       **{name: "corner_announce"}, **fields)


def test_an_action_reports_its_progress_and_its_end(caller):
    assert not errors(announcing(caller, "ValidateActionConfig", "hear"))
    assert not errors(announcing(caller, "PlanAction", "hear", client_capabilities=caller.all))
    *progress, end = announcing(caller, "InvokeAction", "hear")
    assert [e.progress.message for e in progress] == ["hear 1", "hear 2", "hear 3"]
    assert end.WhichOneof("type") == "completed" and not errors(end.completed)


def test_an_action_that_fails_says_so_at_its_end(caller):
    assert errors(announcing(caller, "ValidateActionConfig", None))
    assert errors(announcing(caller, "PlanAction", "unplannable"))
    *progress, end = announcing(caller, "InvokeAction", "lost")
    assert len(progress) == 3 and "Nobody heard it" in errors(end.completed)[0]


def test_the_stubs_know_every_call_that_is_served(caller):
    """The table above is complete: 36 calls of minor 6.11."""
    service = stubs()[0].DESCRIPTOR.services_by_name["Provider"]
    assert len(service.methods) == 36
