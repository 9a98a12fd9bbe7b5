"""The process of a provider: handshake, logs, signals, and every way to its end."""

import json
import os
import pathlib
import signal
import stat
import subprocess
import sys

import grpc
import pytest

from tests.contract import values
from tests.contract.plugin_client import (PATIENCE_S, COOKIE, Caller, Plugin, errors, is_socket_name,
                                          started, stubs, value)


def schema_of(plugin):
    pb = stubs()[0]
    return plugin.provider.GetProviderSchema(pb.GetProviderSchema.Request(), timeout=PATIENCE_S)


def refused_by_transport(plugin):
    with pytest.raises(grpc.RpcError) as failure:
        schema_of(plugin)
    return failure.value.code() == grpc.StatusCode.UNAVAILABLE


# --- Handshake -----------------------------------------------------------------------------------


def test_handshake_with_mutual_tls(program, tmp_path):
    with Plugin(program, {"PLUGIN_UNIX_SOCKET_DIR": str(tmp_path)}) as plugin:
        core, app, network, address, kind, certificate = plugin.handshake()
        assert (core, app, network, kind) == ("1", "6", "unix", "grpc")
        assert pathlib.Path(address).parent == tmp_path
        assert is_socket_name(address)
        assert stat.S_IMODE(os.stat(address).st_mode) == 0o600
        assert len(certificate) > 50 and not certificate.endswith("=")
        assert schema_of(plugin.connect()).HasField("provider")


def test_only_the_host_may_call(program, tmp_path):
    stranger_cert, stranger_key = (tmp_path / "cert.pem"), (tmp_path / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", stranger_key, "-out", stranger_cert, "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
    with Plugin(program) as plugin:
        plugin.handshake()
        plugin.connect((stranger_cert.read_bytes(), stranger_key.read_bytes()))
        assert refused_by_transport(plugin)
        plugin.channel.close()
        plugin.channel = grpc.insecure_channel("unix:" + plugin.fields[3])
        assert refused_by_transport(plugin)
        plugin.channel.close()
        assert schema_of(plugin.connect()).HasField("provider")


def test_without_a_client_certificate_there_is_no_tls(program):
    with started(program, tls=False) as plugin:
        assert plugin.fields[5] == ""
        assert schema_of(plugin).HasField("provider")


def test_multiplexing_is_declined_only_to_a_host_that_asks(corner):
    with started(corner, {"PLUGIN_MULTIPLEX_GRPC": "true"}) as plugin:
        assert plugin.fields[6:] == ["false"]
        assert schema_of(plugin).HasField("provider")


def test_nothing_follows_the_handshake_on_stdout(corner):
    with started(corner, {"TF_LOG": "trace"}) as plugin:
        schema_of(plugin)
        plugin.controller.Shutdown(stubs()[2].Empty(), timeout=PATIENCE_S)
        assert plugin.wait() == 0
        assert plugin.process.stdout.read() == b""


def by_hand(program, environment, *arguments):
    return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=PATIENCE_S)


@pytest.mark.parametrize("cookie", ({}, {"TF_PLUGIN_MAGIC_COOKIE": "wrong"}))
def test_started_by_hand_it_says_what_it_is(program, cookie):
    done = by_hand(program, cookie)
    assert done.returncode == 1
    assert done.stdout == ""
    for word in (program.name, "dev_overrides", "filesystem_mirror", str(program.resolve().parent)):
        assert word in done.stderr


@pytest.mark.parametrize("environment, complaint", (
    ({"PLUGIN_PROTOCOL_VERSIONS": "5"}, "version 6"),
    ({"PLUGIN_CLIENT_CERT": "nonsense"}, "PLUGIN_CLIENT_CERT"),
    ({"PLUGIN_CLIENT_CERT": "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"},
     "PLUGIN_CLIENT_CERT"),
    ({"PLUGIN_UNIX_SOCKET_DIR": "relative"}, "PLUGIN_UNIX_SOCKET_DIR"),
    ({"PLUGIN_UNIX_SOCKET_DIR": "/no/such/folder"}, "/no/such/folder"),
))
def test_a_host_that_cannot_be_served_is_told_why(program, environment, complaint):
    done = by_hand(program, {"TF_PLUGIN_MAGIC_COOKIE": COOKIE} | environment)
    assert done.returncode == 1
    assert done.stdout == ""
    assert complaint in done.stderr


def test_version_and_usage(program):
    assert by_hand(program, {}, "-version").stdout.startswith(program.name + " ")
    assert by_hand(program, {}, "--version").returncode == 0
    wrong = by_hand(program, {}, "-nonsense")
    assert wrong.returncode == 2 and "usage" in wrong.stderr


# --- Other services on the same server -----------------------------------------------------------


def test_services_of_the_host(corner):
    pb, grpc_pb = stubs()[2:]
    with started(corner) as plugin:
        stdio = grpc_pb.GRPCStdioStub(plugin.channel).StreamStdio(pb.Empty(), timeout=PATIENCE_S)
        assert list(stdio) == []
        broker = grpc_pb.GRPCBrokerStub(plugin.channel).StartStream(
            iter([pb.ConnInfo(service_id=1)]), timeout=PATIENCE_S)
        assert list(broker) == []
        check = plugin.channel.unary_unary("/grpc.health.v1.Health/Check",
                                           pb.HealthCheckRequest.SerializeToString,
                                           pb.HealthCheckResponse.FromString)
        assert check(pb.HealthCheckRequest(service="plugin"), timeout=PATIENCE_S).status == 1


def test_what_is_no_call_of_the_protocol(corner):
    with started(corner) as plugin:
        def call(path, message):
            with pytest.raises(grpc.RpcError) as failure:
                plugin.channel.unary_unary(path)(message, timeout=PATIENCE_S)
            return failure.value.code()

        assert call("/tfplugin6.Provider/Nonsense", b"") == grpc.StatusCode.UNIMPLEMENTED
        assert call("/tfplugin6.Provider/ReadResource", b"\xff\xff") == grpc.StatusCode.INVALID_ARGUMENT
        assert schema_of(plugin).HasField("provider")


# --- Logs ----------------------------------------------------------------------------------------


def test_nothing_is_logged_unasked(corner):
    with started(corner) as plugin:
        Caller(plugin).create("corner_slow", {"seconds": 0})
        plugin.controller.Shutdown(stubs()[2].Empty(), timeout=PATIENCE_S)
        plugin.wait()
        assert plugin.stderr == []


def test_log_lines_are_those_of_hclog(corner):
    with started(corner, {"TF_LOG": "error", "TF_LOG_PROVIDER_CORNER": "trace"}) as plugin:
        Caller(plugin).create("corner_slow", {"seconds": 0})
        plugin.controller.Shutdown(stubs()[2].Empty(), timeout=PATIENCE_S)
        plugin.wait()
        lines = plugin.log_lines()
        assert all(line["@module"] == "provider.corner" for line in lines)
        assert all(len(line["@timestamp"]) == len("2006-01-02T15:04:05.000000Z") for line in lines)
        said, = (line for line in lines if line["@message"] == "slow create begins")
        assert said["@level"] == "info"
        assert said["tf_rpc"] == "ApplyResourceChange"
        assert said["tf_resource_type"] == "corner_slow"
        assert {line["@level"] for line in lines} == {"trace", "info"}


def test_lines_below_the_level_are_not_written(corner):
    with started(corner, {"TF_LOG": "trace", "TF_LOG_PROVIDER": "info"}) as plugin:
        Caller(plugin).create("corner_slow", {"seconds": 0})
        plugin.controller.Shutdown(stubs()[2].Empty(), timeout=PATIENCE_S)
        plugin.wait()
        assert [line["@message"] for line in plugin.log_lines()] == ["slow create begins"]


# --- Ends ----------------------------------------------------------------------------------------


def slow_creates(caller, count):
    """Creates in flight: futures."""
    config = {"seconds": 3600}
    request = caller.pb.ApplyResourceChange.Request(
        type_name="corner_slow", prior_state=caller.object("corner_slow"),
        planned_state=caller.plan("corner_slow", config).planned_state,
        config=caller.object("corner_slow", config))
    return [caller.rpc.ApplyResourceChange.future(request, timeout=PATIENCE_S) for _ in range(count)]


def assert_stopped_half_way(applied):
    assert "half way" in errors(applied)[0]
    state = value(applied.new_state)
    assert state["id"] and state["finished"] is None


def test_shutdown_ends_the_process(program, tmp_path):
    with started(program, {"PLUGIN_UNIX_SOCKET_DIR": str(tmp_path)}) as plugin:
        plugin.controller.Shutdown(stubs()[2].Empty(), timeout=PATIENCE_S)
        assert plugin.wait() == 0
        assert list(tmp_path.iterdir()) == []


def test_shutdown_does_not_wait_for_work(corner, tmp_path):
    environment = {"PLUGIN_UNIX_SOCKET_DIR": str(tmp_path), "TF_LOG_PROVIDER": "info"}
    with started(corner, environment) as plugin:
        applying, = slow_creates(Caller(plugin), 1)
        plugin.wait_for_log("slow create begins")
        plugin.controller.Shutdown(stubs()[2].Empty(), timeout=PATIENCE_S)
        assert plugin.wait() == 0
        assert applying.exception(PATIENCE_S) or errors(applying.result())
        assert list(tmp_path.iterdir()) == []


def test_ctrl_c_is_for_the_host(program):
    with started(program) as plugin:
        plugin.process.send_signal(signal.SIGINT)
        assert schema_of(plugin).HasField("provider")


def test_sigterm_lets_work_wind_down(corner, tmp_path):
    environment = {"PLUGIN_UNIX_SOCKET_DIR": str(tmp_path), "TF_LOG_PROVIDER": "info"}
    with started(corner, environment) as plugin:
        applying, = slow_creates(Caller(plugin), 1)
        plugin.wait_for_log("slow create begins")
        plugin.process.send_signal(signal.SIGTERM)
        assert_stopped_half_way(applying.result(PATIENCE_S))
        assert plugin.wait() == 0
        assert list(tmp_path.iterdir()) == []


ORPHANING = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
print(child.pid, child.stdout.readline().decode().strip(), flush=True)
sys.stdin.read()
"""


def test_it_does_not_outlive_its_host(program, tmp_path):
    environment = {"PATH": os.environ["PATH"], "TF_PLUGIN_MAGIC_COOKIE": COOKIE,
                   "PLUGIN_UNIX_SOCKET_DIR": str(tmp_path)}
    host = subprocess.Popen([sys.executable, "-c", ORPHANING, program], env=environment,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid, _, _ = host.stdout.readline().partition(" ")
    watched = os.pidfd_open(int(pid))
    assert len(list(tmp_path.iterdir())) == 1
    host.kill()
    host.wait()
    ended = subprocess.run(
        [sys.executable, "-c",
         f"import select; print(len(select.select([{watched}], [], [], {PATIENCE_S})[0]))"],
        pass_fds=[watched], capture_output=True, text=True)
    os.close(watched)
    assert ended.stdout.strip() == "1"
    assert list(tmp_path.iterdir()) == []


def test_a_crash_leaves_no_socket_and_a_word(corner, tmp_path):
    with started(corner, {"PLUGIN_UNIX_SOCKET_DIR": str(tmp_path)}) as plugin:
        caller = Caller(plugin)
        with pytest.raises(grpc.RpcError) as failure:
            caller.create("corner_faulty", {"when": "crash"})
        assert failure.value.code() == grpc.StatusCode.UNAVAILABLE
        assert plugin.wait() == -signal.SIGABRT
        assert any(line.startswith("panic: terraform-provider-corner") for line in plugin.stderr)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("calls", (60, 200))  # the second is more than there are workers
def test_stop_reaches_everything_in_flight(corner, calls):
    with started(corner, {"TF_LOG_PROVIDER": "info"}) as plugin:
        caller = Caller(plugin)
        applying = slow_creates(caller, calls)
        plugin.wait_for_log("slow create begins", times=min(calls, 100))
        assert caller.call("StopProvider").Error == ""
        for applied in applying:
            assert_stopped_half_way(applied.result(PATIENCE_S))
        # What comes later is not stopped: Terraform still has ephemeral values to close.
        assert not errors(caller.create("corner_slow", {"seconds": 0}))


def test_a_call_that_is_given_up_is_stopped(corner):
    with started(corner, {"TF_LOG_PROVIDER": "trace"}) as plugin:
        applying, = slow_creates(Caller(plugin), 1)
        plugin.wait_for_log("slow create begins")
        applying.cancel()
        plugin.wait_for_log('"tf_rpc":"ApplyResourceChange"')  # "call answered"


# --- -debug --------------------------------------------------------------------------------------


def debugged(program, tmp_path):
    plugin = Plugin(program, {"TMPDIR": str(tmp_path)}, tls=False, arguments=["-debug"])
    for line in plugin.process.stdout:
        text = line.decode().strip()
        if text.startswith("TF_REATTACH_PROVIDERS='"):
            plugin.reattach = json.loads(text.removeprefix("TF_REATTACH_PROVIDERS='").removesuffix("'"))
            plugin.fields = ["", "", "", next(iter(plugin.reattach.values()))["Addr"]["String"]]
            return plugin
    raise AssertionError("no TF_REATTACH_PROVIDERS was printed")


def test_debug_says_how_to_reach_it(program, tmp_path):
    with debugged(program, tmp_path) as plugin:
        name = program.name.removeprefix("terraform-provider-")
        assert set(plugin.reattach) == {f"registry.terraform.io/libpaas/{name}",
                                        f"registry.opentofu.org/libpaas/{name}"}
        for server in plugin.reattach.values():
            assert server["Pid"] == plugin.process.pid
            assert server["ProtocolVersion"] == 6 and server["Test"] is True
        assert schema_of(plugin.connect()).HasField("provider")
        plugin.process.send_signal(signal.SIGINT)
        assert plugin.wait() == 0
        assert list(tmp_path.iterdir()) == []


def test_runs_under_debug_know_nothing_of_each_other(corner, tmp_path):
    with debugged(corner, tmp_path) as plugin:
        caller = Caller(plugin.connect())
        provider = caller.schema.provider.block

        def run(**config):
            configured = caller.call("ConfigureProvider", terraform_version="1.11.4",
                                     config=caller.dynamic(values.complete(provider, config)))
            if errors(configured):
                return errors(configured)
            answer = caller.call("ReadDataSource", type_name="corner_configuration",
                                 config=caller.object("corner_configuration", {}, "data_source"))
            return value(answer.state)["greeting"]

        assert run(greeting="hello") == "hello"
        assert run() is None
        assert "unwelcome" in run(greeting="unwelcome")[0]
        assert run(greeting="again") == "again"
