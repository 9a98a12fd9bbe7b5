"""The rules of libpaas/isolation in a kernel: who reaches whom, with packets that are honest and
packets that are forged. Every case is tried without the rules first, where everything arrives."""

import ctypes
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.harness import build  # noqa: E402

GOLDEN = build.ROOT / "tests/golden/isolation"
LIBC = ctypes.CDLL(None, use_errno=True)
ETH_P_ALL, CLONE_NEWNET = 3, 0x40000000
PATIENCE = 10  # for what has to come


def missing() -> list[str]:
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    absent = [name for name in ("nft", "ip") if shutil.which(name, path=path) is None]
    if os.geteuid() != 0:
        return [*absent, "the rights of root"]
    tried = subprocess.run(["unshare", "--net", "sh", "-c", "ip link add name probe0 type bridge && nft -f -"],
                           input=(GOLDEN / "two_projects.nft").read_text(), text=True, capture_output=True)
    return absent + ([f"nftables for bridges ({tried.stderr.strip()[:200]})"] if tried.returncode else [])


ABSENT = missing()
pytestmark = pytest.mark.skipif(bool(ABSENT), reason=f"NOT RUN: isolation needs {', '.join(ABSENT)}")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Place:
    """A network namespace with one interface, and sockets in it."""

    def __init__(self, world: "World", name: str, address: str, mac: str = "") -> None:
        self.space = f"{world.prefix}{name}"
        self.address, self.interface = address, "eth0"
        self.mac = mac or "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))
        ip("netns", "add", self.space)
        world.spaces.append(self.space)

    def run(self, *words: str, text: str = "") -> None:
        done = subprocess.run(["ip", "netns", "exec", self.space, *words], input=text, text=True,
                              capture_output=True)
        assert done.returncode == 0, f"{words}: {done.stderr}"

    def attach(self, bridge: "Place", name: str, router: str = "") -> None:
        """A cable from eth0 to a port of a bridge that lies in another place."""
        ip("link", "add", "eth0", "netns", self.space, "type", "veth", "peer", "name", "port-" + name,
           "netns", bridge.space)
        bridge.run("ip", "link", "set", "port-" + name, "master", router or "paas0", "up")
        self.up()

    def up(self) -> None:
        self.run("ip", "link", "set", "eth0", "address", self.mac)
        self.run("ip", "address", "add", self.address + "/24", "dev", "eth0")
        self.run("ip", "link", "set", "eth0", "up")
        self.run("ip", "link", "set", "lo", "up")

    def opened(self, *kind: int) -> socket.socket:
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.space}", os.O_RDONLY)
        try:
            assert LIBC.setns(there, CLONE_NEWNET) == 0
            return socket.socket(*kind)
        finally:
            assert LIBC.setns(home, CLONE_NEWNET) == 0
            os.close(home)
            os.close(there)

    def raw(self) -> socket.socket:
        out = self.opened(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        out.bind((self.interface, 0))
        out.settimeout(PATIENCE)
        return out

    def udp(self, port: int = 0) -> socket.socket:
        out = self.opened(socket.AF_INET, socket.SOCK_DGRAM)
        out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        out.bind(("0.0.0.0", port))
        out.settimeout(PATIENCE)
        return out


class World:
    """A host with a bridge, containers of two projects, one that is no member, a neighbour on another
    network, and a bridge that is none of ours."""

    def __init__(self) -> None:
        self.prefix, self.spaces = f"pi{uuid.uuid4().hex[:6]}-", []
        self.host = Place(self, "host", "10.200.1.1", "02:aa:00:00:00:01")
        self.host.interface = "paas0"
        for bridge in ("paas0", "other0"):
            self.host.run("ip", "link", "add", bridge, "type", "bridge", "mcast_snooping", "0")
        self.host.run("ip", "link", "set", "paas0", "address", self.host.mac, "up")
        self.host.run("ip", "link", "set", "other0", "up")
        self.host.run("ip", "address", "add", "10.200.1.1/24", "dev", "paas0")
        self.host.run("ip", "link", "set", "lo", "up")
        self.host.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        for number, name in ((2, "shop1"), (3, "shop2"), (4, "blog"), (9, "stranger")):
            place = Place(self, name, f"10.200.1.{number}")
            place.attach(self.host, name)
            place.run("ip", "route", "add", "default", "via", "10.200.1.1")
            setattr(self, name, place)
        for number, name in ((2, "far1"), (3, "far2")):
            place = Place(self, name, f"192.168.77.{number}")
            place.attach(self.host, name, "other0")
            setattr(self, name, place)
        self.lan = Place(self, "lan", "198.51.100.2")
        ip("link", "add", "eth0", "netns", self.lan.space, "type", "veth", "peer", "name", "wan",
           "netns", self.host.space)
        self.lan.up()
        self.host.run("ip", "address", "add", "198.51.100.1/24", "dev", "wan")
        self.host.run("ip", "link", "set", "wan", "up")
        self.lan.run("ip", "route", "add", "10.200.1.0/24", "via", "198.51.100.1")
        # As engines publish a port: redirected, and masked where it comes from the bridge itself.
        self.host.run("nft", "-f", "-", text="""table ip published {
            chain to_published { type nat hook prerouting priority -100;
                ip daddr 198.51.100.1 udp dport 8080 dnat to 10.200.1.4:80; }
            chain from_bridge { type nat hook postrouting priority 100;
                ip saddr 10.200.1.0/24 ip daddr 10.200.1.0/24 masquerade; }
        }""")
        self.learn()

    def learn(self) -> None:
        """Everybody knows everybody's MAC address, so that nothing waits to be asked for."""
        ours = (self.shop1, self.shop2, self.blog, self.stranger)
        for place in (*ours, self.host):
            for other in (*ours, self.host):
                if place is not other:
                    place.run("ip", "neighbour", "replace", other.address, "lladdr", other.mac, "dev",
                              place.interface, "nud", "permanent")

    def load(self, name: str) -> None:
        self.host.run("nft", "-f", str(GOLDEN / name))

    def close(self) -> None:
        for space in self.spaces:
            subprocess.run(["ip", "netns", "delete", space], capture_output=True)


@pytest.fixture(scope="module")
def world():
    # One processor for all: what is sent first has been dealt with when the next is sent.
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    made = World.__new__(World)
    try:
        made.__init__()
        yield made
    finally:
        os.sched_setaffinity(0, before)
        made.close()


# --- Frames by hand ------------------------------------------------------------------------------

def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def frame(to: str, sender: str, kind: int, payload: bytes) -> bytes:
    return mac(to) + mac(sender) + struct.pack("!H", kind) + payload.ljust(60, b"\0")


def checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def ipv4(sender: str, to: str, payload: bytes, port: int = 9999) -> bytes:
    udp = struct.pack("!4H", 5353, port, 8 + len(payload), 0) + payload
    head = [0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, socket.inet_aton(sender), socket.inet_aton(to)]
    head[7] = checksum(struct.pack("!BBHHHBBH4s4s", *head))
    return struct.pack("!BBHHHBBH4s4s", *head) + udp


def arp(operation: int, sender_mac: str, sender: str, target_mac: str, target: str) -> bytes:
    return (struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + mac(sender_mac) + socket.inet_aton(sender)
            + mac(target_mac) + socket.inet_aton(target))


def ipv6(payload: bytes) -> bytes:
    """To all, of no protocol: what br_netfilter sees must be well formed."""
    here, everybody = bytes.fromhex("fe80" + "00" * 13 + "01"), bytes.fromhex("ff02" + "00" * 13 + "01")
    return struct.pack("!IHBB", 0x60000000, len(payload), 59, 255) + here + everybody + payload


BROADCAST, ANYBODY, UNKNOWN = "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "02:99:99:99:99:99"


# --- What is tried: each sends a mark from one place, and says where it would arrive -------------

def plain(sender: str, receiver: str):
    """An honest datagram."""
    def attempt(w: World, mark: bytes) -> None:
        getattr(w, sender).udp().sendto(mark, (getattr(w, receiver).address, 9999))
    return attempt, receiver


def forged(sender: str, receiver: str, make):
    """A frame by hand: make(world, sender, receiver, mark)."""
    def attempt(w: World, mark: bytes) -> None:
        place, target = getattr(w, sender), getattr(w, receiver)
        place.raw().send(make(w, place, target, mark))
    return attempt, receiver


def ip_frame(w, to: str, own: str, sender: str, target: str, mark: bytes) -> bytes:
    return frame(to, own, 0x0800, ipv4(sender, target, mark))


ALLOWED = {
    "a datagram within a project": plain("shop1", "shop2"),
    "and back": plain("shop2", "shop1"),
    "to the gateway": plain("shop1", "host"),
    "from the gateway": plain("host", "blog"),
    "to the outside": plain("blog", "lan"),
    "who has, within a project": forged("shop1", "shop2", lambda w, s, r, mark: frame(
        BROADCAST, s.mac, 0x0806, arp(1, s.mac, s.address, ANYBODY, r.address) + mark)),
    "on a bridge of others": plain("far1", "far2"),
    "IPv6, on a bridge of others": forged("far1", "far2", lambda w, s, r, mark: frame(
        r.mac, s.mac, 0x86dd, ipv6(mark))),
    "a broadcast on a bridge of others": forged("far1", "far2", lambda w, s, r, mark: frame(
        BROADCAST, UNKNOWN, 0x88b5, mark)),
}

DENIED = {
    "a datagram to another project": plain("shop1", "blog"),
    "the other way": plain("blog", "shop1"),
    "by way of the gateway": forged("shop1", "blog", lambda w, s, r, mark: ip_frame(
        w, w.host.mac, s.mac, s.address, r.address, mark)),
    "who has, of another project": forged("shop1", "blog", lambda w, s, r, mark: frame(
        BROADCAST, s.mac, 0x0806, arp(1, s.mac, s.address, ANYBODY, r.address) + mark)),
    "in the name of a neighbour": forged("shop1", "shop2", lambda w, s, r, mark: ip_frame(
        w, r.mac, s.mac, "10.200.1.9", r.address, mark)),
    "in the name of one whose project it is": forged("blog", "shop1", lambda w, s, r, mark: ip_frame(
        w, r.mac, s.mac, w.shop2.address, r.address, mark)),
    "in the name of the gateway": forged("blog", "shop1", lambda w, s, r, mark: ip_frame(
        w, r.mac, s.mac, "10.200.1.1", r.address, mark)),
    "in the gateway's name and MAC": forged("blog", "shop1", lambda w, s, r, mark: ip_frame(
        w, r.mac, w.host.mac, "10.200.1.1", r.address, mark)),
    "to the gateway in another's name": forged("blog", "host", lambda w, s, r, mark: ip_frame(
        w, r.mac, s.mac, w.shop1.address, r.address, mark)),
    "from a MAC that nobody has": forged("blog", "shop1", lambda w, s, r, mark: ip_frame(
        w, r.mac, UNKNOWN, "172.16.0.1", r.address, mark)),
    "from an address that nobody has": forged("blog", "shop1", lambda w, s, r, mark: ip_frame(
        w, BROADCAST, UNKNOWN, "172.16.0.1", r.address, mark)),
    "an answer that it is the gateway": forged("blog", "shop1", lambda w, s, r, mark: frame(
        r.mac, s.mac, 0x0806, arp(2, s.mac, "10.200.1.1", r.mac, r.address) + mark)),
    "an answer within a project that it is the gateway": forged(
        "shop2", "shop1", lambda w, s, r, mark: frame(
            r.mac, s.mac, 0x0806, arp(2, s.mac, "10.200.1.1", r.mac, r.address) + mark)),
    "an answer in which MAC and frame differ": forged("shop2", "shop1", lambda w, s, r, mark: frame(
        r.mac, s.mac, 0x0806, arp(2, w.blog.mac, s.address, r.mac, r.address) + mark)),
    "IPv6, even within a project": forged("shop1", "shop2", lambda w, s, r, mark: frame(
        r.mac, s.mac, 0x86dd, ipv6(mark))),
    "IPv6 to all": forged("shop1", "blog", lambda w, s, r, mark: frame(
        "33:33:00:00:00:01", s.mac, 0x86dd, ipv6(mark))),
    "a protocol of its own": forged("shop1", "blog", lambda w, s, r, mark: frame(
        r.mac, s.mac, 0x88b5, mark)),
    "a broadcast": forged("shop1", "blog", lambda w, s, r, mark: ip_frame(
        w, BROADCAST, s.mac, s.address, "10.200.1.255", mark)),
    "a multicast": forged("shop1", "blog", lambda w, s, r, mark: ip_frame(
        w, "01:00:5e:00:00:fb", s.mac, s.address, "224.0.0.251", mark)),
    "from one that is no member": plain("stranger", "shop1"),
    "from one that is no member to the gateway": plain("stranger", "host"),
    "to one that is no member": plain("shop1", "stranger"),
    "from outside, routed": plain("lan", "shop1"),
}


def arrives(w: World, attempt, receiver: str, wanted: bool) -> bool:
    """Whether the mark comes. Where it is not wanted, it had its chance when what was sent after it
    is there: from the host where a container listens, from a member where the host does."""
    target = getattr(w, receiver)
    mark, end = uuid.uuid4().bytes, uuid.uuid4().bytes
    listener = target.udp(9999) if receiver == "host" else target.raw()
    with listener:
        attempt(w, mark)
        if not wanted:
            if receiver == "host":
                w.shop2.udp().sendto(end, ("10.200.1.1", 9999))
            else:
                w.host.udp().sendto(end, (target.address, 9999))
        while True:
            seen = listener.recv(65536)
            if mark in seen:
                return True
            if end in seen:
                return False


def check(w: World, allowed: bool, denied: bool) -> None:
    wrong = [name for name, (attempt, to) in ALLOWED.items() if arrives(w, attempt, to, allowed) != allowed]
    wrong += [name for name, (attempt, to) in DENIED.items() if arrives(w, attempt, to, denied) != denied]
    assert wrong == []


def test_only_what_is_allowed_arrives(world):
    world.load("none.nft")
    check(world, allowed=True, denied=True)
    world.load("two_projects.nft")
    check(world, allowed=True, denied=False)
    world.load("two_projects.nft")  # once more is the same
    check(world, allowed=True, denied=False)
    world.load("none.nft")
    world.load("none.nft")
    check(world, allowed=True, denied=True)


def answered(asker: Place, to: tuple[str, int], server: Place, port: int) -> bool:
    """A question and its answer, by one connection as the host sees it."""
    with server.udp(port) as there, asker.udp() as here:
        here.sendto(b"question", to)
        question, sender = there.recvfrom(100)
        there.sendto(b"answer to " + question, sender)
        return here.recv(100) == b"answer to question"


@pytest.mark.parametrize("rules", ["none.nft", "two_projects.nft"])
def test_connections_out_and_published_ports_go_on(world, rules):
    world.load(rules)
    assert answered(world.shop1, ("198.51.100.2", 7000), world.lan, 7000)
    assert answered(world.lan, ("198.51.100.1", 8080), world.blog, 80)
    assert answered(world.shop1, ("198.51.100.1", 8080), world.blog, 80)


def test_a_project_that_grows_takes_its_new_member_in(world):
    newcomer = Place(world, "newcomer", "10.200.1.5")
    newcomer.attach(world.host, "newcomer")
    world.newcomer = newcomer
    for one, other in ((newcomer, world.blog), (newcomer, world.shop1), (newcomer, world.host)):
        for a, b in ((one, other), (other, one)):
            a.run("ip", "neighbour", "replace", b.address, "lladdr", b.mac, "dev", a.interface, "nud",
                  "permanent")
    world.load("two_projects.nft")
    assert not arrives(world, *plain("newcomer", "blog"), False)
    world.load("grown.nft")
    assert arrives(world, *plain("newcomer", "blog"), True)
    assert arrives(world, *plain("blog", "newcomer"), True)
    assert not arrives(world, *plain("newcomer", "shop1"), False)
    assert not arrives(world, *plain("shop1", "newcomer"), False)
    world.load("nobody.nft")
    assert not arrives(world, *plain("blog", "newcomer"), False)
