"""The letter around several originals: whether it complains of them, whom it names itself; originals pasted one after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sekimori.reports.common import originals
from sekimori.reports.contract import Context, FindingData, Item
from sekimori.reports.prose import away as _away
from sekimori.reports.prose import complaint
from sekimori.reports.prose.decide import decide
from sekimori.reports.prose.text import Text
from sekimori.reports.prose.weigh import weigh

SHORT = 60
"""A letter of fewer characters says nothing by itself: what it encloses is the complaint, if it went to an abuse desk."""


@dataclass(frozen=True, slots=True)
class Several:
    """Header blocks pasted into one text, each behind the same kind of line; `before` is what was written above them."""

    blocks: tuple[bytes, ...]
    before: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a covering letter says."""

    complains: bool
    accused: frozenset[str]
    language: str


def several(item: Item) -> Several | None:
    """Return the originals that a text holds one after the other, or None where there are fewer than two.

    Only blocks behind a line like that before the first one count: a spam's body may hold made-up headers of its own.
    """
    mail = item.mail
    if mail is None:
        return None
    text = "\n\n".join(mail.texts())
    if text.lower().count("received:") < 2:
        return None
    found = originals.blocks(text)
    frame = found[0].frame if found else ""
    same = [b for b in found if b.frame == frame]
    return Several(tuple(b.mail.raw for b in same), text[:found[0].start]) if frame and len(same) > 1 else None


def away(item: Item) -> bool:
    """Tell whether the letter is no report at all (a list's digest, a delivery notice): the reader of free text says what it is."""
    mail = item.mail
    return mail is not None and bool(_away.reason(mail, mail.subject, "\n\n".join(mail.texts())))


def judge(item: Item, ctx: Context, text: str | None = None) -> Letter:
    """Return what the letter around the originals says; `text` where it is not the whole text of the message."""
    mail = item.mail
    assert mail is not None
    body = "\n\n".join(mail.texts()) if text is None else text
    weighed, top = weigh(Text(body)), weigh(Text(mail.subject))
    says = complaint.complains(mail, mail.subject, body)
    accused = frozenset(decide(weighed, top, ctx, frozenset(), complains=says).sources)
    bare = len(re.sub(r"\s", "", body)) < SHORT and complaint.to_a_desk(mail)
    return Letter(says or bare, accused, "ja" if re.search(r"[\u3040-\u30ff]", mail.subject + body[:5_000]) else "en")


def finding(origin: originals.Origin, where: str) -> FindingData:
    """Return the finding of one original by its own trace."""
    f = FindingData("messaging", "spam", source_ip=origin.ip, special=origin.special, proto="tcp", has_original=True)
    f.message_id, f.queue_id, f.queue_host = origin.message_id, origin.queue_id, origin.queue_host
    f.time, f.time_raw, f.time_error_s = origin.time, origin.time_raw, origin.time_error_s
    f.zone = "header" if origin.time is not None else "none"
    f.derived = ["source_ip", "time"]
    f.confidence = 0.8 if origin.how == "received" else 0.6
    f.spans = [{"field": "original", "where": where}]
    return f

