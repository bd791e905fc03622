"""A person carries it out (IPoE lines, equipment without an interface) and confirms it at the desk."""

from __future__ import annotations

from sekimori.enforcement.actuators.contract import Done, Order


class Manual:
    """Answers unverified: the measure stays `executed` and stands in the officers' queue until somebody confirms it."""

    name = "manual"

    def handles(self, order: Order) -> bool:
        """A person can do everything."""
        return True

    def apply(self, order: Order) -> Done:
        """Ask for the work to be done."""
        return Done(self.name, False, "task")

    def undo(self, order: Order) -> Done:
        """Ask for the work to be undone."""
        return Done(self.name, False, "task")
