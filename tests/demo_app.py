#!/usr/bin/env python3
"""The end of `./dev demo`: an app of two replicas on this very machine, in Podman, found by its name.

Podman, the agent and the names service live in namespaces of their own and go with this process. Where
they cannot run it says so and succeeds."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tests.agent.node import Node  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402


def shown(node: Node, *words: object) -> str:
    """Runs a command of the agent and shows it as a person would type it."""
    print("\n\033[1m$ paas-agent " + " ".join(map(str, words)) + "\033[0m", flush=True)
    where = ["--data-dir", node.data]
    if words[0] == "exec":
        where += ["--runtime", f"unix://{node.socket}"]
    done = node.agent(words[0], *where, *words[1:])
    print(done.stdout + done.stderr, end="", flush=True)
    if done.returncode != 0:
        sys.exit(f"this should have ended with 0, not {done.returncode}")
    return done.stdout


def demo() -> None:
    with Host() as host:
        node = Node(host)
        node.declare(node.app(replicas=2))
        print(node.state.read_text(), flush=True)
        node.start()
        node.until(lambda: (node.data / "names.json").exists(), "names")
        node.start_names()
        node.until(node.settled, "an app that runs")
        shown(node, "status")
        node.until(lambda: len(node.resolve("web.shop.internal")) == 2, "two addresses of one name")
        print("\n\033[1m$ kdig +short @10.200.1.1 web.shop.internal\033[0m")
        print("\n".join(node.resolve("web.shop.internal")), flush=True)
        page = shown(node, "exec", "shop/web/0", "--", "wget", "-q", "-O", "-", "http://web.internal:8080/")
        if page.strip() != "one":
            sys.exit("the app did not answer by its name")


if __name__ == "__main__":
    absent = missing()
    if absent:
        print(f"not shown here, for it takes {', '.join(absent)}")
    else:
        try:
            demo()
        except subprocess.SubprocessError as problem:
            sys.exit(str(problem))
