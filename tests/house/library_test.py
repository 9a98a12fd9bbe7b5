"""libpaas.so: a versioned soname, only public symbols, nothing of the plugin protocol inside."""

import pathlib
import re
import subprocess

import pytest

from tests.harness import build

LISTED = re.findall(r"^ +(libpaas/\S+\.hpp)\b",
                    (build.ROOT / "cmake" / "public_headers.cmake").read_text(), re.MULTILINE)


@pytest.fixture
def library():
    return (build.build_dir() / "lib" / "libpaas.so").resolve()


def readelf(*arguments) -> str:
    return subprocess.run(["readelf", "--wide", *arguments], check=True, text=True,
                          capture_output=True).stdout


def test_soname_says_the_version(library):
    version = re.search(r"project\(paas VERSION (\d+\.\d+)\.", (build.ROOT / "CMakeLists.txt").read_text())
    assert f"Library soname: [libpaas.so.{version[1]}]" in readelf("-d", library)


def test_depends_on_no_plugin_protocol(library):
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("-d", library))
    assert needed and not [n for n in needed if re.search("grpc|proto|absl|cares|boost", n)], needed


def exported(library: pathlib.Path) -> list:
    listing = subprocess.run(["nm", "-DC", "--defined-only", library], check=True, text=True,
                             capture_output=True).stdout
    return [line.split(" ", 2)[2] for line in listing.splitlines()]


def test_exports_the_public_interface_and_nothing_else(library):
    symbols = exported(library)
    ours = re.compile(r"^((vtable|typeinfo|typeinfo name|VTT|guard variable) for "
                      r"|(virtual|non-virtual) thunk to )?paas::|^PAAS_")
    assert [s for s in symbols if not ours.search(s)] == []
    for function in ("paas::parse_json(", "paas::describe", "paas::name_of("):
        assert any(s.startswith(function) for s in symbols), function
    for inside in ("rapidjson", "anonymous namespace", "yaml", "YAML"):
        assert not [s for s in symbols if inside in s], inside


@pytest.mark.parametrize("header", LISTED)
def test_public_header_is_exported_and_closed(header):
    text = (build.ROOT / header).read_text()
    assert text.count("#pragma GCC visibility push(default)") == 1
    assert text.count("#pragma GCC visibility pop") == 1
    push, pop = text.index("visibility push(default)"), text.index("visibility pop")
    assert not re.search(r"^#include", text[push:pop], re.MULTILINE), "an include is inside"
    included = re.findall(r'^#include "(.+)"', text, re.MULTILINE)
    assert [i for i in included if i not in LISTED] == [], "includes what is not public"


def test_only_listed_headers_are_exported():
    marked = {str(p.relative_to(build.ROOT)) for p in (build.ROOT / "libpaas").rglob("*.hpp")
              if "visibility push(default)" in p.read_text()}
    assert marked == set(LISTED)
