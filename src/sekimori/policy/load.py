"""Read `jp.toml`, `retention.toml` and `ladder.toml`; anything incomplete stops the start. Pure but for reading files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sekimori.policy.ladderfile import read_ladder
from sekimori.policy.schema import build, read, read_text, take
from sekimori.policy.types import STEPS, Ground, Ladder, Policy, PolicyError, Retention, TypePolicy
from sekimori.values.basis import Basis

MODES = ("auto", "person", "never")


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
    """Return the ladder of a file. Raises PolicyError naming file and field: the first fault of `ladderfile.read_ladder`."""
    ladder, faults = read_ladder(read_text(path))
    if ladder is None:
        raise PolicyError(f"{path.name}: {faults[0].text}")
    return ladder


def _nothing_left(raw: dict[str, Any], where: str) -> None:
    if raw:
        raise PolicyError(f"{where}: unknown field {min(raw)!r}")
