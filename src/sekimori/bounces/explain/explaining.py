"""One failure, explained: why, who must act, what to do, whether to send again, what to tell the recipient."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from sekimori.bounces.parser.model import Action, Bounce, Failure
from sekimori.values.text import one_line

from .catalogue import Language, cause_of, entry, texts
from .glossing import Gloss, gloss

_LIMIT = re.compile(r"\{(recipient|domain|provider|until)\}")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person is told about one recipient, in one language."""

    language: Language
    recipient: str
    cause: str
    """Stable id: `mailbox_full` …"""
    action: str
    title: str
    why: str
    who: str
    """Stable id: `you`, `recipient`, `us`, `nobody`."""
    who_words: str
    steps: tuple[str, ...]
    retry: str
    tell: str
    call: str
    never_reply: str
    provider: str = ""
    """The provider's name as people know it, or ""."""
    diagnostic: str = ""
    glosses: tuple[Gloss, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)


def explain(failure: Failure, language: Language, *, glossed: bool = True) -> Explanation:
    """Explain one failure. Every reason, provider and action has a text; unknown ones get the general one."""
    catalogue = texts(language)
    cause = cause_of(failure.reason, failure.rule)
    if failure.action in (Action.DELIVERED, Action.RELAYED, Action.EXPANDED):
        cause = "delivered"
    text = entry(cause, failure.provider, language)
    why = " ".join(part for part in (text["why"], text.get("note", "")) if part) if language == "en" else text["why"] + text.get("note", "")
    title, who, steps, retry = text["title"], text["who"], list(text["steps"]), text["retry"]
    if failure.action is Action.DELAYED and cause not in ("delivered", "absence", "complaint"):
        delayed = catalogue["delayed"]
        title, who, steps = delayed["title"], delayed["who"], list(delayed["steps"])
        why = f"{delayed['why']}{'' if language == 'ja' else ' '}{why}"
        retry = delayed["retry_until"] if failure.retry_until else delayed["retry"]
    values = {
        "recipient": one_line(failure.recipient, 254) or "-",
        "domain": one_line(failure.recipient.rpartition("@")[2], 253) or "-",
        "provider": catalogue["provider"].get(failure.provider, ""),
        "until": one_line(failure.retry_until, 60),
    }

    def fill(template: str) -> str:
        return _LIMIT.sub(lambda m: values[m.group(1)], template)

    return Explanation(
        language,
        failure.recipient,
        cause,
        failure.action.value,
        fill(title),
        fill(why),
        who,
        catalogue["who"][who],
        tuple(map(fill, steps)),
        fill(retry),
        fill(text["tell"]),
        fill(text["call"]),
        catalogue["fixed"]["never_reply"],
        values["provider"],
        one_line(failure.diagnostic, 1000),
        tuple(gloss(one_line(failure.diagnostic, 1000), failure, language)) if glossed else (),
    )


def summary(bounce: Bounce, language: Language) -> str:
    """Return the explanation of a whole notice in a few sentences: the first recipient in full, others by number."""
    if not bounce.failures:
        return str(entry("unknown", "", language)["why"]) if bounce.verdict == "bounce" else ""
    told = explain(bounce.failures[0], language, glossed=False)
    more = len(bounce.failures) - 1
    others = (f"（ほかに{more}件の宛先があります）" if language == "ja" else f" (and {more} more recipients)") if more else ""
    sep = "" if language == "ja" else " "
    stop = "。" if language == "ja" else ". "
    return f"{told.title}{stop}{told.why}{sep}{told.who_words}{stop}{sep.join(told.steps[:1])}{sep}{told.retry}{others}".strip()
