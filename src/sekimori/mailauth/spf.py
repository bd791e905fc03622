"""SPF evaluated (RFC 7208), within its limits and ours."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal

from sekimori.values.addresses import Address, normalise, parse_address

from .dns import LookupFailed, RecordType, Resolver
from .domains import domain_of

SpfResult = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]
#: RFC 7208 §4.6.4
MAX_LOOKUPS = 10
MAX_VOID = 2
MAX_NAMES = 10
#: octets of a record, terms in it
MAX_RECORD = 4_096
MAX_TERMS = 100

_QUALIFIERS: dict[str, SpfResult] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9._-]{0,62})(?:([:=/])(.{0,500}))?")
_MACRO = re.compile(r"%(?:\{([slodiphcrtvSLODIPHCRTV])(\d{0,3})(r?)([.\-+,/_=]{0,7})\}|([%_-])|.?)")
_HOST = re.compile(r"[A-Za-z0-9_*-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){1,20}")


@dataclass(frozen=True, slots=True)
class Spf:
    """The result for one identity: `domain` is the domain checked, `how` the term that decided, `scope` mailfrom or helo."""

    result: SpfResult
    domain: str
    how: str = ""
    scope: Literal["mailfrom", "helo"] = "mailfrom"


class _End(Exception):
    def __init__(self, result: SpfResult, how: str) -> None:
        super().__init__(how)
        self.result = result
        self.how = how


@dataclass(slots=True)
class _Check:
    client: Address
    sender: str
    helo: str
    resolver: Resolver
    lookups: int = MAX_LOOKUPS
    voids: int = MAX_VOID
    seen: list[str] = field(default_factory=list)

    def run(self, domain: str) -> tuple[SpfResult, str]:
        """check_host() of §4."""
        if not _HOST.fullmatch(domain) or len(domain) > 253:
            return "none", "domain"
        records = [r for r in self._query(domain, "TXT", count=False) if r[:6].lower() == "v=spf1" and (len(r) == 6 or r[6] == " ")]
        if not records:
            return "none", "no_record"
        if len(records) > 1 or len(records[0]) > MAX_RECORD:
            raise _End("permerror", "records")
        terms = records[0].split()[1:]
        if len(terms) > MAX_TERMS:
            raise _End("permerror", "terms")
        return self._terms(domain, [self._parse(t) for t in terms])

    @staticmethod
    def _parse(term: str) -> tuple[str, str, str, str]:
        m = _TERM.fullmatch(term)
        if m is None:
            raise _End("permerror", "syntax")
        name, mark = m[2].lower(), m[3] or ""
        if mark != "=" and name not in ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"):
            raise _End("permerror", "mechanism")
        if mark == "=" and m[1]:
            raise _End("permerror", "syntax")
        return m[1] or "+", name, mark, m[4] or ""

    def _terms(self, domain: str, terms: list[tuple[str, str, str, str]]) -> tuple[SpfResult, str]:
        redirects = [value for _, name, mark, value in terms if mark == "=" and name == "redirect"]
        if len(redirects) > 1:
            raise _End("permerror", "redirect")
        for qualifier, name, mark, value in terms:
            if mark != "=" and self._matches(domain, name, mark, value):
                return _QUALIFIERS[qualifier], name + (mark + value if value else "")
        if redirects and not any(name == "all" for _, name, mark, _ in terms if mark != "="):
            self._spend()
            target = self._expand(redirects[0], domain)
            result, how = self._nested(target)
            if result == "none":
                raise _End("permerror", "redirect")
            return result, how
        return "neutral", "default"

    def _nested(self, domain: str) -> tuple[SpfResult, str]:
        if domain.lower() in self.seen:
            raise _End("permerror", "loop")
        self.seen.append(domain.lower())
        try:
            return self.run(domain)
        finally:
            self.seen.pop()

    def _matches(self, domain: str, name: str, mark: str, value: str) -> bool:
        if name == "all":
            return True
        if name in ("ip4", "ip6"):
            return self._in_prefix(name, mark, value)
        target, prefix4, prefix6 = self._target(domain, mark, value)
        self._spend()
        if name == "include":
            result, _ = self._nested(target)
            if result == "none":
                raise _End("permerror", "include")
            return result == "pass"
        if name == "exists":
            return bool(self._query(target, "A"))
        if name == "ptr":
            return any(n == target.lower() or n.endswith("." + target.lower()) for n in self._names())
        hosts = [target] if name == "a" else self._query(target, "MX")
        if len(hosts) > MAX_NAMES:
            raise _End("permerror", "mx")
        length = prefix4 if self.client.version == 4 else prefix6
        return any(self._same(a, length) for host in hosts for a in self._query(host, "A" if self.client.version == 4 else "AAAA"))

    def _in_prefix(self, name: str, mark: str, value: str) -> bool:
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise _End("permerror", "prefix") from None
        if mark != ":" or network.version != (4 if name == "ip4" else 6):
            raise _End("permerror", "prefix")
        return network.version == self.client.version and self.client in network

    def _same(self, text: str, length: int) -> bool:
        address = parse_address(text)
        return address is not None and address.version == self.client.version and self.client in ipaddress.ip_network(f"{address}/{length}", strict=False)

    def _target(self, domain: str, mark: str, value: str) -> tuple[str, int, int]:
        """Return (domain, IPv4 prefix length, IPv6 prefix length) of a `:domain/24//64` argument."""
        spec, slash, lengths = (value.partition("/") if mark == ":" else ("", "/", value) if mark == "/" else ("", "", ""))
        four, double, six = lengths.partition("//") if not lengths.startswith("/") else ("", "//", lengths[1:])
        sizes = []
        for text, most in ((four, 32), (six, 128)):
            if text and (not text.isascii() or not text.isdecimal() or len(text) > 3 or int(text) > most):
                raise _End("permerror", "prefix")
            sizes.append(int(text) if text else most)
        if (slash and not lengths) or (double and not six):
            raise _End("permerror", "prefix")
        return (self._expand(spec, domain) if spec else domain), sizes[0], sizes[1]

    def _expand(self, spec: str, domain: str) -> str:
        """Expand macros (§7); a name of more than 253 octets loses labels from the left."""

        def one(m: re.Match[str]) -> str:
            if m[5]:
                return {"%": "%", "_": " ", "-": "%20"}[m[5]]
            if not m[1]:
                raise _End("permerror", "macro")
            local, _, sender_domain = self.sender.rpartition("@")
            letter = m[1].lower()
            if letter == "p":
                value = next((n for n in self._names() if n == domain.lower() or n.endswith("." + domain.lower())), "unknown")
            else:
                value = {"s": self.sender, "l": local or "postmaster", "o": sender_domain, "d": domain, "i": self._dotted(), "h": self.helo,
                         "v": "in-addr" if self.client.version == 4 else "ip6"}.get(letter, "unknown")
            pieces = re.split("[" + re.escape(m[4] or ".") + "]", value)
            pieces = pieces[::-1] if m[3] else pieces
            if m[2]:
                if int(m[2]) == 0:
                    raise _End("permerror", "macro")
                pieces = pieces[-int(m[2]):]
            return ".".join(pieces)

        out = _MACRO.sub(one, spec)
        while len(out) > 253 and "." in out:
            out = out.partition(".")[2]
        return out.rstrip(".")

    def _dotted(self) -> str:
        return str(self.client) if self.client.version == 4 else ".".join(self.client.exploded.replace(":", ""))

    def _names(self) -> list[str]:
        """Return the names that the client's address points to and that point back (§5.5)."""
        try:
            names = self.resolver.query(self.client.reverse_pointer, "PTR")[:MAX_NAMES]
            kind: RecordType = "A" if self.client.version == 4 else "AAAA"
            return [n for n in names if any(parse_address(a) == self.client for a in self.resolver.query(n, kind))]
        except LookupFailed:
            return []

    def _spend(self) -> None:
        self.lookups -= 1
        if self.lookups < 0:
            raise _End("permerror", "lookups")

    def _query(self, name: str, kind: RecordType, *, count: bool = True) -> list[str]:
        try:
            found = self.resolver.query(name, kind)
        except LookupFailed:
            raise _End("temperror", "dns") from None
        if not found and count:
            self.voids -= 1
            if self.voids < 0:
                raise _End("permerror", "void_lookups")
        return found


def check(client: Address, mail_from: str, helo: str, resolver: Resolver) -> Spf:
    """Return the SPF result of the envelope sender, or of the HELO name where the sender is empty (RFC 7208 §2.4).

    Never raises: DNS trouble is `temperror`, a broken record `permerror`.
    """
    domain = domain_of(mail_from)
    scope: Literal["mailfrom", "helo"] = "mailfrom" if domain else "helo"
    domain = domain or helo.strip().rstrip(".").lower()
    sender = mail_from.strip().strip("<>") if scope == "mailfrom" else f"postmaster@{domain}"
    try:
        result, how = _Check(normalise(client), sender, helo, resolver, seen=[domain]).run(domain)
    except _End as end:
        result, how = end.result, end.how
    return Spf(result, domain, how, scope)
