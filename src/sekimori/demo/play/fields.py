"""What may stand in each field of a scenario's line: kinds of values, and what is wrong with one. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sekimori.policy.types import STEPS

EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Moments that a scenario may name: whatever is counted from them still fits a calendar."""
MAX_COUNT = 10**9
CHANNELS = ("mail", "alt_mail", "letter", "sms", "manual")
REQUESTS = ("warrant", "emergency", "investigation", "preservation", "bar_association", "court_inquiry", "sender_disclosure", "mic29", "access")
UNMET = ("grade", "delivered", "grace", "new_events", "category", "certainty", "protected", "window", "approval", "second_approval", "hearing", "suspensions",
         "max_reached", "rehearsal", "held", "halt")

Kind = Callable[[object], str]
"""Returns "" where the value may stand, else what it must be."""


def instant(value: object) -> datetime | None:
    """Return an aware instant from ISO 8601 text with an offset, or None."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found if found.tzinfo is not None and EARLIEST <= found <= LATEST else None
    except (ValueError, OverflowError):
        return None


def moment(value: object) -> str:
    """ISO 8601 with offset, or nothing."""
    return "" if value in (None, "") or instant(value) is not None else f"ISO 8601 with offset, {EARLIEST.year} to {LATEST.year}"


def word(value: object) -> str:
    """A text that is not empty."""
    return "" if isinstance(value, str) and value.strip() else "a text"


def text(value: object) -> str:
    """A text, or nothing."""
    return "" if value is None or isinstance(value, str) else "a text"


def line(value: object) -> str:
    """A text of one line, or nothing."""
    return "" if value is None or (isinstance(value, str) and not any(unicodedata.category(c) == "Cc" for c in value)) else "a text of one line"


def cell(value: object) -> str:
    """What stands in a row of a table: the load command judges it."""
    if isinstance(value, list):
        return "" if all(isinstance(v, str) for v in value) else "a list of texts"
    return "" if value is None or isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value)) else "a text or number"


def count(value: object) -> str:
    """A whole number that is not negative."""
    return "" if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT else "a count"


def port(value: object) -> str:
    """A port number, or nothing."""
    return "" if value is None or (not count(value) and isinstance(value, int) and value <= 65_535) else "a port, 0 to 65535"


def flag(value: object) -> str:
    """True or false."""
    return "" if isinstance(value, bool) else "true or false"


def jump(value: object) -> str:
    """Seconds, either way, a hundred years at most."""
    ok = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and abs(value) <= 100 * 366 * 86_400
    return "" if ok else "seconds, a hundred years at most"


def record(value: object) -> str:
    """A count, or counts by class."""
    if isinstance(value, dict):
        return "" if not any(map(count, value.values())) else "counts by class"
    return count(value)


def choice(*names: str) -> Kind:
    """Return the kind of one of these names."""
    return lambda value: "" if isinstance(value, str) and value in names else f"one of {' '.join(names)}"


def several(*names: str) -> Kind:
    """Return the kind of a list of these names."""
    return lambda value: "" if isinstance(value, list) and all(isinstance(v, str) and v in names for v in value) else f"a list of {' '.join(names)}"


def words(value: object) -> str:
    """A list of texts."""
    return "" if isinstance(value, list) and all(isinstance(v, str) for v in value) else "a list of texts"


def grade(value: object) -> str:
    """A to D, or null where no case is open."""
    return "" if value is None or value in ("A", "B", "C", "D") else "A, B, C, D or null"


def why_not(value: object) -> str:
    """A step and what is unmet; the two are looked at one by one."""
    return "" if isinstance(value, dict) and set(value) == {"step", "unmet"} else "an object of step and unmet"


def unmet(value: object) -> str:
    """A condition of the ladder, or a list of them."""
    return "" if value and several(*UNMET)(value if isinstance(value, list) else [value]) == "" else f"one or a list of {' '.join(UNMET)}"


def window(value: object) -> str:
    """From, to, and a prefix or a login."""
    if not isinstance(value, dict) or set(value) not in ({"from", "to", "prefix"}, {"from", "to", "login"}):
        return "an object of from, to, and prefix or login"
    if instant(value["from"]) is None or instant(value["to"]) is None or word(value.get("prefix", value.get("login"))):
        return "from and to in ISO 8601 with offset, and a text"
    return ""


step = choice(*STEPS)
steps = several(*STEPS)

MAKE: dict[str, Kind] = {
    "format": choice("arf", "xarf4", "text"), "reporter": line, "authenticated": flag, "category": line, "source_ip": line, "source_port": port, "queue_id": line,
    "message_id": line, "time": line, "count": count, "headers": flag, "host": line,
}


def make(value: object) -> str:
    """What a report is built from; its fields are looked at one by one."""
    return "" if isinstance(value, dict) else "an object"


INNER: dict[str, dict[str, Kind]] = {"make": MAKE, "why_not": {"step": step, "unmet": unmet}}
"""Fields that have fields of their own."""
KINDS: dict[str, Kind] = {
    "officer": word, "step": step, "text": text, "outcome": choice("upheld", "reversed"), "channel": choice(*CHANNELS), "notice": line, "jump": jump, "due": moment,
    "window": window, "make": make, "raw": text, "file": line, "authenticated": flag, "ladder": line, "policy": line, "live": words, "domain": word,
    "confirmed": record, "refuted": record, "class": line, "category": line, "queue_id": word, "host": line, "message_id": line, "client": line, "time": moment,
    "recipients": count, "unknown_users": count, "country": line, "from": moment, "to": moment, "last_seen": moment, "closed": flag, "source": line,
    "cases": count, "notices": count, "measures": count, "review": count, "not_ours": count, "queue": count, "in_force": steps, "ever": steps, "proposed": steps,
    "certainty": words, "grade": grade, "why_not": why_not,
}
"""By field; what is not here is the cell of a table's row."""
OF_EVENT: dict[tuple[str, str], Kind] = {
    ("request", "kind"): choice(*REQUESTS), ("request", "contract"): line, ("go", "contract"): line, ("go", "step"): lambda value: "" if value in (None, "") else step(value),
    ("assignment", "login"): line, ("assignment", "contract"): line, ("assignment", "circuit"): line, ("assignment", "prefix"): word, ("submission", "login"): word,
}


def wrong(event: str, fields: dict[str, Any]) -> str:
    """Return what is wrong with the first field that may not stand so ("contract.officer must be a text"), or ""."""
    for name, value in fields.items():
        kind = OF_EVENT.get((event, name)) or (word if name == "contract" else KINDS.get(name, cell))
        if found := kind(value):
            return f"{event}.{name} must be {found}"
        if name in INNER and (found := _inside(f"{event}.{name}", value, INNER[name])):
            return found
    return ""


def _inside(name: str, value: dict[str, Any], kinds: dict[str, Kind]) -> str:
    if unknown := set(value) - set(kinds):
        return f"{name} has no field {min(unknown)!r}"
    return next((f"{name}.{key} must be {found}" for key, inner in value.items() if (found := kinds[key](inner))), "")
