"""Make questions of what people and reports say: addresses in all their forms, times with and without zone. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sekimori.attribution.types import Question, Window
from sekimori.values.addresses import parse_address
from sekimori.values.clock import EPOCH
from sekimori.values.text import storable

JST_OFFSET_S = 9 * 3600
DEFAULT_ERROR_S = 60.0
"""Error of a time whose source states none."""
ERROR_MAX_S = 40 * 86_400.0
LINE_MAX = 65_536
SECOND_US = 1_000_000
_MICROSECOND = timedelta(microseconds=1)
_PROTOCOLS = {"tcp": 6, "udp": 17}


def windows(time: datetime, zone_known: bool, error_s: float, usual_offset_s: int | None = None, *, whole_second: bool = True) -> tuple[Window, ...]:
    """Return the plausible readings of a time, each with its error.

    `zone_known`: `time` is an instant. Otherwise its digits (read as UTC) may be UTC, Japanese time or the reporter's usual
    zone. A time told to the second (`whole_second`) may be any instant of that second.
    """
    error = int(min(max(error_s, 0.0), ERROR_MAX_S) * SECOND_US)
    at = (time - EPOCH) // _MICROSECOND
    tail = SECOND_US - 1 if whole_second and at % SECOND_US == 0 else 0
    if zone_known:
        return (Window(at - error, at + error + tail),)
    offsets = {0: "UTC", JST_OFFSET_S: "JST"}
    if usual_offset_s is not None:
        offsets.setdefault(usual_offset_s, "usual")
    return tuple(Window(at - s * SECOND_US - error, at - s * SECOND_US + error + tail, name) for s, name in offsets.items())


def parse_time(text: str, zone: str) -> tuple[datetime, bool] | None:
    """Return (instant or digits read as UTC, whether the zone is known), or None where `text` is no time."""
    try:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None or zone == "none":
            return value.replace(tzinfo=UTC), False
        return value.astimezone(UTC), True
    except (ValueError, OverflowError):
        return None


def from_line(line: str) -> tuple[Any, Question]:
    """Return (id, question) of a JSON line of `sekimori attribute`; what cannot be asked carries its `fault`."""
    if len(line) > LINE_MAX:
        return None, Question(fault="bad_query")
    try:
        value = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None, Question(fault="bad_query")
    if not isinstance(value, dict):
        return None, Question(fault="bad_query")
    number = value.get("id")
    if isinstance(number, float) and not math.isfinite(number):
        number = None  # 1e999: no JSON number could say it back
    return number, from_mapping(value)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def from_mapping(value: Mapping[str, Any]) -> Question:
    """Return the question of the keys `ip port proto time zone error_s login queue_id host message_id group`."""
    error = value.get("error_s", DEFAULT_ERROR_S)
    if error is None:
        error = DEFAULT_ERROR_S
    if not isinstance(error, int | float) or isinstance(error, bool) or not 0 <= error <= ERROR_MAX_S:
        return Question(fault="bad_error")
    asked: tuple[Window, ...] = ()
    text = value.get("time")
    if text is not None:
        parsed = parse_time(text, str(value.get("zone") or "")) if isinstance(text, str) and len(text) < 60 else None
        if parsed is None:
            return Question(fault="bad_time")
        asked = windows(parsed[0], parsed[1], float(error))
    words: dict[str, Any] = {k: storable(str(value.get(k) or "").strip(), 998) for k in ("login", "queue_id", "host", "message_id", "group")}
    words["message_id"] = words["message_id"].strip("<>")
    ip = value.get("ip")
    if ip is None or ip == "":
        return Question(asked, **words)
    address = parse_address(ip) if isinstance(ip, str) and len(ip) < 80 else None
    if address is None:
        return Question(fault="bad_address")
    port = value.get("port")
    if port is not None and (not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535):
        return Question(fault="bad_port")
    return Question(asked, address, port, _PROTOCOLS.get(str(value.get("proto") or "").lower(), 0), **words)


def digest(lines: Sequence[str]) -> str:
    """Return the SHA-256 of a batch of query lines: line feeds between, none at the end."""
    import hashlib

    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
