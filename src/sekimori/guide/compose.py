"""The web form as a mail: what was filled in as text, what was attached as it came. Pure.

The reader of reports then needs nothing special for the form, and the evidence is one message with one hash.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from sekimori.smtp import guard
from sekimori.values.text import storable

CONSENTS = ("show_holder", "pass_operator", "pass_bodies")
"""What a reporter may agree to beyond the investigation itself; off unless ticked."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled into the report form."""

    language: str
    kind: str
    text: str = ""
    source: str = ""
    """Pasted source of a mail, or log lines."""
    address: str = ""
    port: str = ""
    seen_at: str = ""
    """Local time as typed, `YYYY-MM-DDTHH:MM[:SS]`, or ""."""
    zone: str = ""
    """`+09:00`, `Z`, or "" for "I don't know"."""
    url: str = ""
    contact: str = ""
    name: str = ""
    consents: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = field(default=())
    odd: bool = False
    """The field that people don't see was filled in."""


def message(filled: Filled, *, to: str, domain: str, now: datetime) -> bytes:
    """Return the octets to be kept. The same form filled in the same minute gives the same octets (duplicates merge)."""
    minute = now.replace(second=0, microsecond=0)
    body = _text(filled)
    stamp = hashlib.sha256("\0".join([body, filled.source, *(hashlib.sha256(d).hexdigest() for _, d in filled.files), minute.isoformat()]).encode(
        "utf-8", "replace")).hexdigest()
    boundary = f"form-{stamp[:32]}"
    head = [
        f"From: {filled.contact if guard.is_address(filled.contact) and filled.contact.isascii() else f'web-form@{domain}'}",
        f"To: {to}",
        f"Subject: =?utf-8?b?{base64.b64encode(f'[web form] {filled.kind}'.encode()).decode()}?=",
        f"Date: {format_datetime(minute.astimezone(UTC))}",
        f"Message-ID: <{stamp[:32]}@form.{domain}>",
        f"X-Sekimori-Form: kind={filled.kind}; consents={','.join(c for c in filled.consents if c in CONSENTS) or 'none'}{'; odd' if filled.odd else ''}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{boundary}"',
    ]
    parts = [_part("text/plain; charset=utf-8", body.encode("utf-8"))]
    if filled.source.strip():
        source = filled.source.replace("\r\n", "\n").encode("utf-8", "replace")
        parts.append(_part("message/rfc822", source, raw=True) if _looks_like_mail(source) else _part("text/plain; charset=utf-8", source, name="log.txt"))
    for name, data in filled.files:
        mail = _looks_like_mail(data[:65_536]) and b"\0" not in data[:65_536]
        parts.append(_part("message/rfc822" if mail else "application/octet-stream", data, name=name, raw=mail))
    out = "\r\n".join(head).encode("ascii") + b"\r\n\r\n"
    for part in parts:
        out += f"--{boundary}\r\n".encode() + part + b"\r\n"
    return out + f"--{boundary}--\r\n".encode()


def number(raw: bytes) -> str:
    """Return the number that a reporter is shown: the head of the SHA-256 of what was kept, in groups of four."""
    digest = hashlib.sha256(raw).hexdigest()[:16].upper()
    return "-".join(digest[i:i + 4] for i in range(0, 16, 4))


def _text(filled: Filled) -> str:
    when = f"{filled.seen_at.replace('T', ' ')} {_ZONES.get(filled.zone, '')}".strip() if filled.seen_at else ""
    lines = [("kind", filled.kind), ("source IP address", filled.address), ("source port", filled.port), ("time", when), ("URL", filled.url),
             ("name", filled.name)]
    out = "\n".join(f"{label}: {storable(value, 500)}" for label, value in lines if value)
    return storable(f"{out}\n\n{filled.text}").replace("\r\n", "\n").rstrip() + "\n"


_ZONES = {"+09:00": "+0900 (JST)", "Z": "+0000 (UTC)"}


def _looks_like_mail(data: bytes) -> bool:
    """Tell whether octets begin with header fields: at least two known ones before the first empty line."""
    head = data.lstrip()[:65_536].replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()
    known = (b"received:", b"from:", b"to:", b"subject:", b"date:", b"message-id:", b"return-path:", b"delivered-to:")
    return sum(any(line.startswith(k) for line in head.split(b"\n")) for k in known) >= 2


def _part(kind: str, data: bytes, *, name: str = "", raw: bool = False) -> bytes:
    head = f"Content-Type: {kind}\r\n"
    if name:
        safe = "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "_" for c in name)[-80:] or "file"
        head += f'Content-Disposition: attachment; filename="{safe}"\r\n'
    if raw:
        # The original stays as it came: its own octets are the evidence.
        return head.encode() + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + data
    encoded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded
