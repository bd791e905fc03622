"""Look at the last hour's submissions, and report what the rules find.

Stateless: an alarm is a finding of ours, and what came before the last alarm of a login is not looked at again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, Sum

from sekimori.enforcement.sensor.report import FORMAT, alarm
from sekimori.enforcement.sensor.rules import burst
from sekimori.policy import Ladder, ladder
from sekimori.reports.models import Finding
from sekimori.submissions.models import SignIn, Submission
from sekimori.submissions.stolen import SHIPPED, Limits, Use, suspicion
from sekimori.submissions.uses import uses
from sekimori.values.clock import from_micros, micros

RECENT = timedelta(hours=1)
DAY = timedelta(hours=24)
NEVER_MANY = 1 << 30
HOME = SHIPPED.home
AHEAD = timedelta(minutes=5)


def look(now: datetime, logins: Collection[str] | None = None) -> int:
    """Report what the last hour shows, of these logins or of all; returns the number of alarms raised."""
    rules = ladder()
    recent = Submission.objects.filter(time__gt=now - RECENT, time__lte=now + AHEAD).exclude(login="")
    if logins is not None:
        recent = recent.filter(login__in=list(logins))
    totals = dict(recent.values_list("login").annotate(n=Sum("recipients")).order_by("login"))
    smallest = min(rules.brake_per_60s, rules.brake_per_300s)
    raised = 0
    for login in sorted(name for name, n in totals.items() if (n or 0) > smallest):
        raised += _brake(login, now, rules)
    abroad = _abroad(now, logins)
    for login in sorted(abroad):
        raised += _stolen(login, now, rules)
    return raised


def last_alarm(login: str, trigger: str) -> datetime | None:
    """Return the time of the newest alarm about a login."""
    found = Finding.objects.filter(login=login, report__format=FORMAT, report__report_id=trigger)
    return found.order_by("-time").values_list("time", flat=True).first()


def _brake(login: str, now: datetime, rules: Ladder) -> int:
    since = max(filter(None, (now - RECENT, last_alarm(login, "brake"))))
    rows = Submission.objects.filter(login=login, time__gt=since, time__lte=now + AHEAD).values_list("time", "recipients")
    found = burst(list(rows), rules)
    if found is None:
        return 0
    alarm(login, "brake", found.at, found.recipients, {"window_s": found.window_s}, now)
    return 1


def _abroad(now: datetime, logins: Collection[str] | None) -> set[str]:
    """Return the logins used from abroad in the last hour: all others are no suspects, and their history is not read."""
    wanted = Q(time__gt=now - RECENT, time__lte=now + AHEAD) & ~Q(country__in=("", HOME))
    if logins is not None:
        wanted &= Q(login__in=list(logins))
    return {*Submission.objects.filter(wanted).values_list("login", flat=True), *SignIn.objects.filter(wanted).values_list("login", flat=True)} - {""}


def _stolen(login: str, now: datetime, rules: Ladder) -> int:
    limits = Limits(new_country_days=rules.stolen_new_country_days, recipients_per_hour=rules.stolen_recipients_per_hour,
                    countries=rules.stolen_countries, countries_hours=rules.stolen_countries_hours, networks=NEVER_MANY)
    # Whose network it was is a rule of another stage; the ladder acts on countries only.
    known = uses([login], now - timedelta(days=rules.stolen_new_country_days + 1), now + AHEAD, lambda _: False).get(login, [])
    before = last_alarm(login, "stolen")
    if before is not None:
        # What was reported is settled; the thief's own use of it is no habit of the member's either.
        known = [u for u in known if u.time > micros(before) or u.time <= micros(before - DAY)]
    fresh = [u for u in known if u.time > micros(now - RECENT) and (before is None or u.time > micros(before))]
    if not fresh:
        return 0
    why = suspicion(known, micros(now), limits)
    if not why:
        return 0
    at = from_micros(max(u.time for u in fresh))
    alarm(login, "stolen", at, sum(u.recipients for u in fresh), {"why": why, "countries": _countries(fresh)}, now)
    return 1


def _countries(found: list[Use]) -> list[str]:
    return sorted({u.country for u in found if u.country})

