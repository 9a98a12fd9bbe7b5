"""Who may include whom. ARCHITECTURE.md shows the layers; the tables here are the law."""

import re

from repository import CXX, Tree, folder_of, includes, is_test, none, write

# --- The layers, lowest first. A folder may include lower layers and the folder it stands in, never
# higher ones, and its neighbours in the same layer only where NEIGHBOURS says so. ----------------

PURE = ("blueprint", "placement", "mesh", "acme", "image", "rollout", "reconcile", "proxmox",
        "engine", "proxy", "dns", "cluster", "health", "jobs", "isolation", "compose", "expansion")

LAYERS = (
    ("base", ("libpaas/base",)),
    ("model", ("libpaas/model",)),
    ("domain", tuple("libpaas/" + name for name in PURE)),
    ("ports", ("libpaas/ports",)),
    ("adapters", ("libpaas/adapters/*", "libpaas/adapters")),
    ("use cases", ("libpaas/control", "libpaas/node", "libpaas/direct")),
    ("programs", ("provider", "agent")),
)

# Neighbours of one layer that may meet all the same: (from, to, why), as regular expressions.
NEIGHBOURS = (
    (r"libpaas/adapters/connect_", r"libpaas/adapters/", "puts a client together for programs"),
    (r"libpaas/cluster/", r"libpaas/(placement|mesh)/", "its plan is made of both"),
    (r"libpaas/jobs/", r"libpaas/(blueprint|rollout)/", "runs have schedules and addresses"),
    (r"libpaas/reconcile/", r"libpaas/blueprint/", "a container has one text, that of the apps file"),
    (r"libpaas/compose/", r"libpaas/blueprint/", "what it gives is judged as any blueprint"),
    (r"libpaas/expansion/", r"libpaas/(blueprint|rollout|reconcile|jobs|dns|isolation)/",
     "it turns what is declared into what they deal in"),
    (r"libpaas/control/", r"libpaas/direct/", "creates its nodes as anybody does"),
)

# --- Edges that no layer forbids, or whose reason is worth a sentence. A rule is (from, to, why):
# a source below `from` includes nothing that matches `to`. Both are regular expressions on paths
# from the root of the repository. ----------------------------------------------------------------

# The files that wire a program, and those that read the settings of what they wire.
WIRING = (r"(provider/(main|provider|services|docs/main)"
          r"|agent/(main|program|complaint|commands/\w+|dns/main))\.(cpp|hpp)")

FORBIDDEN = (
    (r"libpaas/(control|node|direct)/", r"libpaas/adapters/",
     "use cases speak to ports; which system is behind one is the program's choice"),
    (r"libpaas/base/", r"(?!libpaas/base/)",
     "base knows nothing of us: it could be lifted into another project"),
    (r"libpaas/", r"(provider|agent)/",
     "the library is the product; programs are only ways to reach it"),
    (r"provider/", r"agent/",
     "the provider and the agent meet in libpaas or on the wire, never in code"),
    (r"agent/", r"provider/",
     "the provider and the agent meet in libpaas or on the wire, never in code"),
    (r"libpaas/adapters/[^/]+/", r"libpaas/adapters/curl_",
     "who speaks over HTTP is given the port, so that its tests can be given another"),
    (r"provider/tf/", r"(?!provider/tf/|libpaas/base/)",
     "Terraform in C++ serves any provider: it knows no Proxmox, no port, no gRPC"),
    (r"provider/plugin/", r"(?!provider/(plugin|tf|proto)/|libpaas/base/)",
     "the protocol server knows resources only as provider/tf describes them"),
    (r"(?!provider/(plugin|main|debug))provider/", r"provider/(plugin|proto)/",
     "nothing but the program's start knows that there is a wire"),
    (r"tests/fake-pve/(?!\w+_test\.cpp)", r"(?!tests/fake-pve/|libpaas/base/)",
     "a fake that shares code with the client shares its mistakes"),
    (r"(libpaas|provider|agent)/(?!.*_test\.cpp)", r"tests/",
     "what is shipped does not depend on what tests it"),
    (r"examples/", r"(?!libpaas/|examples/)",
     "an example uses what is installed, as a reader of it would"),
)

# Folders whose children never include each other: each can be read, and deleted, alone.
ISLANDS = ("provider/resources", "provider/data", "provider/functions", "libpaas/adapters")

# --- Headers of others. --------------------------------------------------------------------------

GRPC = r"(grpc|grpcpp|grpc\+\+|google/protobuf)/|.*\.pb\.h$"
CURL = r"curl/"
SYSTEM = r"(sys|netinet|arpa|net|linux)/|(unistd|fcntl|poll|netdb|signal|dirent|time|pthread)\.h$"
# A span of time is a value; whoever asks a clock is found by IMPURE_CALLS.
IMPURE = (r"(ctime|fstream|iostream|filesystem|cstdio|thread|mutex|shared_mutex|future|atomic"
          r"|condition_variable|semaphore|latch|barrier|stop_token|random)$|" + SYSTEM)

FORBIDDEN_HEADERS = (
    (r"(?!provider/plugin/|tests/)", GRPC,
     "only provider/plugin speaks gRPC: a header of it costs seconds in every file that sees it"),
    (r"(?!libpaas/adapters/|tests/)", CURL,
     "one HTTP client for the whole product, behind libpaas/ports/http.hpp"),
    (r"libpaas/(model|%s)/(?!\w+_test\.cpp)" % "|".join(PURE), IMPURE,
     "pure: values in, values out; no clock, file, thread, socket or chance"),
    (r"libpaas/ports/", SYSTEM + r"|(curl|openssl|rapidjson|yaml-cpp)/",
     "a port is in our words; the system behind it shows only in its adapter"),
    (r"(libpaas/(control|node|direct)|provider/(tf|resources|data|functions))/(?!\w+_test\.cpp)",
     SYSTEM + r"|(fstream|filesystem|random)$",
     "effects go through ports, so that a test can watch them"),
)

# What a pure folder must not do without any header of its own.
IMPURE_CALLS = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|random_device"
                          r"|getenv|s?rand\s*\(\s*\)|time\s*\(\s*(?:nullptr|NULL|0)\s*\))")


def layer_of(path):
    """The rank of a path and the folder that stands in the table; none where no layer rules."""
    for rank, (_, folders) in enumerate(LAYERS):
        for folder in folders:
            pattern = folder.replace("*", r"[^/]+") + "/"
            found = re.match(pattern, path)
            if found:
                return rank, found[0].rstrip("/")
    return None, None


def layer_breach(source, target):
    own, own_folder = layer_of(source)
    other, other_folder = layer_of(target)
    if own is None or other is None or f"{own_folder}/".startswith(f"{other_folder}/"):
        return None
    if other > own:
        return f"{LAYERS[own][0]} is below {LAYERS[other][0]}"
    if other == own and not any(re.match(a, source) and re.match(b, target) for a, b, _ in NEIGHBOURS):
        return "neighbours of one layer meet only through a lower one"
    return None


def edge_breaches(source, include):
    if not include.ours:
        return
    target = include.name
    breach = layer_breach(source, target)
    if breach:
        yield breach
    for origin, forbidden, why in FORBIDDEN:
        if re.match(origin, source) and re.match(forbidden, target):
            yield why
    if re.match(r"libpaas/adapters/", target) and re.match(r"(provider|agent)/", source):
        if not re.fullmatch(WIRING, source) and not is_test(source):
            yield "only the files that wire a program name an adapter"
    for island in ISLANDS:
        ours, theirs = (re.match(island + r"/([^/]+)/", p) for p in (source, target))
        if ours and theirs and ours[1] != theirs[1]:
            yield f"the folders of {island} never include each other"


def header_breaches(source, include):
    for origin, forbidden, why in FORBIDDEN_HEADERS:
        if re.match(origin, source) and re.match(forbidden, include.name):
            yield why


def breaches(tree):
    found = []
    for path in tree.files(*CXX):
        text = tree.text(path)
        for include in includes(text):
            reasons = dict.fromkeys([*edge_breaches(path, include), *header_breaches(path, include)])
            found += [f"{path}:{include.line}: includes {include.name}: {why}" for why in reasons]
        if layer_of(path)[0] in (1, 2) and not is_test(path):
            for number, line in enumerate(text.split("\n"), 1):
                call = IMPURE_CALLS.search(line.split("//")[0])
                if call:
                    found.append(f"{path}:{number}: {call[1]} in a pure folder")
    return found


def public_headers(tree):
    listed = "cmake/public_headers.cmake"
    return set(re.findall(r"^\s+(libpaas/\S+\.hpp)", tree.text(listed), re.M)) if tree.exists(listed) else set()


# Programs that are linked from the library's objects, not against libpaas.so.
OF_OBJECTS = ("agent/dns/main.cpp",)


def surface_breaches(tree):
    """What is installed stands on its own, and its users use nothing else."""
    public = public_headers(tree)
    found = [f"cmake/public_headers.cmake: {path} does not exist" for path in sorted(public)
             if path not in tree.paths]
    for path in tree.files(*CXX):
        for include in includes(tree.text(path)):
            private = include.name.startswith("libpaas/") and include.name not in public
            if private and path in public:
                found.append(f"{path}:{include.line}: public, but includes {include.name}")
            elif private and path.startswith(("agent/", "examples/")) and path not in OF_OBJECTS:
                found.append(f"{path}:{include.line}: {include.name} is not a public header of libpaas")
    return found


def unknown_folders(tree):
    """Folders of libpaas that no layer names: a new one needs a place in the table first."""
    return sorted({folder_of(path) for path in tree.files(*CXX)
                   if path.startswith("libpaas/") and layer_of(path)[0] is None})


def test_every_include_goes_down():
    none(breaches(Tree()))


def test_every_folder_of_the_library_has_a_layer():
    none(unknown_folders(Tree()))


def test_public_headers_stand_alone():
    none(surface_breaches(Tree()))


# --- The rules can fail. -------------------------------------------------------------------------

BAD = {
    "libpaas/base/a.hpp": '#include "libpaas/model/node.hpp"',
    "libpaas/model/b.hpp": '#include "libpaas/mesh/topology.hpp"',
    "libpaas/proxmox/c.cpp": '#include "libpaas/ports/pve.hpp"',
    "libpaas/mesh/d.cpp": '#include "libpaas/placement/place.hpp"',
    "libpaas/ports/e.hpp": '#include "libpaas/adapters/http/http.hpp"',
    "libpaas/direct/f.cpp": '#include "libpaas/adapters/pve/pve.hpp"',
    "libpaas/adapters/pve/g.cpp": '#include "libpaas/adapters/http/http.hpp"',
    "libpaas/adapters/pve/g2.cpp": '#include "libpaas/adapters/curl_http.hpp"',
    "libpaas/adapters/g3.cpp": '#include "libpaas/adapters/pve/pve.hpp"',
    "libpaas/adapters/pve/h.cpp": '#include "libpaas/direct/containers.hpp"',
    "libpaas/direct/i.cpp": '#include "provider/tf/value.hpp"',
    "provider/j.cpp": '#include "agent/main.hpp"',
    "agent/k.cpp": '#include "provider/tf/value.hpp"',
    "provider/tf/l.cpp": '#include "libpaas/proxmox/call.hpp"',
    "provider/resources/lxc/m.cpp": '#include "provider/resources/vm/vm.hpp"',
    "provider/resources/lxc/n.cpp": '#include "libpaas/adapters/pve/pve.hpp"',
    "provider/resources/lxc/o.cpp": '#include "provider/plugin/server.hpp"',
    "provider/tf/p.cpp": "#include <grpcpp/grpcpp.h>",
    "provider/resources/lxc/q.cpp": '#include "provider/proto/tfplugin6.pb.h"',
    "provider/plugin/q2.cpp": '#include "provider/resources/lxc/lxc.hpp"',
    "libpaas/direct/r.cpp": "#include <curl/curl.h>",
    "libpaas/proxmox/s.cpp": "#include <fstream>",
    "libpaas/proxmox/t.cpp": "#include <sys/socket.h>",
    "libpaas/model/u.cpp": "auto now() { return std::chrono::system_clock::now(); }",
    "libpaas/ports/v.hpp": "#include <openssl/ssl.h>",
    "libpaas/direct/w.cpp": "#include <filesystem>",
    "tests/fake-pve/x.cpp": '#include "libpaas/proxmox/call.hpp"',
    "libpaas/direct/y.cpp": '#include "tests/fakes/pve.hpp"',
    "examples/cpp/z.cpp": '#include "provider/tf/value.hpp"',
}

GOOD = {
    "libpaas/model/a.hpp": '#include "libpaas/base/result.hpp"',
    "libpaas/ports/b.hpp": '#include <chrono>\n#include "libpaas/proxmox/call.hpp"',
    "libpaas/adapters/pve/c.cpp": '#include "libpaas/ports/http.hpp"\n#include <curl/curl.h>',
    "libpaas/adapters/pve/c2.hpp": '#include "libpaas/adapters/tls_trust.hpp"',
    "libpaas/adapters/connect_pve.cpp": '#include "libpaas/adapters/pve/client.hpp"',
    "libpaas/direct/d.hpp": '#include <mutex>\n#include "libpaas/ports/pve.hpp"',
    "libpaas/direct/d_test.cpp": '#include "tests/fakes/pve.hpp"',
    "libpaas/proxmox/e.cpp": "// system_clock is not ours to ask\n",
    "libpaas/proxmox/e_test.cpp": "#include <fstream>",
    "libpaas/cluster/f.cpp": '#include "libpaas/placement/place.hpp"',
    "provider/provider.cpp": '#include "libpaas/adapters/pve/pve.hpp"',
    "provider/main.cpp": '#include "provider/plugin/serve.hpp"',
    "provider/plugin/g.cpp": '#include <grpcpp/grpcpp.h>\n#include "provider/proto/tfplugin6.pb.h"',
    "provider/resources/lxc/h.cpp": '#include "libpaas/direct/container.hpp"',
    "agent/commands/pve.cpp": '#include "libpaas/adapters/pve/pve.hpp"',
}


def test_each_forbidden_edge_is_found(tmp_path):
    found = breaches(write(tmp_path, BAD))
    missed = [path for path in BAD if not any(line.startswith(path + ":") for line in found)]
    assert missed == []


def test_each_reason_is_used(tmp_path):
    found = "\n".join(breaches(write(tmp_path, BAD)))
    unused = [why for _, _, why in FORBIDDEN + FORBIDDEN_HEADERS if why not in found]
    assert unused == []


def test_what_is_allowed_is_not_found(tmp_path):
    assert breaches(write(tmp_path, GOOD)) == []


def test_a_folder_without_a_layer_is_found(tmp_path):
    assert unknown_folders(write(tmp_path, {"libpaas/stuff/a.cpp": ""})) == ["libpaas/stuff"]


def test_private_headers_in_public_places_are_found(tmp_path):
    found = surface_breaches(write(tmp_path, {
        "cmake/public_headers.cmake": "set(X\n    libpaas/a.hpp\n    libpaas/gone.hpp)\n",
        "libpaas/a.hpp": '#include "libpaas/b.hpp"', "libpaas/b.hpp": "",
        "libpaas/b.cpp": '#include "libpaas/b.hpp"',
        "agent/c.cpp": '#include "libpaas/a.hpp"\n#include "libpaas/b.hpp"',
    }))
    assert [line.split(":")[0] for line in found] == ["cmake/public_headers.cmake", "agent/c.cpp",
                                                      "libpaas/a.hpp"]
