"""Kea's memfile lease CSV, versions 4 and 6: tail it, for `kea-lfc` throws history away.

Every renewal appends a row; `expire - valid_lifetime` is the last contact. A row with lifetime 0 or a released state says
that the lease was given up at some time after its last contact, not when: the end is then only a bound.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sekimori.assignments.events import ALIVE, LOST, Context, Event, Read
from sekimori.assignments.leases import INFINITE, hex_text, holder_of, lease_event, lease_key
from sekimori.assignments.stamps import LATEST, SECOND
from sekimori.assignments.tables import rows

NORMAL, DECLINED = "0", "1"
PREFIX = "2"


def parse(block: bytes, context: Context) -> Read:
    """Read rows of either version: the header tells which columns there are."""

    def take(row: dict[str, str]) -> Event | None:
        return _row(row, context.options)

    events, refused, count = rows(block, context, take, frozenset({"address", "valid_lifetime", "expire"}))
    return Read(events, refused, [], count)


def _row(row: Mapping[str, str], options: Mapping[str, str]) -> Event | None:
    lifetime, expire = row["valid_lifetime"], row["expire"]
    if not (lifetime.isdecimal() and expire.isdecimal() and len(lifetime) < 11 and len(expire) < 12):
        raise ValueError("bad_number")
    text = row["address"]
    if row.get("lease_type") == PREFIX:
        text = f"{text}/{row.get('prefix_len', '')}"
    key = lease_key(text)
    if key is None:
        raise ValueError("bad_address")
    state = row.get("state") or NORMAL
    if state == DECLINED:
        return lease_event(LOST, int(expire) * SECOND, key, "", options)
    holder = holder_of(_ids(row), options)
    if not holder:
        raise ValueError("no_holder")
    seconds = int(lifetime)
    if seconds == 0 or state != NORMAL:
        return lease_event(LOST, LATEST, key, holder, options)
    last_contact = (int(expire) - seconds) * SECOND
    if seconds == INFINITE:
        return lease_event(ALIVE, (int(expire) - seconds) % (1 << 32) * SECOND, key, holder, options)
    if last_contact <= 0 or int(expire) * SECOND >= LATEST:
        raise ValueError("bad_time")
    return lease_event(ALIVE, last_contact, key, holder, options, until=int(expire) * SECOND)


def _ids(row: Mapping[str, str]) -> dict[str, str]:
    ids = {"hwaddr": row.get("hwaddr", "").lower(), "client-id": row.get("client_id", "").lower(), "duid": row.get("duid", "").lower()}
    context = row.get("user_context", "").replace("&#x2c", ",")
    if "relay" in context and len(context) < 20_000:
        try:
            ids.update(_relay(json.loads(context)))
        except (ValueError, RecursionError):
            pass
    return ids


def _relay(context: Any) -> dict[str, str]:
    """Return the identifiers that Kea keeps in the lease's user context (`store-extended-info`)."""
    isc = context.get("ISC") if isinstance(context, dict) else None
    if not isinstance(isc, dict):
        return {}
    info = isc.get("relay-agent-info")
    out: dict[str, str] = {}
    if isinstance(info, dict):
        for name in ("remote-id", "relay-id", "subscriber-id"):
            if isinstance(info.get(name), str):
                out[name] = hex_text(info[name])
        info = info.get("sub-options")
    if isinstance(info, str):
        out.update(_hex_options(info, SUB_OPTIONS, 1))
    relays = isc.get("relay-info")
    if isinstance(relays, list) and relays and isinstance(relays[-1], dict):
        for name in ("remote-id", "interface-id", "subscriber-id"):
            if isinstance(relays[-1].get(name), str):
                out[name] = hex_text(relays[-1][name])
        options = relays[-1].get("options")
        if isinstance(options, str):
            out = {**_hex_options(options, OPTIONS6, 2), **out}
    return out


OPTIONS6 = {18: "interface-id", 37: "remote-id", 38: "subscriber-id"}
"""A relay's options of DHCPv6 (RFC 8415 §21.18, RFC 4649 §3, RFC 4580 §2); code and length take two octets each."""
SUB_OPTIONS = {1: "circuit-id", 2: "remote-id", 6: "subscriber-id"}
"""Sub-options of DHCP option 82 (RFC 3046 §2.0, RFC 3993); code and length take one octet each."""


def _hex_options(text: str, names: dict[int, str], width: int) -> dict[str, str]:
    """Return the named ones of a row of options written as hexadecimal; `width` is the octets of a code and of a length. What is cut off is left out."""
    try:
        raw = bytes.fromhex(text.removeprefix("0x").replace(":", ""))
    except ValueError:
        return {}
    out = {}
    place = 0
    while place + 2 * width <= len(raw):
        code, length = int.from_bytes(raw[place : place + width]), int.from_bytes(raw[place + width : place + 2 * width])
        place += 2 * width
        if code in names and place + length <= len(raw):
            out[names[code]] = hex_text(raw[place : place + length].hex())
        place += length
    return out
