"""A host for provider plugins, in the place of Terraform: starts the program, shakes hands with
AutoMTLS, and calls it with stubs generated from our own proto files."""

import base64
import functools
import importlib
import json
import os
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading

import grpc

from tests.contract import values
from tests.harness import build, process

COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
PATIENCE_S = 60  # a bound on waiting for what must come, not a measure


@functools.lru_cache
def stubs():
    """(messages and services of tfplugin6, the same of goplugin)"""
    folder = tempfile.TemporaryDirectory(prefix="stubs")
    protos = build.ROOT / "provider" / "proto"
    plugin = subprocess.run(["which", "grpc_python_plugin"], check=True, capture_output=True, text=True)
    subprocess.run(
        ["protoc", "-I", protos, f"--python_out={folder.name}", f"--grpc_python_out={folder.name}",
         f"--plugin=protoc-gen-grpc_python={plugin.stdout.strip()}", "tfplugin6.proto", "goplugin.proto"],
        check=True, cwd=protos)
    sys.path.insert(0, folder.name)
    try:
        return [importlib.import_module(name) for name in
                ("tfplugin6_pb2", "tfplugin6_pb2_grpc", "goplugin_pb2", "goplugin_pb2_grpc")]
    finally:
        sys.path.pop(0)
        folder.cleanup()


@functools.lru_cache
def client_identity():
    """(certificate, key), as Terraform makes them: P-521, self-signed, for localhost."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = pathlib.Path(folder, "key.pem"), pathlib.Path(folder, "cert.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521", "-nodes",
             "-keyout", key, "-out", certificate, "-subj", "/O=Test/CN=localhost", "-days", "2",
             "-addext", "subjectAltName=DNS:localhost"], check=True, stderr=subprocess.DEVNULL)
        return certificate.read_bytes(), key.read_bytes()


class Plugin:
    """A running provider. Its stderr is collected, and can be waited for."""

    def __init__(self, program, environment=None, tls=True, arguments=()):
        self.environment = {"PATH": os.environ["PATH"], "TF_PLUGIN_MAGIC_COOKIE": COOKIE,
                            "PLUGIN_PROTOCOL_VERSIONS": "5,6"}
        for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        if tls:
            self.environment["PLUGIN_CLIENT_CERT"] = client_identity()[0].decode()
        self.environment.update(environment or {})
        self.process = process.start([program, *arguments], env=self.environment,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
        self.stderr = []
        self._news = queue.Queue()
        self._reader = threading.Thread(target=self._read_stderr, daemon=True)
        self._reader.start()
        self.channel = None

    def _read_stderr(self):
        for line in self.process.stderr:
            self.stderr.append(line.decode(errors="replace"))
            self._news.put(self.stderr[-1])

    def handshake(self):
        """The fields of the line on stdout."""
        self.fields = self.process.stdout.readline().decode().rstrip("\n").split("|")
        return self.fields

    def connect(self, identity=None):
        """Opens a channel to the address of the handshake; another client's with `identity`."""
        options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        target = "unix:" + self.fields[3]
        if "PLUGIN_CLIENT_CERT" not in self.environment:
            self.channel = grpc.insecure_channel(target, options)
            return self
        der = base64.b64decode(self.fields[5] + "=" * (-len(self.fields[5]) % 4), validate=True)
        server = ("-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der).decode()
                  + "-----END CERTIFICATE-----\n").encode()
        certificate, key = identity or client_identity()
        self.channel = grpc.secure_channel(
            target, grpc.ssl_channel_credentials(server, key, certificate),
            [*options, ("grpc.ssl_target_name_override", "localhost")])
        return self

    @property
    def provider(self):
        return stubs()[1].ProviderStub(self.channel)

    @property
    def controller(self):
        return stubs()[3].GRPCControllerStub(self.channel)

    def wait_for_log(self, text, times=1):
        seen = 0
        while seen < times:
            seen += text in self._news.get(timeout=PATIENCE_S)

    def log_lines(self):
        return [json.loads(line) for line in self.stderr]

    def wait(self):
        """The exit status; nothing is left of its output then."""
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def close(self):
        if self.channel:
            self.channel.close()
        process.stop(self.process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def started(program, environment=None, tls=True):
    """A plugin with the handshake done and a channel open."""
    plugin = Plugin(program, environment, tls)
    try:
        plugin.handshake()
        return plugin.connect()
    except BaseException:
        plugin.close()
        raise


class Caller:
    """Calls in terms of Python values: names of types, dicts in and out."""

    def __init__(self, plugin):
        self.pb = stubs()[0]
        self.rpc = plugin.provider
        self.schema = self.rpc.GetProviderSchema(self.pb.GetProviderSchema.Request(),
                                                 timeout=PATIENCE_S)
        self.all = self.pb.ClientCapabilities(deferral_allowed=True, write_only_attributes_allowed=True)

    def block(self, name, kind="resource"):
        schemas = getattr(self.schema, f"{kind}_schemas")[name]
        return (schemas.schema if kind == "action" else schemas).block

    def object(self, name, given=None, kind="resource"):
        """A message with the whole object; what is not given is null, or no block."""
        return self.dynamic(values.complete(self.block(name, kind), given))

    def dynamic(self, value):
        return self.pb.DynamicValue(msgpack=values.encode(value))

    def call(self, rpc, timeout=PATIENCE_S, **fields):
        request = getattr(self.pb, {"GetMetadata": "Metadata"}.get(rpc, rpc)).Request(**fields)
        return getattr(self.rpc, rpc)(request, timeout=timeout)

    def plan(self, name, config, prior=None, capabilities=None, **fields):
        return self.call("PlanResourceChange", type_name=name, prior_state=self.object(name, prior),
                         proposed_new_state=self.object(name, config), config=self.object(name, config),
                         client_capabilities=capabilities or self.all, **fields)

    def apply(self, name, config, planned, prior=None, **fields):
        return self.call("ApplyResourceChange", type_name=name, prior_state=self.object(name, prior),
                         planned_state=planned, config=self.object(name, config), **fields)

    def create(self, name, config):
        planned = self.plan(name, config)
        assert not errors(planned), errors(planned)
        return self.apply(name, config, planned.planned_state, planned_private=planned.planned_private)


def value(message):
    """What a DynamicValue holds."""
    assert message.msgpack or not message.json, "answers are msgpack"
    return values.decode(message.msgpack) if message.msgpack else None


def errors(response):
    found = getattr(response, "diagnostics", None)
    found = response.diagnostic if found is None else found
    return [f"{d.summary}: {d.detail}" for d in found if d.severity == d.ERROR]


def path_of(diagnostic):
    return ".".join(str(getattr(s, s.WhichOneof("selector"))) for s in diagnostic.attribute.steps)


def is_socket_name(path):
    return re.fullmatch(r"plugin[a-z2-7]{10}", pathlib.Path(path).name) is not None
