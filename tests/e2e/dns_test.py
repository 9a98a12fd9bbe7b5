"""The names service as a process: over UDP and TCP, with other servers behind it, under change."""

import os
import shutil
import signal
import socket
import subprocess
import threading

import dns.flags
import dns.message
import dns.rcode
import pytest

from tests.harness import build
from tests.harness.names import (Names, Namespace, Upstream, addresses_in, app, feed, read_tcp,
                                 reply_to, truncated_reply_to, write_tcp)

SHOP = {"name": "shop", "networks": ["127.1.0.0/16"],
        "apps": [app("web", "10.200.1.5", "10.200.1.6", "10.200.1.7",
                     ports=[{"name": "http", "port": 8080}]), {"name": "idle"}]}
BLOG = {"name": "blog", "networks": ["127.2.0.0/16"], "apps": [app("web", "10.200.2.5")]}


@pytest.fixture
def namespace():
    made = Namespace()
    yield made
    made.close()


@pytest.fixture
def start(tmp_path, namespace):
    started = []

    def make(first_feed=feed(1, [SHOP, BLOG]), resolvers=(), **options):
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(Names(folder, namespace, first_feed, resolvers, **options))
        return started[-1]

    yield make
    for names in started:
        names.stop()


@pytest.fixture
def upstream(namespace):
    started = []

    def make(address, answer=lambda query, _: reply_to(query, "192.0.2.1"), port=None):
        started.append(Upstream(namespace, address, answer, 53 if port is None else port))
        return started[-1]

    yield make
    for server in started:
        server.close()


needs_port_53 = pytest.mark.skipif(os.geteuid() != 0, reason="port 53 in a namespace needs root")


def test_names_by_who_asks(start):
    names = start()
    everybody = ["10.200.1.5", "10.200.1.6", "10.200.1.7"]
    for transport in ("udp", "tcp"):
        assert sorted(names.addresses("web.shop.internal", transport=transport)) == everybody
        assert sorted(names.addresses("web.internal", source="127.1.0.9", transport=transport)) == everybody
        assert names.addresses("web.internal", source="127.2.0.9", transport=transport) == ["10.200.2.5"]
        assert names.ask("web.internal", transport=transport).rcode() == dns.rcode.NXDOMAIN
    assert names.addresses("5.1.200.10.in-addr.arpa", "PTR") == ["1.web.shop.internal."]
    assert len(names.ask("_http._tcp.web.shop.internal", "SRV").additional) == 3
    idle = names.ask("idle.shop.internal")
    assert idle.rcode() == dns.rcode.NOERROR and not idle.answer
    assert idle.authority[0].to_text().startswith("internal. 1 IN SOA ")


def test_strangers_get_nothing(start):
    names = start()
    with names.udp("127.3.0.9") as stranger:
        for name in ("web.shop.internal", "example.org"):
            stranger.send(dns.message.make_query(name, "A").to_wire())
        names.wait_for(lambda: names.metrics()['dropped_total{reason="source"}'] == 2)
        stranger.setblocking(False)
        with pytest.raises(BlockingIOError):
            stranger.recv(1)
    with names.tcp("127.3.0.9") as stranger, pytest.raises((ConnectionError, OSError)):
        write_tcp(stranger, dns.message.make_query("web.shop.internal", "A").to_wire())
        read_tcp(stranger)


@needs_port_53
def test_forwarding_and_what_is_never_forwarded(start, upstream):
    server = upstream("127.0.0.53")  # as systemd-resolved's stub: never asked
    other = upstream("127.0.1.1")
    names = start(resolvers=["127.0.0.53", "127.0.1.1"])
    for transport in ("udp", "tcp"):
        for number in range(20):
            reply = names.ask(f"n{number}.example.org", transport=transport, use_edns=number % 2 == 0)
            assert addresses_in(reply) == ["192.0.2.1"]
            assert (reply.edns >= 0) == (number % 2 == 0)
    for name in ("gone.internal", "web.shop.internal", "a.b.c.internal", "5.1.200.10.in-addr.arpa"):
        for kind in ("A", "TXT", "PTR", "ANY"):
            names.ask(name, kind)
    assert server.seen == []
    asked = [name for name in other.names() if not name.endswith(".paas-dns-loop.test.")]
    assert len(asked) == 40 and all(name.endswith("example.org.") for name in asked)
    assert len({query.id for query, *_ in other.seen}) > 30
    assert len({sender for *_, sender in other.seen}) > 30


@needs_port_53
def test_a_truncated_answer_is_fetched_by_tcp(start, upstream):
    addresses = [f"192.0.2.{i}" for i in range(1, 201)]

    def answer(query, transport):
        if query.question[0].name.to_text().startswith("large") and transport == "udp":
            return truncated_reply_to(query)
        few = query.question[0].name.to_text().startswith("large-few")
        return reply_to(query, *addresses[:40 if few else 200])

    upstream("127.0.1.1", answer)
    names = start(resolvers=["127.0.1.1"])
    assert len(names.addresses("large-few.example.org", use_edns=0, payload=1232)) == 40
    cut = names.ask("large.example.org", use_edns=0, payload=1232)
    assert cut.flags & dns.flags.TC and not cut.answer
    assert names.ask("large.example.org").flags & dns.flags.TC
    assert len(names.addresses("large.example.org", transport="tcp")) == 200


@needs_port_53
def test_the_next_server_answers_for_a_dead_one(start, upstream):
    upstream("127.0.1.2", lambda query, _: reply_to(query, rcode=dns.rcode.REFUSED))
    silent = upstream("127.0.1.3", lambda *_: None)
    upstream("127.0.1.4")
    names = start(resolvers=["127.0.1.1", "127.0.1.2", "127.0.1.3", "127.0.1.4"])
    for number in range(5):
        assert names.addresses(f"n{number}.example.org") == ["192.0.2.1"]
    assert silent.seen


@needs_port_53
def test_without_any_server_it_is_servfail(start):
    names = start(resolvers=["127.0.1.1"])
    for transport in ("udp", "tcp"):
        for number in range(3):
            assert names.ask(f"n{number}.example.org", transport=transport).rcode() == dns.rcode.SERVFAIL
    assert names.addresses("web.internal", source="127.2.0.9") == ["10.200.2.5"]


@needs_port_53
def test_resolv_conf_is_followed(start, upstream):
    upstream("127.0.1.1")
    upstream("127.0.1.2", lambda query, _: reply_to(query, "192.0.2.2"))
    names = start(resolvers=["127.0.1.1"])
    assert names.addresses("example.org") == ["192.0.2.1"]
    names.set_resolvers(["127.0.1.2"])
    names.wait_for(lambda: names.addresses("example.org") == ["192.0.2.2"])
    names.resolv_conf.unlink()
    names.wait_for(lambda: "the last known resolvers stay" in names.log())
    assert names.addresses("example.org") == ["192.0.2.2"]


@needs_port_53
def test_a_server_that_leads_back_is_not_asked(start, upstream, namespace):
    names = None

    def ask_us(query, transport):
        with names.udp("127.0.0.8") as one:
            one.send(query.to_wire())
            back = dns.message.from_wire(one.recv(65535))
        back.id = query.id
        return back

    upstream("127.0.1.1", lambda query, transport: ask_us(query, transport) if names else None)
    upstream("127.0.1.2")
    names = start(resolvers=["127.0.1.2"])
    names.set_resolvers(["127.0.1.1", "127.0.1.2"])
    names.wait_for(lambda: names.metrics()["forward_loops_total"] == 1)
    assert names.metrics()["upstreams_alive"] == 1
    assert names.addresses("example.org") == ["192.0.2.1"]


def test_no_question_is_lost_while_records_change(start):
    def of(generation):
        """A world in which every address tells its generation."""
        return feed(generation, [{"name": "p", "apps": [
            app("web", *(f"10.{generation % 200}.0.{i}" for i in range(1, 6)))] +
            [app(f"a{i}", f"10.250.{i // 250}.{i % 250 + 1}") for i in range(300)]}])

    names = start(of(1))
    answered, lost, mixed = [0], [], []
    going = threading.Event()
    going.set()

    def load():
        query = dns.message.make_query("web.p.internal", "A").to_wire()
        with names.udp() as one:
            one.settimeout(10)
            while going.is_set():
                for _ in range(20):
                    one.send(query)
                for _ in range(20):
                    try:
                        reply = dns.message.from_wire(one.recv(4096))
                    except TimeoutError:
                        lost.append(1)
                        return
                    parts = {address.split(".")[1] for address in addresses_in(reply)}
                    if len(parts) != 1 or len(addresses_in(reply)) != 5:
                        mixed.append(parts)
                    answered[0] += 1

    loads = [threading.Thread(target=load) for _ in range(2)]
    for thread in loads:
        thread.start()
    for generation in range(2, 40):
        names.publish(of(generation))
        names.wait_for_generation(generation)
    going.clear()
    for thread in loads:
        thread.join()
    assert not lost and not mixed and answered[0] > 100
    assert names.metrics()['queries_total{transport="udp"}'] == answered[0]


def test_a_bad_feed_changes_nothing_and_is_told_once(start):
    names = start()
    good = names.feed_file.read_text()
    for bad in ("", good[:100], '{"format": 2}', "[]", '{"format":1,"generation":2}'):
        names.publish(bad)
        names.wait_for(lambda: names.metrics()["feed_good"] == 0)
        assert len(names.addresses("web.shop.internal")) == 3
        names.publish(feed(3, [SHOP, BLOG]))
        names.wait_for(lambda: names.metrics()["feed_good"] == 1)
    names.feed_file.unlink()
    names.wait_for(lambda: names.metrics()["feed_good"] == 0)
    assert len(names.addresses("web.shop.internal")) == 3
    assert names.log().count("the feed is not taken") == 6
    names.publish(feed(4, [BLOG]))
    names.wait_for_generation(4)
    assert names.ask("web.shop.internal").rcode() == dns.rcode.NXDOMAIN


def test_started_without_a_feed_it_waits_for_one(start):
    names = start(None)
    names.publish(feed(5, [SHOP]))
    names.wait_for_generation(5)
    assert len(names.addresses("web.shop.internal")) == 3


def test_addresses_come_and_go_with_the_feed(start):
    names = start()
    there = feed(2, [SHOP], listen=[f"127.0.0.77:{names.port}", "10.99.0.1:5399"])
    names.publish(there)
    names.wait_for_generation(2)
    names.wait_for(lambda: f"address=127.0.0.77:{names.port}" in names.log())
    assert "address=10.99.0.1:5399" in names.log()  # which is no address of this host
    query = dns.message.make_query("web.shop.internal", "A")
    with names.udp(address="127.0.0.77") as one:
        one.send(query.to_wire())
        assert len(addresses_in(dns.message.from_wire(one.recv(4096)))) == 3
        names.publish(feed(3, [SHOP]))
        names.wait_for_generation(3)
        with pytest.raises(ConnectionRefusedError):
            for _ in range(100):
                one.send(query.to_wire())
                one.recv(4096)
    assert len(names.addresses("web.shop.internal")) == 3


@needs_port_53
def test_tcp_takes_many_questions_at_once_and_answers_as_it_can(start, upstream):
    released = threading.Event()

    def answer(query, _):
        released.wait(3)
        return reply_to(query, "192.0.2.1")

    upstream("127.0.1.1", answer)
    names = start(resolvers=["127.0.1.1"])
    with names.tcp("127.1.0.9") as one:
        queries = [dns.message.make_query("slow.example.org" if i == 0 else "web.internal", "A", id=i)
                   for i in range(40)]
        wires = [query.to_wire() for query in queries]
        one.sendall(b"".join(len(w).to_bytes(2, "big") + w for w in wires))
        first = [dns.message.from_wire(read_tcp(one)) for _ in range(39)]
        assert [reply.id for reply in first] == list(range(1, 40))
        released.set()
        assert addresses_in(dns.message.from_wire(read_tcp(one))) == ["192.0.2.1"]


def test_slow_clients_hold_up_nobody(start):
    names = start()
    query = dns.message.make_query("web.shop.internal", "A").to_wire()
    slow = [names.tcp() for _ in range(16)]
    for number, one in enumerate(slow):
        one.sendall((len(query).to_bytes(2, "big") + query)[:number])  # never the whole of it
    seventeenth = names.tcp()
    with pytest.raises((ConnectionError, OSError)):
        write_tcp(seventeenth, query)
        read_tcp(seventeenth)
    assert len(names.addresses("web.shop.internal", source="127.1.0.9", transport="tcp")) == 3
    assert len(names.addresses("web.shop.internal")) == 3
    # One that asks and asks and takes no answer: it is read no further, others are answered.
    with names.tcp("127.1.0.8") as deaf:
        deaf.settimeout(0.5)
        with pytest.raises(OSError):
            for _ in range(1_000_000):
                write_tcp(deaf, query)
        assert len(names.addresses("web.shop.internal", transport="udp")) == 3
    for one in [*slow, seventeenth]:
        one.close()
    names.wait_for(lambda: names.metrics()["tcp_open"] == 0)


def test_what_has_come_is_answered_before_the_end(start):
    names = start()
    query = dns.message.make_query("web.shop.internal", "A").to_wire()
    with names.udp() as one:
        os.kill(names.child.pid, signal.SIGSTOP)
        for _ in range(50):
            one.send(query)
        os.kill(names.child.pid, signal.SIGTERM)
        os.kill(names.child.pid, signal.SIGCONT)
        for _ in range(50):
            assert len(addresses_in(dns.message.from_wire(one.recv(4096)))) == 3
    assert names.child.wait(20) == 0


def test_the_agent_becomes_the_service_and_it_is_small(start):
    names = start(program=[build.program("paas-agent"), "dns"])
    assert len(names.addresses("web.shop.internal")) == 3
    assert os.readlink(f"/proc/{names.child.pid}/exe").endswith("/paas-dns")
    status = open(f"/proc/{names.child.pid}/status").read()
    resident_kib = int(status.partition("VmRSS:")[2].split()[0])
    assert resident_kib < 6 << 10


def test_a_wrong_command_line_is_told():
    program = build.program("paas-dns")
    for arguments in ([], ["--feed", "x", "--listen", "0.0.0.0"], ["--feed", "x", "--listen", "host"],
                      ["--feed", "x", "--upstream", "1.2.3.4:x"], ["--feed", "x", "y"], ["--what"]):
        ran = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
        assert ran.returncode == 2 and "usage:" in ran.stderr
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        ran = subprocess.run([program, "--feed", "x", "--listen", address], capture_output=True,
                             text=True, timeout=60)
    assert ran.returncode == 1 and f"unable to listen on {address}/udp" in ran.stderr


@pytest.mark.skipif(not shutil.which("kdig"), reason="kdig is not installed")
def test_kdig_understands_every_answer(start, namespace):
    names = start()
    for arguments, wanted in {
        ("web.shop.internal", "A"): "status: NOERROR",
        ("web.shop.internal", "AAAA"): "status: NOERROR",
        ("web.shop.internal", "ANY"): "RFC8482",
        ("_http._tcp.web.shop.internal", "SRV"): "0 0 8080 1.web.shop.internal.",
        ("gone.internal", "A"): "status: NXDOMAIN",
        ("internal", "SOA"): "dns.internal. hostmaster.internal. 1 ",
        ("-x", "10.200.1.6"): "2.web.shop.internal.",
        ("internal", "AXFR"): "REFUSED",
        ("internal", "TXT", "CH"): "status: REFUSED",
        ("web.shop.internal", "A", "+edns=1"): "ext-rcode: BADVERS",
        ("web.shop.internal", "A", "+dnssec"): "flags: do",
        ("WeB.sHoP.iNtErNaL", "A"): ";; WeB.sHoP.iNtErNaL.",
    }.items():
        for transport in ("+notcp", "+tcp"):
            ran = subprocess.run(namespace.command(
                ["kdig", "@127.0.0.1", "-p", str(names.port), "-b", "127.0.0.9", "+noidn",
                 transport, *arguments]), capture_output=True, text=True, timeout=60)
            told = ran.stdout + ran.stderr
            assert wanted in told, (arguments, transport, told)
            assert "malformed" not in told.lower() and "trailing garbage" not in told.lower()
