"""Why not yet, in words: one text for the page of a case, the ledger and the statement of reasons. Pure.

It is made from a step's answer as `interfaces.md` words it (`ladder.answers.why_not`), which is also what a case's row keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sekimori import words

UNITS = {"new_events": ("日", "days"), "approval": ("人", "officers"), "second_approval": ("人", "officers"), "suspensions": ("回", "suspensions")}
"""What the figures of a condition count."""
BECAUSE = {
    ("max_reached", "done"): ("実施済みのため、リセットまで行いません", "taken before; not again until the reset"),
    ("max_reached", "warned"): ("通知済みのため、リセットまで行いません", "warned before; not again until the reset"),
    ("max_reached", "suspensions"): ("利用停止は規定の回数に達しています", "there were as many suspensions as may be"),
    ("category", "no ground"): ("法的根拠がありません", "no legal ground"),
    ("category", "no consent"): ("本人の同意がありません", "the member has not agreed to it"),
    ("held", "clock"): ("時計の確認を待っています", "the clock is in doubt"),
}
"""What stands behind a condition where no figure or date says it: (condition, what is there) → words."""


def conditions(row: Mapping[str, Any], language: str) -> list[str]:
    """Return one text for each unmet condition of a step, with its values and, where time alone mends it, until when."""
    values = row.get("values") or {}
    return [_condition(code, values.get(code) or {}, language) for code in row.get("unmet") or ()]


def _condition(code: str, value: Mapping[str, Any], language: str) -> str:
    said = words.say("unmet", code, language)
    has, needs, earliest = (str(value.get(k) or "") for k in ("has", "needs", "earliest"))
    inside = ""
    if earliest:
        inside = f"{_instant(earliest, language)} まで" if language == "ja" else f"until {_instant(earliest, language)}"
    elif has.isdecimal() and needs.isdecimal():
        ja, en = UNITS.get(code, ("", ""))
        inside = f"{needs}{ja}必要、いま {has}{ja}" if language == "ja" else f"{has} of {needs} {en}".rstrip()
    elif code == "grade" and has and needs:
        inside = f"{needs} 以上が必要、いま {has}" if language == "ja" else f"now {has}, needs {needs}"
    elif (code, has) in BECAUSE:
        inside = BECAUSE[code, has][0 if language == "ja" else 1]
    if not inside:
        return said
    return f"{said}({inside})" if language == "ja" else f"{said} ({inside})"


def earliest(row: Mapping[str, Any], language: str) -> str:
    """Return when a step would be possible if only time were missing, or that time alone does not bring it."""
    at = str(row.get("earliest") or "")
    if language == "ja":
        return f"最短で {_instant(at, language)}" if at else "時間の経過だけでは行われません"
    return f"{_instant(at, language)} at the earliest" if at else "time alone does not bring it"


def sentence(row: Mapping[str, Any], language: str) -> str:
    """Return the whole answer for one step: its name, what is missing, the earliest date."""
    step, missing = words.say("step", str(row.get("step", "")), language), conditions(row, language)
    if language == "ja":
        return f"{step}:{'、'.join(missing)}。{earliest(row, language)}。" if missing else f"{step}:条件を満たしています。"
    return f"{step}: {'; '.join(missing)}; {earliest(row, language)}." if missing else f"{step}: all its conditions hold."


def texts(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return step → language → `sentence`, as the ledger keeps it."""
    return {str(row["step"]): {language: sentence(row, language) for language in words.LANGUAGES} for row in rows}


def beyond(rows: Iterable[Mapping[str, Any]], step: str, language: str) -> str:
    """Return why nothing further than `step` is done, for its statement of reasons; "" where nothing comes after it."""
    later = list(rows)
    names = [row["step"] for row in later]
    later = [row for row in later[names.index(step) + 1:] if row.get("unmet")] if step in names else []
    if not later:
        return ""
    if language == "ja":
        return "これより重い措置をまだ行わない理由:" + "".join(sentence(row, language) for row in later)
    return "Why nothing further is done yet: " + " ".join(sentence(row, language) for row in later)


def _instant(text: str, language: str) -> str:
    try:
        return words.jst(datetime.fromisoformat(text), language)
    except ValueError:
        return text
