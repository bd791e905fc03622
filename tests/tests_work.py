"""A stage over a real table (cases.Deadline would drag cases in; staff has none): Messages as test rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sekimori.intake.models import Message
from sekimori.values.clock import micros
from sekimori.work.stage import Prepared


def add(n: int, now: datetime, *, lane: int = 1, start: int = 0, **extra) -> list[int]:
    """Make n due messages; returns their ids."""
    rows = [Message(sha256=f"{lane:02d}{i:062d}", envelope="e" * 64, door="file", received_at=now, size=1, route="report",
                    lane=lane, due_at=micros(now), **extra) for i in range(start, start + n)]
    Message.objects.bulk_create(rows)
    return [r.id for r in rows]


@dataclass
class Probe:
    """A stage that remembers what it was given, and can be told to misbehave."""

    name: str = "test.probe"
    model: type = Message
    where: str = "route = 'report'"
    acts_on_persons: bool = False
    batches: list[list[int]] = field(default_factory=list)
    raises: dict[int, Exception] = field(default_factory=dict)
    later: dict[int, datetime] = field(default_factory=dict)
    during: object = None

    def work(self, ids: Sequence[int], ctx) -> Prepared:
        """Note the batch, raise for the rows that are told to, mark the rest as read when it is written."""
        self.batches.append(list(ids))
        if self.during:
            self.during(ids, ctx)
        for i in ids:
            if i in self.raises:
                raise self.raises[i]
        return Prepared(write=lambda: Message.objects.filter(id__in=ids).update(state="read"),
                        act="test.done", subject="batch", detail={"rows": len(ids)}, later=self.later)
