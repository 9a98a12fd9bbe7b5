"""How every file looks: what a header may drag in, how long things get, names and words that stay
out. Each rule is a function from a tree to a list of breaches, and is fed a bad file below."""

import os
import re

from repository import CXX, TEXT, Tree, code, folder_of, functions, includes, is_test, none, write

HEADER_LINES, SOURCE_LINES, FUNCTION_LINES = 400, 600, 70

# --- Headers -------------------------------------------------------------------------------------

# Each costs a second or more in every file that sees it.
HEAVY = re.compile(r"(rapidjson/|yaml-cpp/|yaml\.h$|grpcpp/|grpc\+\+/|google/protobuf/|boost/|curl/"
                   r"|catch2/|rapidcheck)|\.pb\.h$")

GENERATED = re.compile(r"provider/proto/\w+(\.grpc)?\.pb\.h$")


def heavy_headers(tree):
    return [f"{path}:{include.line}: {include.name} in a header; keep it in a .cpp"
            for path in tree.files(".hpp") for include in includes(tree.text(path))
            if HEAVY.search(include.name)]


def include_paths(tree):
    return [f'{path}:{include.line}: "{include.name}" is not a path from the root of the repository'
            for path in tree.files(*CXX) for include in includes(tree.text(path))
            if include.ours and not GENERATED.match(include.name)
            and (".." in include.name or include.name not in tree.paths)]


def pragma_once(tree):
    return [f"{path}: the first line is not #pragma once" for path in tree.files(".hpp")
            if not tree.text(path).startswith("#pragma once\n")]


# --- Length --------------------------------------------------------------------------------------


def long_files(tree):
    found = []
    for path in tree.files(*CXX):
        limit = HEADER_LINES if path.endswith(".hpp") else SOURCE_LINES
        lines = tree.text(path).count("\n")
        if lines > limit:
            found.append(f"{path}: {lines} lines, at most {limit}")
    return found


def long_functions(tree):
    return [f"{path}:{f.first}: {f.name} has {f.lines} lines, at most {FUNCTION_LINES}"
            for path in tree.files(*CXX) for f in functions(tree.text(path))
            if f.lines > FUNCTION_LINES]


# --- Words ---------------------------------------------------------------------------------------

# Written apart, so that this file keeps its own rule.
LEFT_UNDONE = re.compile(r"\b(%s)\b" % "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")))
LEFT_UNDONE_IN = CXX + (".py", ".sh", ".cmake", ".md", ".proto", ".tf", ".txt", "")

# A path that is there on one machine only.
OF_ONE_MACHINE = re.compile(r"(?<![\w.~-])/(?:home/(?!\w*[{<$])\w|Users/\w|root/\w|work/\w|tmp/(?:build|slot))")

NAMES = re.compile(r"\b(?:class|struct|enum class|namespace)\s+(\w*(?:Manager|Helper|Util|Utils|Impl))\b")

MACROS = {"TRY", "PAAS_TRY_", "PAAS_CAT", "PAAS_CAT_"}
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.M)


def words(tree, pattern, suffixes, say):
    found = []
    for path in tree.files(*suffixes):
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            match = pattern.search(line)
            if match:
                found.append(f"{path}:{number}: {say.format(match[0])}")
    return found


def left_undone(tree):
    return words(tree, LEFT_UNDONE, LEFT_UNDONE_IN, "{}: do it, or open an issue")


def machine_paths(tree):
    return words(tree, OF_ONE_MACHINE, TEXT, "{}…: a path of one machine")


def vague_names(tree):
    return words(tree, NAMES, CXX, "{}: say what it does")


def macros(tree):
    found = []
    for path in tree.files(*CXX):
        for match in _DEFINE.finditer(tree.text(path)):
            allowed = match[1] in MACROS or (is_test(path) and match[1].startswith("CATCH_CONFIG_"))
            if not allowed:
                line = tree.text(path).count("\n", 0, match.start()) + 1
                found.append(f"{path}:{line}: macro {match[1]}; TRY is the only one")
    return found


# --- READMEs -------------------------------------------------------------------------------------

# One folder per resource would say the same again and again: their parents speak for them.
SPOKEN_FOR = ("provider/resources/", "provider/data/", "provider/functions/")
README_LINES = (10, 25)
README_LONGER = {"tests/fake-pve": 40}  # it is a program with options and files of its own


def readmes(tree):
    folders = set()
    for path in tree.files(".hpp", ".cpp", ".proto", ".py"):
        folder = folder_of(path)
        if not folder.startswith(("libpaas/", "provider", "agent", "tests/")):
            continue
        speaker = next((s.rstrip("/") for s in SPOKEN_FOR if folder.startswith(s)), folder)
        folders.add(speaker)
    found = []
    for folder in sorted(folders):
        path = folder + "/README.md"
        if path not in tree.paths:
            found.append(f"{folder}: has no README.md")
            continue
        lines = tree.text(path).count("\n")
        least, most = README_LINES[0], README_LONGER.get(folder, README_LINES[1])
        if not least <= lines <= most:
            found.append(f"{path}: {lines} lines, not {least} to {most}")
    return found


# --- Tests that can fail -------------------------------------------------------------------------

ASSERTION = re.compile(r"\b(CHECK\w*|REQUIRE\w*|FAIL|FAIL_CHECK|RC_ASSERT\w*|RC_FAIL|RC_CLASSIFY_FAIL"
                       r"|STATIC_REQUIRE\w*|static_assert)\s*\(|\brc::(?:prop|check)\s*\(")
_CASE = re.compile(r"^(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE|TEST_CASE_METHOD)\b")


def asserting_names(bodies):
    """Which of the functions (name → bodies) assert, themselves or by calling one that does."""
    asserting = {name for name, texts in bodies.items() if any(map(ASSERTION.search, texts))}
    while True:
        calls = re.compile(r"\b(%s)\s*[(<]" % "|".join(map(re.escape, asserting)) if asserting else r"(?!)")
        more = {name for name, texts in bodies.items()
                if name not in asserting and any(map(calls.search, texts))}
        if not more:
            return asserting
        asserting |= more


def reachable(tree, path):
    """A test file and the headers of ours that it includes from tests/, with their sources."""
    seen, open_ = {path}, [path]
    while open_:
        for include in includes(tree.text(open_.pop())):
            source = include.name.removesuffix(".hpp") + ".cpp"
            for name in (include.name, source):
                if name.startswith("tests/") and name in tree.paths and name not in seen:
                    seen.add(name)
                    open_.append(name)
    return seen


def unasserting(tree):
    found = []
    for path in tree.files(".cpp"):
        if not path.endswith("_test.cpp"):
            continue
        bodies, cases = {}, []
        for name in reachable(tree, path):
            for function in functions(tree.text(name)):
                if _CASE.match(function.header):
                    if name == path:
                        cases.append(function)
                else:
                    bodies.setdefault(function.name.split("::")[-1], []).append(function.body)
        helpers = asserting_names(bodies)
        called = re.compile(r"\b(%s)\s*[(<]" % "|".join(map(re.escape, helpers)) if helpers else r"(?!)")
        found += [f"{path}:{case.first}: a test that asserts nothing" for case in cases
                  if not ASSERTION.search(case.body) and not called.search(case.body)]
    return found


# --- The rules hold ------------------------------------------------------------------------------


def test_no_heavy_header_in_a_header():
    none(heavy_headers(Tree()))


def test_include_path_is_repository_path():
    none(include_paths(Tree()))


def test_pragma_once():
    none(pragma_once(Tree()))


def test_files_are_short():
    none(long_files(Tree()))


def test_functions_are_short():
    none(long_functions(Tree()))


def test_nothing_is_left_undone():
    none(left_undone(Tree()))


def test_no_path_of_one_machine():
    none(machine_paths(Tree()))


def test_names_say_something():
    none(vague_names(Tree()))


def test_the_only_macro_is_try():
    none(macros(Tree()))


def test_every_folder_has_its_readme():
    none(readmes(Tree()))


def test_every_test_asserts():
    none(unasserting(Tree()))


# --- The rules can fail --------------------------------------------------------------------------


def one(rule, tmp_path, files):
    """The paths in which the rule finds something."""
    return sorted({re.split("[: ]", line)[0] for line in rule(write(tmp_path, files))})


def test_heavy_headers_are_found(tmp_path):
    assert one(heavy_headers, tmp_path, {
        "a.hpp": "#include <rapidjson/reader.h>",
        "b.hpp": "#include <grpcpp/grpcpp.h>",
        "c.hpp": '#include "provider/proto/tfplugin6.pb.h"',
        "d.hpp": "#include <catch2/catch.hpp>",
        "e.hpp": "#include <yaml-cpp/yaml.h>",
        "f.cpp": "#include <rapidjson/reader.h>",
        "g.hpp": '#include "libpaas/base/json.hpp"\n// #include <rapidjson/reader.h>',
    }) == ["a.hpp", "b.hpp", "c.hpp", "d.hpp", "e.hpp"]


def test_short_include_paths_are_found(tmp_path):
    assert one(include_paths, tmp_path, {
        "libpaas/base/a.hpp": "",
        "libpaas/base/b.cpp": '#include "a.hpp"',
        "libpaas/base/c.cpp": '#include "../base/a.hpp"',
        "libpaas/base/d.cpp": '#include "libpaas/base/a.hpp"\n#include "provider/proto/x.grpc.pb.h"',
    }) == ["libpaas/base/b.cpp", "libpaas/base/c.cpp"]


def test_a_missing_pragma_is_found(tmp_path):
    assert one(pragma_once, tmp_path, {
        "a.hpp": "#ifndef A\n", "b.hpp": "#pragma once\n", "c.cpp": ""}) == ["a.hpp"]


def test_long_files_are_found(tmp_path):
    assert one(long_files, tmp_path, {
        "a.hpp": "\n" * 401, "b.hpp": "\n" * 400, "c.cpp": "\n" * 601, "d.cpp": "\n" * 600,
    }) == ["a.hpp", "c.cpp"]


LONG = "  call();\n" * 69


def test_long_functions_are_found(tmp_path):
    assert one(long_functions, tmp_path, {
        "plain.cpp": "namespace a {\nint f(int x) {\n" + LONG + "}\n}\n",
        "member.cpp": "struct A {\n  int f() const override {\n" + LONG + "  }\n};\n",
        "constructor.cpp": "A::A(int x) : x_{x}, y_(x) {\n" + LONG + "}\n",
        "trailing.cpp": "auto f() -> Result<int> {\n" + LONG + "}\n",
        "split.cpp": "Result<std::vector<int>> f(int x,\n                    int y) {\n" + LONG[10:] + "}\n",
        "test.cpp": 'TEST_CASE("{ a brace in a text") {\n' + LONG + "}\n",
        "lambda.cpp": "const auto f = [](int x) {\n" + LONG + "};\n",
        "row.cpp": "const Table t{{\n  {1, [](int x) {\n" + LONG + "  }},\n}};\n",
        "raw.cpp": 'const char* t = R"(}}}{{{)";\nvoid f() {\n' + LONG + "}\n",
        "just.cpp": "int f() {\n" + LONG[10:] + "}\n",
        "values.cpp": "const int t[] = {\n" + "  1,\n" * 99 + "};\n",
        "type.cpp": "class A {\n" + "  int f() { return '}'; }\n" * 99 + "};\n",
    }) == ["constructor.cpp", "lambda.cpp", "member.cpp", "plain.cpp", "raw.cpp", "row.cpp",
           "split.cpp", "test.cpp", "trailing.cpp"]


def test_left_undone_is_found(tmp_path):
    assert one(left_undone, tmp_path, {
        "a.cpp": "// TO" + "DO: later", "b.py": "# FIX" + "ME", "c.cpp": "// to do", "dev": "# HA" + "CK",
    }) == ["a.cpp", "b.py", "dev"]


def test_machine_paths_are_found(tmp_path):
    assert one(machine_paths, tmp_path, {
        "a.md": "see /" + "home/ann/paas", "b.cpp": '"/' + 'work/main"', "c.md": "see ~/.terraformrc",
        "d.cpp": '"/nodes/root/x"', "e.sh": "cd /" + "root/x",
    }) == ["a.md", "b.cpp", "e.sh"]


def test_vague_names_are_found(tmp_path):
    assert one(vague_names, tmp_path, {
        "a.hpp": "class NodeManager {};", "b.hpp": "struct Implication {};", "c.hpp": "struct PveImpl;",
    }) == ["a.hpp", "c.hpp"]


def test_macros_are_found(tmp_path):
    assert one(macros, tmp_path, {
        "a.hpp": "#define CHECKED(x) x", "b.hpp": "#define TRY(...) PAAS_TRY_(__VA_ARGS__)",
        "tests/main.cpp": "#define CATCH_CONFIG_MAIN", "c.cpp": "#define CATCH_CONFIG_MAIN",
    }) == ["a.hpp", "c.cpp"]


def test_missing_readmes_are_found(tmp_path):
    good = "line\n" * 12
    assert one(readmes, tmp_path, {
        "libpaas/base/a.cpp": "",
        "libpaas/model/a.cpp": "", "libpaas/model/README.md": "too short\n",
        "libpaas/ports/a.hpp": "", "libpaas/ports/README.md": good,
        "provider/resources/README.md": good, "provider/resources/lxc/a.cpp": "",
        "tests/fakes/a.cpp": "", "tests/fakes/README.md": good * 3,
        "tests/fake-pve/a.cpp": "", "tests/fake-pve/README.md": good * 3,
    }) == ["libpaas/base", "libpaas/model/README.md", "tests/fakes/README.md"]


def test_tests_without_assertion_are_found(tmp_path):
    assert unasserting(write(tmp_path, {
        "a_test.cpp": 'TEST_CASE("runs") {\n  parse("x");\n}\n\nTEST_CASE("checks") { CHECK(f()); }\n',
        "b_test.cpp": "void same(int a) { CHECK(a); }\nvoid all() { same(1); }\n"
                      'TEST_CASE("by others") { all(); }\n',
        "tests/c.hpp": "inline void holds() { REQUIRE(true); }\n",
        "tests/c_test.cpp": '#include "tests/c.hpp"\nTEST_CASE("elsewhere") { holds(); }\n',
        "d_test.cpp": 'TEST_CASE("only in a comment") {\n  // CHECK(x)\n}\n',
        "e_test.cpp": 'TEST_CASE("a property") { rc::prop("p", [](int x) { RC_ASSERT(x == x); }); }\n',
        "f.cpp": 'TEST_CASE("no test file") {}\n',
    })) == ["a_test.cpp:1: a test that asserts nothing", "d_test.cpp:1: a test that asserts nothing"]
