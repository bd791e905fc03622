"""The guard: what may be done with a step when its conditions hold. Nothing acts on a person except through this.

Small on purpose: every combination of conditions is tested, and so is every mutation of this file.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

CONDITIONS = (
    "grade", "delivered", "grace", "new_events", "category", "certainty", "protected", "window", "approval",
    "second_approval", "hearing", "suspensions", "max_reached", "rehearsal", "held", "halt",
)
"""All conditions, in the order in which they are shown. A step's answer names the unmet ones."""

DURING_EXECUTION = frozenset({"protected", "window", "approval", "second_approval", "held", "halt"})
"""May be unmet while a step is proposed: time, officers and switches supply them."""


def proposable(unmet: AbstractSet[str]) -> bool:
    """Tell whether a step may be proposed to officers: only what officers, the clock or a switch supply is missing."""
    return unmet <= DURING_EXECUTION


def rehearsable(unmet: AbstractSet[str]) -> bool:
    """Tell whether a step is to be shown as a rehearsal: it would be proposed if its category were live."""
    return "rehearsal" in unmet and unmet <= DURING_EXECUTION | {"rehearsal"}


def automatic(unmet: AbstractSet[str]) -> bool:
    """Tell whether a step may be approved without a person; the window is waited for later."""
    return unmet <= {"window"}


def executable(unmet: AbstractSet[str]) -> bool:
    """Tell whether a step may be carried out now: nothing at all is missing."""
    return not unmet
