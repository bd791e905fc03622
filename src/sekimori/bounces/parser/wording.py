"""Recipients and their diagnostics out of the words of a notice, where no field tells them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from . import addresses
from .addresses import ADDRESS, clean
from .folding import Folded
from .literals import fold, literals, load

# An address at the start of a line, possibly after a bullet, quote or reply code, in brackets or not.
_LEAD = re.compile(
    r"^(?P<pre>(?:[-*>•・●■○\"'<\[|]\s?|(?:[45]\d\d[- ])(?:[245]\.\d{1,2}\.\d{1,3}\s)?<?){0,6})(?P<address>"
    + ADDRESS
    + r")(?P<close>[>\"'\])]{0,3})(?P<tail>.*)$"
)
_SMTP_TO = re.compile(r"(?:rcpt to:|smtp=)\s?<?(" + ADDRESS + ")", re.IGNORECASE)
_LABEL = re.compile(r"^(?:[A-Za-z]{1,20} ?){1,3}[:：]?\s?<?(" + ADDRESS + r")>?$|^[^\s@:：<>、。]{1,12} ?[:：]\s?<?(" + ADDRESS + r")>?$")
_NO_RECIPIENT = re.compile(r"from|sender|reply|by\b|contact|差出人|送信者|発信者|发件人|寄件|보낸|von\b|de\b|absender", re.IGNORECASE)
_LINKED = re.compile(r"<mailto:(" + ADDRESS + r")>")
_EXPANDED = re.compile(r"\((?:expanded|generated) from:? <?(" + ADDRESS + r")>?\)", re.IGNORECASE)
_WHEN = re.compile(r"^;? on (?:[A-Z][a-z]{2}, )?\d")
_MAILTO = re.compile(r"^<?mailto:[^>\s]{1,300}>?$")
_CODE = re.compile(r"^[45]\d\d[- ]")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._+-]{1,63}$")
STRONG, MEDIUM, WEAK = 3, 2, 1


@dataclass(slots=True)
class Said:
    """A recipient that the words name."""

    address: str
    line: int
    strength: int
    words: str = ""
    """The words about it, from its line to the next recipient."""
    own: str = ""
    """What follows the address on its own line."""


@dataclass(slots=True)
class Words:
    """What the words of a notice say."""

    text: Folded
    said: list[Said] = field(default_factory=list)
    bare: tuple[str, ...] = ()
    """Names without a domain that stand where recipients do (AOL names its own members so)."""
    roles: frozenset[str] = frozenset()
    product: str = ""
    trace: tuple[str, ...] = ()


@cache
def _phrases() -> list[tuple[str, str, re.Pattern[str] | None]]:
    return [(p["role"], p.get("product", ""), re.compile(p["regex"]) if "regex" in p else None) for p in load("phrases.toml")["phrases"]]


def original_line(text: Folded) -> int:
    """Return the number of the line that announces the returned message, or -1."""
    best = -1
    for hit in text.hits:
        for table, index in hit.owners:
            if table == "phrase" and _phrases()[index][0] == "original":
                line = text.line_of(hit.start)
                # announcements stand on lines of their own, not inside sentences
                if len(text.lines[line]) <= len(hit.literal) + 60 and (best < 0 or line < best):
                    best = line
    return best


def roles_in(text: str) -> frozenset[str]:
    """Return the roles of the phrases in a short text (a subject, a diagnostic)."""
    low = fold(text[:2_000])
    return frozenset(_phrases()[index][0] for hit in literals().scan(low) for table, index in hit.owners if table == "phrase" and _phrases()[index][2] is None)


def read_words(text: Folded) -> Words:
    """Read the human part (already cut before the returned message)."""
    roles: dict[str, list[tuple[int, int]]] = {}
    product = ""
    trace: list[str] = []
    for hit in text.hits:
        for table, index in hit.owners:
            if table != "phrase":
                continue
            role, name, regex = _phrases()[index]
            if regex is not None and not regex.search(text.low[hit.start : hit.start + 200]):
                continue
            if role == "product":
                product = product or name
            roles.setdefault(role, []).append((hit.start, hit.end))
            trace.append(f"{role}:{hit.literal}")
    words = Words(text, roles=frozenset(roles), product=product, trace=tuple(dict.fromkeys(trace))[:40])
    if "@" in text.flat:
        said = _by_lines(text, roles) + _by_phrases(text, roles)
        words.said = _settle(text, said)
        if not words.said and (x := _EXPANDED.search(text.flat)) and (address := clean(x.group(1))):  # a program or a file took the mail
            words.said = _settle(text, [Said(address, text.line_of(x.start()), MEDIUM)])
    if not words.said and "list" in roles:
        words.bare = _names(text, max(text.line_of(end) for _, end in roles["list"]))
    return words


def _names(text: Folded, line: int) -> tuple[str, ...]:
    """Return the names that stand alone, indented, right below an announcement of recipients."""
    out: list[str] = []
    for number in range(line + 1, min(line + 12, len(text.lines))):
        row = text.lines[number]
        if row and (not _NAME.match(row) or not text.indents[number]):
            break
        if row:
            out.append(row)
    return tuple(out)


def _by_lines(text: Folded, roles: dict[str, list[tuple[int, int]]]) -> list[Said]:
    """Addresses that begin a line: `<a@b>: words`, `a@b... words`, or alone below an announcement."""
    opened = {text.line_of(end) for _, end in roles.get("list", ())}
    closed = {text.line_of(start) for start, _ in roles.get("sender", ())}
    out: list[Said] = []
    head = -1  # the line of the last recipient with words of its own: deeper lines after it belong to it
    region = 0  # 1: below an announcement of recipients, -1: below one of senders
    for number, line in enumerate(text.lines):
        if number in opened:
            region = 1
        elif number in closed:
            region = -1
        if not line:
            head = -1
        if "@" not in line or line.startswith("<<<"):
            continue
        m = _LEAD.match(line)
        if m is None:
            if region == 1 and (x := _SMTP_TO.search(line)) and (address := clean(x.group(1))):
                out.append(Said(address, number, STRONG, own=line))
            elif (
                (x := _SMTP_TO.search(line))
                and line.rpartition("--> ")[2].lstrip("<> -")[:8].lower().startswith(("rcpt to", "sent:", "sent <", "send: rc"))
                and (address := clean(x.group(1)))
            ):
                out.append(Said(address, number, STRONG, own=""))
            elif region == 1 and (x := _LINKED.search(line)) and (address := clean(x.group(1))):
                out.append(Said(address, number, STRONG))
            elif region == 1 and (x := _LABEL.match(line)) and not _NO_RECIPIENT.search(line[: x.start(x.lastindex or 1)]) and (address := clean(x.group(x.lastindex or 1))):
                out.append(Said(address, number, MEDIUM))
            continue
        address = clean(m.group("address"))
        tail = m.group("tail").strip()
        if not address:
            continue
        if m.group("address").endswith("..."):
            tail = "..." + tail
        if tail.startswith("<mailto:") or _MAILTO.match(tail):
            tail = ""
        coded = _CODE.match(m.group("pre") or "") is not None
        if head >= 0 and tail and text.indents[number] > text.indents[head]:
            continue
        head = number
        if tail[:1] == ":" or tail[:3] == "..." or (tail[:1] == "(" and ":" in tail) or coded:
            if region != -1 or tail[:1] != ":" or m.group("pre"):
                out.append(Said(address, number, STRONG, own=tail.lstrip(":. ")))
        elif not tail or tail in (";", ",", "."):
            if region != -1:
                out.append(Said(address, number, STRONG if region == 1 else MEDIUM))
        elif tail[:1] in ",;" and all("@" in piece for piece in tail.strip(",; ").replace(";", ",").split(",")) and region == 1:
            out += [Said(a, number, STRONG) for a in addresses.every(line)]
        elif region == 1 or _WHEN.match(tail) or tail[:1] in "[(":
            out.append(Said(address, number, STRONG if region == 1 else MEDIUM, own=tail))
    return out


def _by_phrases(text: Folded, roles: dict[str, list[tuple[int, int]]]) -> list[Said]:
    """Addresses beside a phrase that only stands beside recipients."""
    senders = {text.line_of(start) for start, _ in roles.get("sender", ())}
    out: list[Said] = []
    for role, strength in (("inline", STRONG), ("list", MEDIUM), ("likely", WEAK)):
        for start, end in roles.get(role, ()):
            line = text.line_of(start)
            after = text.flat[end : end + 300]
            limit = text.starts[line] + len(text.lines[line]) - end
            address = addresses.first(after[:limit]) if limit > 0 else ""
            if not address and limit < 40 and role != "list":
                follow = after[max(limit, 0) :].lstrip(" <'\"-")
                m = re.match(ADDRESS, follow)
                address = clean(m.group()) if m else ""
            if not address and role != "list" and not text.low[start:end].isascii():
                address = addresses.first(text.lines[line])  # Japanese names the address before the verb
            if address and (line not in senders or role == "likely"):
                out.append(Said(address, line, strength))
    return out


def _settle(text: Folded, said: list[Said]) -> list[Said]:
    """Keep the strongest kind, one entry for each address in order of the lines, each with its words."""
    if not said:
        return []
    top = max(s.strength for s in said)
    kept: dict[str, Said] = {}
    for s in sorted((s for s in said if s.strength == top), key=lambda s: s.line):
        key = s.address.lower()
        if key not in kept:
            kept[key] = s
        elif not kept[key].own and s.own:
            kept[key].own = s.own
    out = list(kept.values())[:200]
    stops = sorted({s.line for s in out})
    for s in out:
        later = [n for n in stops if n > s.line]
        block = text.lines[s.line : later[0] if later else min(s.line + 60, len(text.lines))]
        s.words = " ".join(block)
    return out
