"""Which language a page is shown in. Pure."""

from __future__ import annotations

LANGUAGES = ("ja", "en")
COOKIE = "sekimori_language"
MAX_RANGES = 20


def from_path(path: str) -> str:
    """Return `ja` or `en` where the path begins with it (`/ja/…`), or ""."""
    head = path[1:4]
    return head[:2] if head in ("ja/", "en/") else ""


def other_path(path: str) -> str:
    """Return the same page in the other language, or "" where the path names none."""
    here = from_path(path)
    return f"/{'en' if here == 'ja' else 'ja'}/{path[4:]}" if here else ""


def negotiate(accept: str, default: str) -> str:
    """Return the language of an Accept-Language header (RFC 9110 §12.5.4); `default` where it names neither of ours.

    Reads at most 20 ranges; a malformed weight counts as 0.
    """
    best, weight = "", 0.0
    for piece in accept[:1000].split(",")[:MAX_RANGES]:
        name, _, parameter = piece.strip().partition(";")
        language = name.strip().lower().partition("-")[0]
        q = _weight(parameter)
        if language in LANGUAGES and q > weight:
            best, weight = language, q
    return best or default


def _weight(parameter: str) -> float:
    key, _, value = parameter.strip().partition("=")
    if not key:
        return 1.0
    digits = value.strip()
    if key.strip().lower() != "q" or len(digits) > 5 or not digits.replace(".", "", 1).isdecimal() or not digits.isascii():
        return 0.0
    return min(float(digits), 1.0)
