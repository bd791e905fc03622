"""Why: from the refusing server's words, codes and step to one of Sisimai's reasons. The rules are data (data/*.toml)."""

from __future__ import annotations

import re
from typing import NamedTuple

from . import concepts, diagnostics
from .cleaning import matchable
from .literals import literals
from .model import Action, Stage
from .rules import Provider, categories, codes, provider_of, text_rules, yielding

_CATEGORY = re.compile(r"\(bounce category: ([a-z-]{1,40})\)")
_STANDARD = re.compile(  # RFC 5321 section 4.2.3 and Postfix: words that say no more than their code
    r"requested (?:mail )?action (?:not taken|aborted)(?::? (?:mailbox unavailable|exceeded storage allocation|local error in processing))?|transaction failed|recipient address rejected:(?! access denied)"
)
_LOOKED_UP = re.compile(r"\b(?:in|by|from) (?:\S{1,30} ){0,3}(?:directory|address ?book|(?:alias|recipient|user|account|mailbox) (?:table|list|database)|passwd)\b")
_WORTH = 24
_ADDRESSING = frozenset(("1.0", "1.1", "1.3", "1.6", "1.351"))
_REFUSALS = frozenset(("7.0", "7.1"))  # "not authorized": what servers answer to everything that they do not want
_GENERAL = frozenset(("", "0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "7.0", "7.1"))
_CHECKS = frozenset(("1.6", "3.1", "7.8", "7.10", "7.13", "7.14", "7.17", "7.18", "7.20", "7.21", "7.22", "7.23", "7.24", "7.25"))
_CERTAIN = frozenset((521, 534, 535, 538, 556))  # replies with one meaning (RFC 4954, 7504)
_RCPT_STEPS = frozenset((Stage.RCPT,))
_OTHERS = {"absent": frozenset(("dns", "host", "sender")), "refused": frozenset(("attachment", "relay")), "repeated": frozenset(("header",)), "in-list": frozenset(("list",)), "unproved": frozenset(("proof",)), "nameless": frozenset(("client",)), "complained": frozenset(("client", "message", "rate", "user"))}
"""The subjects that take a predicate of general words away from the rule that names it."""
_LATE = "text.queue-expired"  # what every lasting trouble ends in: a subject with its own predicate tells more
_LASTING = frozenset(("dns", "hops", "mx", "rate", "store", "tls"))
_LOADS = frozenset(("hops", "rate", "size", "store"))
"""What is exceeded tells more than x.1.1, which servers give to all that they refuse at RCPT."""
UNDECIDED = frozenset(("undefined", "onhold"))
_OF_RECIPIENTS = frozenset(("filtered", "hasmoved", "mailboxfull", "suspend", "userunknown"))
_UNNAMED = frozenset((Stage.CONNECT, Stage.HELLO))
"""The steps before which nobody was named: what they refuse is the client."""


class Decision(NamedTuple):
    """A reason, the rule that gave it, and the provider whose server spoke ("" where unknown)."""

    reason: str
    rule: str
    provider: str


def _exact(status: str, provider: Provider | None) -> bool:
    """Whether a code says more than any words: of a registered check or format, one of the provider's own, or of three digits."""
    return len(status) > 6 or status[2:] in _CHECKS or (provider is not None and status[2:] in provider.codes)


def _names_recipient(status: str, stage: Stage, text: str) -> bool:
    """Whether a wrong address is meant: at RCPT, by code, or where the server says in which table of its own it looked."""
    return stage in _RCPT_STEPS or status[2:] in _ADDRESSING or _LOOKED_UP.search(text) is not None


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
    bare = _STANDARD.sub(" ", low) if "requested" in low or "transaction failed" in low or "recipient address rejected:" in low else low
    if bare != low and len(bare) > _WORTH and not weak:
        decision = _by_rules(bare, status, stage, name, weak=False, near=near) or (_by_told(bare, status, stage, name) if near and status[2:] in _GENERAL else None)
        if decision is not None:
            return decision
    return _by_rules(low, status, stage, name, weak=weak, near=near)


def _by_rules(low: str, status: str, stage: Stage, name: str, *, weak: bool, near: bool) -> Decision | None:
    hits = literals().scan(low)
    found = frozenset(hit.literal for hit in hits)
    rules = text_rules()
    for index in sorted({index for hit in hits for table, index in hit.owners if table == "reason"}):
        rule = rules[index]
        if rule.weak is weak and (near or not rule.near) and rule.holds(found, low, status, stage):
            for predicate in rule.subject if status[2:] not in _ADDRESSING else ():
                if (about := concepts.told(low, only=predicate)) is not None and about.subject in _OTHERS[predicate]:
                    return Decision(about.reason, f"{rule.id}.{about.subject}", name)
            if rule.staged and not _names_recipient(status, stage, low):
                return Decision("filtered", rule.id + ".unstaged", name)
            return Decision(rule.reason, rule.id, name)
    return None


def by_status(status: str, stage: Stage, provider: Provider | None) -> Decision | None:
    """Decide by the enhanced status code (RFC 3463, IANA registry). None for the general ones."""
    reason = ((provider.codes.get(status[2:]) if provider else None) or codes()[0].get(status[2:])) if status else None
    return Decision(reason, "code." + status, provider.id if provider else "") if reason else None


def by_concepts(text: str, status: str, stage: Stage, provider: Provider | None) -> Decision | None:
    """Decide by what is said of what (`concepts.told`). None where no subject stands near a predicate that fits it."""
    return _by_told(matchable(text), status, stage, provider.id if provider else "")


def _by_told(low: str, status: str, stage: Stage, name: str) -> Decision | None:
    found = concepts.told(low)
    if found is None:
        return None
    rule = f"concept.{found.subject}.{found.predicate}"
    if found.reason == "userunknown" and not _names_recipient(status, stage, low):
        return Decision("filtered", rule + ".unstaged", name)
    return Decision(found.reason, rule, name)


def _by_category(text: str, name: str) -> Decision | None:
    m = _CATEGORY.search(text)
    reason = categories().get(m.group(1)) if m else None
    return Decision(reason, f"category.{m.group(1)}", name) if m and reason else None


def by_reply(reply: int, stage: Stage, provider: Provider | None) -> Decision | None:
    """Decide by reply code and step of the dialogue alone (RFC 5321)."""
    table = codes()[1].get(str(reply))
    if not table:
        return None
    reason = table.get(stage.value) or table.get("")
    return Decision(reason, f"reply.{reply}.{stage.value or 'any'}", provider.id if provider else "") if reason else None


def _by_diagnostic(text: str, status: str, stage: Stage, reply: int, provider: Provider | None, *, alone: bool) -> Decision | None:
    """Decide by the nearest words and the codes that go with them. `alone`: no wider words will be asked."""
    code = by_status(status, stage, provider)
    if code is not None and _exact(status, provider):
        return code
    telling = status[2:] not in _GENERAL
    decision = by_words(text, status, stage, provider)
    if decision is not None:
        if decision.rule.endswith(".unstaged") and not telling:
            return _by_category(text, decision.provider) or decision  # wrong address or filter: the sending server knew the step
        return code if code is not None and telling and decision.rule in yielding() else _sooner(decision, text, status, stage, reply, provider)
    if reply in _CERTAIN:
        return by_reply(reply, stage, provider)
    if not telling and (decision := by_concepts(text, status, stage, provider)) is not None:
        return decision
    if status[2:] in _ADDRESSING and (told := concepts.told(matchable(text), only="exceeded")) is not None and told.subject in _LOADS:
        return Decision(told.reason, f"concept.{told.subject}.exceeded", provider.id if provider else "")
    if status[2:] not in _REFUSALS:
        return code
    decision = by_words(text, status, stage, provider, weak=True)
    return decision or (code if alone or diagnostics.reply_code(text) else None)


def _sooner(decision: Decision, text: str, status: str, stage: Stage, reply: int, provider: Provider | None) -> Decision:
    """Return what came before the end of the queue's patience, where the words name it, else the decision."""
    if decision.rule != _LATE:
        return decision
    nearer = by_concepts(text, status, stage, provider)
    if nearer is not None and (nearer.rule.split(".")[1] in _LASTING or nearer.rule == "concept.link.cut"):
        return nearer
    return (by_reply(reply, stage, provider) if reply >= 500 and status[2:3] != "4" else None) or decision


def decide(words: list[str], *, status: str, stage: Stage, reply: int, action: Action, remote: str, domain: str) -> Decision:
    """Return why the mail did not get through.

    `words` are texts from the nearest to the widest: the diagnostic, the recipient's own block, the whole notice. The
    order is: codes of one meaning, provider, words of the diagnostic, subject and predicate, enhanced code, wider words,
    reply code with its step. Never raises.
    """
    decision = _decide(words, status, stage, reply, action, provider_of(remote, domain))
    if stage in _UNNAMED and (decision.reason in _OF_RECIPIENTS or (decision.reason == "securityerror" and decision.rule.startswith(("code.", "text.security-loose")))):
        return Decision("blocked", decision.rule + ".client", decision.provider)
    return decision


def _decide(words: list[str], status: str, stage: Stage, reply: int, action: Action, provider: Provider | None) -> Decision:
    name = provider.id if provider else ""
    if action in (Action.DELIVERED, Action.RELAYED, Action.EXPANDED):
        return Decision("delivered", "action." + action.value, name)
    texts = [text for text in words if text]
    if texts and (decision := _by_diagnostic(texts[0], status, stage, reply, provider, alone=len(texts) == 1)) is not None:
        return decision
    for rank, text in enumerate(texts[1:], 2):
        if (decision := by_words(text, status, stage, provider, near=rank < len(texts))) is not None:
            return _sooner(decision, text, status, stage, reply, provider)
    if texts and (decision := by_concepts(texts[0], status, stage, provider) or _by_category(texts[0], name)) is not None:
        return decision
    for rank, text in enumerate(texts, 1):
        decision = by_words(text, status, stage, provider, weak=True, near=rank < len(texts) or rank == 1)
        if decision is not None and not (action is Action.DELAYED and decision.reason == "systemerror"):
            return decision
    decision = by_reply(reply, stage, provider) or by_status(status, stage, provider)
    if decision is not None:
        return decision
    return Decision("expired", "action.delayed", name) if action is Action.DELAYED else Decision("onhold", "none", name)
