"""The syntax of SPF records (RFC 7208 §12): errors anywhere make the whole record invalid, before anything is looked up."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import Literal

SpfResult = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]

#: octets of a record, terms in it
MAX_RECORD = 4_096
MAX_TERMS = 100

QUALIFIERS: dict[str, SpfResult] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
#: one macro: letter, number of labels, reversed, delimiters; or an escaped character
MACRO = re.compile(r"%(?:\{([slodiphvSLODIPHV])(\d{0,3})([rR]?)([.\-+,/_=]{0,7})\}|([%_-]))")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]{0,62})=(.{0,500})")
_MECHANISM = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9]{0,9})((?:[:/].{0,500})?)")
_LENGTHS = re.compile(r"(?:/(0|[1-9]\d{0,2}))?(?://(0|[1-9]\d{0,2}))?\Z")
_TOP_LABEL = re.compile(r"\.(?!\d+\.?\Z)(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.?\Z")
_ENDS_IN_MACRO = re.compile(r"%(?:\{[^{}]{1,16}\}|[%_-])\Z")


class SyntaxFault(ValueError):
    """The record cannot be read; the text is a stable code."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """`-a:mail.example/24//64`: the verdict if it matches, its name, domain-spec ("" = the domain itself), prefix lengths or network."""

    verdict: SpfResult
    name: str
    spec: str = ""
    four: int = 32
    six: int = 128
    network: IPv4Network | IPv6Network | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """The mechanisms in order, and where evaluation goes on if none matches."""

    mechanisms: list[Mechanism] = field(default_factory=list)
    redirect: str = ""


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record: the version, then a blank or the end (§4.5)."""
    return text[:6].lower() == "v=spf1" and (len(text) == 6 or text[6] == " ")


def parse(text: str) -> Record:
    """Return a record read. Raises SyntaxFault."""
    if len(text) > MAX_RECORD:
        raise SyntaxFault("too_long")
    if not text.isascii() or not text.isprintable():
        raise SyntaxFault("characters")
    terms = text.split()[1:]
    if len(terms) > MAX_TERMS:
        raise SyntaxFault("terms")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in terms:
        modifier = _MODIFIER.fullmatch(term)
        if modifier is None:
            mechanisms.append(_mechanism(term))
            continue
        name, value = modifier[1].lower(), modifier[2]
        if name in ("redirect", "exp"):
            if name in modifiers:
                raise SyntaxFault(name)
            _domain_spec(value)
            modifiers[name] = value
        else:
            _macros(value)
    return Record(mechanisms, modifiers.get("redirect", ""))


def _mechanism(term: str) -> Mechanism:
    m = _MECHANISM.fullmatch(term)
    if m is None:
        raise SyntaxFault("syntax")
    verdict, name, rest = QUALIFIERS[m[1] or "+"], m[2].lower(), m[3]
    if name == "all" and not rest:
        return Mechanism(verdict, name)
    if name in ("ip4", "ip6"):
        return _network(verdict, name, rest)
    if name in ("include", "exists") and rest[:1] == ":":
        return Mechanism(verdict, name, _domain_spec(rest[1:]))
    if name == "ptr" and (not rest or rest[0] == ":"):
        return Mechanism(verdict, name, _domain_spec(rest[1:]) if rest else "")
    if name in ("a", "mx"):
        lengths = _LENGTHS.search(rest)
        assert lengths is not None  # it matches the empty end
        spec = rest[:lengths.start()]
        four, six = (int(g) if g is not None else most for g, most in zip(lengths.groups(), (32, 128), strict=True))
        if four <= 32 and six <= 128 and (not spec or spec[0] == ":"):
            return Mechanism(verdict, name, _domain_spec(spec[1:]) if spec else "", four, six)
    raise SyntaxFault("mechanism")


def _network(verdict: SpfResult, name: str, rest: str) -> Mechanism:
    address, slash, length = rest[1:].partition("/")
    if rest[:1] != ":" or (slash and (not length.isdecimal() or (len(length) > 1 and length[0] == "0"))):
        raise SyntaxFault("prefix")
    try:
        network: IPv4Network | IPv6Network
        network = IPv4Network(rest[1:], strict=False) if name == "ip4" else IPv6Network(rest[1:], strict=False)
        ipaddress.ip_address(address)
    except ValueError:
        raise SyntaxFault("prefix") from None
    return Mechanism(verdict, name, network=network)


def _domain_spec(text: str) -> str:
    """Return a domain-spec (§7.1): macros that can be expanded, and a top label or a macro at the end."""
    _macros(text)
    if not _TOP_LABEL.search(text) and not _ENDS_IN_MACRO.search(text):
        raise SyntaxFault("domain")
    return text


def _macros(text: str) -> None:
    at = text.find("%")
    while at >= 0:
        m = MACRO.match(text, at)
        if m is None or (m[2] and int(m[2]) == 0):
            raise SyntaxFault("macro")
        at = text.find("%", m.end())
