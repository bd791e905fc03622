"""The mails that a report encloses, as the user of the sending mailbox may see them: subject and recipients. Pure.

The user is a party to these mails, whoever reported them is not to be told to him: an address that may be the reporter's
(its domain, the envelope's own recipient, the only recipient of the mail) is shown by its domain or not at all.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sekimori.mailauth import organisational
from sekimori.mime import Mail, read
from sekimori.reports.common import originals
from sekimori.reports.common.carried import Budget, carried
from sekimori.reports.common.json_documents import json_document
from sekimori.reports.contract import Item
from sekimori.reports.formats.arf.fields import Fields
from sekimori.reports.formats.arf.reader import feedback_part
from sekimori.values.text import storable

SHOWN = 50
"""Recipients of one mail that are shown; the rest is counted."""
SUBJECT_MOST = 300
HIDDEN = "●●●"
_FOR = re.compile(r"\bfor\s{1,8}<([^<>\s]{3,254})>")
_DELIVERED = ("delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to", "x-apparently-to")


@dataclass(frozen=True, slots=True)
class Original:
    """One enclosed mail. `recipients` are ready to be shown; `withheld` of them are shown in part, or only counted."""

    message_id: str
    subject: str
    recipients: tuple[str, ...]
    withheld: int
    more: int
    """Recipients beyond those shown."""


def enclosed(raw: bytes, reporter: Collection[str]) -> list[Original]:
    """Return the mails that a report encloses: as parts, pasted, or as XARF evidence. `reporter`: its addresses and domain."""
    mail = read(raw)
    item = Item(raw)
    told = _told(mail)
    found = [read(c.raw) for c in carried(item, Budget()) if c.raw]
    found += [m for payload in _evidence(item) if len((m := read(payload)).headers)]
    if not found:
        pasted = next((p for p in map(originals.pasted, mail.texts()[:3]) if p is not None), None)
        found = [pasted[0]] if pasted is not None else []
    return [_original(m, reporter, told) for m in found if originals.headers_like(m)]


def _evidence(item: Item) -> Iterator[bytes]:
    raw = json_document(item, lambda head: b'"evidence"' in head)
    try:
        report = json.loads(raw) if raw else {}
        listed = report.get("evidence") if isinstance(report, dict) else None
        for e in listed if isinstance(listed, list) else ():
            if isinstance(e, dict) and str(e.get("content_type", "")).lower().startswith("message/"):
                yield base64.b64decode(str(e.get("payload", "")), validate=True)
    except (ValueError, RecursionError, binascii.Error):
        return


def _told(mail: Mail) -> set[str]:
    """Return the recipient that a feedback report names as the one it was for (RFC 5965 §3.2)."""
    part = feedback_part(mail)
    fields = Fields(part.content.decode("utf-8", "replace")) if part is not None else None
    return set() if fields is None else {v.strip("<> ").lower() for v in fields.values.get("original-rcpt-to", ())[:20]}


def _original(mail: Mail, reporter: Collection[str], told: set[str]) -> Original:
    headers = mail.headers
    listed = dict.fromkeys(m.address for name in ("to", "cc", "bcc") for m in headers.addresses(name) if "@" in m.address)
    own = {*told, *(v.strip("<> ").lower() for name in _DELIVERED for v in headers.all(name)[:5])}
    own |= {m[1].lower() for v in headers.all("received")[:10] if (m := _FOR.search(v[:4000]))}
    hidden = [a for a in listed if len(listed) == 1 or a.lower() in own or _may_be(a, reporter)]
    shown = [_part(a, reporter) if a in hidden else a for a in listed]
    return Original(mail.message_id, storable(mail.subject, SUBJECT_MOST), tuple(storable(s, 254) for s in shown[:SHOWN]), len(hidden), max(0, len(shown) - SHOWN))


def _may_be(address: str, reporter: Collection[str]) -> bool:
    domain = address.rpartition("@")[2].lower()
    return address.lower() in reporter or domain in reporter or organisational(domain) in reporter


def _part(address: str, reporter: Collection[str]) -> str:
    return HIDDEN if _may_be(address, reporter) else f"{HIDDEN}@{address.rpartition('@')[2]}"
