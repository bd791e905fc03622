"""Addresses in running text: plain, defanged, bracketed, with a port; prefixes, versions and host names are none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sekimori.reports.common.addresses import address_of

_DOT = r"(?:\.|\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\\\.)"
_V4 = re.compile(
    r"(?<![\w.@\-])(?P<ip>\d{1,3}" + _DOT + r"\d{1,3}" + _DOT + r"\d{1,3}" + _DOT + r"\d{1,3})(?![\w\-])(?!" + _DOT + r"\w)"
    r"(?P<rest>/\d{1,2}(?!\d)|\]?:(?P<port>\d{2,5})(?![\d:.])|#(?P<hash>\d{2,5})(?!\d)|\((?P<paren>\d{1,5})\))?", re.ASCII)
_V4_TCPDUMP = re.compile(r"(?<![\w.])(?P<ip>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\.(?P<port>\d{1,5})(?=\s{1,3}>|:\s|\s*$)", re.ASCII)
_V6 = re.compile(r"(?:(?<![\w:.\-])|(?<=[A-Za-z]{2}:))(?P<ip>[0-9A-Fa-f]{1,4}(?:\[?:\]?[0-9A-Fa-f]{0,4}){2,8}(?:\d{1,3}(?:\.\d{1,3}){3})?)(?P<rest>/\d{1,3}(?!\d)|\]:(?P<port>\d{1,5})(?!\d))?(?![\w:])", re.ASCII)
_PORT = re.compile(r"[ \t]{0,3}[,(\[]?[ \t]{0,3}(?:src ?port|source ?port|port|送信元ポート(?:番号)?|ポート(?:番号)?)[ \t]{0,3}[:=#]?[ \t]{0,3}(\d{1,5})(?!\d)", re.IGNORECASE)
_VERSION = re.compile(r"(?<![A-Za-z])(?:version|revision|rev|ver\.?|バージョン|firmware|build|release|v)[ :]{0,2}$", re.IGNORECASE)
MAX = 5_000


@dataclass(frozen=True, slots=True)
class Mention:
    """One address in the text. `in_url`: it is the host of a URL or an address literal of a mailbox."""

    ip: str
    special: str
    port: int | None
    start: int
    end: int
    in_url: bool = False
    prefix: bool = False
    """Written with a prefix length: a range, never a source."""


def find(text: str) -> list[Mention]:
    """Return the addresses of a plain text in order, at most 5,000."""
    out: list[Mention] = []
    for m in _V4.finditer(text):
        _take(out, text, m, re.sub(r"[^\d.]", "", re.sub(r"\[dot\]|\(dot\)", ".", m["ip"])))
        if len(out) >= MAX:
            break
    for m in _V4_TCPDUMP.finditer(text):
        found = address_of(m["ip"])
        port = int(m["port"])
        if found and port < 65536 and len(out) < MAX * 2:
            out.append(Mention(found[0], found[1], port or None, m.start(), m.end()))
    if text.count(":") >= 2:
        for m in _V6.finditer(text):
            ip = m["ip"].replace("[", "").replace("]", "")
            groups = [g for g in ip.split(":") if g]
            if "::" in ip and len(groups) < 3 and (not groups or len(groups[0]) < 3):
                continue
            if len(out) < MAX * 2:
                _take(out, text, m, ip)
    out.sort(key=lambda x: x.start)
    return out[:MAX]


def _take(out: list[Mention], text: str, m: re.Match[str], ip: str) -> None:
    found = address_of(ip)
    if found is None:
        return
    before = text[max(0, m.start() - 12):m.start()]
    if _VERSION.search(before):
        return
    g = m.groupdict()
    rest = g["rest"] or ""
    prefix = rest.startswith("/") and rest not in ("/32", "/128")
    if prefix and "://" in text[max(0, m.start() - 8):m.start()]:
        prefix = False
    port = int(g.get("port") or g.get("hash") or g.get("paren") or 0)
    end = m.end()
    if not port:
        after = _PORT.match(text, m.end("ip"))
        if after:
            port, end = int(after[1]), after.end()
    in_url = before.endswith(("//", "@[", "@")) or re.search(r"://[^\s/]{0,80}$", text[max(0, m.start() - 90):m.start()]) is not None
    out.append(Mention(found[0], found[1], port if 0 < port < 65536 else None, m.start(), end, in_url, prefix))
