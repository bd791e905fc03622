"""The member's copy of a request about them: what they are asked, with whoever asks masked (two sets of papers, R-LE-3). Pure."""

from __future__ import annotations

from sekimori.disclosure.kinds import kinds
from sekimori.disclosure.models import Request
from sekimori.words import jst, say


def copy_for_member(request: Request, language: str) -> str:
    """Return the request as the member may see it while being heard: kind, article, window, until when; never who asks or their paper."""
    kind, window = kinds()[request.kind], request.window or {}
    until = jst(request.heard_until, language) if request.heard_until else "—"
    span = f"{window.get('from', '')} – {window.get('to', '')}" if window else "—"
    where = str(window.get("login") or window.get("prefix") or "—")
    if language == "ja":
        rows = [("番号", request.ref), ("種類", say("request", request.kind, language)), ("根拠", kind.article), ("請求者", "●●●"),
                ("対象の期間", span), ("対象", where), ("ご意見の期限", until)]
        closing = "開示に同意されるかどうかと、その理由をお知らせください。お返事がない場合も、法律に従って判断します。"
    else:
        rows = [("Number", request.ref), ("Kind", say("request", request.kind, language)), ("Article", kind.article_en), ("Who asks", "●●●"),
                ("Period", span), ("About", where), ("Answer until", until)]
        closing = "Please tell us whether you agree to the disclosure, and why. Without an answer we decide as the law says."
    return "\n".join([*(f"{name}: {value}" for name, value in rows), "", closing])
