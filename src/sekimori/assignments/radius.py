"""What RADIUS accounting records mean, whatever wrote them down: attributes by name → an event. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from sekimori.assignments.events import ALIVE, RESET, START, STOP, Event, Key
from sekimori.assignments.keys import key_v4, key_v6
from sekimori.assignments.stamps import MONTHS, SECOND, at, epoch, iso, parse_zone
from sekimori.values.addresses import parse_address, parse_prefix

WANTED = (
    b"Acct-Status-Type|Acct-Session-Id|Acct-Unique-Session-Id|Acct-Session-Time|Acct-Delay-Time|User-Name|NAS-IP-Address"
    b"|NAS-IPv6-Address|NAS-Identifier|NAS-Port|NAS-Port-Id|Framed-IP-Address|Framed-IPv6-Address|Framed-IPv6-Prefix"
    b"|Delegated-IPv6-Prefix|Event-Timestamp|Timestamp"
)
"""Attributes that a record is read for, as alternatives of a pattern."""
_ACTS = {
    b"Start": START, b"Interim-Update": ALIVE, b"Alive": ALIVE, b"Stop": STOP, b"Accounting-On": RESET, b"Accounting-Off": RESET,
    b"1": START, b"3": ALIVE, b"2": STOP, b"7": RESET, b"8": RESET,
}
_ESCAPE = re.compile(r"\\(?:([0-7]{3})|(.))", re.DOTALL)
_DEVICE_TIME = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([A-Za-z0-9+:-]{1,9})\Z")
OPTIONS = frozenset({"feed", "realm", "realm@", "realm-attribute", "zone", "holder", "final", "addresses"})


def event_of(fields: dict[bytes, bytes], options: Mapping[str, str]) -> Event | str:
    """Return the event of a record's attributes, the code of a refusal, or "" for a record that says nothing about addresses."""
    status = fields.get(b"Acct-Status-Type")
    if status is None:
        return "no_status"
    act = _ACTS.get(status.strip(b'" \r'))
    if act is None:
        return ""
    device = _text(fields.get(b"NAS-IP-Address") or fields.get(b"NAS-IPv6-Address") or fields.get(b"NAS-Identifier") or b"")
    delay = _number(fields.get(b"Acct-Delay-Time")) or 0
    seen = epoch(_text(fields.get(b"Timestamp", b"")))
    if seen is not None:
        seen = max(0, seen - delay * SECOND)
    time = _device_time(_text(fields.get(b"Event-Timestamp", b"")), options.get("zone", ""))
    if time is None:
        time = seen
    if time is None:
        return "no_time"
    if act == RESET:
        return Event(RESET, time, device=device, seen=seen) if device else "no_device"
    session = _text(fields.get(b"Acct-Unique-Session-Id") or fields.get(b"Acct-Session-Id") or b"")
    if not session:
        return "no_session"
    keys = _keys(fields)
    if isinstance(keys, str):
        return keys
    attribute = options.get("holder", "")
    if attribute:
        name = _text(fields.get(attribute.encode("utf-8", "replace"), b""))
        holder = f"circuit:{name}"
    else:
        name = _text(fields.get(b"User-Name", b""))
        holder = f"login:{name}"
    if not name:
        return "no_holder"
    realm = options.get(f"realm@{device}") or options.get("realm", "")
    if options.get("realm-attribute"):
        realm = _text(fields.get(options["realm-attribute"].encode("utf-8", "replace"), b"")) or realm
    if not keys and act == START:
        return ""  # the address often comes with the first Interim
    length = _number(fields.get(b"Acct-Session-Time"))
    port = fields.get(b"NAS-Port-Id") or fields.get(b"NAS-Port")
    return Event(
        act, time, holder, keys, device, session, realm[:40], seen,
        None if not length or act == START else max(0, time - length * SECOND), None,
        f"{device}\0{_text(port)}\0{name}" if port else "", options.get("addresses") == "fixed",
    )


def _keys(fields: dict[bytes, bytes]) -> tuple[Key, ...] | str:
    out = []
    for name in (b"Framed-IP-Address", b"Framed-IPv6-Address"):
        if name in fields:
            address = parse_address(_text(fields[name]))
            if address is None:
                return "bad_address"
            if int(address) in {0, 0xFFFFFFFF, 0xFFFFFFFE}:  # "none", and RFC 2865 §5.8's "let the user choose"
                continue
            out.append(Key(key_v4(address)) if address.version == 4 else Key(key_v6(address, 128), 128))
    for name in (b"Delegated-IPv6-Prefix", b"Framed-IPv6-Prefix"):
        if name in fields:
            try:
                prefix = parse_prefix(_text(fields[name]))
            except ValueError:
                return "bad_prefix"
            if prefix.version != 6 or not 16 <= prefix.prefixlen <= 128:
                return "bad_prefix"
            if int(prefix.network_address):
                out.append(Key(key_v6(prefix.network_address, prefix.prefixlen), prefix.prefixlen))
    return tuple(out)


def _text(value: bytes) -> str:
    """Return an attribute's text: quotes off, escapes (`\\"`, `\\\\`, `\\n`, octal) undone."""
    if value[:1] in {b'"', b"'"} and value[-1:] == value[:1] and len(value) > 1:
        value = value[1:-1]
        if b"\\" in value:
            def undo(m: re.Match[str]) -> str:
                return chr(int(m[1], 8) & 0xFF) if m[1] else {"n": "\n", "r": "\r", "t": "\t"}.get(m[2], m[2])

            raw = _ESCAPE.sub(undo, value.decode("latin-1")).encode("latin-1")
            return raw.decode("utf-8", "replace").replace("\0", "\ufffd").strip()
    return value.decode("utf-8", "replace").replace("\0", "\ufffd").strip()


def _number(value: bytes | None) -> int | None:
    if value is None:
        return None
    text = value.strip(b'" \r')
    return int(text) if text.isdigit() and len(text) <= 9 else None


@lru_cache(maxsize=8192)
def _device_time(text: str, zone: str) -> int | None:
    """Return the time of an Event-Timestamp (text with zone, ISO 8601, or a number), or None where it is not certain."""
    found = _DEVICE_TIME.match(text)
    if found is None:
        return epoch(text) if text.isdecimal() else iso(text)
    offset = parse_zone(found[7])
    if offset is None:
        offset = parse_zone(zone)
    month = MONTHS.get(found[1])
    if offset is None or month is None:
        return None
    day, year, hour, minute, second = (int(found[n]) for n in range(2, 7))
    return at(year, month, day, hour, minute, second, 0, offset)
