"""SPF evaluated (RFC 7208), within its limits and ours."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from sekimori.values.addresses import Address, normalise, parse_address

from .dns import LookupFailed, RecordType, Resolver
from .domains import domain_of
from .spf_record import MACRO, Mechanism, Record, SpfResult, SyntaxFault, is_spf, parse

#: RFC 7208 §4.6.4
MAX_LOOKUPS = 10
MAX_VOID = 2
MAX_NAMES = 10

_HOST = re.compile(r"[A-Za-z0-9_*-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){1,20}")


@dataclass(frozen=True, slots=True)
class Spf:
    """The result for one identity: `domain` is the domain checked, `how` the term that decided, `scope` mailfrom or helo."""

    result: SpfResult
    domain: str
    how: str = ""
    scope: Literal["mailfrom", "helo"] = "mailfrom"


def check(client: Address, mail_from: str, helo: str, resolver: Resolver) -> Spf:
    """Return the SPF result of the envelope sender, or of the HELO name where the sender is empty (RFC 7208 §2.4).

    Never raises: DNS trouble is `temperror`, a broken record `permerror`.
    """
    domain = domain_of(mail_from)
    scope: Literal["mailfrom", "helo"] = "mailfrom" if domain else "helo"
    domain = domain or helo.strip().rstrip(".").lower()
    local = mail_from.strip().strip("<>").rpartition("@")[0] if scope == "mailfrom" else ""
    try:
        result, how = _Check(normalise(client), f"{local or 'postmaster'}@{domain}", helo, resolver, seen=[domain]).run(domain)
    except _End as end:
        result, how = end.result, end.how
    return Spf(result, domain, how, scope)


class _End(Exception):
    """The check ends here with a result (an error, or DNS is away)."""

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
        """check_host() of §4: return (result, the term that decided)."""
        if not _HOST.fullmatch(domain) or len(domain) > 253:
            return "none", "domain"
        records = [r for r in self._query(domain, "TXT", count=False) if is_spf(r)]
        if not records:
            return "none", "no_record"
        if len(records) > 1:
            raise _End("permerror", "records")
        try:
            record = parse(records[0])
        except SyntaxFault as fault:
            raise _End("permerror", str(fault)) from None
        return self._evaluate(domain, record)

    def _evaluate(self, domain: str, record: Record) -> tuple[SpfResult, str]:
        for m in record.mechanisms:
            if self._matches(domain, m):
                return m.verdict, m.name + (":" + (m.spec or str(m.network)) if m.spec or m.network else "")
        if not record.redirect:
            return "neutral", "default"
        self._spend()
        result, how = self._nested(self._expand(record.redirect, domain))
        if result == "none":
            raise _End("permerror", "redirect")
        return result, how

    def _nested(self, domain: str) -> tuple[SpfResult, str]:
        if domain.lower() in self.seen:
            raise _End("permerror", "loop")
        self.seen.append(domain.lower())
        try:
            return self.run(domain)
        finally:
            self.seen.pop()

    def _matches(self, domain: str, m: Mechanism) -> bool:
        if m.name == "all":
            return True
        if m.network is not None:
            return m.network.version == self.client.version and self.client in m.network
        self._spend()
        target = self._expand(m.spec, domain) if m.spec else domain
        if m.name == "include":
            result, _ = self._nested(target)
            if result == "none":
                raise _End("permerror", "include")
            return result == "pass"
        if m.name == "exists":
            return bool(self._query(target, "A"))
        if m.name == "ptr":
            return any(n == target.lower() or n.endswith("." + target.lower()) for n in self._names())
        hosts = [target] if m.name == "a" else self._query(target, "MX")
        if len(hosts) > MAX_NAMES:
            raise _End("permerror", "mx")
        four = self.client.version == 4
        return any(self._same(a, m.four if four else m.six) for host in hosts for a in self._query(host, "A" if four else "AAAA"))

    def _same(self, text: str, length: int) -> bool:
        address = parse_address(text)
        return address is not None and address.version == self.client.version and self.client in ipaddress.ip_network(f"{address}/{length}", strict=False)

    def _expand(self, spec: str, domain: str) -> str:
        """Expand macros (§7.3); a name of more than 253 octets loses labels from the left."""

        def one(m: re.Match[str]) -> str:
            if m[5]:
                return {"%": "%", "_": " ", "-": "%20"}[m[5]]
            value = self._letter(m[1].lower(), domain)
            pieces = re.split("[" + re.escape(m[4] or ".") + "]", value)
            pieces = pieces[::-1] if m[3] else pieces
            out = ".".join(pieces[-int(m[2]):] if m[2] else pieces)
            return quote(out, safe="-._~") if m[1].isupper() else out

        out = MACRO.sub(one, spec)
        while len(out) > 253 and "." in out:
            out = out.partition(".")[2]
        return out.rstrip(".")

    def _letter(self, letter: str, domain: str) -> str:
        local, _, sender_domain = self.sender.rpartition("@")
        if letter == "p":
            names = self._names()
            return next((n for n in names if n == domain.lower()), "") or next((n for n in names if n.endswith("." + domain.lower())), "") or next(iter(names), "unknown")
        if letter == "i":
            return str(self.client) if self.client.version == 4 else ".".join(self.client.exploded.replace(":", ""))
        return {"s": self.sender, "l": local, "o": sender_domain, "d": domain, "h": self.helo, "v": "in-addr" if self.client.version == 4 else "ip6"}[letter]

    def _names(self) -> list[str]:
        """Return the names that the client's address points to and that point back (§5.5)."""
        try:
            names = [n.lower() for n in self.resolver.query(self.client.reverse_pointer, "PTR")[:MAX_NAMES]]
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
