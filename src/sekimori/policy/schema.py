"""Read a TOML table into a frozen value: every field there, none unknown, every type right."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from sekimori.policy.types import PolicyError

T = TypeVar("T")
_KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}


def read_text(path: Path) -> str:
    """Return the text of a file. Raises PolicyError with one line."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise PolicyError(f"{path.name}: {e}") from e


def read(path: Path) -> dict[str, Any]:
    """Return the parsed file. Raises PolicyError with one line."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as e:
        raise PolicyError(f"{path.name}: {e}") from e


def build(kind: type[T], table: Mapping[str, Any], where: str, given: Mapping[str, Any] | None = None) -> T:
    """Return `kind` made of `table` (plain fields checked by type) and `given` (fields made elsewhere).

    Raises PolicyError where a field is missing, unknown or of the wrong type: a missing period must never mean "for ever".
    """
    given = dict(given or {})
    plain = {f.name: str(f.type) for f in fields(kind) if f.name not in given}  # type: ignore[arg-type]
    for key in table:
        if key not in plain:
            raise PolicyError(f"{where}: unknown field {key!r}")
    for name, type_name in plain.items():
        if name not in table:
            raise PolicyError(f"{where}: {name} is missing")
        check(table[name], type_name, f"{where}: {name}")
    return kind(**{name: table[name] for name in plain}, **given)


def check(value: object, type_name: str, where: str) -> None:
    """Raise PolicyError where a plain value has the wrong type, is negative, or is an empty number."""
    wanted = _KINDS[type_name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and type_name != "bool"):
        raise PolicyError(f"{where} must be of type {type_name}")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        raise PolicyError(f"{where} must not be negative")


def take(table: dict[str, Any], key: str, kind: type, where: str) -> Any:
    """Remove and return a required entry of a table. Raises PolicyError where it is missing or of the wrong type."""
    if key not in table:
        raise PolicyError(f"{where}: {key} is missing")
    value = table.pop(key)
    if not isinstance(value, kind):
        raise PolicyError(f"{where}: {key} must be a {kind.__name__}")
    return value
