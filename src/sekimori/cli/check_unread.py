"""Lines of logs that nobody understood: counted from the loads' own records in the ledger, shown by `doctor` and `assignments status`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sekimori.cli.finding import Finding

if TYPE_CHECKING:
    from sekimori.settings import Settings

DAY = timedelta(hours=24)
LOADS_MAX = 1500
"""Loads that are looked at: one a minute for a day."""
SHARE = 0.01
"""More refused lines than this are a fault of the feed, not a few damaged lines."""
FEW = 20
KINDS = ("postfix-log", "dovecot-log")


@dataclass(slots=True)
class Lines:
    """What became of the lines of a feed."""

    read: int = 0
    stored: int = 0
    refused: int = 0
    ignored: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def ill(self) -> bool:
        """Whether a person should look: many lines refused, or nothing at all understood."""
        return self.refused > SHARE * self.read or (self.read >= FEW and self.refused + self.ignored >= self.read)


def last_day(subject: str, now: datetime) -> Lines:
    """Return the counts of the loads of the last 24 hours; `subject` is that of their ledger entries (`feed:NAME`, `postfix-log`)."""
    from sekimori.ledger.models import Entry

    out = Lines()
    rows = Entry.objects.filter(subject=subject, act__in=("assignments.loaded", "submissions.loaded")).order_by("-seq").values_list("at", "body")
    for at, body in rows[:LOADS_MAX]:
        if datetime.fromisoformat(at) < now - DAY:
            break
        told = json.loads(body).get("detail") or {}
        out.read += told.get("read", 0)
        out.stored += told.get("stored", 0)
        out.refused += told.get("refused", 0)
        out.ignored += told.get("ignored", 0)
        out.reasons.update(told.get("reasons") or {})
    return out


def unread(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Feeds whose lines are not understood: another firmware, another format, the wrong file."""
    from sekimori.assignments.models import Feed

    subjects = [f"feed:{name}" for name in Feed.objects.order_by("name").values_list("name", flat=True)] + list(KINDS)
    ill = []
    for subject in subjects:
        lines = last_day(subject, now)
        if lines.ill:
            most = ", ".join(code for code, _ in lines.reasons.most_common(2))
            ill.append(f"{subject.removeprefix('feed:')} (of {lines.read} lines {lines.refused} refused, {lines.ignored} passed by{': ' + most if most else ''})")
    yield Finding("feeds.unread", "warn" if ill else "ok",
                  f"logs that are not understood: {'; '.join(ill[:5])}{' (DATA/refused)' if any(' 0 refused' not in i for i in ill) else ''}" if ill else "the logs of the last day were understood")
