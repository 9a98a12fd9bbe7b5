"""What happened around the recordings, and what of them is not compared.

The real cluster was changed between recorded requests: by requests that were not kept, by hand, and
by its own machine, which could not mount or checkpoint. `before(story, index)` does the same to the
fake just before recording number `index` is replayed. Every entry says why it is needed.
"""

import io
import json
import tarfile

NOT_SERVED = {
    # recording: reason. Nothing so far: every recorded endpoint is served.
}

NOT_COMPARED = {
    # (recording, part of the difference): reason
}

ROLE = ["VM.Config.Options", "Datastore.AllocateSpace", "Pool.Audit", "VM.Allocate",
        "VM.Config.Memory", "VM.Config.Disk", "VM.Config.Network", "Datastore.Audit", "SDN.Use",
        "VM.PowerMgmt", "VM.Audit", "Sys.Audit", "VM.Config.CPU"]
NO_NAMESPACE = "failed to open mnt namespace of container {}: Permission denied"
TEMPLATE = "local:vztmpl/alpine-3.20-default_20240908_amd64.tar.xz"

# These came so close to the one before that no task in between had ended.
AT_ONCE = {121, 226}
# One id, asked for by several clients at the same moment; which of them won is chance.
RACES = (range(190, 193),)


def before(story, index: int) -> None:
    if index in STEPS:
        STEPS[index](story)


def _first(story) -> None:
    # A machine on its own with one directory and one template, its people and their rights.
    story.control("/settings", standalone=True, task_ms=120)
    story.control("/nodes/pve1", bridges=["vmbr0"])
    for storage in ("local-lvm", "nfs"):
        story.delete(f"/storages/{storage}")
    story.api("DELETE", "/nodes/pve1/storage/local/content/"
                        "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst")
    story.control("/users", userid="tf@pve", password="secret")
    for path in ("/vms", "/storage"):
        story.control("/acl", path=path, who="tf@pve", privileges=ROLE)
    story.control("/tokens", id="tf@pve!t1", secret="99999999-2222-3333-4444-555555555555",
                  path="/vms", privileges=ROLE)
    story.control("/tokens", id="root@pam!tf", secret="11111111-2222-3333-4444-555555555555",
                  separated=False)
    story.forget_tasks()


def _hotplug(option: str, vmid: int):
    # The recording machine could not enter the mount namespace of a container.
    return lambda story: story.fault(method="PUT", path="/config$", hotplug=option,
                                     reason=NO_NAMESPACE.format(vmid))


def _no_checkpoint(story) -> None:
    story.fault(method="POST", path="/status/suspend$",
                task_failure="command 'lxc-checkpoint -n 500 -s -D /var/lib/vz/dump' failed: exit code 1")


def _scale(story) -> None:
    # A hundred and fifty containers were made; only one of the requests was kept.
    for vmid, group in ((1000, "g0"), (1002, "g2")):
        story.api("POST", "/nodes/pve1/lxc", vmid=vmid, ostemplate=TEMPLATE, rootfs="local:0",
                  memory=64, swap=0, net0="name=eth0,bridge=vmbr0,ip=dhcp", unprivileged=1,
                  hostname=f"c{vmid % 1000}", tags=f"tf-managed;{group}", start=int(vmid == 1000))
    story.settle()


def _parallel(story) -> None:
    for vmid in [*range(280, 282), *range(283, 292)]:
        story.api("POST", "/nodes/pve1/lxc", vmid=vmid, ostemplate=TEMPLATE, rootfs="local:0",
                  memory=256, net0="name=eth0,bridge=vmbr0,ip=dhcp", unprivileged=1,
                  hostname=f"r{vmid % 10}")


def _emptied(story) -> None:
    for guest in story.api("GET", "/cluster/resources?type=vm"):
        story.delete(f"/guests/{guest['vmid']}")


def _archives(story) -> None:
    # Three image archives were built and uploaded: of an application, the same with entries that
    # begin with "./", and one whose entry point is the init program.
    application = ["/bin/app", "--serve", "a b"]
    for name, dotted, command in (("app", False, application), ("dot", True, application),
                                  ("init", False, ["/sbin/init"])):
        story.upload("vztmpl", f"{name}.tar", image_archive(command, dotted))
    story.settle()


def image_archive(command: list, dotted: bool) -> bytes:
    config = {"architecture": "amd64", "os": "linux",
              "config": {"Env": ["PATH=/bin", "PORT=8080"], "Entrypoint": command[:1],
                         "Cmd": command[1:], "User": "1000:1000", "WorkingDir": "/srv",
                         "StopSignal": "SIGINT", "Volumes": {"/data": {}}}}
    files = {"oci-layout": {"imageLayoutVersion": "1.0.0"},
             "blobs/sha256/c0": config,
             "blobs/sha256/m0": {"schemaVersion": 2, "config": {"digest": "sha256:c0"}, "layers": []},
             "index.json": {"schemaVersion": 2, "manifests": [{"digest": "sha256:m0"}]}}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            data = json.dumps(content).encode()
            entry = tarfile.TarInfo(("./" if dotted else "") + name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


STEPS = {
    0: _first,
    98: _hotplug("mp1", 210),
    # The disk of a running container was not attached to a loop device, as was found once it had grown.
    100: lambda s: s.fault(method="PUT", path="/resize$", task_failure="internal error: CT running "
                           "but mount point not attached to a loop device", task_works=True),
    # New guests were listed before the next broadcast told anything of them.
    137: lambda s: s.control("/settings", stale_ms=3600000),
    173: lambda s: s.control("/settings", stale_ms=0),
    # Its qemu-img was too old to write a cloud-init image.
    165: lambda s: s.fault(method="POST", path="/status/start$",
                           task_failure="generating cloud-init ISO failed: exit code 1"),
    # One of twelve requests was kept.
    193: _parallel,
    196: lambda s: s.control("/guests/282", config={"lock": "backup"}),
    203: lambda s: s.control("/guests/282", config={"lock": None}),
    222: _scale,
    # A configuration file of a container lay in the folder of a node that was not there.
    246: lambda s: s.control("/seed", guests=[{"vmid": 3000, "node": "pve2"}]),
    # The machine was set up anew.
    247: _emptied,
    263: lambda s: s.fault(method="PUT", path="/config$", hotplug="net0",
                           reason="command 'lxc-device -n 500 add veth500i0p eth0' failed: exit code 1"),
    276: _no_checkpoint,
    279: _hotplug("mp0", 500),
    280: _hotplug("mp0", 500),
    # The token of before had too short a name; the services had just been restarted, so that no
    # node had told of itself.
    300: lambda s: (s.control("/settings", broadcasting=False),
                    s.control("/tokens", id="no@pve!nn", privileges=[],
                              secret="88888888-2222-3333-4444-555555555555")),
    314: lambda s: s.control("/settings", broadcasting=True),
    # The request to delete the volume that fell out of use was not kept.
    317: lambda s: s.api("PUT", "/nodes/pve1/lxc/510/config", delete="unused0"),
    # Made by a request that was not kept.
    338: lambda s: s.control("/seed", guests=[{"vmid": 520, "config": {"hostname": "s"}}]),
    344: _archives,
}
