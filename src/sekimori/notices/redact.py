"""Quoted material without the persons in it (RFC 6590): a member sees that the same address came twice, never whose it is.

Local parts of mail addresses become a keyed hash (RFC 6590 §2: same input and key, same token); addresses, host names
and URLs of others become a mark. What is the member's own stays readable. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Collection

from sekimori.values.text import storable

LIMIT = 20_000
TOKEN_LENGTH = 12

# All bounded: a hostile text of any shape is read in linear time.
_MAIL = re.compile(r"(?<![\w.+-])([\w.+=-]{1,64})@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})", re.ASCII)
_URL = re.compile(r"(?i)\b(?:https?|hxxps?|ftp)://[^\s<>\"']{1,2000}")
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_HOST = re.compile(r"(?<![\w@.-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![\w-])")


def token(key: bytes, value: str) -> str:
    """Return the keyed token that stands for a redacted value (HMAC-SHA-256, base64url, 12 characters)."""
    digest = hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:TOKEN_LENGTH]


def redact(text: str, key: bytes, own: Collection[str] = ()) -> str:
    """Return `text` with mail addresses, IP addresses, host names and URLs of others replaced.

    `own` are addresses and host names of the member that stay (compared in lower case; IP addresses by value). At most
    20,000 characters are read; the rest is cut off.
    """
    keep = {o.lower() for o in own}
    keep_ip = {_ip(o) for o in own} - {None}

    def mail(m: re.Match[str]) -> str:
        return m[0] if m[0].lower() in keep else f"{token(key, m[1])}@{'redacted' if m[2].lower() not in keep else m[2]}"

    def address(m: re.Match[str]) -> str:
        value = _ip(m[0])
        return m[0] if value is None or value in keep_ip else "[ip]"

    def host(m: re.Match[str]) -> str:
        return m[0] if m[0].lower() in keep else "[host]"

    text = storable(text, LIMIT)
    text = _URL.sub("[url]", text)
    text = _MAIL.sub(mail, text)
    text = _IPV4.sub(address, text)
    text = _IPV6.sub(address, text)
    return _HOST.sub(host, text)


def _ip(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
