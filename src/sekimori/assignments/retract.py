"""Take back what a feed was loaded as (a wrong zone, a wrong realm), so that it can be loaded anew."""

from __future__ import annotations

from django.db import transaction

from sekimori.assignments.models import ClockJump, DeviceClock, Feed, FeedGap, LoadMark, Rule
from sekimori.assignments.store.interface import Store
from sekimori.ledger.service import write
from sekimori.values.actors import Actor
from sekimori.values.clock import from_micros


def retract(store: Store, feed: str, reason: str, actor: Actor, now: int) -> int:
    """Take back all rows and rules of a feed, and forget how far its files were read. Returns how many there were.

    The rows stay for `as_of` until their retention is over: a notice that was sent on them can still be explained.
    """
    with transaction.atomic():
        count = store.retract(feed, now)
        count += Rule.objects.filter(feed=feed, superseded=None).update(superseded=now)
        Feed.objects.filter(name=feed).delete()
        LoadMark.objects.filter(feed=feed).delete()
        FeedGap.objects.filter(feed=feed).delete()
        DeviceClock.objects.filter(feed=feed).delete()
        ClockJump.objects.filter(feed=feed).delete()
        write(actor, "assignments.retracted", f"feed:{feed}", {"rows": count, "reason": reason[:500]}, from_micros(now))
    return count
