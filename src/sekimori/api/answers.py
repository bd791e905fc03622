"""What the API says: JSON with stable codes; never a stack trace, never a word about a member."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

WORDS: dict[str, tuple[str, str]] = {
    "json.syntax": ("JSON として読めません。", "This is not JSON."),
    "json.encoding": ("文字コードは UTF-8 にしてください。", "The encoding must be UTF-8."),
    "json.depth": ("入れ子が深すぎます(32段まで)。", "Nested too deeply (32 levels at most)."),
    "json.size": ("大きすぎます(5 MB まで)。", "Too large (5 MB at most)."),
    "json.duplicate_key": ("同じキーが二度あります。", "A key stands twice."),
    "json.number": ("扱えない数値があります(NaN、無限大、桁数超過)。", "A number that cannot be used (NaN, infinity, too many digits)."),
    "json.surrogate": ("対になっていないサロゲートがあります。", "A lone surrogate."),
    "body.empty": ("本文がありません。", "Nothing was sent."),
    "body.too_large": ("大きすぎます(30 MB まで)。", "Too large (30 MB at most)."),
    "body.type": ("Content-Type は application/json、message/rfc822、text/plain のいずれかにしてください。", "Content-Type must be application/json, message/rfc822 or text/plain."),
    "key.unknown": ("API キーが正しくありません。", "The API key is not valid."),
    "idempotency.conflict": ("同じ Idempotency-Key で別の内容が送られています。", "This Idempotency-Key came with another body before."),
    "idempotency.form": ("Idempotency-Key は1〜200文字の印字可能な ASCII にしてください。", "Idempotency-Key must be 1 to 200 printable ASCII characters."),
    "limit.rate": ("送信が多すぎます。しばらく待ってから、もう一度お送りください。", "Too many requests. Please wait and send again."),
    "report.unknown": ("その番号の情報提供はありません。", "There is no report with this id."),
    "method.not_allowed": ("このメソッドは使えません。", "This method is not allowed here."),
    "service.unavailable": ("いま受け付けられません。もう一度お送りください。", "Not available right now. Please send again."),
}


def answer(status: int, body: Mapping[str, Any], **headers: str) -> HttpResponse:
    """Return a JSON answer."""
    response = HttpResponse(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n", status=status, content_type="application/json; charset=utf-8")
    response["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def problem(status: int, code: str, field: str = "", **headers: str) -> HttpResponse:
    """Return an error: a stable code and its meaning in both languages."""
    ja, en = WORDS[code]
    return answer(status, {"error": {"code": code, **({"field": field} if field else {}), "ja": ja, "en": en}}, **headers)
