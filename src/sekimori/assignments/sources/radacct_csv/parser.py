"""FreeRADIUS `radacct` exported as CSV (`\\copy radacct to file csv header`): second best.

The table is updated in place and keeps only the last address of a session, so it is no evidence for addresses that
changed within one: a row is certain at its last update only, unless `addresses=fixed` vouches that they never do; detail files are. An end that says `NAS-Reboot` or the like was invented after a crash: a bound only.
"""

from __future__ import annotations

from collections.abc import Mapping

from sekimori.assignments.events import ALIVE, LOST, STOP, Context, Event, Key, Read, Refusal
from sekimori.assignments.keys import key_v4, key_v6
from sekimori.assignments.stamps import iso, stamp, zone_option
from sekimori.assignments.tables import rows
from sekimori.values.addresses import parse_address, parse_prefix

OPTIONS = frozenset({"feed", "realm", "realm@", "zone", "addresses"})
INVENTED = {"nas-reboot", "lost-carrier-stale", "stale-session", "nas-error", "admin-reset-stale", "unknown", ""}
"""Terminate causes that clean-up writes; "" too: a Stop always has a cause."""


def parse(block: bytes, context: Context) -> Read:
    """Read rows; columns by name, in any order. Times without an offset need `--set zone=`."""
    zone = zone_option(context.options)

    def take(row: dict[str, str]) -> list[Event] | None:
        return _row(row, zone, context.options)

    found, refused, count = rows(block, context, take, frozenset({"username", "acctstarttime", "framedipaddress"}))
    return Read([e for events in found for e in events], list[Refusal](refused), [], count)


def _row(row: Mapping[str, str], zone: int | None, options: Mapping[str, str]) -> list[Event] | None:
    start, update, stop = (_time(row.get(name, ""), zone) for name in ("acctstarttime", "acctupdatetime", "acctstoptime"))
    if start is None:
        raise ValueError("no_time")
    session = row.get("acctuniqueid") or row.get("acctsessionid") or ""
    if not session:
        raise ValueError("no_session")
    if not row["username"]:
        raise ValueError("no_holder")
    keys = _keys(row)
    if not keys:
        return None
    device = row.get("nasipaddress", "").partition("/")[0]
    realm = (options.get(f"realm@{device}") or options.get("realm", ""))[:40]
    alive = Event(ALIVE, max(start, update or start), f"login:{row['username']}", keys, device, session, realm, began=start, fixed=options.get("addresses") == "fixed")
    if stop is None:
        return [alive]
    if stop < start:
        raise ValueError("ends_before_it_begins")
    if row.get("acctterminatecause", "").strip().lower() in INVENTED:
        seen = min(stop, alive.time)
        return [alive._replace(time=seen), alive._replace(act=LOST, time=stop, began=None)]
    return [alive._replace(act=STOP, time=stop)]


def _keys(row: Mapping[str, str]) -> tuple[Key, ...]:
    out = []
    for name in ("framedipaddress", "framedipv6address"):
        text = row.get(name, "").partition("/")[0]
        if text and text.upper() != "NULL":
            address = parse_address(text)
            if address is None:
                raise ValueError("bad_address")
            if int(address):
                out.append(Key(key_v4(address)) if address.version == 4 else Key(key_v6(address, 128), 128))
    for name in ("delegatedipv6prefix", "framedipv6prefix"):
        if row.get(name) and row[name].upper() != "NULL":
            try:
                prefix = parse_prefix(row[name])
            except ValueError as e:
                raise ValueError("bad_prefix") from e
            if prefix.version == 6 and int(prefix.network_address):
                out.append(Key(key_v6(prefix.network_address, prefix.prefixlen), prefix.prefixlen))
    return tuple(out)


def _time(text: str, zone: int | None) -> int | None:
    if not text or text.upper() == "NULL" or text.startswith("0000-00-00"):
        return None
    value = stamp(text, zone)
    if value is None:
        raise ValueError("no_zone" if zone is None and iso(text, 0) is not None else "bad_time")
    return value
