"""Transfer encodings: base64, quoted-printable, uuencode. Broken input gives what could be read and a defect code."""

from __future__ import annotations

import binascii
import re

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(b for b in range(256) if b not in _ALPHABET)
_BASE64_OR_BLANK = _ALPHABET + b"= \t\r\n"
_PADDING = re.compile(rb"=[= \t]*+")
_MORE_BASE64 = re.compile(rb"[ \t\r\n]*+(?:[A-Za-z0-9+/]{4}){1,19}+(?:[A-Za-z0-9+/]{2,3}={1,2})?[ \t]*+(?:\r?\n|\Z)|[ \t\r\n]*+[A-Za-z0-9+/]{2,3}={1,2}")
_BASE64_LEFT = re.compile(rb"[^= \t\r\n]")
_UU_BEGIN = re.compile(rb"(?:^|\n)begin [0-7]{3,4} ([^\r\n]{0,255})\r?\n")
_QP_SOFT = re.compile(rb"=[0-9A-Fa-f]{2}|=[ \t]{0,76}\r?\n|=")
MAX_SEGMENTS = 1000


def decode(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Return (octets, defect code or "") for a Content-Transfer-Encoding value (RFC 2045 §6)."""
    name = encoding.strip().strip("\"';").split(";")[0].strip().lower()
    if name in ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "plain", "text/plain"):
        return data, ""
    if name in ("base64", "base-64"):
        return base64(data)
    if name in ("quoted-printable", "quotedprintable", "quoted/printable"):
        return quoted_printable(data)
    if name in ("x-uuencode", "uuencode", "x-uue", "uue", "x-uu"):
        return uuencode(data)
    return data, "unknown_transfer_encoding"


def base64(data: bytes) -> tuple[bytes, str]:
    """Decode base64, foreign octets skipped. After padding, what follows is read on only where it looks like another
    whole encoding (some senders concatenate them); a list's footer is not.
    """
    defect = ""
    pad = data.find(b"=")
    if pad < 0:
        return _base64_run(data)
    out: list[bytes] = []
    at = 0
    for _ in range(MAX_SEGMENTS):
        m = _PADDING.search(data, at)
        if m is None:
            break
        piece, bad = _base64_run(data[at:m.end()])
        out.append(piece)
        defect = defect or bad
        at = m.end()
        if not _MORE_BASE64.match(data, at):
            break
    if _BASE64_LEFT.search(data, at):
        defect = "bad_base64"
        if _MORE_BASE64.match(data, at):
            out.append(_base64_run(data[at:])[0])
    if len(out) > 1:
        defect = "bad_base64"
    return out[0] if len(out) == 1 else b"".join(out), defect


def _base64_run(data: bytes) -> tuple[bytes, str]:
    defect = "bad_base64" if data.translate(None, _BASE64_OR_BLANK) else ""
    clean = data.translate(None, _NOT_BASE64)
    if len(clean) % 4 == 1:
        defect, clean = "bad_base64", clean[:-1]
    elif len(clean) % 4 and b"=" not in data:
        defect = "bad_base64"
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)), defect
    except binascii.Error:
        return b"", "bad_base64"


def quoted_printable(data: bytes) -> tuple[bytes, str]:
    """Decode quoted-printable; a `=` that begins nothing stays as it is."""
    bad = any(len(m.group()) == 1 for m in _QP_SOFT.finditer(data[:65_536])) if b"=" in data else False
    return binascii.a2b_qp(data), "bad_quoted_printable" if bad else ""


def uuencode(data: bytes) -> tuple[bytes, str]:
    """Decode the first `begin … end` of uuencoded text; text around it is left out."""
    m = _UU_BEGIN.search(data)
    if m is None:
        return data, "bad_uuencode"
    out: list[bytes] = []
    defect = ""
    ended = False
    for line in data[m.end():].split(b"\n"):
        line = line.rstrip(b"\r")
        if line.strip() == b"end":
            ended = True
            break
        if not line.strip(b" `"):
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Encoders that count characters wrongly: take as many as the line really has (as uudecode does).
            count = ((line[0] - 32) & 63) * 4 // 3 + 2
            try:
                out.append(binascii.a2b_uu(line[:count]))
            except binascii.Error:
                defect = "bad_uuencode"
    return b"".join(out), defect if ended else "bad_uuencode"
