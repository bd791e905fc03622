"""Load log files: lines → mails and sign-ins → rows, with a mark after each committed piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from sekimori.ledger.service import write
from sekimori.submissions import dovecot, files, postfix, store
from sekimori.submissions.records import Counts
from sekimori.submissions.rollup import roll_up
from sekimori.submissions.syslog import Reader
from sekimori.values.actors import Actor
from sekimori.values.addresses import parse_address
from sekimori.values.clock import micros
from sekimori.values.loads import Tally

KINDS = ("postfix-log", "dovecot-log")
COMMIT_LINES = 50_000
"""Lines between two commits."""

HOUR_US = 3_600_000_000


class Reading(NamedTuple):
    """How the lines of a load are to be read."""

    zone: tzinfo
    host: str
    where: store.Where


def load(kind: str, paths: Iterable[Path], ours: Callable[[str], bool], zone: tzinfo, now: datetime, actor: Actor, tally: Tally,
         host: str = "", where: store.Where = store.nowhere) -> Tally:
    """Load files of one kind, in the given order; each goes on where its last load ended.

    `ours` tells whether an address lies in one of our own prefixes (`near` is made of it); `zone` is the zone of times without one;
    `host` names the server where its log names it otherwise than its Received lines do; `where` tells the country of an address.
    Raises OSError where a file cannot be read: what was committed before stays.
    """
    counts = Counts()
    for path in paths:
        _file(kind, path, ours, Reading(zone, host, where), now, counts, tally)
    tally.read += counts.read
    for code, n in counts.refused.items():
        tally.reasons[code] += n
    tally.rejects.extend((number, code, {"line": text}) for number, code, text in counts.kept)
    tally.extra["ignored"] = counts.ignored
    if counts.read:  # also where nothing was understood: `doctor` tells so
        told = {"stored": tally.stored, "read": tally.read, "refused": tally.refused, "ignored": counts.ignored, "reasons": dict(sorted(tally.reasons.items()))}
        with transaction.atomic():
            write(actor, "submissions.loaded", kind, told, now)
    return tally


def _file(kind: str, path: Path, ours: Callable[[str], bool], how: Reading, now: datetime, counts: Counts, tally: Tally) -> None:
    place = files.place(kind, path)
    reference = min(now, datetime.fromtimestamp(path.stat().st_mtime, UTC))
    reader = Reader(reference, how.zone, how.host)
    assembler: postfix.Assembler | dovecot.Assembler
    assembler = postfix.Assembler(reader, _near(ours), counts) if kind == "postfix-log" else dovecot.Assembler(reader, counts)

    def commit(piece: files.Piece) -> None:
        with transaction.atomic():
            if isinstance(assembler, postfix.Assembler):
                mails, handed = assembler.take()
                tally.stored += store.put_mails(mails, how.where, count_deliveries=not piece.provisional)
                store.put_handovers(handed)
                roll_up(mails)
            else:
                tally.stored += store.put_sign_ins(assembler.take(), how.where)
            store.put_mark(kind, place.head_length, place.head, piece.offset, piece.tail, str(path), now)

    waiting, last = 0, None
    for piece in files.pieces(path, place.offset):
        if piece.provisional and last is not None:
            commit(last)
        for line in piece.lines:
            assembler.feed(line)
        for _ in range(piece.too_long):
            counts.refuse("line_too_long")
        waiting, last = waiting + len(piece.lines), piece
        if waiting >= COMMIT_LINES or piece.provisional:
            commit(piece)
            waiting, last = 0, None
    if last is not None:
        commit(last)
    if reader.assumed_zone:
        tally.extra["zone"] = str(how.zone)
        hours = hours_off(reader.latest, micros(reference))
        if hours:
            tally.extra["zone_doubt"] = f"{path.name}: the last line is {hours:+d} h from the file's last change"


def hours_off(last: int | None, changed: int) -> int:
    """Return how many whole hours the last line of a file lies from its last change, 0 where it fits no whole hour: a wrong zone."""
    if last is None:
        return 0
    hours = round((last - changed) / HOUR_US)
    return hours if abs(hours) <= 14 and abs(last - changed - hours * HOUR_US) < 60_000_000 else 0


def _near(ours: Callable[[str], bool]) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def near(text: str) -> bool:
        if text not in known:
            address = parse_address(text)
            if len(known) > 500_000:
                known.clear()
            known[text] = address is not None and (
                address.is_loopback or address.is_link_local or (address.is_private and _site(text)) or ours(text))
        return known[text]

    return near


def _site(text: str) -> bool:
    """Private by RFC 1918 or RFC 4193: `is_private` counts documentation and benchmark ranges too."""
    return text.startswith(("10.", "192.168.", "172.", "fc", "fd", "FC", "FD"))
