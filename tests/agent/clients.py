"""Clients of a name, for as long as the input is open: `clients.py NAME PORT SERVER COUNT`.

Each remembers addresses for exactly the TTL that the names service says, keeps its connection, and tries
nothing twice: whatever goes wrong is counted as a failure. One half has a connection only to addresses
that its last answer had; the other keeps the one it has until the server says that it is the last
answer. The last line of the output is JSON: requests, connections, failures, pages."""

import collections
import http.client
import json
import random
import sys
import threading
import time

import dns.message
import dns.query
import dns.rdatatype

PAUSE_S = 0.02


class Client:
    def __init__(self, name: str, port: int, server: str, seed: int) -> None:
        self.name, self.port, self.server = name, port, server
        self.by_names = seed % 2 == 0  # else: for as long as the server lets it
        self.random = random.Random(seed)
        self.addresses: list[str] = []
        self.until = 0.0
        self.connection: http.client.HTTPConnection | None = None
        self.requests = self.connections = 0
        self.failures: list[str] = []
        self.pages: collections.Counter[str] = collections.Counter()

    def resolve(self) -> None:
        if time.monotonic() < self.until:
            return
        answer = dns.query.udp(dns.message.make_query(self.name, "A"), self.server, timeout=5)
        received = time.monotonic()
        records = [rrset for rrset in answer.answer if rrset.rdtype == dns.rdatatype.A]
        self.addresses = [record.address for rrset in records for record in rrset]
        self.until = received + min(rrset.ttl for rrset in records)

    def close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None

    def connect(self) -> http.client.HTTPConnection:
        if self.connection and self.by_names:
            self.resolve()
            if self.connection.host not in self.addresses:
                self.close()
        if not self.connection:
            self.resolve()
            self.connection = http.client.HTTPConnection(self.random.choice(self.addresses), self.port, timeout=5)
            self.connection.connect()
            self.connections += 1
        return self.connection

    def once(self) -> None:
        self.requests += 1
        try:
            connection = self.connect()
            connection.auto_open = 0  # http.client would connect anew by itself
            connection.request("GET", "/")
            answer = connection.getresponse()
            page, last = answer.read().decode(), answer.getheader("Connection") == "close"
            if answer.status != 200:
                raise RuntimeError(f"status {answer.status}")
            self.pages[page] += 1
            if last:
                self.close()
        except Exception as problem:  # whatever it is, a person would have seen it
            where = self.connection.host if self.connection else "no connection"
            kind = "by names" if self.by_names else "as long as it may"
            self.failures.append(f"{time.strftime('%H:%M:%S')} {kind} {where}: {problem!r}")
            self.close()

    def run(self, over: threading.Event) -> None:
        while not over.wait(PAUSE_S):
            self.once()
        self.close()


def main() -> None:
    name, port, server, count = sys.argv[1:]
    clients = [Client(name, int(port), server, seed) for seed in range(int(count))]
    over = threading.Event()
    threads = [threading.Thread(target=client.run, args=[over]) for client in clients]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
    print(json.dumps({
        "requests": sum(client.requests for client in clients),
        "connections": sum(client.connections for client in clients),
        "failures": [failure for client in clients for failure in client.failures],
        "pages": dict(sum((client.pages for client in clients), collections.Counter())),
    }), flush=True)


if __name__ == "__main__":
    main()
