"""Whole messages that a message brings along: as parts, as .eml files, in mboxes and zips; within a limit that is told.

Headers alone (text/rfc822-headers) count as a message too: enough to trace where it came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sekimori.mime import Mail
from sekimori.mime.multi import split_mbox
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import Document, documents
from sekimori.reports.common.sniff import looks_like_mail
from sekimori.reports.contract import Item

MAX_MAILS = 100
"""Messages of one carrier with all that is in them; a mailbox full of them comes by the files door."""
MAX_OCTETS = 60_000_000
"""Octets of all of them together (twice what one message may have)."""
_NAMES = (".eml", ".mbox", ".mbx", ".mail", ".msg")
_OUTLOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Compound files, which Outlook saves messages as: not read, but told."""


class Budget:
    """What one carrier with all that it carries may still cost; `spent` names the limit that was met, or is empty."""

    __slots__ = ("mails", "octets", "spent")

    def __init__(self) -> None:
        self.mails, self.octets, self.spent = MAX_MAILS, MAX_OCTETS, ""

    def take(self, octets: int) -> bool:
        """Tell whether one more message of this size may be read, and count it."""
        if self.mails <= 0 or self.octets < octets:
            self.spent = "over_limit:carried"
            return False
        self.mails -= 1
        self.octets -= octets
        return True


@dataclass(frozen=True, slots=True)
class Carried:
    """One message inside another. `where` is its place: the part's number, the file's name behind it."""

    where: str
    raw: bytes
    attached: bool = False
    """A file, not a message part."""
    unread: str = ""
    """Why it cannot be read at all (`outlook_msg`, `archive_in_archive`, `archive_refused:…`); `raw` is empty then."""


def carried(item: Item, budget: Budget) -> Iterator[Carried]:
    """Yield the messages that a message carries, those of its own level only, as long as the budget lasts."""
    mail = item.mail
    if mail is None:
        return
    for part in mail.walk():
        if part.mail is mail and part.message is not None and len(part.message.headers):
            if not budget.take(len(part.message.raw)):
                return
            yield Carried(part.where, part.message.raw)
    yield from _files(item, mail, budget)


def _files(item: Item, mail: Mail, budget: Budget) -> Iterator[Carried]:
    try:
        found = documents(item)
    except Refused as e:
        yield Carried("archive", b"", attached=True, unread=e.code)
        return
    for d in found:
        if d.shown or not (d.name.lower().endswith((*_NAMES, ".zip")) or (not d.name and d.type == "application/octet-stream")):
            continue
        where = "/".join(x for x in (d.part.where if d.part is not None else "", d.name[:100]) if x)
        try:
            for one in _messages(d, where):
                if not budget.take(len(one.raw)):
                    return
                yield one
        except Refused as e:
            yield Carried(where, b"", attached=True, unread=e.code)


def _messages(d: Document, where: str) -> Iterator[Carried]:
    if d.head.startswith(_OUTLOOK):
        yield Carried(where, b"", attached=True, unread="outlook_msg")
    elif d.kind == "zip":
        yield Carried(where, b"", attached=True, unread="archive_in_archive")
    elif d.head[:5] == b"From " and looks_like_mail(d.head):
        with d.open() as f:
            yield from (Carried(f"{where}/{n}", e.raw, attached=True) for n, e in enumerate(split_mbox(f), 1))
    elif looks_like_mail(d.head):
        raw = d.data()
        yield Carried(where, raw or b"", attached=True, unread="" if raw else "over_limit:carried")
