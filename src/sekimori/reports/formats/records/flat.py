"""A nested record as paths and values, and which path holds the source's address, port and time."""

from __future__ import annotations

from typing import Any

from sekimori.reports.common import times
from sekimori.reports.common.addresses import address_of, host_port
from sekimori.reports.common.columns import _EVERY, squeeze

_VICTIM = ("dst", "dest", "destination", "target", "victim", "conv", "c2", "cnc", "remote", "server", "feed", "reporter", "node", "env", "geo", "sensor",
           "honeypot", "local", "abusecontact", "abuse", "sinkhole", "meta", "metadata", "contact")
_SOURCE = ("src", "source", "attacker", "offender", "infected", "client", "bot", "peer")
MAX_VALUES = 3_000

Pairs = list[tuple[tuple[str, ...], Any]]


def flatten(record: Any) -> Pairs:
    """Return (path, value) of every leaf; numbers of lists are left out of the path. Bounded, iterative."""
    out: Pairs = []
    stack: list[tuple[tuple[str, ...], Any]] = [((), record)]
    while stack and len(out) < MAX_VALUES:
        path, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((path + tuple(p for p in str(k).split(".") if p), v) for k, v in reversed(list(value.items())[:500]))
        elif isinstance(value, list):
            stack.extend((path, v) for v in reversed(value[:200]))
        else:
            out.append((path, value))
    return out


def _side(path: tuple[str, ...]) -> int:
    """Return 1 where an ancestor says source, -1 where one says victim or bystander, else 0."""
    side = 0
    for step in path:
        s = squeeze(step)
        for w in _SOURCE:
            if s == w or (s.startswith(w) and len(s) <= len(w) + 7) or s.startswith("network" + w):
                side = 1
        for w in _VICTIM:
            if s == w or (s.startswith(w) and len(s) <= len(w) + 12 and w in ("dst", "dest", "destination", "target", "victim")) or s.startswith("networkdestination"):
                return -1
    return side


def _rank(path: tuple[str, ...], role: str) -> int | None:
    """Return how well the last steps of a path name a role (0 best), or None."""
    last = squeeze(path[-1]) if path else ""
    joined = "".join(squeeze(p) for p in path[-2:])
    best: int | None = None
    for name in {last, joined}:
        hit = _EVERY.get(role + ":" + name)
        if hit is not None and (best is None or hit[1] < best):
            best = hit[1]
    return best


def addresses(pairs: Pairs) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (address, special, path) of the record's source: all values of the best-named path (IDEA lists several)."""
    best: tuple[int, int] | None = None
    out: list[tuple[str, str, tuple[str, ...]]] = []
    for path, value in pairs:
        if not isinstance(value, str) or len(value) > 60:
            continue
        rank = _rank(path, "ip")
        side = _side(path)
        name = squeeze(path[-1]) if path else ""
        if (rank is None and not (side == 1 and name in ("ip4", "ip6", "address", "ip"))) or side < 0:
            continue
        text = value.split("/")[0] if value.endswith(("/32", "/128")) else value
        found = address_of(text)
        if found is None:
            pair = host_port(text)
            found = address_of(pair[0]) if pair else None
        if found is None:
            continue
        key = (-side, 50 if rank is None else rank)
        if best is None or key < best:
            best, out = key, []
        if key == best and all(a != found[0] for a, _, _ in out):
            out.append((found[0], found[1], path))
    return out


_INDICATOR = frozenset({"ipv4", "ipv6", "ip", "ipsrc", "ipv4addr", "ipv6addr", "ipaddress"})
_NOT_HOST = ("victim", "src", "source", "client", "honeypot", "sensor", "reporter", "feed", "geo")


def indicator(record: dict[str, Any]) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the address of an indicator (`{"indicator": …, "type": "IPv4"}`), told to be one by its type; or None."""
    value = record.get("indicator", record.get("observable"))
    found = address_of(value) if isinstance(value, str) and squeeze(str(record.get("type", ""))) in _INDICATOR else None
    return None if found is None else (*found, ("indicator",))


def host(pairs: Pairs) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the one address of a record about a malicious URL: of the host that serves it, also where it is the connection's destination.

    None where another address stands in the record, or a name says that it is somebody else's.
    """
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for path, value in pairs:
        hit = address_of(value) if isinstance(value, str) and len(value) <= 45 else None
        if hit is not None:
            if any(squeeze(step).startswith(_NOT_HOST) for step in path):
                return None
            found[hit[0]] = (*hit, path)
    return next(iter(found.values())) if len(found) == 1 else None


def value_of(pairs: Pairs, role: str, *, source_only: bool = False) -> str:
    """Return the best-named non-empty value of a role as text, or ""."""
    best: tuple[int, int] | None = None
    text = ""
    for path, value in pairs:
        if value in (None, "", False, True) or isinstance(value, (dict, list)):
            continue
        rank = _rank(path, role)
        if rank is None:
            continue
        side = _side(path)
        if side < 0 or (source_only and side <= 0 and len(path) > 1):
            continue
        key = (-side, rank)
        if best is None or key < best:
            best, text = key, str(value)[:500]
    return text


_TIMES = ("eventtime", "detecttime", "timesource", "sourcetime", "timestamp", "datetimereceivedutc", "time", "lastseen", "lastseenat", "lastseenutc", "ts",
          "_ts", "ceasetime", "lastreporteddatetime", "winendtime", "createtime", "dateadded", "date", "firstseen", "observed", "timeobservation", "seen", "updatedat", "last", "first", "when", "occurredat", "occurred", "starttime", "startat", "startedat", "created")


_LATER = {"timeobservation": 86_400.0}
"""Names that tell when a collector saw the record, not when it happened, and how far apart the two may lie (s)."""


def time_of(pairs: Pairs) -> tuple[times.When, str, float] | None:
    """Return the record's time, its raw text and its error in seconds: by the best-known name.

    None where the best-known one is no time: a worse-known one would tell another moment.
    """
    best: tuple[int, times.When | None, str] | None = None
    for path, value in pairs:
        if not isinstance(value, (str, int, float)) or isinstance(value, bool):
            continue
        raw = str(value)
        if not 4 <= len(raw) <= 60:
            continue
        names = {squeeze(path[-1]) if path else "", "".join(squeeze(p) for p in path[-2:])}
        rank = next((i for i, n in enumerate(_TIMES) if n in names or (len(n) > 3 and (n + "utc") in names)), None)
        if rank is None or (best is not None and rank >= best[0]):
            continue
        when = times.parse(raw)
        best = (rank, None if when is None or when.yearless else when, raw)
    if best is None or best[1] is None:
        return None
    return best[1], best[2], max(1.0, best[1].error_s, _LATER.get(_TIMES[best[0]], 0.0))
