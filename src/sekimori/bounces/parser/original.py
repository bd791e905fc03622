"""What came back of the mail that was not delivered: its header, found as a part or inside the words."""

from __future__ import annotations

import re

from sekimori.mime import Mail, read

from .model import Original

_TAG = re.compile(r"(?:^|;)\s{0,20}d\s{0,5}=\s{0,5}([^;\s]{1,253})")
_HEADER = re.compile(r"^(?:>\s?)?([A-Za-z][A-Za-z0-9-]{1,40}):")
_TRACE = frozenset(
    (
        "received",
        "return-path",
        "dkim-signature",
        "message-id",
        "x-received",
        "domainkey-signature",
        "delivered-to",
        "mime-version",
        "x-originating-ip",
        "arc-seal",
    )
)
_QUOTE = re.compile(r"^(?:> ?|\s{1,8}(?=\S))", re.MULTILINE)


def from_mail(mail: Mail, extent: str, start: int = 0, end: int = 0) -> Original:
    """Return the facts of a returned message that was read as mail."""
    headers = mail.headers
    sender = headers.addresses("from")
    path = headers.get("return-path") or ""
    to = [m.address for name in ("to", "cc", "x-original-to") for m in headers.addresses(name)]
    dkim = [m.group(1).lower().rstrip(".") for value in headers.all("dkim-signature") if (m := _TAG.search(value[:4000]))]
    return Original(
        extent if len(headers) else "none",
        mail.message_id,
        sender[0].address if sender else "",
        path.strip().strip("<>").lower(),
        tuple(dict.fromkeys(to))[:100],
        mail.subject[:500],
        (headers.get("date") or "")[:100],
        tuple(headers.all("received")[:50]),
        tuple(dict.fromkeys(dkim)),
        start,
        end,
        mail.raw,
    )


def header_line(lines: list[str], first: int = 0) -> int:
    """Return the number of the line at which a returned header starts inside a text, or -1.

    It is a field that only mail carries (Received, Message-ID …) among at least three header lines in a row.
    """
    for number in range(first, len(lines)):
        m = _HEADER.match(lines[number])
        if m is None or m.group(1).lower() not in _TRACE:
            continue
        near = [x for line in lines[number : number + 12] if (x := _HEADER.match(line))]
        if len(near) >= 3:
            start = number
            while start > first and (_HEADER.match(lines[start - 1]) is not None or (lines[start - 1][:1] in " \t" and lines[start - 1].strip())):
                start -= 1
            return start
    return -1


def from_words(text: str) -> Original:
    """Return the facts of a returned message that stands inside a text, its header first (quoting and indent undone)."""
    lines = text[:200_000].split("\n")
    while lines and not _HEADER.match(lines[0].lstrip()):
        lines.pop(0)
    if not lines:
        return Original()
    if lines[0][:1] in "> \t":
        lines = [_QUOTE.sub("", line, count=1) for line in lines]
    mail = read("\n".join(lines).encode("utf-8", "surrogateescape"))
    return from_mail(mail, "headers" if "\n\n" not in text.strip() else "complete")
