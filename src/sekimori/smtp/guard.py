"""The guard in front of everything that goes out by mail: no text from outside becomes a command or a header of ours.

Libraries have had holes here again and again (CVE-2024-6923, CVE-2026-1299, GHSA-v3q9-hj7j-63hq), so nothing reaches
one before it has passed this module. Pure.
"""

from __future__ import annotations

import re

from sekimori.values.outcomes import Refused
from sekimori.values.text import storable

ADDRESS_MAX = 254
"""RFC 5321 §4.5.3.1.3 less the angle brackets."""
HEADER_LINE_MAX = 998
"""RFC 5322 §2.1.1."""

# C0, DEL, C1, the separators that some programs take for line ends, and lone surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_RUN = re.compile("(?:[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff])+")
_LOCAL = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x1f\x7f-\x9f]{1,64}")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,30}}")
_NAME = re.compile(r"[!-9;-~]{1,76}")
_HEADER_LINE = re.compile(rb"(?:[!-9;-~]{1,76}:|[ \t])[^\x00\r\n]*")


def header_value(text: str, limit: int = 900) -> str:
    """Return text that is safe as a header value: control characters and line ends become one space.

    Never raises: `Re: ` + a hostile subject must still be answered (a decoded RFC 2047 word may hold CR LF).
    """
    return _RUN.sub(" ", text[: 4 * limit]).strip()[:limit]


def header_name(name: str) -> str:
    """Return a header name unchanged, or raise Refused("smtp.unsafe_header")."""
    if not _NAME.fullmatch(name):
        raise Refused("smtp.unsafe_header", "this is no header name")
    return name


def address(text: str) -> str:
    """Return an envelope or header address unchanged, or raise Refused("smtp.unsafe_address").

    Takes plain `local@domain` (dots in odd places included: Japanese carriers gave out such addresses), also in UTF-8;
    no quoted local parts, no literals, no display name.
    """
    local, at, domain = text.rpartition("@")
    sound = (at and len(text.encode("utf-8", "surrogatepass")) <= ADDRESS_MAX and _LOCAL.fullmatch(local)
             and len(domain) <= 253 and _DOMAIN.fullmatch(domain) and not _UNSAFE.search(text) and not local.startswith("-"))
    if not sound:
        raise Refused("smtp.unsafe_address", "this is no address that we send to")
    return text


def is_address(text: str) -> bool:
    """Tell whether `address` would take this text."""
    try:
        address(text)
    except Refused:
        return False
    return True


def reverse_path(text: str) -> str:
    """Return an envelope sender unchanged: an address, or "" for the null sender. Raises Refused."""
    return address(text) if text else ""


def log_text(text: str, limit: int = 300) -> str:
    """Return text from outside as one harmless line for logs and fault columns."""
    return header_value(storable(text), limit)


def octets(raw: bytes) -> bytes:
    """Return a finished message with CRLF line ends, or raise Refused("smtp.unsafe_message").

    Checked: every line of the header block is a field or a continuation, none is over 998 octets, no NUL or bare CR
    anywhere, exactly one From, Date and Message-ID, at most one To, Subject, Sender and Reply-To.
    """
    text = raw.replace(b"\r\n", b"\n")
    if b"\r" in text or b"\0" in text:
        raise Refused("smtp.unsafe_message", "a bare CR or a NUL")
    head, _, _ = text.partition(b"\n\n")
    seen: dict[bytes, int] = {}
    for number, line in enumerate(head.split(b"\n")):
        if len(line) > HEADER_LINE_MAX or not _HEADER_LINE.fullmatch(line) or (number == 0 and line[:1] in b" \t"):
            raise Refused("smtp.unsafe_message", "a line of the header block is no header field")
        if line[:1] not in b" \t":
            name = line.partition(b":")[0].lower()
            seen[name] = seen.get(name, 0) + 1
    for name in (b"from", b"date", b"message-id"):
        if seen.get(name) != 1:
            raise Refused("smtp.unsafe_message", f"{name.decode()} must stand exactly once")
    for name in (b"to", b"cc", b"subject", b"sender", b"reply-to", b"in-reply-to"):
        if seen.get(name, 0) > 1:
            raise Refused("smtp.unsafe_message", f"{name.decode()} stands twice")
    return text.replace(b"\n", b"\r\n")
