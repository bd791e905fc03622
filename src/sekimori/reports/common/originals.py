"""The original message that a report encloses: as a part, as headers only, or pasted into the text; and where it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sekimori.mime import Mail, read
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.chain import injected
from sekimori.reports.common.origin import Origin as Origin  # noqa: PLC0414 - readers name it `originals.Origin`
from sekimori.reports.contract import Context

_QUOTE = re.compile(r"^(?:[>|:]{1,3}[ \t]?){1,6}")
_FIELD = re.compile(r"[!-9;-~]{1,60}[ \t]?:")
_STARTS = re.compile(r"(?:[>|:]{1,3}[ \t]?){0,6}[ \t]{0,8}(?:Return-Path|Received|Delivered-To|X-Apparently-To|X-Original-To|Authentication-Results|ARC-Seal|X-Received|Envelope-to|DKIM-Signature|Received-SPF|X-Originating-IP)[ \t]?:", re.IGNORECASE)
_FIGURES = re.compile(r"[\d\s]+")
MAX_LINES = 400


def enclosed(mail: Mail) -> Mail | None:
    """Return the first message or header block that is a part of `mail`, or None."""
    for part in mail.walk():
        if part.message is not None and len(part.message.headers):
            return part.message
    return None


def headers_like(mail: Mail) -> bool:
    """Tell whether a message has what an original needs: a Received line, or From and Date with a Message-ID."""
    h = mail.headers
    return h.has("received") or (h.has("from") and (h.has("message-id") or h.has("date")))


@dataclass(frozen=True, slots=True)
class Block:
    """A header block pasted into text. `frame` is the line above it without figures and quote marks: what announced it."""

    mail: Mail
    start: int
    end: int
    frame: str


def pasted(text: str) -> tuple[Mail, int, int] | None:
    """Return (message, start, end) of the first header block pasted or quoted in text, or None.

    It begins with a trace or delivery header and must hold a Received line or both From and Date. Quote marks and a
    common indentation are taken off.
    """
    found = blocks(text, 1)
    return (found[0].mail, found[0].start, found[0].end) if found else None


def blocks(text: str, most: int = 100) -> list[Block]:
    """Return the header blocks pasted or quoted in text, at most so many, in order."""
    lines = text[:300_000].split("\n")
    out: list[Block] = []
    offset = skip = 0
    above = ""
    for i, line in enumerate(lines[:8_000]):
        if i >= skip and _STARTS.match(line):
            found = _block(lines, i)
            if found is not None:
                mail, used = found
                out.append(Block(mail, offset, offset + sum(len(x) + 1 for x in lines[i:i + used]), _FIGURES.sub("", above.strip(" \t>|:"))[:120]))
                skip = i + used
                if len(out) >= most:
                    break
        if line.strip(" \t>|:"):
            above = line
        offset += len(line) + 1
    return out


def _block(lines: list[str], start: int) -> tuple[Mail, int] | None:
    mark = _QUOTE.match(lines[start])
    quote = mark[0] if mark else ""
    indent = len(lines[start][len(quote):]) - len(lines[start][len(quote):].lstrip())
    out: list[str] = []
    for line in lines[start:start + MAX_LINES]:
        if quote:
            m = _QUOTE.match(line)
            if m is None:
                if out and line.strip() and not _FIELD.match(line):
                    # A long quoted line wrapped by the sender's mail program.
                    out.append(" " + line.strip())
                    continue
                break
            line = line[len(quote):] if line.startswith(quote) else line[m.end():]
        if indent and line[:indent].isspace():
            line = line[indent:]
        if not line.strip():
            if any(x.lower().startswith(("from:", "message-id:", "subject:")) for x in out):
                break
            continue
        if _FIELD.match(line) or line[:1] in " \t":
            out.append(line)
        elif out and len(line) < 200 and not any(x.lower().startswith("from:") for x in out):
            out.append(" " + line)
        else:
            break
    mail = read(("\n".join(out) + "\n\n").encode("utf-8", "surrogateescape"))
    h = mail.headers
    if h.has("received") or (h.has("from") and h.has("date")):
        return mail, len(out)
    return None


_CLIENT_IP = re.compile(r"client-ip=\[?([0-9A-Fa-f:.]{3,45})\]?", re.IGNORECASE)
_SENDER_IP = re.compile(r"sender IP is \[?([0-9A-Fa-f:.]{3,45})\]?|smtp\.remote-ip=\[?([0-9A-Fa-f:.]{3,45})\]?|remote\.ip=\[?([0-9A-Fa-f:.]{3,45})\]?", re.IGNORECASE)


def origin(mail: Mail, ctx: Context) -> Origin:
    """Return where the original came from: by its Received chain, else by what its receiver wrote beside (client-ip)."""
    out = injected(mail, ctx)
    out.message_id = mail.message_id or None
    if out.ip is None:
        for name in ("received-spf", "authentication-results"):
            for value in mail.headers.all(name)[:10]:
                m = _CLIENT_IP.search(value[:4000]) or _SENDER_IP.search(value[:4000])
                found = address_of(next((g for g in m.groups() if g), "")) if m else None
                if found:
                    out.ip, out.special = found
                    out.how = name
                    return out
        for value in mail.headers.all("x-originating-ip")[:3]:
            found = address_of(value.strip().strip("[]"))
            if found:
                out.ip, out.special = found
                out.how = "x-originating-ip"
                return out
    return out
