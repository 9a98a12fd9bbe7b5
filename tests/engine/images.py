"""Image archives from nothing but a static busybox, and a registry's worth of them."""

import dataclasses
import gzip
import hashlib
import http.client
import io
import json
import pathlib
import shutil
import tarfile

APPLETS = ("sh", "sleep", "cat", "echo", "env", "id", "ls", "mount", "ip", "wget", "nslookup", "httpd", "nc",
           "stty", "tty", "dd", "true", "false", "kill", "head", "tail", "ps", "hostname", "touch", "grep",
           "seq", "yes", "stat", "df")


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def tar(files: dict[str, object]) -> bytes:
    """None is a folder, bytes a file, text the target of a symbolic link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode = 0o1777 if name == "tmp" else 0o755
            if content is None:
                entry.type = tarfile.DIRTYPE
                archive.addfile(entry)
            elif isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


@dataclasses.dataclass
class Image:
    """An image with one layer: what an OCI layout holds of it."""

    name: str  # "test/busy:1"
    marker: str  # stands in its configuration, so that another marker is another image
    architecture: str = "amd64"
    more: dict[str, bytes] = dataclasses.field(default_factory=dict)  # files by path, executable

    def __post_init__(self) -> None:
        layer = tar({
            **{folder: None for folder in ("bin", "etc", "tmp", "data", "proc", "sys", "dev", "run")},
            "bin/busybox": pathlib.Path(shutil.which("busybox")).read_bytes(),
            **{f"bin/{applet}": "busybox" for applet in APPLETS},
            "etc/passwd": b"root:x:0:0:root:/:/bin/sh\napp:x:1000:1000:app:/data:/bin/sh\n",
            "etc/group": b"root:x:0:\napp:x:1000:\n",
            "tmp/of-the-image": b"here\n",
            **self.more,
        })
        packed = gzip.compress(layer, 1, mtime=0)
        self.config = self._json({
            "architecture": self.architecture, "os": "linux",
            "config": {"Env": ["PATH=/bin", f"MARKER={self.marker}"], "Entrypoint": ["/bin/echo", "entry"],
                       "Cmd": ["one", "two"], "WorkingDir": "/data", "Labels": {"of-the-image": "yes"}},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer)]}, "history": [{"created_by": "test"}]})
        self.manifest = self._json({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(self.config),
                       "size": len(self.config)},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest(packed),
                        "size": len(packed)}]})
        self.blobs = {digest(blob): blob for blob in (self.config, self.manifest, packed)}

    @staticmethod
    def _json(value: object) -> bytes:
        return json.dumps(value).encode()

    @property
    def id(self) -> str:
        return digest(self.config)

    @property
    def digest(self) -> str:
        return digest(self.manifest)

    def write_oci(self, path: pathlib.Path) -> pathlib.Path:
        index = self._json({"schemaVersion": 2, "manifests": [{
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": self.digest,
            "size": len(self.manifest), "annotations": {"org.opencontainers.image.ref.name": self.name}}]})
        path.write_bytes(tar({"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": index,
                              **self._named_blobs()}))
        return path

    def write_docker(self, path: pathlib.Path) -> pathlib.Path:
        blobs = self._named_blobs()
        layers = [f"blobs/sha256/{layer['digest'][7:]}" for layer in json.loads(self.manifest)["layers"]]
        manifest = self._json([{"Config": f"blobs/sha256/{self.id[7:]}", "RepoTags": [self.name],
                                "Layers": layers}])
        path.write_bytes(tar({"manifest.json": manifest, **blobs}))
        return path

    def _named_blobs(self) -> dict[str, object]:
        return {f"blobs/sha256/{name[7:]}": blob for name, blob in self.blobs.items()}


def push(image: Image, port: int, authorization: str = "") -> None:
    """Puts an image into a registry on this network namespace's loopback (Distribution's HTTP API)."""
    repository, tag = image.name.rsplit(":", 1)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(method: str, path: str, body: bytes | None = None, kind: str = "application/octet-stream") -> str:
        headers = {"Content-Type": kind} if body is not None else {}
        if authorization:
            headers["Authorization"] = authorization
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in (201, 202):
            raise RuntimeError(f"{method} {path}: {answer.status} {text!r}")
        return answer.getheader("Location", "")

    for name, blob in image.blobs.items():
        if name == image.digest:
            continue
        place = call("POST", f"/v2/{repository}/blobs/uploads/", b"")
        place = place[place.index("/v2/"):]
        call("PUT", f"{place}{'&' if '?' in place else '?'}digest={name}", blob)
    call("PUT", f"/v2/{repository}/manifests/{tag}", image.manifest, "application/vnd.oci.image.manifest.v1+json")


if __name__ == "__main__":  # images.py NAME MARKER PORT [AUTHORIZATION]: within a host's namespaces
    import sys

    push(Image(sys.argv[1], sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
