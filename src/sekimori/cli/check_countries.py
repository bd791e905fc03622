"""The doctor's look at the table of countries: whether there is one, and how old its data are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sekimori.cli.checks import Finding
    from sekimori.settings import Settings


def countries(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether stolen passwords can be seen by countries."""
    from sekimori.cli.checks import Finding
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
