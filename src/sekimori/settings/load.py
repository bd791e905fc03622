"""Read the settings: TOML file, then environment, then `*_FILE` secrets; an unknown key stops the start.

The file is `SEKIMORI_CONFIG`, or `sekimori.toml` in the data folder. Environment names are
`SEKIMORI_<SECTION>_<KEY>`, such as `SEKIMORI_MAIL_RELAY_HOST`; `SEKIMORI_MAIL_RELAY_PASSWORD_FILE` names a file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from sekimori.settings.types import (
    TAG_DAYS_MAX,
    TAG_KEY_MIN,
    Actuators,
    Countries,
    Desk,
    Imap,
    Mail,
    Provider,
    Rdap,
    Settings,
    SettingsError,
    Sms,
    Tags,
)

SECTIONS: dict[str, type] = {"provider": Provider, "mail": Mail, "imap": Imap, "desk": Desk, "actuators": Actuators, "sms": Sms, "rdap": Rdap, "countries": Countries, "tags": Tags}
SECRETS = {("mail", "relay_password"), ("imap", "password"), ("actuators", "radius_secret"), ("actuators", "webhook_secret"), ("sms", "webhook_secret"), ("tags", "key"),
           ("tags", "previous_key")}
TOP_LEVEL = {"SEKIMORI_DATA", "SEKIMORI_DATABASE", "SEKIMORI_CONFIG", "SEKIMORI_DATABASE_FILE"}
IGNORED_PREFIXES = ("SEKIMORI_NEED", "SEKIMORI_TEST_")

_current: Settings | None = None


def current() -> Settings:
    """Return the settings of this process, loading them at first use."""
    global _current  # noqa: PLW0603 - one frozen object per process is the point
    if _current is None:
        _current = load()
    return _current


def use(settings: Settings) -> None:
    """Set the settings of this process (commands with their own folder, tests)."""
    global _current  # noqa: PLW0603 - see current()
    _current = settings


def reset() -> None:
    """Forget the settings of this process; the next `current()` reads them anew."""
    global _current  # noqa: PLW0603 - see current()
    _current = None


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all settings. Raises SettingsError with one clear line."""
    env = os.environ if environ is None else environ
    data = Path(env.get("SEKIMORI_DATA") or Path.home() / ".local/share/sekimori").expanduser().resolve()
    path = Path(env["SEKIMORI_CONFIG"]) if env.get("SEKIMORI_CONFIG") else data / "sekimori.toml"
    raw: dict[str, Any] = {}
    if path.exists():
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise SettingsError(f"{path}: {e}") from e
    elif env.get("SEKIMORI_CONFIG"):
        raise SettingsError(f"{path}: no such file")
    return _build(raw, env, data, str(path))


def _build(raw: dict[str, Any], env: Mapping[str, str], data: Path, where: str) -> Settings:
    unknown = set(raw) - set(SECTIONS)
    if unknown:
        raise SettingsError(f"{where}: unknown section {min(unknown)!r}")
    sections = {}
    known_env = set(TOP_LEVEL)
    for name, kind in SECTIONS.items():
        values = dict(raw.get(name, {}))
        names = {f.name: f for f in fields(kind)}
        for key in values:
            if key not in names:
                raise SettingsError(f"{where}: unknown setting {name}.{key}")
            if (name, key) in SECRETS:
                raise SettingsError(f"{where}: {name}.{key} is a secret; give SEKIMORI_{name.upper()}_{key.upper()}_FILE")
        for key in names:
            variable = f"SEKIMORI_{name}_{key}".upper()
            known_env |= {variable, variable + "_FILE"}
            if variable + "_FILE" in env:
                values[key] = _secret(env[variable + "_FILE"])
            elif variable in env:
                values[key] = env[variable]
        sections[name] = _section(kind, name, values)
    _check_tags(sections["tags"])
    for variable in env:
        if variable.startswith("SEKIMORI_") and variable not in known_env and not variable.startswith(IGNORED_PREFIXES):
            raise SettingsError(f"unknown setting {variable} in the environment")
    database = _secret(env["SEKIMORI_DATABASE_FILE"]) if env.get("SEKIMORI_DATABASE_FILE") else env.get("SEKIMORI_DATABASE", "")
    if database and not database.startswith(("postgres://", "postgresql://")):
        raise SettingsError("SEKIMORI_DATABASE must be a postgresql:// URL, or absent for the embedded SQLite")
    return Settings(data=data, database=database, synthetic=(data / "synthetic").exists(), **sections)


def _secret(path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except OSError as e:
        raise SettingsError(f"{path}: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise SettingsError(f"{path}: a secret is text in UTF-8") from e
    if not text:
        raise SettingsError(f"{path}: is empty")  # else what the secret protects would be off, and nobody would know
    return text


def _section(kind: type, name: str, values: dict[str, Any]) -> Any:
    default = kind()
    typed = {}
    for key, value in values.items():
        typed[key] = _typed(f"{name}.{key}", getattr(default, key), value)
    return replace(default, **typed)


def _check_tags(tags: Tags) -> None:
    """Refuse what would make tags that prove nothing, or that nobody can check."""
    for name, key in (("key", tags.key), ("previous_key", tags.previous_key)):
        if 0 < len(key) < TAG_KEY_MIN:
            raise SettingsError(f"tags.{name} has fewer than {TAG_KEY_MIN} characters")
    if tags.previous_key and not tags.key:
        raise SettingsError("tags.previous_key is set without tags.key")
    if not 0 <= tags.key_number <= 9:
        raise SettingsError("tags.key_number must be 0 to 9")
    if not 1 <= tags.days <= TAG_DAYS_MAX:
        raise SettingsError(f"tags.days must be 1 to {TAG_DAYS_MAX}")
    try:
        date.fromisoformat(tags.since or "2000-01-01")
    except ValueError:
        raise SettingsError("tags.since must be a day, YYYY-MM-DD") from None


def _typed(where: str, default: Any, value: Any) -> Any:
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        if value in ("True", "true", "1"):
            return True
        if value in ("False", "false", "0"):
            return False
        raise SettingsError(f"{where} must be true or false")
    if isinstance(default, int):
        try:
            return int(str(value))
        except ValueError:
            raise SettingsError(f"{where} must be a whole number") from None
    if isinstance(default, tuple):
        if isinstance(value, str):
            return tuple(v.strip() for v in value.split(",") if v.strip())
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        raise SettingsError(f"{where} must be a list of texts")
    if not isinstance(value, str):
        raise SettingsError(f"{where} must be a text")
    return value
