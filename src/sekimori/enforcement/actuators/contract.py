"""The contract of an actuator: what it is told, what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Order:
    """One measure to be carried out or undone."""

    key: str
    """Idempotency key: the same order twice is one effect."""
    step: str
    """`restrict_mail port_filter suspend_line terminate brake`."""
    access: str
    """How the contract reaches us (`pppoe ipoe mobile mail …`)."""
    logins: tuple[str, ...]
    """The logins concerned: one for a brake or the victim lane, else all of the contract."""
    contract: str
    """Opaque handle."""
    reference: str = ""
    """`case:K-…`: for whatever must be read to carry it out."""
    stolen: bool = False
    """The victim lane: a thief must be locked out of the whole mailbox, not only out of sending."""
    part: bool = False
    """Only some of the measure's logins are taken back: they are another contract's now, and the measure goes on."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an actuator answers. Problems that may pass are `Outage`, not an answer."""

    actuator: str
    verified: bool
    """The equipment itself was asked and shows the effect."""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the answer for the measure's row."""
        return {"actuator": self.actuator, "verified": self.verified, "note": self.note}


class Actuator(Protocol):
    """One kind of equipment."""

    name: str

    def handles(self, order: Order) -> bool:
        """Tell whether this equipment is concerned by the order."""
        ...

    def apply(self, order: Order) -> Done:
        """Bring the effect about, unless it is there already, and verify it. Raises Outage."""
        ...

    def undo(self, order: Order) -> Done:
        """Take the effect back, unless it is gone already, and verify that. Raises Outage."""
        ...
