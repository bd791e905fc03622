"""The one settings object: frozen, typed, read once from a TOML file and the environment."""

from sekimori.settings.load import current, load, reset, use
from sekimori.settings.types import Settings, SettingsError

__all__ = ["Settings", "SettingsError", "current", "load", "reset", "use"]
