"""A letter to a member: its facts, out of rows, rendered. Knows nothing of how it will be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sekimori import words
from sekimori.enforcement.models import Letter
from sekimori.notices import card as cards
from sekimori.notices import causes, environment
from sekimori.notices.redact import redact
from sekimori.policy import ladder
from sekimori.settings import Settings

HEARING_DAYS = 14
_SCOPE = {
    "mail": ("メールの送信(受信は止めません)", "sending of mail (receiving goes on)"),
    "one login": ("該当するメールアドレスからの送信", "sending from the mail address concerned"),
    "outbound port": ("該当するポートの外向きの通信", "outgoing traffic on the ports concerned"),
    "line": ("ご契約の回線", "the line of the contract"),
    "contract": ("ご契約のすべてのサービス", "all services of the contract"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a member's letter may say. Each field has a value: a template can't meet a missing one."""

    provider: str
    ref: str
    case: str
    contract: str
    holder: str
    channel: str
    card: cards.Card
    cause: causes.Cause
    step: str
    target: str
    scope_text: str
    starts_from: datetime | None
    period_days: int | None
    reason: str
    grace_hours: int
    hearing_until: datetime | None
    hearing_days: int
    hours: int | None
    recalled: tuple[str, ...]
    quote: str


def kind_of(letter: Letter) -> str:
    """Return which text a letter uses: its kind, but `stolen_password` for the victim lane's restriction."""
    if letter.measure is not None and letter.measure.path == "stolen" and letter.kind in ("restrict_mail", "warn"):
        return "stolen_password"
    return letter.kind


def facts_of(letter: Letter, card: cards.Card, *, ref: str, language: str, channel: str, holder: str, settings: Settings, secret: bytes) -> Facts:
    """Gather the facts of a letter. `holder` is the name as the contract has it; `secret` keys the redaction of a quote."""
    detail: Mapping[str, Any] = letter.detail
    measure = letter.measure
    code = "stolen_password" if kind_of(letter) == "stolen_password" else card.cause
    own = (*card.addresses, *card.mailboxes)
    reason = ""
    if measure is not None:
        reason = measure.reason_ja if language == "ja" else measure.reason_en
    step = str(detail.get("step") or (measure.step if measure is not None else letter.kind))
    return Facts(
        provider=settings.provider.name_ja if language == "ja" else settings.provider.name_en,
        ref=ref, case=letter.case.ref, contract=letter.case.contract.key, holder=holder, channel=channel,
        card=card, cause=causes.cause(code, language), step=step,
        target=measure.target if measure is not None else "",
        scope_text=scope(measure.scope if measure is not None else "", language),
        starts_from=_instant(detail.get("starts_from")), period_days=_whole(detail.get("period_days")),
        reason=str(detail.get(f"reason_{language}") or detail.get("reason") or reason),
        grace_hours=_whole(detail.get("grace_hours")) or ladder().grace_hours,
        hearing_until=_instant(detail.get("hearing_until") or detail.get("until")),
        hearing_days=_whole(detail.get("days")) or HEARING_DAYS, hours=_whole(detail.get("hours")),
        recalled=tuple(str(r) for r in detail.get("recall", ()))[:20],
        quote=redact(str(detail.get("quote", "")), secret, own))


def scope(code: str, language: str) -> str:
    """Return what a measure's scope covers, in words; "" for one that needs none (a notice)."""
    return _SCOPE.get(code, ("", ""))[0 if language == "ja" else 1]


def render(facts: Facts, kind: str, language: str, *, folder: Path | None = None) -> tuple[str, str, str]:
    """Return (subject, body, version) of a member's letter. Raises Refused("notices.template")."""
    return environment.render(f"member/{kind}", language, shallow(facts), folder=folder)


def shallow(facts: Any) -> dict[str, Any]:
    """Return a dataclass's fields by name, their values untouched (asdict would turn the card into dicts)."""
    return {name: getattr(facts, name) for name in facts.__slots__}


def title(kind: str, language: str) -> str:
    """Return what a letter is about in a few words, for lists."""
    return words.say("letter", kind, language)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


