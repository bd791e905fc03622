"""Facts for ladder tests, made by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sekimori.enforcement.ladder.facts import DeliveryFact, EventFact, Facts, MeasureFact
from sekimori.policy import files
from sekimori.policy.load import load_ladder, load_policy

POLICY = load_policy(Path(files.SHIPPED) / "jp.toml")
LADDER = load_ladder(Path(files.SHIPPED) / "ladder.toml")
MONDAY = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)  # 10:00 JST, inside the window
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def event(days=0.0, *, domain="feed.example", own=False, category="messaging/spam", now=MONDAY, **more):
    """One event `days` before `now`, reported an hour later."""
    time = now - days * DAY
    return EventFact(**{
        "category": category, "time": time, "received": min(now, time + HOUR), "domain": domain, "authenticated": True, "own": own,
        "original": True, "confirmed": 50, "refuted": 0} | more)


def measure(step, days, **more):
    """A measure carried out `days` before Monday."""
    at = MONDAY - days * DAY
    return MeasureFact(**{"step": step, "state": "verified", "sent_at": at, "executed_at": at} | more)


def delivered(days, kind="warn", channel="mail"):
    return DeliveryFact(kind, channel, MONDAY - days * DAY)


def facts(**more):
    """Facts about a live messaging case at Monday 10:00 JST."""
    return Facts(**{"now": MONDAY, "path": "messaging", "policy": POLICY, "ladder": LADDER, "live": dict.fromkeys(POLICY.types, True)} | more)


def ready(step, grade="A"):
    """Facts in which nothing at all is missing for a step but what the test takes away."""
    own = grade == "A"
    domains = ("a.example", "b.example", "c.example")
    recent = tuple(event(d, domain=x, own=own) for d in (0.1, 1.1) for x in domains)
    warned = {"measures": (measure("warn", 400 if step == "terminate" else 90),), "deliveries": (delivered(89),)}
    if step == "warn":
        return facts(events=recent)
    if step in ("restrict_mail", "port_filter"):
        return facts(events=recent, approvals={step: 2}, **warned)
    restricted = measure("restrict_mail", 80, state="reverted", reverted_at=MONDAY - 60 * DAY, end_reason="period")
    if step == "suspend_line":
        return facts(events=recent, approvals={step: 2}, **(warned | {"measures": (*warned["measures"], restricted)}))
    suspended = tuple(measure("suspend_line", d, state="reverted", reverted_at=MONDAY - (d - 5) * DAY, end_reason="period") for d in (50, 20))
    return facts(events=recent, approvals={step: 2}, statements=(MONDAY - 10 * DAY,), suspensions=suspended,
                 **(warned | {"measures": (*warned["measures"], restricted, *suspended)}))


__all__ = ["DAY", "HOUR", "LADDER", "MONDAY", "POLICY", "delivered", "event", "facts", "measure", "ready", "replace"]
