"""The rules of data/*.toml, compiled: words → reason, providers, codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from .literals import load
from .model import Stage

# fmt: off
REASONS: tuple[str, ...] = (
    "authfailure", "badreputation", "blocked", "contenterror", "delivered", "emailtoolarge", "expired", "failedstarttls", "feedback",
    "filtered", "hasmoved", "hostunknown", "mailboxfull", "mailererror", "networkerror", "norelaying", "notaccept", "notcompliantrfc",
    "onhold", "policyviolation", "ratelimited", "rejected", "requireptr", "securityerror", "spamdetected", "suppressed", "suspend",
    "syntaxerror", "systemerror", "systemfull", "undefined", "userunknown", "vacation", "virusdetected",
)
# fmt: on
"""Sisimai's names of reasons."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the data files, compiled."""

    id: str
    reason: str
    any: frozenset[str]
    none: frozenset[str]
    regex: re.Pattern[str] | None
    staged: bool
    weak: bool
    near: bool
    subject: tuple[str, ...]
    """Predicates of concepts.toml that may take the words away from this rule."""
    stage: frozenset[str]
    stage_none: frozenset[str]
    status: tuple[str, ...]
    status_none: frozenset[str]

    def holds(self, found: frozenset[str], text: str, status: str, stage: Stage) -> bool:
        """Whether all conditions hold for a text in which the literals `found` stand."""
        if self.any.isdisjoint(found) or not self.none.isdisjoint(found):
            return False
        if (self.stage and stage.value not in self.stage) or stage.value in self.stage_none:
            return False
        if (self.status and status not in self.status) or status in self.status_none:
            return False
        return self.regex is None or self.regex.search(text) is not None


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider with hosts (suffixes) and rules of its own."""

    id: str
    hosts: tuple[str, ...]
    rules: tuple[Rule, ...]
    codes: dict[str, str]
    """Enhanced codes that mean something of their own here (`7.27`), without the class digit."""


def _rule(entry: dict[str, Any], name: str) -> Rule:
    return Rule(
        name,
        entry["reason"],
        frozenset(entry["any"]),
        frozenset(entry.get("none", ())),
        re.compile(entry["regex"]) if "regex" in entry else None,
        entry.get("staged", False),
        entry.get("weak", False),
        entry.get("near", False),
        tuple(entry.get("subject", ())),
        frozenset(entry.get("stage", ())),
        frozenset(entry.get("stage_none", ())),
        tuple(entry.get("status", ())),
        frozenset(entry.get("status_none", ())),
    )


def _spread(table: dict[str, str]) -> dict[str, str]:
    """Return a table of codes with its ranges (`7.606-649`) written out."""
    out: dict[str, str] = {}
    for key, reason in table.items():
        first, _, last = key.partition("-")
        subject, _, detail = first.partition(".")
        for number in range(int(detail), int(last or detail) + 1):
            out[f"{subject}.{number}"] = reason
    return out


@cache
def text_rules() -> tuple[Rule, ...]:
    """Return the rules of reasons.toml in their order of precedence."""
    return tuple(_rule(e, "text." + e["id"]) for e in load("reasons.toml")["rule"])


@cache
def yielding() -> frozenset[str]:
    """Return the rules whose words are so general that a telling code knows better."""
    return frozenset("text." + e["id"] for e in load("reasons.toml")["rule"] if e.get("yields"))


@cache
def providers() -> tuple[Provider, ...]:
    """Return the providers of providers.toml."""
    return tuple(
        Provider(p["id"], tuple(p["hosts"]), tuple(_rule(r, f"provider.{p['id']}.{r['reason']}") for r in p.get("rule", ())), _spread(p.get("codes", {})))
        for p in load("providers.toml")["provider"]
    )


@cache
def _hosts() -> dict[str, Provider]:
    return {host: p for p in reversed(providers()) for host in p.hosts}


@cache
def codes() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return codes.toml: (enhanced code without class → reason, reply code → step → reason)."""
    data = load("codes.toml")
    return _spread(data["code"]), data["reply"]


@cache
def categories() -> dict[str, str]:
    """Return PowerMTA's categories of bounces and what they mean here."""
    return dict(load("codes.toml")["category"])


def provider_of(*names: str) -> Provider | None:
    """Return the provider that runs the first host or mail domain known here."""
    table = _hosts()
    for name in names:
        labels = name.lower().rstrip(".").split(".")
        for at in range(len(labels) - 1):
            found = table.get(".".join(labels[at:]))
            if found is not None:
                return found
    return None
