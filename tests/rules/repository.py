"""The source tree as the rules see it: which files there are, what they include, where functions
begin and end. Nothing here judges; that is done by the *_test.py files beside it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Folders that hold nothing we wrote.
SKIPPED = {".git", "build", "__pycache__", ".terraform", ".pytest_cache", ".cache"}

CXX = (".hpp", ".cpp")
TEXT = CXX + (".py", ".sh", ".cmake", ".in", ".txt", ".md", ".proto", ".tf", ".hcl", ".json",
              ".yaml", ".yml", ".map", "")


class Tree:
    """A source tree. Paths are text, relative to its root, with forward slashes."""

    def __init__(self, root=ROOT):
        self.root = Path(root)
        self._text = {}
        self.paths = sorted(self._walk())

    def _walk(self):
        for folder, names, files in os.walk(self.root):
            names[:] = [n for n in names if n not in SKIPPED]
            for name in files:
                yield (Path(folder) / name).relative_to(self.root).as_posix()

    def files(self, *suffixes):
        return [p for p in self.paths if os.path.splitext(p)[1] in suffixes]

    def text(self, path):
        if path not in self._text:
            raw = (self.root / path).read_bytes()
            self._text[path] = "" if b"\0" in raw else raw.decode("utf-8", "replace")
        return self._text[path]

    def exists(self, path):
        return (self.root / path).exists()


def write(root, files):
    """A tree of the given texts under `root`, for a rule's own test."""
    for path, text in files.items():
        target = Path(root) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return Tree(root)


def none(breaches):
    """What a rule's test ends with: all breaches are shown, not the first."""
    assert not breaches, "\n" + "\n".join(breaches)


def folder_of(path):
    return os.path.dirname(path)


def is_test(path):
    return path.startswith("tests/") or path.endswith(("_test.cpp", "_test.py"))


# --- C++ -----------------------------------------------------------------------------------------

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.M)


@dataclass(frozen=True)
class Include:
    name: str
    ours: bool  # written with quotes
    line: int


def includes(text):
    return [Include(m[1] or m[2], m[1] is not None, text.count("\n", 0, m.start()) + 1)
            for m in _INCLUDE.finditer(text)]


_NOISE = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9A-Za-z_])'(?:[^'\\\n]|\\.)+'",
    re.S)


def code(text):
    """The text with comments gone and literals empty; every line stays on its number."""

    def blank(match):
        found = match[0]
        lines = "\n" * found.count("\n")
        if found.startswith("/"):
            return " " + lines
        return '""' + lines if found[0] in '"R' else "' '"

    return _NOISE.sub(blank, text)


_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*(?:\\\n(?:[^\n\\]|\\.)*)*", re.M)


@dataclass(frozen=True)
class Function:
    header: str  # from the end of the statement before it to its brace
    first: int   # line of the first word of the header
    last: int    # line of the closing brace
    body: str

    @property
    def lines(self):
        return self.last - self.first + 1

    @property
    def name(self):
        found = re.search(r"([\w:~]+|operator\s*\S{1,3})\s*\(", self.header)
        return found[1] if found else "a lambda"


_ACCESS = re.compile(r"^\s*(?:(?:public|private|protected)\s*:\s*)+")
_TYPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:requires\b.*\s)?(?:class|struct|union|enum)\b")


def _kind(header, outer):
    """What the brace after `header` opens: namespace, type, function, or the values of something."""
    head = _ACCESS.sub("", header).strip()
    tail = re.sub(r"(?:\s|\bconst\b|\bnoexcept\b|\boverride\b|\bfinal\b|\bmutable\b|&)+$", "", head)
    if re.match(r"(?:inline\s+)?namespace\b", head) or head == 'extern ""':
        return "namespace"
    if outer == "values":
        return "function" if tail.endswith((")", "]")) else "values"
    if _TYPE.match(head) and not tail.endswith(")"):
        return "type"
    if "(" in head:
        after_parameters = head[head.rfind(")") + 1:]
        if re.search(r"\)\s*(?:noexcept\s*)?:[^:]", head) and re.search(r"[\w>]$", head):
            return "values"  # a member initialised in a constructor's list
        if tail.endswith((")", "}")) or "->" in after_parameters or "requires" in head:
            return "function"
        if re.search(r"\)\s*->\s*[^=;]+$", head):
            return "function"
    return "values"


def functions(text):
    """Every outermost function body of a C++ source in our style (lambdas count as part of it)."""
    source = _DIRECTIVE.sub(lambda m: "\n" * m[0].count("\n"), code(text))
    found = []
    stack = []  # (kind, start of header, position of the brace)
    start = 0   # where the statement being read begins
    inner = 0   # braces open within a function
    for at, char in enumerate(source):
        kind = stack[-1][0] if stack else "namespace"
        if kind == "function":
            if char == "{":
                inner += 1
            elif char == "}":
                if inner:
                    inner -= 1
                    continue
                _, begin, brace = stack.pop()
                header = _ACCESS.sub("", source[begin:brace]).lstrip()
                begin = brace - len(header)
                found.append(Function(" ".join(header.split()),
                                      source.count("\n", 0, begin) + 1,
                                      source.count("\n", 0, at) + 1, source[brace + 1:at]))
                start = at + 1
        elif char == "{":
            opened = _kind(source[start:at], kind)
            stack.append((opened, start, at))
            if opened != "values":
                start = at + 1
        elif char == "}" and stack:
            closed, begin, _ = stack.pop()
            start = begin if closed == "values" else at + 1
        elif char == ("," if kind == "values" else ";"):
            start = at + 1
    return found
