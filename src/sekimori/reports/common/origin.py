"""What an original message's headers say of where it was handed in. A value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Origin:
    """Where an original message was injected, worked out from its headers."""

    ip: str | None = None
    special: str = ""
    time: datetime | None = None
    time_raw: str = ""
    time_error_s: float = 60.0
    message_id: str | None = None
    queue_id: str | None = None
    queue_host: str | None = None
    how: str = ""
    """`received`, or the header that the address was taken from."""
    flags: list[str] = field(default_factory=list)
