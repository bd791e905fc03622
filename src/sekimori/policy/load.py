"""Read `jp.toml`, `retention.toml` and `ladder.toml`; anything incomplete stops the start. Pure but for reading files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sekimori.policy.schema import build, check, read, take
from sekimori.policy.types import RESTRICTIONS, STEPS, Ground, Ladder, Policy, PolicyError, Retention, TypePolicy
from sekimori.values.basis import Basis

MODES = ("auto", "person", "never")
PERIODS = (*RESTRICTIONS, "suspend_line")
APPROVALS = ("restrict_a", "restrict_b", "suspend_line", "terminate", "person")


def load_policy(path: Path) -> Policy:
    """Return the policy of a file. Raises PolicyError naming file and field."""
    raw = read(path)
    version = take(raw, "version", str, path.name)
    types = {name: _type(name, row, path.name) for name, row in take(raw, "type", dict, path.name).items()}
    grounds: dict[tuple[str, str], Ground] = {}
    for way, steps in take(raw, "ground", dict, path.name).items():
        for step, row in steps.items():
            if step not in STEPS:
                raise PolicyError(f"{path.name}: ground.{way}: {step!r} is no step")
            grounds[way, step] = build(Ground, row, f"{path.name}: ground.{way}.{step}")
    _nothing_left(raw, path.name)
    return Policy(version, types, grounds)


def _type(name: str, row: dict[str, Any], where: str) -> TypePolicy:
    where = f"{where}: {name}"
    row = dict(row)
    signed = row.pop("signed", "")
    if signed != "" and not (isinstance(signed, date) and type(signed) is date):
        raise PolicyError(f'{where}: signed must be a date, or "" for unsigned')
    built = build(TypePolicy, row, where, {"name": name, "signed": signed or None})
    if name.count("/") != 1:
        raise PolicyError(f"{where} must be category/type")
    if built.attribution not in MODES or built.notice not in MODES:
        raise PolicyError(f"{where}: attribution and notice must be one of {', '.join(MODES)}")
    if built.basis not in set(Basis):
        raise PolicyError(f"{where}: {built.basis!r} is no basis")
    if built.highest and built.highest not in STEPS:
        raise PolicyError(f"{where}: {built.highest!r} is no step")
    if not built.label_ja or not built.label_en:
        raise PolicyError(f"{where} needs its name in both languages")
    if built.sealed and (built.attribution, built.notice) != ("never", "never"):
        raise PolicyError(f"{where} is sealed: attribution and notice must be never")
    return built


def load_retention(path: Path) -> Retention:
    """Return the periods of a file. Raises PolicyError where one is missing or zero."""
    built = build(Retention, read(path), path.name)
    for name in Retention.__slots__:
        if getattr(built, name) == 0:
            raise PolicyError(f"{path.name}: {name} must be more than 0")
    return built


def load_ladder(path: Path) -> Ladder:
    """Return the ladder of a file. Raises PolicyError naming file and field."""
    raw = read(path)
    where = path.name
    paths = {}
    for name, steps in take(raw, "paths", dict, where).items():
        if not isinstance(steps, list) or not steps or any(s not in STEPS or s == "brake" for s in steps):
            raise PolicyError(f"{where}: paths.{name} must be a list of steps")
        if steps != sorted(steps, key=STEPS.index) or steps[0] != "warn" or len(set(steps)) != len(steps):
            raise PolicyError(f"{where}: paths.{name} must begin with warn and only climb")
        paths[name] = tuple(steps)
    period = _numbers(raw, "period_days", PERIODS, where)
    approvals = _numbers(raw, "approvals", APPROVALS, where)
    ladder = build(Ladder, raw, where, {"paths": paths, "period_days": period, "approvals": approvals})
    if ladder.window_from_hour >= ladder.window_to_hour or ladder.window_to_hour > 24:
        raise PolicyError(f"{where}: the execution window must end after it begins, on the same day")
    if any(days > ladder.suspension_cap_days for days in period.values()):
        raise PolicyError(f"{where}: a period is longer than suspension_cap_days")
    if approvals["suspend_line"] < 2 or approvals["terminate"] < 2:
        raise PolicyError(f"{where}: suspension of the line and termination need two persons at least")
    if approvals["restrict_a"] < 1 or approvals["restrict_b"] < approvals["restrict_a"] or approvals["person"] < 1:
        raise PolicyError(f"{where}: a restriction needs at least one person, and no fewer at grade B than at A")
    return ladder


def _numbers(raw: dict[str, Any], key: str, names: tuple[str, ...], where: str) -> dict[str, int]:
    table: dict[str, int] = take(raw, key, dict, where)
    if set(table) != set(names):
        raise PolicyError(f"{where}: {key} must name exactly {', '.join(names)}")
    for name, value in table.items():
        check(value, "int", f"{where}: {key}.{name}")
        if value == 0:
            raise PolicyError(f"{where}: {key}.{name} must be more than 0")
    return table


def _nothing_left(raw: dict[str, Any], where: str) -> None:
    if raw:
        raise PolicyError(f"{where}: unknown field {min(raw)!r}")
