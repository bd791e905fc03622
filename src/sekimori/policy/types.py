"""The shapes of policy, retention and ladder: frozen values, units in the names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

STEPS = ("warn", "restrict_mail", "port_filter", "suspend_line", "terminate", "brake")
"""All steps there are, in the order in which lists name them."""
RESTRICTIONS = ("restrict_mail", "port_filter")


class PolicyError(Exception):
    """A policy file is incomplete or wrong: the program does not start. The text names file and field."""


@dataclass(frozen=True, slots=True)
class TypePolicy:
    """What may be done about one kind of finding (`category/type`)."""

    name: str
    label_ja: str
    label_en: str
    path: str
    """The way up the ladder, and the key under which findings of a contract become one case."""
    attribution: str
    """`auto person never`: may the contract be looked up without a person?"""
    notice: str
    """`auto person never`: may the member be written to without a person?"""
    basis: str
    """Basis code of the look-up (values.basis)."""
    highest: str
    """The highest step this kind of finding can lead to, or "" for none."""
    consent: str
    """What the contract must have agreed to before its holder is written to, or ""."""
    sealed: bool
    """Never decoded, shown, scored or forwarded; a restricted role alone sees the hash."""
    signed: date | None
    """When counsel signed this row off; unsigned rows wait for a person."""

    @property
    def automatic(self) -> bool:
        """A notice may go without a person's click."""
        return self.notice == "auto" and self.signed is not None

    @property
    def lookup(self) -> str:
        """The attribution mode in force: an unsigned `auto` is `person`."""
        return "person" if self.attribution == "auto" and self.signed is None else self.attribution


@dataclass(frozen=True, slots=True)
class Ground:
    """The legal ground of a step on a path: no ground, no button."""

    code: str
    article_ja: str
    article_en: str
    scope: str
    """What the step may touch: `notice mail outbound_port line contract login`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One jurisdiction's policy."""

    version: str
    types: Mapping[str, TypePolicy]
    grounds: Mapping[tuple[str, str], Ground]
    """(path, step) → ground; path `*` holds for all."""

    def for_type(self, category: str, kind: str) -> TypePolicy | None:
        """Return the row of `category/kind`; None means: never (no row, no act)."""
        return self.types.get(f"{category}/{kind}")

    def ground(self, path: str, step: str) -> Ground | None:
        """Return the ground of a step on a path, or None: the step is not allowed there."""
        return self.grounds.get((path, step)) or self.grounds.get(("*", step))


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind of row is kept."""

    connection_logs_days: int
    submission_logs_days: int
    report_without_case_days: int
    case_years: int
    decision_years: int
    ledger_years: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """The order of measures and their conditions (`ladder.toml`)."""

    version: str
    paths: Mapping[str, tuple[str, ...]]
    grace_hours: int
    grace_letter_business_days: int
    continuing_days: int
    between_steps_hours: int
    period_days: Mapping[str, int]
    """Length of `restrict_mail port_filter suspend_line`."""
    suspension_cap_days: int
    """No suspension is ever longer (terms of service: six months)."""
    suspensions_before_termination: int
    suspensions_within_days: int
    reset_clean_days: int
    approvals: Mapping[str, int]
    """Officers needed: `restrict_a restrict_b suspend_line terminate person`."""
    approval_business_days: int
    window_from_hour: int
    window_to_hour: int
    informational_every_days: int
    """Grade C: one informational warning per contract in so many days."""
    informational_age_days: int
    informational_confirmed: int
    """Grade C: below so many confirmed reports a person decides."""
    agreeing_domains: int
    agreeing_confirmed: int
    agreeing_refuted_percent: float
    agreeing_within_days: int
    brake_per_60s: int
    brake_per_300s: int
    brake_hours: int
    brake_longest_days: int
    stolen_new_country_days: int
    stolen_recipients_per_hour: int
    stolen_countries: int
    stolen_countries_hours: int
    hearing_letter_days: int
    appeal_months: int
    unlocks: int
