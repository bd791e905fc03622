"""Octets to text, Japanese first: what is declared, then what the octets themselves say."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import cache

from . import japanese

_ALIASES = {
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932", "windows-31j": "cp932",
    "cswindows31j": "cp932", "x-ms-cp932": "cp932", "cp943": "cp932", "cp943c": "cp932", "ms932": "cp932", "shift_jis-2004": "shift_jis_2004",
    "iso-2022-jp": "iso-2022-jp", "iso2022-jp": "iso-2022-jp", "iso2022jp": "iso-2022-jp", "iso-2022-jp-ms": "iso-2022-jp", "csiso2022jp": "iso-2022-jp",
    "cp50220": "iso-2022-jp", "cp50221": "iso-2022-jp", "cp50222": "iso-2022-jp", "iso-2022-jp-1": "iso-2022-jp", "iso-2022-jp-2": "iso2022_jp_2",
    "iso-2022-jp-3": "iso2022_jp_3", "jis": "iso-2022-jp", "_iso-2022-jp": "iso-2022-jp", "x-iso-2022-jp": "iso-2022-jp",
    "euc-jp": "euc-jp", "eucjp": "euc-jp", "euc_jp": "euc-jp", "x-euc-jp": "euc-jp", "ujis": "euc-jp", "eucjp-ms": "euc-jp", "cp51932": "euc-jp", "eucjp-win": "euc-jp",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8",
    "unicode-1-1-utf-7": "utf-7", "utf8": "utf-8", "utf-8mb4": "utf-8", "utf8mb4": "utf-8", "x-unknown": "", "unknown": "", "unknown-8bit": "", "default": "", "8bit": "", "7bit": "",
    "cp-850": "cp850", "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "tis-620": "cp874", "windows-874": "cp874", "big5-hkscs": "big5hkscs",
}
# Codecs of the standard library that are no charsets, or run away (unicode_escape, idna is quadratic).
_NOT_TEXT = frozenset({"base64", "bz2", "hex", "quopri", "rot_13", "uu", "zlib", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "palmos"})
# What the detector may answer: charsets in which mail is written. It likes to find code pages of DOS.
_PLAUSIBLE = ("big5", "cp125", "cp949", "euc_kr", "gb", "iso8859", "koi8", "utf", "cp874", "tis_620")
_HIGH = re.compile(rb"[\x80-\xff]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_JAPANESE = re.compile("[\u3040-\u30ff]")
_LOW = bytes(range(128))
_SAMPLE = 8_192
_LONE = re.compile("[\ud800-\udfff]")
_C1 = re.compile("[\x80-\x9f]")
Guess = Callable[[bytes], str]


def canonical(name: str) -> str | None:
    """Return the codec for a declared charset name, "" where the name says nothing, None where it is unknown."""
    key = name.strip().strip("\"'").lower()
    if key in _ALIASES:
        return _ALIASES[key]
    if not key or len(key) > 40 or not key.isascii():
        return None if key else ""
    try:
        codec = codecs.lookup(key).name.replace("-", "_")
    except (LookupError, ValueError):
        return None
    return None if codec in _NOT_TEXT else _ALIASES.get(codec.replace("_", "-"), codec.replace("_", "-"))


def decode(data: bytes, declared: str = "", guess: Guess | None = None) -> tuple[str, str, str]:
    """Return (text, charset used, defect code or ""). Never raises; undecodable octets become U+FFFD.

    Order: the declared charset where it fits without an error → ISO-2022 escapes → strict trials (UTF-8, EUC-JP and
    cp932 against each other) → `guess`, the statistical detector → the declared one with replacements → cp1252.
    """
    name = canonical(declared)
    defect = "unknown_charset" if name is None else ""
    if name == "utf-7" and _HIGH.search(data):
        name, defect = "", "bad_charset"
    if name and name != "ascii":
        text = _strict(data, name)
        if text is not None:
            return text, name, defect
        defect = "bad_charset"
    if b"\x1b" in data and name != "iso-2022-jp" and japanese.ESCAPE.search(data):
        text, ok = japanese.iso2022(data)
        if ok:
            return text, "iso-2022-jp", defect
    if not _HIGH.search(data):
        if name == "iso-2022-jp":
            return japanese.iso2022(data)[0], name, defect
        return data.decode("ascii", "replace"), "ascii", defect
    if name == "ascii":
        defect = "bad_charset"
    found = _trials(data)
    if found is not None:
        return found[0], found[1], defect
    near = _near(data, name or "")
    if near is not None:
        return near[0], near[1], defect or "bad_charset"
    # A few octets in much ASCII are one accented letter or sign: too little for statistics, Western by habit.
    sparse = 5 * len(data[:_SAMPLE].translate(None, _LOW)) < len(data[:_SAMPLE])
    if not sparse and guess is not None and (other := canonical(guess(data))) and (text := _strict(data, other)) is not None:
        return text, other, defect
    fallback = name if name and name != "ascii" else "cp1252"
    return _replace(data, fallback), fallback, defect or "bad_charset"


def _strict(data: bytes, name: str) -> str | None:
    if name == "iso-2022-jp":
        text, ok = japanese.iso2022(data)
        return text if ok else None
    if name == "euc-jp":
        text, ok = japanese.euc(data)
        return text if ok else None
    try:
        return _whole(data.decode(name), name)
    except (UnicodeError, LookupError, ValueError):
        return None


def _replace(data: bytes, name: str) -> str:
    if name == "iso-2022-jp":
        return japanese.iso2022(data)[0]
    if name == "euc-jp":
        return japanese.euc(data)[0]
    try:
        return _whole(data.decode(name, "replace"), name)
    except (UnicodeError, LookupError, ValueError):
        return data.decode("cp1252", "replace")


def _whole(text: str, name: str) -> str:
    """Return text without half characters: UTF-7 can spell lone surrogates, which nothing after us can write."""
    return _LONE.sub("\ufffd", text) if name == "utf-7" else text


def _trials(data: bytes) -> tuple[str, str] | None:
    """Return text in UTF-8, or in the Japanese charset that the beginning looks like, where all octets fit; or None."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    likely = {name: _likeness(_replace(data[:_SAMPLE], name)) for name in ("euc-jp", "cp932")}
    for name in sorted(likely, key=likely.__getitem__, reverse=True):
        if likely[name] > 0 and (text := _strict(data, name)) is not None:
            return text, name
    return None


def _likeness(text: str) -> float:
    """Return how much text looks like Japanese: kana and common kanji count for it; half-width kana, rare kanji, controls
    and faults (the traces of a wrong guess) against. Long text without any kana is not Japanese.
    """
    high = [c for c in text if c > "\x7f"]
    if not high:
        return 0.0
    kana = len(_JAPANESE.findall(text))
    if not kana and len(high) > 24:
        return 0.0
    common = _common_kanji()
    kanji = sum(1 if c in common else -1 for c in high if "\u4e00" <= c <= "\u9fff")
    wrong = len(_HALF_KANA.findall(text)) + len(_C1.findall(text)) + text.count("\ufffd")
    return (kana + kanji / 2 - 2 * wrong) / len(high)


@cache
def _common_kanji() -> frozenset[str]:
    """Return the kanji of JIS level 1 (rows 16 to 47)."""
    rows = bytes(b for a in range(0x30, 0x50) for c in range(0x21, 0x7F) for b in (a, c))
    return frozenset(japanese.pairs(rows)[0])


def _near(data: bytes, name: str) -> tuple[str, str] | None:
    """Return text in the one charset that fits but for a few octets (mail cut within a character), or None."""
    for candidate in dict.fromkeys(n for n in (name, "utf-8", "cp932", "euc-jp") if n and n != "ascii"):
        head = _replace(data[:_SAMPLE], candidate)
        bad = head.count("\ufffd")
        good = sum(1 for c in head if c > "\x7f") - bad
        if good > 8 * bad and bad <= 2 + len(head) // 200 and (candidate in (name, "utf-8") or _likeness(head) > 0.2):
            return _replace(data, candidate), candidate
    return None


def detector(limit: int, sample: int) -> Guess:
    """Return the statistical detector, limited to `limit` calls on `sample` octets each; "" where it does not know."""
    left = limit

    def guess(data: bytes) -> str:
        nonlocal left
        if left <= 0 or len(data) < 8:
            return ""
        left -= 1
        # Imported here: it costs 50 ms and hardly any mail needs it.
        from charset_normalizer import from_bytes
        try:
            best = from_bytes(data[:sample], steps=3, chunk_size=512, enable_fallback=False, preemptive_behaviour=False).best()
        except (ValueError, LookupError, TypeError):
            return ""
        return best.encoding if best is not None and best.encoding.startswith(_PLAUSIBLE) else ""

    return guess
