"""Why: from the refusing server's words, codes and step to one of Sisimai's reasons. The rules are data (data/*.toml)."""

from __future__ import annotations

import re
from typing import NamedTuple

from . import diagnostics
from .addresses import FIND
from .literals import literals
from .model import Action, Stage
from .rules import Provider, codes, provider_of, text_rules

_URL = re.compile(r"(?:https?:)?//([^\s/<>\"]{1,253})[^\s<>\"]{0,2000}")
_SAID = re.compile(r"\bhost [a-z0-9][a-z0-9._-]{0,252}\s?\[[^\]\s]{1,64}\](?: said)?:?")
_MTA = re.compile(r"\[[0-9a-f.:]{7,45}\]")
_COMMENT = re.compile(r"^[245]\.\d\.\d{1,3} - [a-z /-]{1,60}(?=(?:[245]\d\d-)?')")
_ADDRESSING = frozenset(("1.0", "1.1", "1.3", "1.6", "1.351"))
_REFUSALS = frozenset(("7.0", "7.1"))  # "not authorized": what servers answer to everything that they do not want
_RCPT_STEPS = frozenset((Stage.RCPT,))
UNDECIDED = frozenset(("undefined", "onhold"))



class Decision(NamedTuple):
    """A reason, the rule that gave it, and the provider whose server spoke ("" where unknown)."""

    reason: str
    rule: str
    provider: str


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
    reason = codes()[0].get(status[2:]) if status else None
    return Decision(reason, "code." + status, provider.id if provider else "") if reason else None


def by_reply(reply: int, stage: Stage, provider: Provider | None) -> Decision | None:
    """Decide by reply code and step of the dialogue alone (RFC 5321)."""
    table = codes()[1].get(str(reply))
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
        if decision is None and rank == 0 and status[2:] in _REFUSALS:
            decision = by_words(text, status, stage, provider, weak=True)
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
