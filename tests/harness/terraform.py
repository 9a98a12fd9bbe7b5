"""Terraform (or OpenTofu) in a folder of its own, on the current build of the provider."""

import json
import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

from . import build, process

SOURCE = "libpaas/paas"


@dataclass
class Run:
    code: int
    output: str  # stdout and stderr together, without colour

    @property
    def text(self) -> str:
        """The output without the frame Terraform draws around diagnostics, on one line."""
        return " ".join(self.output.replace("│", " ").replace("╷", " ").replace("╵", " ").split())


def binaries() -> list:
    """The hosts to test with: terraform, and OpenTofu where $PAAS_TOFU names one."""
    found = []
    for name in (os.environ.get("PAAS_TERRAFORM") or shutil.which("terraform"),
                 os.environ.get("PAAS_TOFU") or shutil.which("tofu")):
        if name and os.access(name, os.X_OK):
            found.append(name)
    return found


class Workspace:
    """A root module in `folder`. By default the provider is found through dev_overrides."""

    def __init__(self, folder: pathlib.Path, binary: str, environment: dict | None = None,
                 provider_dir: pathlib.Path | None = None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.binary = binary
        self.environment = dict(environment or {})
        self.cli_config = self.folder / "cli.tfrc"
        self.use_overrides(provider_dir or build.build_dir() / "bin")

    def use_overrides(self, provider_dir: pathlib.Path, sources=(SOURCE, "libpaas/corner")) -> None:
        lines = "".join(f'    "{source}" = "{provider_dir}"\n' for source in sources)
        self.cli_config.write_text(
            f"provider_installation {{\n  dev_overrides {{\n{lines}  }}\n  direct {{}}\n}}\n")

    def use_mirror(self, mirror: pathlib.Path) -> None:
        self.cli_config.write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')

    def write(self, text: str, name: str = "main.tf") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def _environment(self) -> dict:
        inherited = {k: v for k, v in os.environ.items()
                     if not k.startswith(("TF_", "PROXMOX_VE_"))}
        return inherited | {
            "TF_CLI_CONFIG_FILE": str(self.cli_config),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
        } | self.environment

    def _arguments(self, arguments) -> list:
        return [self.binary, arguments[0], *(["-no-color"] if _has_colour(arguments) else []),
                *arguments[1:]]

    def run(self, *arguments: str, check: bool = True, timeout_s: float = 600,
            environment: dict | None = None) -> Run:
        done = subprocess.run(
            self._arguments([str(a) for a in arguments]), cwd=self.folder,
            env=self._environment() | (environment or {}), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=timeout_s, stdin=subprocess.DEVNULL)
        run = Run(done.returncode, done.stdout)
        if check:
            assert run.code == 0, f"{' '.join(map(str, arguments))}:\n{run.output}"
        return run

    def start(self, *arguments: str, environment: dict | None = None) -> subprocess.Popen:
        """The same in the background, in a process group of its own."""
        return process.start(
            self._arguments([str(a) for a in arguments]), cwd=self.folder,
            env=self._environment() | (environment or {}), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)

    def apply(self, *arguments: str, **options) -> Run:
        return self.run("apply", "-auto-approve", "-input=false", *arguments, **options)

    def destroy(self, *arguments: str, **options) -> Run:
        return self.run("destroy", "-auto-approve", "-input=false", *arguments, **options)

    def plan(self, *arguments: str, **options) -> Run:
        """Code 0: no changes; 2: changes."""
        options.setdefault("check", False)
        return self.run("plan", "-input=false", "-detailed-exitcode", *arguments, **options)

    def assert_nothing_to_do(self, *arguments: str) -> None:
        run = self.plan(*arguments)
        assert run.code == 0, f"the plan is not empty:\n{run.output}"

    def show(self, *arguments: str) -> dict:
        """`show -json` of the state or of a saved plan."""
        done = subprocess.run([self.binary, "show", "-json", *arguments], cwd=self.folder,
                              env=self._environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def resources(self) -> dict:
        """address → values, of everything in the state."""
        state = self.show().get("values", {}).get("root_module", {})
        return {r["address"]: r["values"] for r in state.get("resources", [])}

    def state_entries(self) -> dict:
        """address → whole entry (tainted, schema_version, …)."""
        state = self.show().get("values", {}).get("root_module", {})
        return {r["address"]: r for r in state.get("resources", [])}

    def planned(self, *arguments: str) -> dict:
        """address → change, of a plan that is saved and shown."""
        run = self.plan("-out=saved.tfplan", *arguments)
        assert run.code in (0, 2), run.output
        shown = self.show("saved.tfplan")
        return {c["address"]: c["change"] for c in shown.get("resource_changes", [])}


def _has_colour(arguments) -> bool:
    return arguments[0] in ("plan", "apply", "destroy", "import", "init", "validate", "test",
                            "refresh")
