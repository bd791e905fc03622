"""A ladder in plain words: its rules one sentence each, and what two ladders say differently. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sekimori import words
from sekimori.policy.types import Ladder

GROUPS: dict[str, tuple[str, ...]] = {
    "warning": ("grace_hours", "grace_letter_business_days", "continuing_days", "between_steps_hours", "reset_clean_days"),
    "periods": ("period_days.restrict_mail", "period_days.port_filter", "period_days.suspend_line", "suspension_cap_days",
                "suspensions_before_termination", "suspensions_within_days", "window_from_hour", "window_to_hour"),
    "persons": ("approvals.person", "approvals.restrict_a", "approvals.restrict_b", "approvals.suspend_line", "approvals.terminate",
                "approval_business_days"),
    "grades": ("agreeing_domains", "agreeing_confirmed", "agreeing_refuted_percent", "agreeing_within_days", "informational_every_days",
               "informational_age_days", "informational_confirmed"),
    "sensor": ("brake_per_60s", "brake_per_300s", "brake_hours", "brake_longest_days", "stolen_new_country_days", "stolen_recipients_per_hour",
               "stolen_countries", "stolen_countries_hours"),
    "rights": ("hearing_letter_days", "appeal_months", "unlocks"),
}
"""Group (catalogue `rule_group`) → fields in the order of reading."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule that two ladders state differently; "" where one of them does not state it."""

    field: str
    before: str
    after: str


def rules(ladder: Ladder, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (group, [(field, sentence)]) of a whole ladder, the ways up first."""
    groups = [("paths", [(f"paths.{name}", sentence(ladder, f"paths.{name}", language)) for name in ladder.paths])]
    return groups + [(group, [(f, sentence(ladder, f, language)) for f in fields]) for group, fields in GROUPS.items()]


def differences(old: Ladder, new: Ladder, language: str) -> list[Difference]:
    """Return the rules that differ, in the order of reading. The version's name is none."""
    paths = [f"paths.{name}" for name in dict.fromkeys((*old.paths, *new.paths))]
    fields = [*paths, *(f for group in GROUPS.values() for f in group)]
    return [Difference(f, _said(old, f, language), _said(new, f, language)) for f in fields if value(old, f) != value(new, f)]


def value(ladder: Ladder, field: str) -> Any:
    """Return the value of a field (`grace_hours`, `approvals.person`, `paths.local`), or None where the ladder has none."""
    table, _, name = field.rpartition(".")
    return getattr(ladder, table).get(name) if table else getattr(ladder, field)


def sentence(ladder: Ladder, field: str, language: str) -> str:
    """Return one rule in words."""
    found = value(ladder, field)
    if field.startswith("paths."):
        steps = " → ".join(words.say("step", s, language) for s in found)
        return words.say("rule", "path", language).format(name=words.say("category", field.removeprefix("paths."), language), n=steps)
    return words.say("rule", field, language).format(n=f"{found:g}" if isinstance(found, float) else found)


def _said(ladder: Ladder, field: str, language: str) -> str:
    return "" if value(ladder, field) is None else sentence(ladder, field, language)
