"""The doctor's look at the table of countries: whether there is one, and how old its data are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from sekimori.cli.finding import Finding

if TYPE_CHECKING:
    from sekimori.settings import Settings


def countries(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether stolen passwords can be seen by countries."""
    from sekimori.network.countries import store
    from sekimori.network.countries.rows import BadTable

    try:
        table = store.current()
    except BadTable as e:
        yield Finding("countries.table", "fail", str(e))
        return
    if table is None:
        yield Finding("countries.table", "ok" if settings.synthetic else "warn",
                      "no table of countries is loaded: a stolen password shows by many networks only (`sekimori network countries load`)")
        return
    days = (now.date() - date.fromisoformat(table.meta["dated"])).days
    old = days > settings.countries.max_age_days
    yield Finding("countries.table", "warn" if old else "ok",
                  f"countries of {table.meta['ranges4']} IPv4 and {table.meta['ranges6']} IPv6 ranges, data of {days} days ago" + (": load newer ones" if old else ""))
    yield from _history(settings, now)


def _history(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether the logs reach back far enough to call a country new."""
    from django.db.models import Min

    from sekimori.submissions.models import SignIn, Submission
    from sekimori.submissions.stolen import SHIPPED

    found = [m.objects.aggregate(t=Min("time"))["t"] for m in (Submission, SignIn)]
    first = min((t for t in found if t is not None), default=None)
    days = (now - first).days if first is not None else None
    if days is not None and days < SHIPPED.new_country_days and not settings.synthetic:
        yield Finding("countries.history", "warn",
                      f"mail logs reach back {days} days only: a country counts as new after {SHIPPED.new_country_days}; load older logs, or look at alarms yourself until then")
