"""Evidence for and against each address of a text: log lines, words beside it, tables, headings, the subject."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.columns import looks_like_header, roles
from sekimori.reports.prose import labels, learned, logs, mentions
from sekimori.reports.prose.text import Line, Text

_SPLITS = (re.compile(r"\t"), re.compile(r"\s?\|\s?"), re.compile(r"\s?,\s?"), re.compile(r"\s{2,}"))
_BLANK = re.compile(r"\s+")
_NUMBER = re.compile(r"^(?:No\.?|#|番号|項番) (?=\S)", re.IGNORECASE)
_HEADER_FIELD = re.compile(r"(?:[>|:] ?){0,6}(?:Received|X-[A-Za-z\-]{2,40}|Return-Path|DKIM-Signature|Authentication-Results|ARC-[A-Za-z\-]{2,30}|Received-SPF|Message-ID|Delivered-To|List-[A-Za-z\-]{2,20})[ \t]?:", re.IGNORECASE)
_PATH = re.compile(r"^[^\s、。]{1,500}")
_IP_LABEL = re.compile(r"(?:ip(?:v[46])?(?:address|アドレス)?|address|host|アドレス|ホスト|no|番号)", re.IGNORECASE)
_FILL = re.compile(r"[\d\s:/.,;()\[\]<>\"'・*|+\-–•=TZ。、年月日時分秒]|UTC|GMT|JST|AM|PM|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|tcp|udp", re.IGNORECASE)


@dataclass(slots=True)
class Place:
    """One mention of an address as it was weighed."""

    mention: mentions.Mention
    line: int
    role: str = ""
    weight: float = 0.0
    how: str = ""
    category: tuple[str, str] | None = None
    proto: str = ""


@dataclass(slots=True)
class Weighed:
    """All that the text says about its addresses."""

    places: list[Place] = field(default_factory=list)
    categories: Counter[tuple[str, str]] = field(default_factory=Counter)
    log_lines: dict[str, list[int]] = field(default_factory=dict)
    """Line numbers of recognised log lines by acting address."""
    event_lines: list[int] = field(default_factory=list)
    """Rows of tables that state times and victims, of the one attacker named elsewhere."""

    def by_ip(self) -> dict[str, list[Place]]:
        """Return the places by address in order of appearance."""
        out: dict[str, list[Place]] = {}
        for p in self.places:
            out.setdefault(p.mention.ip, []).append(p)
        return out


def weigh(text: Text, skip: tuple[int, int] | None = None, rules: Sequence[learned.Rule] = ()) -> Weighed:
    """Return the evidence. `skip` is a span (an enclosed original's headers) whose addresses are traced elsewhere.

    `rules` were learned from officers about this sender.
    """
    out = Weighed()
    found = [m for m in mentions.find(text.plain) if skip is None or not skip[0] <= m.start < skip[1]]
    by_line: dict[int, list[mentions.Mention]] = {}
    starts = [x.start for x in text.lines]
    from bisect import bisect_right

    for m in found:
        by_line.setdefault(bisect_right(starts, m.start) - 1, []).append(m)
    heading = ""
    blank = 0
    columns: tuple[re.Pattern[str], dict[str, int], int] | None = None
    in_headers = False
    for line in text.lines:
        if skip is not None and skip[0] <= line.start < skip[1]:
            continue
        stripped = line.text.strip(" \t>")
        if not stripped:
            blank += 1
            if blank > 1:
                columns = None
            in_headers = False
            continue
        here = by_line.get(line.number, [])
        in_headers = bool(_HEADER_FIELD.match(line.text)) or (in_headers and line.text[:1] in " \t")
        if not here:
            header = _columns(stripped)
            if header is not None:
                columns, blank = header, 0
                continue
            if columns is not None and _cells(columns, stripped) is not None:
                out.event_lines.append(line.number)
                continue
            role = labels.heading(stripped)
            if role:
                heading = role
            elif (stripped.endswith((":", "：")) and not line.text.startswith((" ", "\t"))) or stripped[:1] in "■◆●□◇【":
                heading = ""
            blank = 0
            continue
        _line(out, line, here, heading=heading, columns=columns, in_headers=in_headers)
        for p in out.places[-len(here):] if rules else ():
            if not p.mention.prefix and learned.tells(rules, learned.SOURCE, line.text[:p.mention.start - line.start]):
                p.role, p.weight, p.how = labels.ATTACKER, 0.95, "learned"
        blank = 0
    return out


def _columns(line: str) -> tuple[re.Pattern[str], dict[str, int], int] | None:
    """Return (separator, roles, width) where a line names the columns of a table."""
    if len(line) > 400:
        return None
    if line[:7].lower() == "#fields":
        # W3C's extended log format (IIS, Squid): names by blanks, `c-ip` the client, `s-ip` the server.
        cells = line.split()[1:]
        return (_BLANK, roles(cells), len(cells)) if looks_like_header(cells) else None
    line = _NUMBER.sub("No.  ", line)
    for sep in _SPLITS:
        # `srcIp:srcPort` is the address with its port.
        cells = [c.strip(" *_").split(":")[0] for c in sep.split(line.strip("| \t"))]
        if 2 <= len(cells) <= 30:
            at = roles(cells)
            if looks_like_header(cells) or ("time" in at and ("victim" in at or "port" in at) and len(cells) >= 3):
                return sep, at, len(cells)
    return None


def _cells(columns: tuple[re.Pattern[str], dict[str, int], int], line: str) -> list[str] | None:
    cells = [c.strip() for c in columns[0].split(line.strip("| \t"))]
    if len(cells) == columns[2]:
        return cells
    # Set by blanks: names with one blank between them run together, so a row may have more cells; the addresses must stand where they should.
    at = [columns[1][r] for r in ("ip", "victim") if r in columns[1]]
    fits = columns[0] is _SPLITS[-1] and len(at) == 2 and len(cells) > columns[2] > max(at)
    return cells if fits and all(address_of(_bare(cells[i])) for i in at) else None


def _line(out: Weighed, line: Line, here: list[mentions.Mention], *, heading: str, columns: tuple[re.Pattern[str], dict[str, int], int] | None,
          in_headers: bool) -> None:
    hit = None if in_headers else logs.match(line.text)
    acting = address_of(hit.ip) if hit is not None else None
    server = address_of(hit.dst) if hit is not None and hit.dst else None
    table = _cells(columns, line.text.strip(" \t>")) if columns is not None else None
    source = address_of(_bare(table[columns[1]["ip"]])) if table is not None and columns is not None and "ip" in columns[1] else None
    for i, m in enumerate(here):
        place = Place(m, line.number)
        out.places.append(place)
        if m.prefix:
            continue
        if in_headers:
            place.role, place.weight, place.how = labels.RELAY, 0.3, "header"
        elif hit is not None and hit.kind == logs.ACCEPTED:
            place.how = "log:" + hit.kind
        elif acting is not None and hit is not None and m.ip == acting[0]:
            place.role, place.weight, place.how, place.category, place.proto = labels.ATTACKER, 0.9, "log:" + hit.kind, hit.category, hit.proto
            if hit.port and m.port is None:
                place.mention = mentions.Mention(m.ip, m.special, hit.port, m.start, m.end, m.in_url)
            out.log_lines.setdefault(m.ip, []).append(line.number)
            if hit.category:
                out.categories[hit.category] += 1
        elif server is not None and m.ip == server[0]:
            place.role, place.weight, place.how = labels.VICTIM, 0.9, "log"
        elif acting is not None:
            place.how = "log:bystander"
        elif source is not None and table is not None:
            if m.ip == source[0]:
                place.role, place.weight, place.how = labels.ATTACKER, 0.9, "table"
                out.log_lines.setdefault(m.ip, []).append(line.number)
            else:
                place.role, place.weight, place.how = labels.VICTIM, 0.8, "table"
        else:
            low = here[i - 1].end - line.start if i else 0
            high = here[i + 1].start - line.start if i + 1 < len(here) else len(line.text)
            before, after = line.text[max(0, low):m.start - line.start], line.text[m.end - line.start:high]
            if m.in_url:
                # What is said of a URL stands behind its path.
                after = _PATH.sub("", after)
            told = (labels.ATTACKER, 0.85) if m.in_url and labels.serves(after) else labels.role_of(before, "" if m.in_url else after)
            if told is None and i and re.fullmatch(r"[\s,、;/&()\[\]]{1,6}|\s?(?:and|or|及び|および|と|～|・)\s?", before):
                # A list: the word before the first holds for all.
                previous = out.places[-2]
                told = (previous.role, previous.weight) if previous.role else None
            if told is not None:
                place.role, place.weight, place.how = told[0], told[1], "words"
                if m.in_url and told[0] == labels.ATTACKER and told[1] < 0.8:
                    place.role = ""
            elif heading and _alone(line.text, m, line.start):
                place.role, place.weight, place.how = heading, 0.8, "heading"
            elif table is not None and columns is not None and "ip" not in columns[1]:
                place.role, place.weight, place.how = labels.VICTIM, 0.6, "table"
                out.event_lines.append(line.number)


def _alone(line: str, m: mentions.Mention, start: int) -> bool:
    """Tell whether a line holds an address and, beside it, only times, numbers and a word or two (an entry of a list)."""
    before = _FILL.sub("", line[:m.start - start])
    return (not before or bool(_IP_LABEL.fullmatch(before))) and len(_FILL.sub("", line[m.end - start:])) <= 16


def _bare(cell: str) -> str:
    from sekimori.reports.common.addresses import host_port

    pair = host_port(cell.strip("[]()<>"))
    return pair[0] if pair else cell
