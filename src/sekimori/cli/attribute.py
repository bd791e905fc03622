"""`sekimori attribute`: who held an address, login or mail then? JSON lines in, JSON lines out, a ledger entry before each batch."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from sekimori.attribution.types import Answer

BATCH = 20_000
"""Queries of one ledger entry."""
LINE_MAX = 65_536


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help="Read queries from standard input, one JSON object a line.")
@click.option("--case", help="The case that the answers are for.")
@click.option("--report", help="The report that the answers are for.")
@click.option("--synthetic", is_flag=True, help="Made-up data only.")
@click.option("--basis", help="Legal basis of the reading, from the closed list.")
def attribute(jsonl: bool, case: str | None, report: str | None, synthetic: bool, basis: str | None) -> None:
    """Tell who held an address and port, a login or a mail at a time: with certainty, or not at all."""
    if [case is not None, report is not None, synthetic].count(True) != 1:
        raise click.UsageError("name exactly one of --case, --report, --synthetic")
    if basis is None:
        raise click.UsageError("--basis is missing")
    from sekimori.cli.django import setup

    setup()
    from sekimori.attribution.questions import digest, from_line
    from sekimori.attribution.service import attribute as answer_batch
    from sekimori.cli.purpose import actor, purpose
    from sekimori.contracts.models import Contract
    from sekimori.values.clock import SystemClock

    # Hundreds of thousands of small objects live and die here: the collector of cycles would walk all of Django again and again.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    what_for, who, clock = purpose(case=case, report=report, synthetic=synthetic, basis=basis), actor(), SystemClock()
    lines = _lines(sys.stdin.buffer)
    while batch := list(islice(lines, BATCH)):
        asked = [from_line(line) for line in batch]
        answers = answer_batch([q for _, q in asked], who, what_for, digest(batch), clock.now())
        handles = dict(Contract.objects.in_bulk({a.contract for a in answers if a.contract is not None}, field_name="pk"))
        names = {pk: c.handle for pk, c in handles.items()}
        sys.stdout.write("".join(_line(_shown(number, a, names)) for (number, _), a in zip(asked, answers, strict=True)))
    sys.stdout.flush()


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the non-empty lines; octets that are no UTF-8 are replaced; a far too long line is cut, and so answered as a bad query."""
    while line := stream.readline(LINE_MAX + 2):
        if len(line) > LINE_MAX:
            while rest := stream.readline(LINE_MAX):
                if rest.endswith(b"\n"):
                    break
        if line.strip():
            yield line.rstrip(b"\r\n").decode("utf-8", "replace")


def _line(shown: dict[str, Any]) -> str:
    text = json.dumps(shown, ensure_ascii=False)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # an id with half a surrogate pair
            text = json.dumps(shown)
    return text + "\n"


def _shown(number: Any, answer: Answer, handles: dict[int, str]) -> dict[str, Any]:
    contract = handles.get(answer.contract) if answer.contract is not None else None
    shown: dict[str, Any] = {"id": number, "certainty": str(answer.certainty), "contract": contract, "candidates": answer.candidates,
                             "how": answer.how, "why": answer.why}
    if answer.contact:
        shown["contact"] = answer.contact
    if answer.query:
        shown["query"] = answer.query
    return shown
