"""Who acts. A value, so that the ledger needs no staff table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is `officer`, `member`, `mailbox` (its user), `stage`, `command` or `reporter`; `id` is an opaque handle, never a name."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
