"""Read a scenario: JSON lines with known events and fields only, in order of `at`. Pure but for reading the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sekimori.demo.play import fields as fields_of
from sekimori.demo.play.fields import instant

EXPECT_CONTRACT = {"cases", "in_force", "ever", "proposed", "notices", "why_not", "certainty", "grade"}
EXPECT_ALL = {"measures", "notices", "review", "not_ours", "queue", "certainty"}

REQUIRED: dict[str, set[str]] = {
    "policy": set(), "network": {"prefix", "kind"}, "contract": {"contract"}, "login": {"key", "contract"}, "circuit": {"key", "contract"},
    "mape_rule": {"rule_ipv6", "rule_ipv4", "ea_length", "psid_offset"}, "assignment": {"prefix", "from"},
    "submission": {"queue_id", "login"}, "reporter": {"domain"}, "report": set(),
    "delivered": {"contract"}, "undelivered": {"contract"}, "statement": {"contract"}, "done": {"contract"}, "unlock": {"contract"},
    "appeal": {"contract"}, "approve": {"officer", "contract", "step"}, "refuse": {"officer", "contract", "step"},
    "hold": {"officer", "contract", "step"}, "go": {"officer"}, "answer_appeal": {"officer", "contract", "outcome"},
    "incident": {"officer", "contract"}, "request": {"kind", "officer"}, "halt": {"officer"}, "resume": {"officer"}, "clock": set(),
    "expect": set(),
}
OPTIONAL: dict[str, set[str]] = {
    "policy": {"ladder", "policy", "live"},
    "network": {"pd_length", "realm", "valid_from", "valid_to", "contact"},
    "contract": {"holder", "kind", "language", "email", "alt_email", "phone", "postal", "access", "product", "protected", "consents",
                 "valid_from", "valid_to"},
    "login": {"valid_from", "valid_to", "user"}, "circuit": {"valid_from", "valid_to", "user"},
    "mape_rule": {"valid_from", "valid_to"},
    "assignment": {"ports", "to", "login", "contract", "circuit", "source", "closed", "last_seen"},
    "submission": {"time", "host", "message_id", "client", "recipients", "unknown_users", "country"},
    "reporter": {"confirmed", "refuted", "class", "category"}, "report": {"file", "raw", "make", "authenticated"},
    "delivered": {"notice", "channel"}, "undelivered": {"notice", "channel"},
    "statement": {"text"}, "done": {"text"}, "unlock": {"text"}, "appeal": {"text"}, "go": {"contract", "step"},
    "request": {"contract", "window", "due"}, "clock": {"jump"}, "expect": {"contract"} | EXPECT_CONTRACT | EXPECT_ALL,
}


class ScenarioError(Exception):
    """A line cannot be played. The text names file and line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a scenario."""

    number: int
    at: datetime
    event: str
    fields: dict[str, Any]
    path: Path

    def error(self, why: str) -> ScenarioError:
        """Return an error that names this line."""
        return ScenarioError(f"{self.path}:{self.number}: {why}")


def read(path: Path) -> Iterator[Line]:
    """Return the lines of a scenario, checked one by one. Raises ScenarioError."""
    try:
        octets = path.read_bytes()
    except OSError as e:
        raise ScenarioError(f"{path}: {e.strerror}") from e
    last: datetime | None = None
    for number, octets_of_line in enumerate(octets.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            raw = octets_of_line.decode("utf-8")
        except UnicodeDecodeError as e:
            raise ScenarioError(f"{path}:{number}: not UTF-8 at octet {e.start + 1}") from e
        if not raw.strip():
            continue
        line = parse(raw, number, path)
        if last is not None and line.at < last:
            raise line.error("lines must be in order of `at`")
        last = line.at
        yield line


def parse(raw: str, number: int, path: Path) -> Line:
    """Return one line. Raises ScenarioError for unknown events and fields, missing fields, and times without offset."""
    where = f"{path}:{number}"
    try:
        value = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as e:
        raise ScenarioError(f"{where}: no JSON: {e}") from e
    if not isinstance(value, dict):
        raise ScenarioError(f"{where}: a line is an object")
    event = value.pop("event", None)
    if not isinstance(event, str) or event not in REQUIRED:
        raise ScenarioError(f"{where}: unknown event {event!r}")
    at = instant(value.pop("at", None))
    if at is None:
        raise ScenarioError(f"{where}: `at` must be {fields_of.moment(0)}")
    missing = REQUIRED[event] - set(value)
    if missing:
        raise ScenarioError(f"{where}: {event} needs {min(missing)!r}")
    unknown = set(value) - REQUIRED[event] - OPTIONAL.get(event, set())
    if unknown:
        raise ScenarioError(f"{where}: {event} has no field {min(unknown)!r}")
    line = Line(number, at, event, value, path)
    _check(line)
    return line


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice in an object, and texts that no database can keep (NUL, half a surrogate pair) but in `raw`."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands twice")
    for name, value in pairs:
        for part in (name, *(value if isinstance(value, list) else [value])):
            if isinstance(part, str) and name != "raw" and ("\0" in part or any("\ud800" <= c <= "\udfff" for c in part)):
                raise ValueError(f"{name!r} holds NUL or half a surrogate pair")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _check(line: Line) -> None:
    fields = line.fields
    if line.event == "report" and sum(k in fields for k in ("file", "raw", "make")) != 1:
        raise line.error("a report needs one of file, raw, make")
    if line.event == "expect":
        allowed = EXPECT_CONTRACT if "contract" in fields else EXPECT_ALL
        wrong = set(fields) - allowed - {"contract"}
        if wrong:
            raise line.error(f"expect {'with' if 'contract' in fields else 'without'} a contract has no {min(wrong)!r}")
    if found := fields_of.wrong(line.event, fields):
        raise line.error(found)
