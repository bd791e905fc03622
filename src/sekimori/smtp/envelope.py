"""What a client said before and in DATA, and how the paths of MAIL and RCPT are read. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# One path: `<…>` with an optional quoted part inside, or a bare word, as some senders write it.
_PATH = re.compile(r'\s*(?:<((?:"(?:[^"\\]|\\.)*"|[^<>"\s])*)>|([^\s<>]+))(?:\s+(.*))?\s*', re.DOTALL)
_ROUTE = re.compile(r"@[^:@\s]{1,255}(?:,@[^:@\s]{1,255}){0,20}:")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]{0,30})(?:=([^\s=\x00-\x1f][^\s\x00-\x1f]{0,500}))?")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message as it came over the wire. `mail_from` "" is the null sender; `raw` the exact octets of DATA."""

    mail_from: str
    rcpt_to: tuple[str, ...]
    raw: bytes
    peer: str
    helo: str = ""
    tls: bool = False


def path(argument: str) -> tuple[str, dict[str, str]] | None:
    """Read what stands after `MAIL FROM:` or `RCPT TO:`: (address without brackets and source route, parameters).

    Lenient on purpose: Japanese carriers gave out local parts with dots in odd places, and a report must not be
    refused for its sender's address. Returns None for a syntax error or a control character. Parameter names come in
    upper case.
    """
    whole = _PATH.fullmatch(argument)
    if whole is None:
        return None
    address = whole[1] if whole[1] is not None else whole[2]
    route = _ROUTE.match(address)
    if route:
        address = address[route.end():]
    if _CONTROL.search(address) or len(address) > 512:
        return None
    parameters: dict[str, str] = {}
    for word in (whole[3] or "").split():
        parameter = _PARAMETER.fullmatch(word)
        if parameter is None:
            return None
        parameters[parameter[1].upper()] = parameter[2] or ""
    return address, parameters


def split(address: str) -> tuple[str, str, str]:
    """Return (local part without +TOKEN, token or "", domain), all in lower case."""
    local, _, domain = address.lower().rpartition("@")
    if not _:
        local, domain = domain, ""
    base, plus, token = local.partition("+")
    return base, token if plus else "", domain.rstrip(".")
