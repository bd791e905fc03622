"""Rules in the database. A rule is never changed: a newer table supersedes it, and `as_of` still finds it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from sekimori.assignments.events import RuleRow
from sekimori.assignments.models import Rule as Row
from sekimori.assignments.rules.resolve import Rule, Rules, build
from sekimori.assignments.types import OPEN


def add_rules(rules: Sequence[RuleRow], feed: str, now: int) -> int:
    """Store rules that are not known yet; a rule known without an end gets the end that the table now states.

    Returns how many are new.
    """
    stored = 0
    for rule in rules:
        same = [
            r for r in Row.objects.filter(kind=rule.kind, realm=rule.realm, prefix=rule.prefix, valid_from=rule.valid_from, superseded=None)
            if r.params == dict(rule.params)
        ]
        if any(r.valid_to == rule.valid_to for r in same):
            continue
        for old in same:
            old.superseded = now
            old.save(update_fields=["superseded"])
        Row.objects.create(
            kind=rule.kind, realm=rule.realm, prefix=rule.prefix, params=dict(rule.params), valid_from=rule.valid_from,
            valid_to=rule.valid_to, feed=feed, recorded=now,
        )
        stored += 1
    return stored


def load_rules(as_of: int | None = None) -> Rules:
    """Return the rules that we know now, or knew at `as_of` (microseconds)."""
    rows = Row.objects.filter(superseded=None) if as_of is None else (
        Row.objects.filter(recorded__lte=as_of).filter(Q(superseded=None) | Q(superseded__gt=as_of)))
    out = []
    for row in rows.order_by("id"):
        network, how = build(row.kind, row.prefix, row.params)
        out.append(Rule(
            row.id, row.kind, row.realm, network, how, 0 if row.valid_from is None else row.valid_from,
            OPEN if row.valid_to is None else row.valid_to, str(row.params.get("inside_realm", "")),
        ))
    return Rules(out)


def stamp() -> tuple[int, int]:
    """Return a value that changes whenever a rule does: lets a long-running process keep its `Rules`."""
    last = Row.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return last, Row.objects.exclude(superseded=None).count()
