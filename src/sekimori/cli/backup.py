"""`sekimori backup` and `sekimori restore`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def backup(folder: Path) -> None:
    """Write a whole, consistent backup into FOLDER (new or empty) while the desk works on."""
    import os

    from sekimori.cli.django import setup

    os.umask(0o077)
    setup()
    from sekimori.cli.backups.make import make
    from sekimori.cli.purpose import actor
    from sekimori.settings import current
    from sekimori.values.clock import SystemClock
    from sekimori.values.outcomes import Outage, Refused

    try:
        made, digest = make(folder, current(), actor(), SystemClock().now())
    except (Refused, Outage) as e:
        raise click.ClickException(str(e)) from e
    except OSError as e:
        raise click.ClickException(f"not finished: {e.strerror} ({e.filename})") from e
    click.echo(json.dumps({"folder": str(folder), "files": len(made.files), "octets": sum(s for _, s in made.files.values()),
                           "rows": sum(made.tables.values()), "ledger_entries": made.ledger_entries, "ledger_head": made.ledger_head,
                           "manifest_sha256": digest, "missing_evidence": made.missing_evidence}))
    if made.missing_evidence:
        sys.exit(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore(folder: Path) -> None:
    """Restore the backup in FOLDER into the empty data folder (and empty database), and verify all of it."""
    import os

    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sekimori.site.django_settings")
    from sekimori.cli.backups.take_back import restore as take_back
    from sekimori.settings import SettingsError, current, reset
    from sekimori.values.clock import SystemClock
    from sekimori.values.outcomes import Outage, Refused

    def start_django() -> None:
        from sekimori.cli.django import setup

        reset()  # the restored folder may hold settings of its own
        if current().database:
            setup(need_schema=False)
            from sekimori.cli.backups.engines import load_postgres

            load_postgres(folder)
        setup()

    try:
        done = take_back(folder, current(), start_django, SystemClock().now())
    except (Refused, Outage, SettingsError) as e:
        raise click.ClickException(str(e)) from e
    except OSError as e:
        raise click.ClickException(f"not finished: {e.strerror} ({e.filename})") from e
    click.echo(json.dumps({"whole": not done.faults, "ledger_entries": done.ledger_entries, "bodies": done.bodies, "faults": done.faults}))
    if done.faults:
        sys.exit(1)
    click.echo("Stages that act on persons wait until an officer confirms (the backup may be older than what was sent).", err=True)
