"""Desk-wide switches: halt, and which categories are out of rehearsal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from sekimori.enforcement.models import Letter, Switch
from sekimori.ledger.service import write
from sekimori.policy import policy
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DUE, HELD

FLOOD = "flood:"
"""Prefix of the switches of sources whose letters wait for a person (notices.flooding)."""


def halted() -> bool:
    """Tell whether the desk is halted: no notice and no measure leaves."""
    return Switch.objects.filter(name="halt", on=True).exists()


def halt(actor: Actor, now: datetime) -> None:
    """Stop every outgoing notice and measure: every stage that acts on persons asks before each batch."""
    _set("halt", True, actor, now, "desk.halted")


def resume(actor: Actor, now: datetime) -> None:
    """Let notices and measures go again: what was due goes, oldest first."""
    _set("halt", False, actor, now, "desk.resumed")


def live_categories() -> dict[str, bool]:
    """Return, for each `category/type` of the policy, whether it is out of rehearsal (default: none is)."""
    on = set(Switch.objects.filter(name__startswith="live:", on=True).values_list("name", flat=True))
    return {name: not on.isdisjoint({"live:*", f"live:{name.split('/')[0]}", f"live:{name}"}) for name in policy().types}


def go_live(category: str, actor: Actor, now: datetime) -> list[str]:
    """Take a category (`messaging`) or one type (`messaging/spam`) out of rehearsal; returns the types now live.

    The caller has made sure that the actor may approve. Raises Refused for a category that no policy row has.
    """
    known = [n for n in policy().types if category in ("*", n, n.split("/")[0])]
    if not known:
        raise Refused("category.unknown", f"no policy row for {category}")
    _set(f"live:{category}", True, actor, now, "desk.live")
    return known


def set_live(categories: Iterable[str], actor: Actor, now: datetime) -> None:
    """Make exactly these categories live, all others rehearsal (scenarios)."""
    with transaction.atomic():
        Switch.objects.filter(name__startswith="live:").update(on=False, by=str(actor), at=now)
        for category in categories:
            go_live(category, actor, now)


def flooded() -> list[Switch]:
    """Return the sources held now, oldest first."""
    return list(Switch.objects.filter(name__startswith=FLOOD, on=True).order_by("at"))


def release(source: str, actor: Actor, now: datetime) -> int:
    """Let the letters of a held source go, and what it causes in the next 24 hours; returns how many waited.

    Raises Refused("flood.not_held") where the source is not held.
    """
    with transaction.atomic():
        if not Switch.objects.filter(name=FLOOD + source, on=True).update(on=False, by=str(actor), at=now):
            raise Refused("flood.not_held", f"no letters of {source} are held")
        count = Letter.objects.filter(work=HELD, held_for=source).update(work=DUE, held_for="", due_at=micros(now), tries=0)
        write(actor, "flood.released", source, {"letters": count}, now)
    return count


def _set(name: str, on: bool, actor: Actor, now: datetime, act: str) -> None:
    with transaction.atomic():
        Switch.objects.bulk_create(
            [Switch(name=name, on=on, by=str(actor), at=now)],
            update_conflicts=True, unique_fields=["name"], update_fields=["on", "by", "at"])
        write(actor, act, name, {"on": on}, now)
