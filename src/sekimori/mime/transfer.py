"""Transfer encodings: base64, quoted-printable, uuencode. Broken input gives what could be read and a defect code."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = bytes(b for b in range(256) if not (chr(b).isascii() and (chr(b).isalnum() or chr(b) in "+/=")))
_BLANK = b" \t\r\n"
_FOREIGN = bytes(b for b in _NOT_BASE64 if b not in _BLANK)
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
    """Decode base64, foreign octets skipped; parts padded in the middle (concatenated encodings) are read on."""
    defect = ""
    clean = data.translate(None, _NOT_BASE64)
    if len(data.translate(None, _FOREIGN)) != len(data):
        defect = "bad_base64"
    pad = clean.find(b"=")
    pieces = [clean] if pad < 0 else []
    if pad >= 0:
        pieces = [p for p in clean.split(b"=", MAX_SEGMENTS) if p]
        if len(pieces) > 1:
            defect = "bad_base64"
            pieces = [p.replace(b"=", b"") for p in pieces]
    out: list[bytes] = []
    for piece in pieces:
        rest = len(piece) % 4
        if rest == 1:
            defect, piece = "bad_base64", piece[:-1]
            rest = 0
        elif rest and pad < 0:
            defect = "bad_base64"
        try:
            out.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4)))
        except binascii.Error:
            defect = "bad_base64"
    return out[0] if len(out) == 1 else b"".join(out), defect


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
