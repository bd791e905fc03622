"""Poll the feeds that are due, hand what is new to intake, and say which feeds need a look."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sekimori.intake.models import Message
from sekimori.reports.feeds import rules
from sekimori.reports.feeds.config import FeedConfig, load
from sekimori.reports.feeds.pull import PULLS
from sekimori.reports.models import Feed, Report, Review
from sekimori.settings import Settings
from sekimori.values.clock import iso
from sekimori.values.outcomes import Outage

LOOKED_AT = 30


def configured(settings: Settings) -> tuple[FeedConfig, ...]:
    """Return the feeds of DATA/feeds.toml. Raises FeedError."""
    return load(settings.data / "feeds.toml")


def poll(feeds: Sequence[FeedConfig], now: datetime) -> dict[str, int | str]:
    """Ask every feed that is due; returns per feed how many new items came, or the fault in words."""
    out: dict[str, int | str] = {}
    for feed in feeds:
        row, _ = Feed.objects.get_or_create(name=feed.name, defaults={"since": now, "next_at": now})
        if row.next_at > now:
            continue
        try:
            count = PULLS[feed.kind](feed, row, now)
        except (Outage, OSError) as e:
            row.fault, row.faults = str(e)[:200], row.faults + 1
            out[feed.name] = row.fault
        else:
            row.fault, row.faults = "", 0
            out[feed.name] = count
        row.tried_at, row.next_at = now, rules.next_at(now, feed.every_minutes, row.faults)
        row.save()
    return out


def alarm(feeds: Sequence[FeedConfig], now: datetime) -> list[str]:
    """Put feeds with an alarm before a person, one open item a feed, beside its newest item; returns their names.

    A feed that never brought anything has no message to stand beside: `feeds status` and `doctor` tell it.
    """
    told = []
    for line in status(feeds, now):
        newest = Message.objects.filter(peer=f"feed:{line['name']}").order_by("-id").first()
        group = hashlib.sha256(f"feed:{line['name']}".encode()).hexdigest()
        if not line["alarms"] or newest is None or Review.objects.filter(group=group, closed_at__isnull=True).exists():
            continue
        with transaction.atomic():
            Review.objects.create(message=newest, group=group, reason="feed_alarm", detail=f"{line['name']}: {', '.join(line['alarms'])}", opened_at=now)
        told.append(line["name"])
    return told


def status(feeds: Sequence[FeedConfig], now: datetime) -> list[dict[str, Any]]:
    """Return the state of every feed, with its alarms: `silent`, `fault`, `changed_format`, `changed_unreadable`, `changed_broken_rows`."""
    rows = {r.name: r for r in Feed.objects.filter(name__in=[f.name for f in feeds])}
    out = []
    for feed in feeds:
        row = rows.get(feed.name)
        arrivals = _arrivals(feed.name)
        alarms = []
        if row is not None:
            if rules.silent([a.at for a in arrivals], now, timedelta(hours=feed.silent_hours), row.since):
                alarms.append("silent")
            if row.faults >= 3:
                alarms.append("fault")
        how = rules.changed(arrivals)
        if how:
            alarms.append("changed_" + how)
        out.append({"name": feed.name, "kind": feed.kind, "last_item": iso(arrivals[-1].at) if arrivals else None, "tried": iso(row.tried_at) if row and row.tried_at else None,
                    "next": iso(row.next_at) if row else None, "fault": row.fault if row else "", "items": len(arrivals), "alarms": alarms})
    return out


def _arrivals(name: str) -> list[rules.Arrival]:
    found = Report.objects.filter(message__peer=f"feed:{name}").order_by("-id").values_list("received_at", "format", "kind", "findings_total", "detail", "reply_to")[:LOOKED_AT]
    return [rules.Arrival(at, fmt, kind, total, _broken(detail), sender) for at, fmt, kind, total, detail, sender in reversed(found)]


def _broken(detail: dict[str, Any]) -> int:
    for d in detail.get("defects", []):
        if str(d).startswith("broken_rows:"):
            return int(str(d).partition(":")[2])
    return 0
