"""Requests to a fake cluster as they stand on the wire, and the answers as they came."""

import http.client
import json
import ssl
import urllib.parse

BOUNDARY = "a-boundary-of-the-tests"
PATIENCE_S = 30


class Answer:
    def __init__(self, status: int, reason: str, text: str):
        self.status, self.reason, self.text = status, reason, text
        try:
            self.body = json.loads(text)
        except ValueError:
            self.body = None

    def __repr__(self):
        return f"{self.status} {self.reason} {self.text[:300]}"

    @property
    def data(self):
        return self.body.get("data") if isinstance(self.body, dict) else None

    @property
    def errors(self) -> dict:
        return self.body.get("errors", {}) if isinstance(self.body, dict) else {}


class RawClient:
    """One connection a request. Whatever goes wrong with it is the caller's to expect."""

    def __init__(self, cluster):
        self._trust = ssl.create_default_context(cafile=cluster.ca_file)
        self._place = urllib.parse.urlsplit(cluster.url)
        self.token = cluster.token

    def send(self, method: str, target: str, body=None, headers=None, timeout_s=PATIENCE_S) -> Answer:
        link = http.client.HTTPSConnection(self._place.hostname, self._place.port,
                                           context=self._trust, timeout=timeout_s)
        try:
            link.request(method, target, body=body, headers=headers or {})
            reply = link.getresponse()
            return Answer(reply.status, reply.reason, reply.read().decode())
        finally:
            link.close()

    def call(self, method: str, path: str, params=None, token=None, timeout_s=PATIENCE_S) -> Answer:
        """A call below /api2/json with the parameters where the method wants them; `token` is that of
        root unless another is given."""
        headers = {"Authorization": f"PVEAPIToken={token or self.token}"}
        target, form, body = "/api2/json" + path, urllib.parse.urlencode(params or {}), None
        if method in ("GET", "DELETE"):
            target += "?" + form if form else ""
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = form
        return self.send(method, target, body, headers, timeout_s)

    def upload(self, node: str, storage: str, fields: dict, name: str, data: bytes) -> Answer:
        body, kind = multipart(fields, name, data)
        return self.send("POST", f"/api2/json/nodes/{node}/storage/{storage}/upload", body,
                         {"Content-Type": kind, "Authorization": f"PVEAPIToken={self.token}"})


def multipart(fields: dict, name: str, data: bytes):
    """The body of a form with a file, and its type."""
    def part(head: str, value: bytes) -> bytes:
        return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value + b"\r\n"
    parts = [part(f'name="{field}"', text.encode()) for field, text in fields.items()]
    parts.append(part(f'name="filename"; filename="{name}"', data))
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"
