"""The command `sekimori`. Commands are loaded when they are called, so that `sekimori read` starts in 0.1 s."""

from __future__ import annotations

import importlib
import importlib.util
import sys

import click

COMMANDS: dict[str, str] = {
    "init": "sekimori.cli.data:init",
    "work": "sekimori.cli.work:work",
    "ledger": "sekimori.cli.ledger:ledger",
    "read": "sekimori.cli.read:read",
    "feeds": "sekimori.cli.feeds:feeds",
    "programme": "sekimori.cli.programme:programme",
    "rules": "sekimori.cli.rules:rules",
    "trace": "sekimori.cli.trace:trace",
    "bounce": "sekimori.cli.bounce:bounce",
    "intake": "sekimori.cli.intake:intake",
    "messages": "sekimori.cli.intake:messages",
    "evidence": "sekimori.cli.evidence:evidence",
    "network": "sekimori.cli.loads:network",
    "contracts": "sekimori.cli.loads:contracts",
    "logins": "sekimori.cli.loads:logins",
    "circuits": "sekimori.cli.loads:circuits",
    "submissions": "sekimori.cli.loads:submissions",
    "assignments": "sekimori.cli.assignments:assignments",
    "attribute": "sekimori.cli.attribute:attribute",
    "cases": "sekimori.cli.cases:cases",
    "case": "sekimori.cli.cases:case",
    "measures": "sekimori.cli.cases:measures",
    "ladder": "sekimori.cli.cases:ladder",
    "notices": "sekimori.cli.notices:notices",
    "refusals": "sekimori.cli.refusals:refusals",
    "halt": "sekimori.cli.switches:halt",
    "resume": "sekimori.cli.switches:resume",
    "go-live": "sekimori.cli.switches:go_live",
    "play": "sekimori.cli.play:play",
    "backup": "sekimori.cli.backup:backup",
    "restore": "sekimori.cli.backup:restore",
    "doctor": "sekimori.cli.doctor:doctor",
    "retention": "sekimori.cli.retention:retention",
    "officers": "sekimori.cli.officers:officers",
    "api-keys": "sekimori.cli.api_keys:api_keys",
    "web": "sekimori.cli.web:web",
    "tags": "sekimori.cli.tags:tags",
    "actuators": "sekimori.cli.actuators:actuators",
    "up": "sekimori.cli.up:up",
    "demo": "sekimori.cli.demo:demo",
}


class Lazy(click.Group):
    """A group whose commands are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands that this build has."""
        return sorted(n for n, t in COMMANDS.items() if importlib.util.find_spec(t.split(":")[0]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)  # type: ignore[no-any-return]
        except ModuleNotFoundError as e:
            if e.name == module:
                return None
            raise


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sekimori")
def root() -> None:
    """Sekimori (関守): the abuse desk of an internet service provider."""


def main() -> None:
    """Run the command line; a broken pipe or Ctrl-C ends without a trace."""


    try:
        root(prog_name="sekimori")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
