"""Read the text of a ladder and tell everything that is wrong with it, each fault with its field and line. Pure.

`load.load_ladder` stops at the first fault; the desk shows an officer all of them at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from sekimori.policy.schema import check
from sekimori.policy.types import RESTRICTIONS, STEPS, Ladder, PolicyError

PERIODS = (*RESTRICTIONS, "suspend_line")
APPROVALS = ("restrict_a", "restrict_b", "suspend_line", "terminate", "person")
TABLES = {"period_days": PERIODS, "approvals": APPROVALS}
PLAIN = {f.name: str(f.type) for f in fields(Ladder) if f.name not in {"paths", *TABLES}}
MOST_CHARS = 100_000
MOST_VALUE = 100_000
"""No period, number of persons or recipients makes sense beyond; arithmetic with dates would fail."""
AT_LINE = re.compile(r" ?\(at (?:line (\d{1,9}), column \d{1,9}|end of document)\)")
HEADER = re.compile(r"^\s{0,20}\[\s{0,20}([A-Za-z_]{1,40})\s{0,20}\]")
KEY = re.compile(r"""^\s{0,20}["']?([A-Za-z0-9_-]{1,60})["']?\s{0,20}=""")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a ladder."""

    code: str
    """Stable id, in words in the catalogue `ladder_fault`."""
    field: str
    """`grace_hours`, `period_days.suspend_line`, `paths.messaging`, or "" for the file."""
    text: str
    """The same in English for commands and logs."""
    line: int = 0
    """Where it stands, from 1; 0 where the text has no such line (a field is missing)."""


def read_ladder(text: str) -> tuple[Ladder | None, list[Fault]]:
    """Return the ladder that a TOML text states, or None, and all its faults in the order of their lines."""
    if len(text) > MOST_CHARS:
        return None, [Fault("too_long", "", f"longer than {MOST_CHARS} characters")]
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        at = AT_LINE.search(str(e))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1 if at else 0
        return None, [Fault("toml", "", str(e).replace("\n", " ")[:300], line)]
    where = lines(text)
    found = [Fault(f.code, f.field, f.text, where.get(f.field, 0)) for f in _faults(raw)]
    if found:
        return None, sorted(found, key=lambda f: f.line or len(text))
    return Ladder(paths={name: tuple(steps) for name, steps in raw.pop("paths").items()}, **raw), []


def lines(text: str) -> dict[str, int]:
    """Return field → line of a TOML text of plain tables: `grace_hours`, `period_days`, `period_days.suspend_line`."""
    out: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, key = HEADER.match(line), KEY.match(line)
        if header:
            table = header[1]
            out.setdefault(table, number)
        elif key:
            out.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    return out


def _faults(raw: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong, without lines. What hangs on several fields is asked only where each is right by itself."""
    whole = True
    for fault in (*_plain(raw), *_tables(raw), *_paths(raw)):
        whole = False
        yield fault
    if whole:
        yield from _together(raw)


def _plain(raw: dict[str, Any]) -> Iterator[Fault]:
    for name in raw:
        if name not in PLAIN and name != "paths" and name not in TABLES:
            yield Fault("unknown", name, f"unknown field {name!r}")
    for name, type_name in PLAIN.items():
        if name not in raw:
            yield Fault("missing", name, f"{name} is missing")
        else:
            yield from _value(raw[name], type_name, name)
    version = raw.get("version")
    if isinstance(version, str) and not 0 < len(version.strip()) <= 40:
        yield Fault("version", "version", "version must be 1 to 40 characters")


def _value(value: object, type_name: str, field: str) -> Iterator[Fault]:
    try:
        check(value, type_name, field)
    except PolicyError as e:
        yield Fault("negative" if "negative" in str(e) else f"type_{type_name}", field, str(e))
    else:
        if isinstance(value, (int, float)) and not value <= MOST_VALUE:  # nan is no number either
            yield Fault("huge", field, f"{field} must not exceed {MOST_VALUE}")


def _tables(raw: dict[str, Any]) -> Iterator[Fault]:
    for key, names in TABLES.items():
        table = raw.get(key)
        if not isinstance(table, dict):
            yield Fault("missing", key, f"{key} is missing") if key not in raw else Fault("table", key, f"{key} must be a dict")
            continue
        if set(table) != set(names):
            odd = min(set(table) - set(names), default="")
            field = f"{key}.{odd}" if odd else key
            yield Fault("names", field, f"{key} must name exactly {', '.join(names)}")
        for name in table.keys() & set(names):
            wrong = list(_value(table[name], "int", f"{key}.{name}"))
            yield from wrong
            if not wrong and table[name] == 0:
                yield Fault("zero", f"{key}.{name}", f"{key}.{name} must be more than 0")


def _paths(raw: dict[str, Any]) -> Iterator[Fault]:
    paths = raw.get("paths")
    if not isinstance(paths, dict):
        yield Fault("missing", "paths", "paths is missing") if "paths" not in raw else Fault("table", "paths", "paths must be a dict")
        return
    for name, steps in paths.items():
        if not isinstance(steps, list) or not steps or any(s not in STEPS or s == "brake" for s in steps):
            yield Fault("steps", f"paths.{name}", f"paths.{name} must be a list of steps")
        elif steps != sorted(steps, key=STEPS.index) or steps[0] != "warn" or len(set(steps)) != len(steps):
            yield Fault("climb", f"paths.{name}", f"paths.{name} must begin with warn and only climb")


def _together(raw: dict[str, Any]) -> Iterator[Fault]:
    period, approvals = raw["period_days"], raw["approvals"]
    if raw["window_from_hour"] >= raw["window_to_hour"] or raw["window_to_hour"] > 24:
        yield Fault("window", "window_to_hour", "the execution window must end after it begins, on the same day")
    for name, days in period.items():
        if days > raw["suspension_cap_days"]:
            yield Fault("cap", f"period_days.{name}", "a period is longer than suspension_cap_days")
    for name in ("suspend_line", "terminate"):
        if approvals[name] < 2:
            yield Fault("two_persons", f"approvals.{name}", "suspension of the line and termination need two persons at least")
    if approvals["restrict_b"] < approvals["restrict_a"]:
        yield Fault("grade_b", "approvals.restrict_b", "a restriction needs at least one person, and no fewer at grade B than at A")
