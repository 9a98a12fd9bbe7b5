"""./dev soak agent: the node agent is killed at its effects, again and again, and always gets there.

The agent counts its own effects (libpaas/node/effects.hpp), and kills itself with SIGKILL before or
after the one that it is told: PAAS_KILL_AT_EFFECT=N, PAAS_KILL_AFTER_EFFECT=N. PAAS_EFFECTS_FILE
names a file to which each effect adds a line, "N NAME". Each round declares another state, lets the
agent be killed on its way, lets another one finish, and looks: nothing orphaned, nothing twice,
nothing foreign touched, never two writers of a volume. `--seed` repeats a campaign."""

import argparse
import collections
import json
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.agent.node import Node  # noqa: E402
from tests.engine.host import Host, missing  # noqa: E402

WRITER = """trap 'echo stop >> /data/log; exit 0' TERM
echo start >> /data/log
while :; do sleep 0.1; done"""


def states(node: Node) -> dict[str, list[dict]]:
    """What may be declared, by name. No two have the same apps."""
    def writer(marker: str) -> dict:
        return {"name": "db", "project": "shop", "image": node.image(marker), "stop_grace": "5s",
                "entrypoint": ["/bin/sh", "-c"], "command": [WRITER], "mounts": [{"volume": "data", "target": "/data"}]}

    return {
        "nothing": [],
        "web": [node.app(replicas=2), writer("one")],
        "new web": [node.app(marker="two", replicas=2), writer("two")],
        "less": [node.app(replicas=1)],
        "other": [node.app("api"), writer("one")],
    }


def label(when: str, effect: str) -> str:
    return ("before " if when == "AT" else "after ") + effect


class Campaign:
    def __init__(self, host: Host, seed: int) -> None:
        self.node, self.dice = Node(host), random.Random(seed)
        self.states = states(self.node)
        self.now = "nothing"
        self.kills: collections.Counter[str] = collections.Counter()
        self.routes: dict[tuple[str, str], list[str]] = {}  # effects on the way from one state to another
        self.effects = self.node.folder / "effects"
        self.effects.touch()
        self.node.declare(*self.states["web"])
        self.finish("web")
        self.foreign = self.node.podman("run", "--detach", "--name", "foreign", "--network", "none", "--entrypoint",
                                        "/bin/sleep", self.node.image_ids["one"], "100000").strip()

    def finish(self, name: str) -> None:
        self.effects.write_text("")
        done = self.node.apply({"PAAS_EFFECTS_FILE": str(self.effects)})
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}{self.node.host.log_tails()}"
        route = [line.split(" ", 1)[1] for line in self.effects.read_text().splitlines()]
        if len(route) > len(self.routes.get((self.now, name), [])):
            self.routes[self.now, name] = route
        self.now = name

    def point(self, name: str) -> tuple[int, str]:
        """Where to be killed: at the kind of effect that had its turn least often."""
        route = self.routes.get((self.now, name))
        if not route:
            return self.dice.randint(1, 20), self.dice.choice(("AT", "AFTER"))
        points = [(at, when) for at in range(1, len(route) + 1) for when in ("AT", "AFTER")]
        return min(points, key=lambda p: (self.kills[label(p[1], route[p[0] - 1])], self.dice.random()))

    def killed(self, name: str) -> str:
        """The effect at which the agent was killed on its way there; empty if it arrived before."""
        point, when = self.point(name)
        self.effects.write_text("")
        done = self.node.apply({f"PAAS_KILL_{when}_EFFECT": str(point), "PAAS_EFFECTS_FILE": str(self.effects)})
        lines = self.effects.read_text().splitlines()
        if done.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
            assert done.returncode == 0, done.stdout + done.stderr
            return ""
        at = next(line for line in lines if line.startswith(f"{point} "))
        return label(when, at.split(" ", 1)[1])

    def round(self) -> str:
        name = self.dice.choice([other for other in self.states if other != self.now])
        self.node.declare(*self.states[name])
        story = f"{self.now} → {name}"
        for _ in range(self.dice.choice((1, 1, 1, 2))):
            at = self.killed(name)
            if at:
                self.kills[at] += 1
                story += f", killed {at}"
        self.finish(name)
        self.check(story)
        return story

    def check(self, story: str) -> None:
        node, apps = self.node, self.states[self.now]
        wanted = {f"{app['project']}/{app['name']}/{i}" for app in apps for i in range(app.get("replicas", 1))}
        have = [(one["Labels"]["paas.allocation"], one["State"]) for one in node.containers().values()]
        assert sorted(have) == sorted((one, "running") for one in wanted), f"{story}: {have}"
        foreign = node.inspect("foreign")
        assert foreign["Id"] == self.foreign and foreign["RestartCount"] == 0, story
        assert foreign["State"]["Running"], story
        feed = json.loads((node.data / "names.json").read_text())
        named = {address for project in feed["projects"] for app in project["apps"] for replica in app["replicas"]
                 for address in replica["addresses"]}
        assert named == {node.address(name) for name in node.containers()}, f"{story}: {named}"
        self.check_writer(story)

    def check_writer(self, story: str) -> None:
        """Whoever writes to the volume begins when the one before has ended."""
        volumes = json.loads(self.node.podman("volume", "ls", "--format", "json") or "[]") or []
        for volume in volumes:
            log = (pathlib.Path(volume["Mountpoint"]) / "log").read_text().split()
            expected = ["start", "stop"] * len(log)
            assert log == expected[:len(log)], f"{story}: {log[-6:]}"
        assert len(volumes) == 1, volumes


def run(kills: int, seed: int, tell=print) -> collections.Counter:
    with Host() as host:
        campaign = Campaign(host, seed)
        rounds = 0
        while sum(campaign.kills.values()) < kills:
            rounds += 1
            tell(f"{rounds}: {campaign.round()}")
    return campaign.kills


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--sample", action="store_true", help="a few: what ./dev test takes")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    absent = missing()
    if absent:
        print(f"NOT RUN: real engines need {', '.join(absent)}")
        return
    print(f"seed {options.seed}")
    kills = run(8 if options.sample else options.kills, options.seed)
    for effect, count in sorted(kills.items()):
        print(f"{count:6}  {effect}")
    print(f"{sum(kills.values())} kills at {len(kills)} points, and each time it got there")


if __name__ == "__main__":
    main()
