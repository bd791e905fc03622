"""Why: from the refusing server's words, codes and step to one of Sisimai's reasons. The rules are data (data/*.toml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from . import diagnostics
from .addresses import FIND
from .literals import literals, load
from .model import Action, Stage

_URL = re.compile(r"(?:https?:)?//([^\s/<>\"]{1,253})[^\s<>\"]{0,2000}")
_SAID = re.compile(r"\bhost [a-z0-9][a-z0-9._-]{0,252}\s?\[[^\]\s]{1,64}\](?: said)?:?")
_MTA = re.compile(r"\[[0-9a-f.:]{7,45}\]")
_COMMENT = re.compile(r"^[245]\.\d\.\d{1,3} - [a-z /-]{1,60}(?=(?:[245]\d\d-)?')")
_ADDRESSING = frozenset(("1.0", "1.1", "1.3", "1.6", "1.351"))
_RCPT_STEPS = frozenset((Stage.RCPT,))
UNDECIDED = frozenset(("undefined", "onhold"))

REASONS: tuple[str, ...] = (
    "authfailure", "badreputation", "blocked", "contenterror", "delivered", "emailtoolarge", "expired", "failedstarttls", "feedback", "filtered", "hasmoved",
    "hostunknown", "mailboxfull", "mailererror", "networkerror", "norelaying", "notaccept", "notcompliantrfc", "onhold", "policyviolation", "ratelimited",
    "rejected", "requireptr", "securityerror", "spamdetected", "suppressed", "suspend", "syntaxerror", "systemerror", "systemfull", "undefined", "userunknown", "vacation", "virusdetected",
)


class Decision(NamedTuple):
    """A reason, the rule that gave it, and the provider whose server spoke ("" where unknown)."""

    reason: str
    rule: str
    provider: str


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


def _rule(entry: dict[str, Any], name: str) -> Rule:
    return Rule(
        name, entry["reason"], frozenset(entry["any"]), frozenset(entry.get("none", ())), re.compile(entry["regex"]) if "regex" in entry else None, entry.get("staged", False), entry.get("weak", False), entry.get("near", False),
        frozenset(entry.get("stage", ())), frozenset(entry.get("stage_none", ())), tuple(entry.get("status", ())), frozenset(entry.get("status_none", ())),
    )


@cache
def text_rules() -> tuple[Rule, ...]:
    """Return the rules of reasons.toml in their order of precedence."""
    return tuple(_rule(e, "text." + e["id"]) for e in load("reasons.toml")["rule"])


@cache
def providers() -> tuple[Provider, ...]:
    """Return the providers of providers.toml."""
    return tuple(
        Provider(p["id"], tuple(p["hosts"]), tuple(_rule(r, f"provider.{p['id']}.{r['reason']}") for r in p.get("rule", ())))
        for p in load("providers.toml")["provider"]
    )


@cache
def _hosts() -> dict[str, Provider]:
    return {host: p for p in reversed(providers()) for host in p.hosts}


@cache
def _codes() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    data = load("codes.toml")
    return data["code"], data["reply"]


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


def matchable(text: str) -> str:
    """Return server words without what only looks like words: addresses, paths of URLs, host names."""
    low = diagnostics.plain(text)
    if "@" in low:
        low = FIND.sub("x@x", low)
    if "//" in low:
        low = _URL.sub(r"\1", low)
    return _MTA.sub("[ip]", _SAID.sub("", _COMMENT.sub("", low)))


def by_words(text: str, status: str, stage: Stage, provider: Provider | None, *, weak: bool = False, near: bool = True) -> Decision | None:
    """Decide by the words alone: the provider's own rules, then the common ones. None where no rule holds.

    `weak` asks for the rules that any refusal may satisfy, `near` says that the words are the server's own.
    """
    name = provider.id if provider else ""
    if provider is not None and provider.rules and not weak:
        low = diagnostics.plain(text)
        found = frozenset(hit.literal for hit in literals().scan(low))
        for rule in provider.rules:
            if rule.holds(found, low, status, stage):
                return Decision(rule.reason, rule.id, name)
    low = matchable(text)
    hits = literals().scan(low)
    found = frozenset(hit.literal for hit in hits)
    rules = text_rules()
    for index in sorted({index for hit in hits for table, index in hit.owners if table == "reason"}):
        rule = rules[index]
        if rule.weak is weak and (near or not rule.near) and rule.holds(found, low, status, stage):
            if rule.staged and not (stage in _RCPT_STEPS or status[2:] in _ADDRESSING):
                return Decision("filtered", rule.id + ".unstaged", name)
            return Decision(rule.reason, rule.id, name)
    return None


def by_status(status: str, stage: Stage, provider: Provider | None) -> Decision | None:
    """Decide by the enhanced status code (RFC 3463, IANA registry). None for the general ones."""
    reason = _codes()[0].get(status[2:]) if status else None
    return Decision(reason, "code." + status, provider.id if provider else "") if reason else None


def by_reply(reply: int, stage: Stage, provider: Provider | None) -> Decision | None:
    """Decide by reply code and step of the dialogue alone (RFC 5321)."""
    table = _codes()[1].get(str(reply))
    if not table:
        return None
    reason = table.get(stage.value) or table.get("")
    return Decision(reason, f"reply.{reply}.{stage.value or 'any'}", provider.id if provider else "") if reason else None


def decide(words: list[str], *, status: str, stage: Stage, reply: int, action: Action, remote: str, domain: str) -> Decision:
    """Return why the mail did not get through.

    `words` are texts from the nearest to the widest: the diagnostic, the recipient's own block, the whole notice. The
    order is: provider, words of the diagnostic, enhanced code, wider words, reply code with its step. Never raises.
    """
    provider = provider_of(remote, domain)
    name = provider.id if provider else ""
    if action in (Action.DELIVERED, Action.RELAYED, Action.EXPANDED):
        return Decision("delivered", "action." + action.value, name)
    texts = [text for text in words if text]
    for rank, text in enumerate(texts):
        own = rank < len(texts) - 1 or rank == 0
        decision = by_words(text, status, stage, provider, near=own)
        if decision is None and rank == 0:
            decision = by_status(status, stage, provider)
        if decision is not None:
            return decision
    for rank, text in enumerate(texts):
        decision = by_words(text, status, stage, provider, weak=True, near=rank < len(texts) - 1 or rank == 0)
        if decision is not None and not (action is Action.DELAYED and decision.reason == "systemerror"):
            return decision
    decision = by_reply(reply, stage, provider) or (None if texts else by_status(status, stage, provider))
    if decision is not None:
        return decision
    if action is Action.DELAYED:
        return Decision("expired", "action.delayed", name)
    return Decision("onhold", "none", name)
