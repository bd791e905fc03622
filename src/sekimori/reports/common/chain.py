"""Where an enclosed original was handed in: the Received chain read from the top, as its receiver wrote it.

The reporter vouches only for its own servers' lines. Hops inside one organisation are walked through; the first
handover from outside is the source; what stands below it is the source's own claim.
"""

from __future__ import annotations

import re
from datetime import UTC

from sekimori.mime import Mail
from sekimori.reports.common import times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.originals import Origin, queue_claim
from sekimori.reports.contract import Context

_FROM = re.compile(r"^\s*from\s{1,4}(\S{1,255})", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by\s{1,4}(\S{1,255})", re.IGNORECASE)
_IP = re.compile(r"[\[\(](?:IPv6:)?([0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f.]{0,15}){2,8}|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?[\]\)]", re.IGNORECASE)
_BARE = re.compile(r"(?<![\d.A-Za-z-])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.A-Za-z-])")
_HELO = re.compile(r"\(?(?:HELO|EHLO|LHLO|helo=)\s?\[?([A-Za-z0-9.\-_:]{1,255})", re.IGNORECASE)
_FETCHED = re.compile(r"\bwith\s{1,3}(?:POP3|IMAP|HTTP|LMTP|local)\b|invoked (?:by|from)|\bfrom userid\b", re.IGNORECASE)


def organisation(host: str) -> str:
    """Return the last two labels of a host name (three under a two-letter second level such as `co.jp`), or ""."""
    host = host.strip("[]().;,<>").lower()
    labels = [x for x in host.split(".") if x]
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    n = 3 if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in ("co", "ne", "or", "ac", "go", "ad", "ed", "gr", "lg", "com", "net", "org", "edu", "gov") else 2
    return ".".join(labels[-n:])


def injected(mail: Mail, ctx: Context) -> Origin:
    """Return the origin by the Received chain; `ip` is None where no hop names an address from outside."""
    out = Origin(how="received")
    fallback: tuple[int, str, str] | None = None
    lines = [x[:4000] for x in mail.headers.all("received")[:100]]
    for i, line in enumerate(lines):
        where, _, stamp = line.rpartition(";")
        where = where or line
        before, by = _halves(where)
        found = _source(before)
        if found is None:
            continue
        ip, special = found
        if special in ("loopback", "unspecified", "link_local"):
            continue
        names = _FROM.search(before)
        helo = _HELO.search(before)
        givers = {organisation(n) for n in ((names[1] if names else ""), (helo[1] if helo else ""), *_hosts(before)) if n} - {""}
        if (organisation(by) and organisation(by) in givers and i + 1 < len(lines) and _has_source(lines[i + 1:])) or _FETCHED.search(where):
            fallback = fallback or (i, ip, special)
            continue
        if by in ctx.relays or ip in ctx.relays:
            continue
        if special in ("private", "shared") and _has_source(lines[i + 1:], public=True):
            fallback = fallback or (i, ip, special)
            continue
        _fill(out, mail, i, ip, special, stamp)
        return out
    if fallback is not None:
        i, ip, special = fallback
        _fill(out, mail, i, ip, special, lines[i].rpartition(";")[2])
    return out


def _fill(out: Origin, mail: Mail, i: int, ip: str, special: str, stamp: str) -> None:
    out.ip, out.special = ip, special
    when = times.parse(stamp.strip()) if stamp else None
    if when is None and stamp:
        hits = times.find(stamp[:200])
        when = hits[-1] if hits else None
    if when is not None and when.zoned:
        out.time, out.time_raw = when.value.astimezone(UTC), stamp.strip()[:80]
    out.queue_id, out.queue_host = queue_claim(mail, i + 1)


def _halves(where: str) -> tuple[str, str]:
    m = _BY.search(where)
    if m is None:
        return where, ""
    if _FROM.match(where) and m.start() > 0:
        return where[:m.start()], m[1].strip("[]();,").lower()
    # sendmail writes `from` behind or leaves it out.
    return (where[m.end():] if "from" in where[m.end():].lower() else ""), m[1].strip("[]();,").lower()


def _hosts(before: str) -> list[str]:
    return re.findall(r"\(([A-Za-z0-9.\-]{3,255})\.?[ \)]", before)[:3]


def _source(before: str) -> tuple[str, str] | None:
    for m in list(_IP.finditer(before))[:6]:
        found = address_of(m[1])
        if found and not before[max(0, m.start() - 5):m.start()].lower().endswith("helo "):
            return found
    m2 = _BARE.search(before)
    return address_of(m2[1]) if m2 else None


def _has_source(lines: list[str], *, public: bool = False) -> bool:
    for line in lines[:20]:
        where = line.rpartition(";")[0] or line
        found = _source(_halves(where)[0])
        if found and found[1] not in ("loopback", "unspecified", "link_local") and not (public and found[1] in ("private", "shared")):
            return True
    return False
