"""The published schema of the API, as a table of its calls."""

import json
import pathlib


def endpoints(path: pathlib.Path) -> dict:
    """(method, path) -> what the schema says of that call."""
    found = {}

    def walk(nodes):
        for node in nodes:
            for method, info in node.get("info", {}).items():
                found[method, node["path"]] = info
            walk(node.get("children", []))
    walk(json.loads(path.read_text()))
    return found


def plain_pattern(pattern: str) -> str:
    """A Perl pattern in the words of other languages, without anchors and outer brackets: the server
    anchors every pattern at both ends."""
    while (start := pattern.find("(?^i:")) >= 0:
        end = start + closing(pattern[start:])
        inside = pattern[start + len("(?^i:"):end].replace("a-z", "a-zA-Z")
        pattern = pattern[:start] + f"(?:{inside}" + pattern[end:]
    pattern = pattern.replace("(?^:", "(?:").replace("{,", "{0,")
    while True:
        bare = pattern.removeprefix("^").removesuffix("$")
        if bare.startswith("(?:") and closing(bare) == len(bare) - 1:
            bare = bare[3:-1]
        if bare == pattern:
            return pattern
        pattern = bare


def closing(pattern: str) -> int:
    """Where the bracket that opens a pattern is closed; brackets in character classes count for none."""
    depth, in_class, i = 0, False, 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            i += 1
        elif in_class:
            in_class = c != "]"
        elif c == "[":
            in_class = True
        elif c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
            if depth == 0:
                return i
        i += 1
    return -1


def same_pattern(ours, real) -> bool:
    if ours is None or real is None:
        return ours is real
    return plain_pattern(ours) == plain_pattern(real)
