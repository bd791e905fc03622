"""The Japanese charsets as Japanese mailers write them: cp932's characters under all three names."""

from __future__ import annotations

import codecs
import re
from functools import cache

#: designations of ISO 2022 that occur in mail
ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BDOPQ]|\([BJIH]|\$A|\$\(C)")
# What the standard codecs map otherwise than cp932 (wave dash, minus, double bar …): one character, one reading.
_AS_CP932 = str.maketrans("\u301c\u2016\u2212\u00a2\u00a3\u00ac\u2014", "\uff5e\u2225\uff0d\uffe0\uffe1\uffe2\u2015")
_EUC_PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")


@cache
def _table() -> dict[int, str]:
    """Return every two-octet JIS X 0208 code, in the machine's own 16-bit order, as Microsoft's cp932 reads it.

    cp932 adds NEC row 13 (①, ㈱), NEC-selected IBM characters (rows 89 to 92) and has the full-width forms that
    Japanese mailers really send under the name ISO-2022-JP (RFC 1468 allows only JIS X 0208).
    """
    out: dict[int, str] = {}
    for a in range(0x21, 0x7F):
        for b in range(0x21, 0x7F):
            s1 = (a + 1 >> 1) + (0x70 if a < 0x5F else 0xB0)
            s2 = b + (0x1F if b < 0x60 else 0x20) if a & 1 else b + 0x7E
            try:
                out[memoryview(bytes((a, b))).cast("H")[0]] = bytes((s1, s2)).decode("cp932")
            except UnicodeDecodeError:
                continue
    return out


def pairs(data: bytes) -> tuple[str, bool]:
    """Return text of octet pairs 0x21..0x7E and whether all were known; control octets inside stay (broken folding)."""
    table = _table()
    if len(data) % 2 == 0:
        try:
            return "".join([table[k] for k in memoryview(data).cast("H")]), True
        except KeyError:
            pass
    out: list[str] = []
    ok, i, n = True, 0, len(data)
    while i < n:
        if data[i] <= 0x20:
            out.append(chr(data[i]))
            i += 1
            continue
        pair = data[i:i + 2]
        char = table.get(memoryview(pair).cast("H")[0]) if len(pair) == 2 else None
        ok = ok and char is not None
        out.append(char or "\ufffd")
        i += 2 if char or len(pair) < 2 or pair[1] > 0x20 else 1
    return "".join(out), ok


def iso2022(data: bytes) -> tuple[str, bool]:
    """Return (text, without a fault) of ISO-2022-JP with Microsoft's and NEC's characters, half-width kana and JIS X 0212."""
    if b"\x1b(J" not in data:
        try:
            return data.decode("iso2022_jp_ext").translate(_AS_CP932), True
        except UnicodeDecodeError:
            pass
    pieces = ESCAPE.split(data)
    out, ok = [], True
    for i in range(0, len(pieces), 2):
        mode, chunk = (pieces[i - 1] if i else b"(B"), pieces[i]
        if not chunk:
            continue
        if mode in (b"$B", b"$@", b"$(B", b"$(@"):
            # Broken senders end a line without going back to ASCII; the escape counts to the line's end (RFC 1468).
            text, good = pairs(chunk)
        elif mode == b"$(D":
            body = bytes(b | 0x80 if b > 0x20 else b for b in chunk)
            text = _EUC_PAIR.sub(lambda m: b"\x8f" + m.group(), body).decode("euc_jp", "replace")
            good = "\ufffd" not in text
        elif mode == b"(I":
            text = bytes(b | 0x80 if 0x21 <= b <= 0x5F else b for b in chunk).decode("cp932", "replace")
            good = "\ufffd" not in text
        elif mode in (b"(B", b"(J", b"(H"):
            good = not _HIGH.search(chunk) and b"\x1b" not in chunk
            text = chunk.decode("ascii") if good else _eight_bit(chunk)
        else:
            text = (b"\x1b" + mode + chunk + b"\x1b(B").decode("iso2022_jp_2", "replace")
            good = "\ufffd" not in text
        ok = ok and good
        out.append(text)
    return "".join(out), ok


def _eight_bit(chunk: bytes) -> str:
    for name in ("utf-8", "cp932"):
        try:
            return chunk.decode(name)
        except UnicodeDecodeError:
            continue
    return chunk.decode("ascii", "replace")


def euc(data: bytes) -> tuple[str, bool]:
    """Return (text, without a fault) of EUC-JP with the characters of cp51932 and eucJP-ms."""
    text = data.decode("euc_jp", "sekimori.euc").translate(_AS_CP932)
    return text, "\ufffd" not in text


def _euc_fault(error: UnicodeError) -> tuple[str, int]:
    """Give the standard codec the two-octet codes that it lacks (NEC's and IBM's rows)."""
    assert isinstance(error, UnicodeDecodeError)
    data, at, table = error.object, error.start, _table()
    out: list[str] = []
    while len(pair := data[at:at + 2]) == 2 and pair[0] >= 0xA1 and pair[1] >= 0xA1:
        char = table.get(memoryview(bytes((pair[0] & 0x7F, pair[1] & 0x7F))).cast("H")[0])
        if char is None:
            break
        out.append(char)
        at += 2
    return ("".join(out), at) if out else ("\ufffd", at + 1)


codecs.register_error("sekimori.euc", _euc_fault)
