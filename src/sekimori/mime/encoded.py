"""Header text: RFC 2047 encoded words and RFC 2231 parameters, as really sent."""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

from .charsets import Guess, decode
from .limits import DEFAULT, Limits

_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([BbQq])\?([^?]*)\?=")
_FOLD_KEPT = re.compile(rb"\r?\n(?=[ \t])|[\r\n]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PARAM = re.compile(r'([^=;\s"]{1,100}+)\s*+(?:=\s*+("(?:[^"\\]|\\.)*+"?|[^;]*+))?|[=;\s"]++|.', re.DOTALL)
_SECTION = re.compile(r"^([^*]{1,80})(?:\*(\d{1,3}))?(\*)?$")
_QUOTED = re.compile(r"\\(.)", re.DOTALL)


def unfold(raw: bytes) -> bytes:
    """Return a field value on one line: line ends before white space vanish (RFC 5322 §2.2.3), others become a space."""
    if b"\n" not in raw and b"\r" not in raw:
        return raw.strip(b" \t")
    return _FOLD_KEPT.sub(lambda m: b"" if m.end() < len(raw) and raw[m.end()] in b" \t" else b" ", raw).strip(b" \t ")


def one_line(text: str) -> str:
    """Return text with every control character and line end as a space (encoded words can carry CR and LF)."""
    return _CONTROL.sub(" ", text)


def text_of(raw: bytes, guess: Guess | None = None) -> str:
    """Return octets of a header as text, before encoded words are read: ASCII, or any charset by trial."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        return decode(raw, "", guess)[0]
    return decode(raw, "")[0] if "\x1b" in text else text


def decode_words(text: str, limit: int = DEFAULT.encoded_words, guess: Guess | None = None) -> tuple[str, str]:
    """Return (text with encoded words decoded, defect code or "").

    Neighbours in the same charset are joined before decoding: many senders split a character across two words,
    against RFC 2047 §5. White space between two words is dropped (§6.2). After `limit` words the rest stays as it is.
    """
    if "=?" not in text:
        return text, ""
    out: list[str] = []
    run: list[bytes] = []
    run_charset = ""
    defect = ""
    at = 0

    def flush() -> None:
        nonlocal defect
        if run:
            piece, _, bad = decode(b"".join(run), run_charset, guess)
            out.append(piece)
            defect = defect or bad
            run.clear()

    for count, m in enumerate(_WORD.finditer(text)):
        if count >= limit:
            defect = "over_limit:encoded_words"
            break
        charset, encoding, payload = m.group(1).lower(), m.group(2).upper(), m.group(3)
        between = text[at:m.start()]
        if between.strip() or not (run or at):
            flush()
            out.append(between)
        if not payload.isascii():
            charset = "utf-8"  # raw octets in the word, already read as text
        if run and charset != run_charset:
            flush()
        run_charset = charset
        data, bad_payload = _payload(payload, encoding)
        if bad_payload:
            defect = defect or "bad_encoded_word"
        run.append(data)
        at = m.end()
    flush()
    out.append(text[at:])
    return "".join(out), defect


def _payload(payload: str, encoding: str) -> tuple[bytes, bool]:
    data = payload.encode("utf-8", "surrogateescape")
    if encoding == "Q":
        return binascii.a2b_qp(data.replace(b"_", b" "), header=False), b"\n" in data
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    bad = len(clean) % 4 == 1
    if bad:
        clean = clean[:-1]
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)), bad
    except binascii.Error:
        return b"", True


def decode_value(raw: bytes, limits: Limits = DEFAULT, guess: Guess | None = None) -> tuple[str, str]:
    """Return (unfolded, decoded, one-line text of a field's octets, defect code or "")."""
    defect = ""
    if len(raw) > limits.header_value:
        raw, defect = raw[:limits.header_value], "over_limit:header_value"
    text, bad = decode_words(text_of(unfold(raw), guess), limits.encoded_words, guess)
    return one_line(text).strip(), defect or bad


def parse_parameters(raw: bytes, limits: Limits = DEFAULT) -> tuple[str, dict[str, str], str]:
    """Return (value in lower case, parameters, defect code or "") of a Content-Type or Content-Disposition field.

    Parameters may be continued, percent-encoded with a charset (RFC 2231), or wrongly RFC 2047-encoded; the first of
    two same names counts, and the defect says that there were two.
    """
    defect = ""
    if len(raw) > limits.parameter_value:
        raw, defect = raw[:limits.parameter_value], "over_limit:parameter_value"
    text = text_of(unfold(raw))
    head, _, rest = text.partition(";")
    value = re.sub(r"\([^()]*\)", "", head).strip().strip('"').lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    count = 0
    for m in _PARAM.finditer(rest):
        name, content = m.group(1), m.group(2)
        if name is None or content is None:
            continue
        count += 1
        if count > limits.parameters:
            defect = "over_limit:parameters"
            break
        name = name.lower()
        content = content.strip()
        if content[:1] == '"':
            content = _QUOTED.sub(r"\1", content[1:-1] if len(content) > 1 and content[-1] == '"' else content[1:])
        section = _SECTION.match(name) if "*" in name else None
        if section is not None:
            pieces.setdefault(section.group(1), {}).setdefault(int(section.group(2) or 0), (content, bool(section.group(3))))
        elif name in plain:
            defect = defect or "duplicate_parameter"
        else:
            plain[name] = one_line(decode_words(content, limits.encoded_words)[0])
    for name, parts in pieces.items():
        plain[name] = one_line(_joined(parts))
    return value, plain, defect


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Join RFC 2231 sections; the charset stands in the first, and octets may be split between sections."""
    charset, data = "", b""
    for index, key in enumerate(sorted(parts)):
        content, extended = parts[key]
        if extended and index == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        data += unquote_to_bytes(content) if extended else content.encode("utf-8", "replace")
    return decode(data, charset)[0]
