"""The outside of a demo report: what our own border server would have put on top, headers, charsets."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from sekimori.demo.world import DOMAIN, MX, MX_IP
from sekimori.values.clock import JST


@dataclass(frozen=True, slots=True)
class Letter:
    """One report on its way to abuse@: the octets, the envelope sender, and what kind of test it is."""

    kind: str
    sender: str
    raw: bytes
    truth: str = ""
    """The contract that it is really about, where it is about one: what the desk finds is held against it."""

    def about(self, contract: str) -> Letter:
        """Return the letter with its truth."""
        return replace(self, truth=contract)


def encoded(text: str, charset: str) -> str:
    """Return an RFC 2047 encoded word (B)."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def _number(*parts: object) -> int:
    """A number that is the same in every run (Python's own hash is not)."""
    return zlib.crc32(repr(parts).encode()) << 20 | zlib.adler32(repr(parts).encode()) & 0xFFFFF


def mail(*, kind: str, sender: str, subject: str, at: datetime, body: bytes, content_type: str, charset: str = "utf-8",
         authenticated: bool = True, extra: str = "", encoding: str = "8bit") -> Letter:
    """Return a Letter as our border handed it on: its Received and Authentication-Results on top."""
    domain = sender.rpartition("@")[2]
    result = f"dkim=pass header.d={domain}; spf=pass smtp.mailfrom={sender}; dmarc=pass header.from={domain}" if authenticated else f"spf=none smtp.mailfrom={sender}; dmarc=none header.from={domain}"
    received = format_datetime(at.astimezone(JST))
    title = subject if subject.isascii() else encoded(subject, charset)
    head = (f"Authentication-Results: {MX}; {result}\r\n"
            f"Received: from mail.{domain} (mail.{domain} [192.0.2.77])\r\n\tby {MX} (Postfix) with ESMTPS id 4{_number(sender, subject, received):X}\r\n"
            f"\tfor <abuse@{DOMAIN}>; {received}\r\n"
            f"From: <{sender}>\r\nTo: <abuse@{DOMAIN}>\r\nSubject: {title}\r\nDate: {format_datetime(at.astimezone(JST) - timedelta(seconds=2))}\r\n"
            f"Message-ID: <{_number(subject, sender, body)}@{domain}>\r\n{extra}MIME-Version: 1.0\r\n"
            f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n")
    return Letter(kind, sender, head.encode("ascii") + body)


def text_mail(*, text: str, charset: str = "utf-8", **rest: object) -> Letter:
    """Return a plain text letter in a charset; ISO-2022-JP goes as 7bit, the rest as base64 or 8bit."""
    octets = text.replace("\n", "\r\n").encode(charset)
    if charset in ("cp932", "shift_jis"):
        octets, encoding = base64.encodebytes(octets).replace(b"\n", b"\r\n"), "base64"
    else:
        encoding = "7bit" if charset == "iso-2022-jp" else "8bit"
    name = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP"}.get(charset, charset)
    return mail(body=octets, content_type=f"text/plain; charset={name}", charset={"cp932": "shift_jis"}.get(charset, charset), encoding=encoding, **rest)  # type: ignore[arg-type]


def multipart(parts: list[tuple[str, bytes]], subtype: str) -> tuple[bytes, str]:
    """Return (body, content type) of a multipart of (headers, body) parts."""
    boundary = "=_reiji_demo_7f3a"
    out = b"".join(b"--" + boundary.encode() + b"\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts)
    return out + b"--" + boundary.encode() + b"--\r\n", f'multipart/{subtype}; boundary="{boundary}"'


def original(*, at: datetime, client: str, queue_id: str, message_id: str, helo: str = "[192.168.1.5]", relay: bool = True, source: str = "") -> bytes:
    """Return the spam as its victim got it: through our relay (then only its queue id leads on), or straight from an address."""
    from sekimori.demo.world import SMTP1, SMTP1_IP

    t = at.astimezone(JST)
    top = (f"Received: from {SMTP1} ({SMTP1} [{SMTP1_IP}])\r\n\tby mx.victim.example (Postfix) with ESMTPS id 4VICTIM{t:%H%M%S}\r\n\tfor <someone@victim.example>; {format_datetime(t + timedelta(seconds=3))}\r\n"
           f"Received: from {helo} (unknown [{client}])\r\n\tby {SMTP1} (Postfix) with ESMTPSA id {queue_id}\r\n\tfor <someone@victim.example>; {format_datetime(t)}\r\n") if relay else (
           f"Received: from {helo} (unknown [{source}])\r\n\tby mx.victim.example (Postfix) with SMTP id 4VICTIM{t:%H%M%S}\r\n\tfor <someone@victim.example>; {format_datetime(t)}\r\n")
    head = (top + f"From: \"Prize Center\" <win@lottery.example>\r\nTo: someone@victim.example\r\nSubject: You have won\r\nDate: {format_datetime(t)}\r\n"
            f"Message-ID: <{message_id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
    return head.encode() + b"Click here to claim your prize: http://prize.example/?id=1\r\n"


__all__ = ["MX_IP", "Letter", "encoded", "mail", "multipart", "original", "text_mail"]
