"""The names service under test, in a network namespace of its own where we may make one."""

import contextlib
import ctypes
import json
import os
import pathlib
import socket
import struct
import subprocess
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from tests.harness import build, process

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """A network namespace with nothing but loopback; ours, where we may not make one."""

    def __init__(self):
        self._holder = None
        if os.geteuid() == 0:
            self._holder = process.start(
                ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 1000000"],
                stdout=subprocess.PIPE, text=True)
            if self._holder.stdout.readline() != "up\n":
                raise RuntimeError("no network namespace")

    def close(self):
        if self._holder:
            process.stop(self._holder)

    def command(self, arguments):
        """The same command, inside."""
        if not self._holder:
            return list(arguments)
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", *arguments]

    def socket(self, kind, bind=None):
        """A socket of the namespace. Threads may be in different ones, so one goes there for it."""
        made = []

        def make():
            if self._holder:
                with open(f"/proc/{self._holder.pid}/ns/net", "rb") as place:
                    if _libc.setns(place.fileno(), CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), "setns")
            one = socket.socket(socket.AF_INET, kind)
            if kind == socket.SOCK_STREAM:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if bind:
                one.bind(bind)
            made.append(one)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if not made:
            raise OSError("no socket in the namespace")
        return made[0]


class Upstream:
    """Another name server: `answer(query, transport)` gives a message, None for silence."""

    def __init__(self, namespace, address, answer, port=53):
        self.address, self.answer, self.seen = address, answer, []
        self._open = True
        self.udp = namespace.socket(socket.SOCK_DGRAM, (address, port))
        self.tcp = namespace.socket(socket.SOCK_STREAM, (address, self.udp.getsockname()[1]))
        self.tcp.listen(16)
        self.port = self.udp.getsockname()[1]
        for work in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=work, daemon=True).start()

    def names(self):
        return [str(query.question[0].name) for query, *_ in list(self.seen)]

    def _serve_udp(self):
        with contextlib.suppress(OSError):
            while self._open:
                data, sender = self.udp.recvfrom(65535)
                if not data:
                    return  # shut down
                threading.Thread(target=self._answer_udp, args=(data, sender), daemon=True).start()

    def _answer_udp(self, data, sender):
        query = dns.message.from_wire(data)
        self.seen.append((query, "udp", sender))
        reply = self.answer(query, "udp")
        if reply is not None:
            with contextlib.suppress(OSError):
                self.udp.sendto(reply if isinstance(reply, bytes) else reply.to_wire(), sender)

    def _serve_tcp(self):
        with contextlib.suppress(OSError):
            while self._open:
                connection, sender = self.tcp.accept()
                threading.Thread(target=self._answer_tcp, args=(connection, sender), daemon=True).start()

    def _answer_tcp(self, connection, sender):
        with connection, contextlib.suppress(OSError, struct.error):
            query = dns.message.from_wire(read_tcp(connection))
            self.seen.append((query, "tcp", sender))
            reply = self.answer(query, "tcp")
            if reply is not None:
                write_tcp(connection, reply.to_wire(max_size=65535))

    def close(self):
        self._open = False
        for one in (self.udp, self.tcp):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def reply_to(query, *addresses, rcode=dns.rcode.NOERROR):
    reply = dns.message.make_response(query, recursion_available=True)
    reply.set_rcode(rcode)
    question = query.question[0]
    if addresses:
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", *addresses))
    return reply


def truncated_reply_to(query):
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.TC
    return reply


def read_exactly(stream, count):
    data = b""
    while len(data) < count:
        piece = stream.recv(count - len(data))
        if not piece:
            raise ConnectionError("the other side closed")
        data += piece
    return data


def read_tcp(stream):
    return read_exactly(stream, struct.unpack(">H", read_exactly(stream, 2))[0])


def write_tcp(stream, data):
    stream.sendall(struct.pack(">H", len(data)) + data)


def feed(generation, projects, **more):
    return {"format": 1, "generation": generation, "clients": ["127.0.0.0/16"],
            "projects": projects, **more}


def app(name, *addresses, ports=()):
    return {"name": name, "ports": list(ports),
            "replicas": [{"name": str(i), "addresses": [a]} for i, a in enumerate(addresses, 1)]}


class Names:
    """paas-dns on 127.0.0.1, with a folder for its files."""

    def __init__(self, folder: pathlib.Path, namespace: Namespace, first_feed, resolvers=(),
                 arguments=(), program=None):
        self.folder, self.namespace = folder, namespace
        self.feed_file, self.resolv_conf = folder / "feed.json", folder / "resolv.conf"
        if first_feed is not None:
            self.publish(first_feed)
        self.set_resolvers(resolvers)
        self.address = "127.0.0.1"
        self.log_file = folder / "log"
        notify = folder / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(notify))
            ready.settimeout(30)
            command = [*(program or [build.program("paas-dns")]), "--feed", self.feed_file,
                       "--listen", self.address + ":0", "--resolv-conf", self.resolv_conf,
                       "--metrics", folder / "metrics", *arguments]
            with open(self.log_file, "wb") as log:
                self.child = process.start(namespace.command(command), stderr=log,
                                           env={**os.environ, "NOTIFY_SOCKET": str(notify)})
            while "READY=1" not in ready.recv(4096).decode():
                pass
        for line in self.log().splitlines():
            if "listening" in line and f"address={self.address}:" in line:
                self.port = int(line.rpartition(":")[2])

    def log(self):
        return self.log_file.read_text()

    def publish(self, value):
        """Whole, as any good writer does; a text is written as it is."""
        part = self.folder / "feed.part"
        part.write_text(value if isinstance(value, str) else json.dumps(value))
        part.rename(self.feed_file)

    def set_resolvers(self, resolvers):
        part = self.folder / "resolv.part"
        part.write_text("".join(f"nameserver {one}\n" for one in resolvers))
        part.rename(self.resolv_conf)

    def metrics(self):
        with socket.socket(socket.AF_UNIX) as reader:
            reader.connect(str(self.folder / "metrics"))
            reader.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            text = b""
            while piece := reader.recv(65536):
                text += piece
        lines = text.decode().partition("\r\n\r\n")[2].splitlines()
        return {name.removeprefix("paas_dns_"): int(value) for name, _, value in
                (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    def wait_for(self, what, patience_s=30):
        """Until what() is true; the patience only bounds a test that fails."""
        end = time.monotonic() + patience_s
        while not what():
            assert time.monotonic() < end, f"waited in vain\n{self.log()}"
            time.sleep(0.01)

    def wait_for_generation(self, generation):
        self.wait_for(lambda: self.metrics()["generation"] == generation)

    def udp(self, source="127.0.0.9", port=None, address=None):
        one = self.namespace.socket(socket.SOCK_DGRAM, (source, 0))
        one.connect((address or self.address, port or self.port))
        one.settimeout(20)
        return one

    def tcp(self, source="127.0.0.9"):
        one = self.namespace.socket(socket.SOCK_STREAM, (source, 0))
        one.settimeout(20)
        one.connect((self.address, self.port))
        return one

    def ask(self, name, kind="A", source="127.0.0.9", transport="udp", **options):
        query = dns.message.make_query(name, kind, **options)
        with self.udp(source) if transport == "udp" else self.tcp(source) as one:
            if transport == "udp":
                one.send(query.to_wire())
                data = one.recv(65535)
            else:
                write_tcp(one, query.to_wire())
                data = read_tcp(one)
        reply = dns.message.from_wire(data)
        assert query.is_response(reply)
        return reply

    def addresses(self, name, kind="A", **options):
        return addresses_in(self.ask(name, kind, **options))

    def stop(self):
        process.stop(self.child)
        return self.child.returncode


def addresses_in(reply):
    return [record.to_text() for rrset in reply.answer for record in rrset]
