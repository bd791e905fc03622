"""Carries nothing out: rehearsals, scenarios, made-up providers."""

from __future__ import annotations

from sekimori.enforcement.actuators.contract import Done, Order


class DryRun:
    """Says what would be done."""

    name = "dryrun"

    def handles(self, order: Order) -> bool:
        """Every order may be rehearsed."""
        return True

    def apply(self, order: Order) -> Done:
        """Answer that the effect is there: in a made-up provider it is."""
        return Done(self.name, True, f"{order.step} on")

    def undo(self, order: Order) -> Done:
        """Answer that the effect is gone."""
        return Done(self.name, True, f"{order.step} off")
