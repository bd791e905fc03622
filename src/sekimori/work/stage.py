"""The contract of a stage: what the runner asks of it, and what it gets back.

A stage reads due rows of one table and alone moves them. `work` runs outside any transaction (parse, look up,
compute; at most 20 s a batch); `Prepared.write` runs inside one short transaction (at most 50 ms), which also marks the
rows as done and appends the ledger entry last (house rules 1.4–1.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from django.db import models

from sekimori.values.actors import Actor
from sekimori.values.clock import Clock


@dataclass(frozen=True, slots=True)
class Context:
    """What a stage may know of the world: the present instant of this batch, and who acts in the ledger's words."""

    now: datetime
    clock: Clock
    lease: str
    """The lease that the batch holds; part of idempotency keys of outside effects."""


@dataclass(slots=True)
class Prepared:
    """The outcome of a batch, still to be written."""

    write: Callable[[], None]
    """Writes results and next rows; called once, inside the finishing transaction. Must be repeatable after a rollback."""
    act: str = ""
    """Ledger act of the batch (`reports.read`); "" writes no entry."""
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    later: Mapping[int, datetime] = field(default_factory=dict)
    """Rows that stay due, from this instant on, with their tries given back (waiting is no failure)."""
    held: Sequence[int] = ()
    """Rows that wait for an officer (`work='held'`)."""
    failed: Mapping[int, str] = field(default_factory=dict)
    """Rows that failed by themselves: counted as a try, with the fault kept."""


class Record(Protocol):
    """Appends to the ledger. Handed in by `flow`, since the ledger stands above `work`."""

    def __call__(self, actor: Actor, act: str, subject: str, detail: Mapping[str, Any], now: datetime) -> int:
        """Append one entry inside the caller's transaction (see `ledger.service.write`)."""
        ...


class Stage(Protocol):
    """One stage of the river, listed in `sekimori.flow.stages`."""

    name: str
    """`<package>.<verb>`, stable: shown by `work --status` and `/metrics`."""
    model: type[models.Model]
    where: str
    """SQL condition on the model's table that tells this stage's rows from another's, or ""."""
    acts_on_persons: bool
    """Waits while the clock is in doubt or the desk is halted (house rule 1.11)."""

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Do the work of these rows (in the given order), outside any transaction.

        Raises Outage where something outside is not there; any other exception makes the runner redo the batch
        row by row, and counts as a try for the row that raises alone.
        """
        ...


@runtime_checkable
class Settling(Protocol):
    """A stage some of whose due rows may not begin yet. They are its rows all the same: counted and shown as due."""

    def ready(self) -> str:
        """Return the SQL condition on the model's table of rows that may begin now, or "" for all; asked before every batch."""
        ...
