"""Mail addresses inside words, loosely read: what a notice says is not always RFC 5321."""

from __future__ import annotations

import re

# Bounded on both sides of the @; the runs exclude what encloses addresses in notices, wide marks too.
_WIDE = "：；，、。「」『』（）【】〈〉《》＜＞［］｛｝・"
ADDRESS = r"(?:\"[^\"\n]{1,64}\"|[^\s<>()\[\]{}:;,\"@\\|`" + _WIDE + r"]{1,128})@[^\s<>()\[\]{}:;,\"@'\\|!?&*`" + _WIDE + r"]{1,253}"
FIND = re.compile(ADDRESS)
_TYPED = re.compile(r"^(?:[a-z0-9/_-]{1,20}\s{0,3}[;:]\s{0,3})", re.IGNORECASE)
_XTEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
# Japanese sets no space around an address: 宛先taro@isp.exampleは存在しません
_GLUED_BEFORE = re.compile(r"^[^\x00-\x7f]{1,64}(?=[\x21-\x7e]{1,64}$)")
_GLUED_AFTER = re.compile(r"^([\x21-\x7e]{1,250}\.[A-Za-z0-9-]{2,63})[^\x00-\x7f]")
_ROUTE = re.compile(r"^@[^:@]{1,253}:")


def clean(found: str, *, exact: bool = False) -> str:
    """Return an address as it is compared: without decoration, its domain in lower case; "" when it is none.

    Unless `exact`, it was found among words, and wide characters that touch an ASCII address belong to the words.
    """
    text = found.strip().strip("<>").strip().strip("'`").rstrip(".,;:'")
    if text[:5].lower() == "smtp=":
        text = text[5:]
    text = text.lstrip("=*•・-") if not text.startswith(('"', "=?")) else text
    local, at, domain = text.rpartition("@")
    if not exact and not text.isascii():
        local = _GLUED_BEFORE.sub("", local)
        if m := _GLUED_AFTER.match(domain):
            domain = m.group(1)
    domain = domain.rstrip(".")
    if not at or not local or not domain or len(domain) > 253:
        return ""
    return f"{local}@{domain.lower()}"


def first(text: str) -> str:
    """Return the first address in a text, cleaned, or ""."""
    if "@" not in text:
        return ""
    for m in FIND.finditer(text[:4000]):
        address = clean(m.group())
        if address:
            return address
    return ""


def every(text: str, limit: int = 50) -> list[str]:
    """Return the addresses in a text, cleaned, in order, without repeats."""
    out: list[str] = []
    if "@" not in text:
        return out
    for m in FIND.finditer(text[:20_000]):
        address = clean(m.group())
        if address and address not in out:
            out.append(address)
            if len(out) >= limit:
                break
    return out


def typed(value: str) -> tuple[str, str]:
    """Split a DSN address field (`rfc822; a@b`, RFC 3464 section 2.1.2) into (type in lower case, address).

    RFC 6533's utf-8-addr-xtext (`\\x{96EA}`) is decoded. The address is "" where none can be read.
    """
    m = _TYPED.match(value)
    kind = m.group().strip().rstrip(";:").strip().lower() if m else ""
    rest = value[m.end() :].strip() if m else value.strip()
    if "\\x{" in rest:
        rest = _XTEXT.sub(
            lambda x: chr(int(x.group(1), 16)) if int(x.group(1), 16) <= 0x10FFFF and not 0xD800 <= int(x.group(1), 16) < 0xE000 else "\ufffd", rest
        )
    rest = rest.strip().strip("<>").strip()
    rest = _ROUTE.sub("", rest)
    if "x400" in kind or rest.startswith("/"):
        return kind, ""
    if rest.count("@") == 1 and not any(c.isspace() for c in rest.strip('"')):
        return kind, clean(rest, exact=True)
    return kind, first(rest)
