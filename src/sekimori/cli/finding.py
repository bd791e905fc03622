"""What a check of `sekimori doctor` answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor. `id` is stable; `level` `ok warn fail`; `text` is for people."""

    id: str
    level: Level
    text: str
