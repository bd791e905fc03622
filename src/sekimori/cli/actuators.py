"""`sekimori actuators policy`."""

from __future__ import annotations

import click

from sekimori.cli.listen import host_port


@click.group()
def actuators() -> None:
    """The equipment that measures are carried out on."""


@actuators.command()
@click.option("--listen", default="", metavar="HOST:PORT", help="Default: the setting actuators.policy_listen.")
def policy(listen: str) -> None:
    """Serve Postfix's policy requests until SIGTERM: refuses restricted logins. Needs no database."""
    from sekimori.enforcement.actuators.loginlist import folder
    from sekimori.enforcement.actuators.postfix.policyd import Policy, run
    from sekimori.settings import SettingsError, current

    try:
        settings = current()
    except SettingsError as e:
        raise click.ClickException(str(e)) from e
    host, port = host_port(listen or settings.actuators.policy_listen, "--listen, or the setting actuators.policy_listen")
    path = folder() / "postfix" / "logins"
    try:
        run(Policy(path, per_hour=settings.actuators.restrict_per_hour), host, port)
    except OSError as e:
        raise click.ClickException(f"cannot listen on {host}:{port}: {e.strerror}") from e
