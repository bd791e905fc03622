"""The statement of reasons of a measure, in both languages. Pure; the same text goes to officer, member and ledger.

It names facts and grounds, never a reporter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sekimori.enforcement.ladder.facts import EventFact
from sekimori.policy.calendar import day_of
from sekimori.policy.types import Ground, Policy
from sekimori.values.clock import JST

STEP_WORDS = {
    "warn": ("注意喚起", "a warning"),
    "restrict_mail": ("メール送信の制限", "a restriction of sending mail"),
    "port_filter": ("外向き通信ポートの制限", "a filter on outgoing ports"),
    "suspend_line": ("回線の利用停止", "a suspension of the line"),
    "terminate": ("契約の解除", "a termination of the contract"),
    "brake": ("緊急のメール送信停止", "an emergency stop of sending mail"),
}
GRADE_WORDS = {
    "A": ("当社の記録で確認しています", "our own records show it"),
    "B": ("互いに独立した複数の情報提供が一致しています", "several independent reports agree"),
    "C": ("確認できる情報提供が 1 件以上あります", "there is at least one verifiable report"),
    "D": ("確認できる情報提供はありません", "there is no verifiable report"),
}


@dataclass(frozen=True, slots=True)
class Reasons:
    """The same statement twice."""

    ja: str
    en: str


def reasons(step: str, grade: str, counted: Sequence[EventFact], policy: Policy, ground: Ground | None, days: int) -> Reasons:
    """Return why a step is taken: what was seen, when, on how many days, how certain, on which ground, how long (`days`, 0 = no period)."""
    kinds = [policy.types[n] for n in sorted({e.category for e in counted}) if n in policy.types]
    what_ja = "、".join(k.label_ja for k in kinds) or "検知事項"
    what_en = ", ".join(k.label_en.lower() for k in kinds) or "findings"
    when_ja, when_en = _when(counted)
    ja = [f"{when_ja}、{what_ja}を {len(counted)} 件検知しました。{GRADE_WORDS[grade][0]}。",
          f"措置：{STEP_WORDS[step][0]}" + (f"（最長 {days} 日間）。" if days else "。")]
    en = [f"{when_en} we recorded {len(counted)} event(s): {what_en}; {GRADE_WORDS[grade][1]}.",
          f"Measure: {STEP_WORDS[step][1]}" + (f", for at most {days} days." if days else ".")]
    if ground is not None:
        ja.append(f"根拠：{ground.article_ja}。")
        en.append(f"Ground: {ground.article_en}.")
    return Reasons("".join(ja), " ".join(en))


def _when(counted: Sequence[EventFact]) -> tuple[str, str]:
    if not counted:
        return "これまでに", "Until now"
    first, last = min(e.time for e in counted), max(e.time for e in counted)
    days = len({day_of(e.time) for e in counted})
    return (f"{_ja(first)} から {_ja(last)} までの {days} 日に" if first != last else f"{_ja(first)} に",
            f"From {_en(first)} to {_en(last)}, on {days} day(s)," if first != last else f"At {_en(first)}")


def _ja(instant: datetime) -> str:
    return f"{instant.astimezone(JST):%Y年%m月%d日 %H:%M:%S}（日本時間）"


def _en(instant: datetime) -> str:
    return f"{instant.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"
