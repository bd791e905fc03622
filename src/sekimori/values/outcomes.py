"""What a step can end with. Bad input is data; only bugs and outages are exceptions (house rule 3)."""

from __future__ import annotations

from dataclasses import dataclass


class Outage(Exception):
    """Something that we need is not there now (a relay, a device, a disk).

    `permanent=False` gives the try back and backs off; `permanent=True` counts as a failed try.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Refused(Exception):
    """An act that the rules do not allow. `code` is stable and machine-readable, `why` is for people.

    Never carries text from outside or protected data: it may be shown to the person who asked.
    """

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code}: {why}" if why else code)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Declined:
    """A reader says: this is not for me, or it is broken here. `field` names the failing field, if one does."""

    reason: str
    field: str = ""
