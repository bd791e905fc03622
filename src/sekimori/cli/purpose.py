"""`--case|--report|--synthetic --basis CODE`: what a reading of protected data is for. No purpose, no answer."""

from __future__ import annotations

import os

import click

from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose


def actor() -> Actor:
    """Return who runs this command, in the ledger's words: the account's number, never a name."""
    return Actor("command", f"uid{os.getuid()}")


def purpose(*, case: str | None, report: str | None, synthetic: bool, basis: str | None) -> Purpose:
    """Return the purpose that the options name, after looking whether the case or report exists.

    Raises click.ClickException with one line. Django must be set up.
    """
    from sekimori.settings import current

    if synthetic:
        if not current().synthetic:
            raise click.ClickException("--synthetic works only in a folder made by `sekimori init --synthetic`")
        if basis not in (None, Basis.SYNTHETIC):
            raise click.ClickException("--synthetic has the basis SYNTHETIC")
        return Purpose("synthetic", Basis.SYNTHETIC)
    if basis is None or basis not in set(Basis) - {Basis.SYNTHETIC}:
        raise click.ClickException(f"--basis must be one of {', '.join(b for b in Basis if b is not Basis.SYNTHETIC)}")
    if case is not None:
        from sekimori.cases.models import Case

        if not Case.objects.filter(ref=case).exists():
            raise click.ClickException(f"there is no case {case}")
        return Purpose(f"case:{case}", Basis(basis))
    if report is not None:
        from sekimori.reports.models import Report

        if not report.isdigit() or len(report) > 18 or not Report.objects.filter(pk=int(report)).exists():
            raise click.ClickException(f"there is no report {report}")
        return Purpose(f"report:{report}", Basis(basis))
    raise click.UsageError("name exactly one of --case, --report, --synthetic")
