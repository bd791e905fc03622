"""`sekimori bounce`: delivery notices explained, one JSON line per file. Django is loaded only for --owner."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sekimori.bounces.proof import OwnerProof

MOST = 64_000_000
"""Octets of one file that are read."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--jsonl", "as_lines", is_flag=True, help="One JSON line per file (the only form; the option says so).")
@click.option("--owner", metavar="LOGIN", help="Look into the submission log as proof, for this member only. Written to the ledger.")
def bounce(paths: tuple[str, ...], as_lines: bool, owner: str | None) -> None:
    """Explain delivery notices (MAILER-DAEMON): real or fake, why, who must act. Folders are walked."""
    from sekimori.cli.read import dumps, files

    missing = [p for p in paths if not os.path.exists(p)]
    if missing:
        raise click.ClickException(f"no such file or folder: {missing[0]}")
    proof = _proof(owner) if owner else None
    failed = False
    for name in files(paths):
        try:
            with Path(name).open("rb") as f:
                raw = f.read(MOST)
        except OSError as e:
            click.echo(f"{name}: {e.strerror or 'unreadable'}", err=True)
            failed = True
            continue
        sys.stdout.write(dumps(line(name, raw, proof)) + "\n")
    sys.stdout.flush()
    if failed:
        sys.exit(1)


def line(name: str, raw: bytes, proof: OwnerProof | None) -> dict[str, Any]:
    """Return the answer for one file, keys as in the interface; an mbox gives one line with all its recipients."""
    from sekimori.bounces import parse
    from sekimori.bounces.explain.verdicts import answers
    from sekimori.bounces.parser.mailbox import messages
    from sekimori.bounces.provenance.rules import judge
    from sekimori.mime import read

    out: dict[str, Any] = {}
    for piece in messages(raw):
        mail = read(piece.lstrip(b" \t\r\n") if piece[:1].isspace() else piece)
        found = parse(mail)
        judgement = judge(mail, found, proof.known(mail, found) if proof else None)
        if not out:
            out = {
                "file": name,
                "verdict": found.verdict,
                "recipients": [],
                "reasons": [],
                "status": [],
                "actions": [],
                "provenance": judgement.provenance.value,
                "original_message_id": found.original.message_id,
                "explanation": answers(found, judgement),
                "kind": found.kind.value,
                "causes": [],
                "rules": [],
                "evidence": [e.code for e in judgement.evidence],
                "product": found.reporter.product,
            }
        _add(out, found)
    return out


def _add(out: dict[str, Any], found: Any) -> None:
    from sekimori.bounces.explain.catalogue import cause_of

    for failure in found.failures:
        out["recipients"].append(failure.recipient)
        out["reasons"].append(failure.reason)
        out["status"].append(failure.status)
        out["actions"].append(failure.action.value)
        out["causes"].append(cause_of(failure.reason, failure.rule))
        out["rules"].append(failure.rule)


def _proof(owner: str) -> OwnerProof:
    from sekimori.cli.django import setup

    setup()
    from sekimori.bounces.proof import OwnerProof
    from sekimori.cli.purpose import actor
    from sekimori.settings import current
    from sekimori.values.clock import SystemClock

    return OwnerProof(owner, current(), SystemClock(), actor())
