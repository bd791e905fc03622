"""Does a mail come from whom its From says? One answer out of DKIM, SPF, DMARC, ARC and our border's own results."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sekimori.mime import Mail
from sekimori.values.addresses import Address

from . import arc, dmarc, signatures, spf
from .dns import LookupFailed, Resolver
from .domains import aligned, domain_of, organisational
from .results import Method, trusted_results


@dataclass(frozen=True, slots=True)
class Authenticity:
    """The answer. `pass`: `domain` (of the From field) is proven. `fail`: its owner disowns the mail (DMARC record, nothing
    aligned). `none`: nothing is proven, and a claim in From counts for nothing.

    `how` is what proved it: `dkim`, `spf`, `arc`, or `authentication_results` (our border's word). `details` gives each
    method's own result for people and for later questions.
    """

    result: Literal["pass", "fail", "none"]
    domain: str
    how: str = ""
    details: dict[str, str] = field(default_factory=dict)

    @property
    def organisation(self) -> str:
        """The organisational domain: reporters are grouped by it."""
        return organisational(self.domain)


def from_domain(mail: Mail) -> tuple[str, str]:
    """Return (domain of the one From address, "") or ("", why there is none). Two From fields or two domains prove nothing."""
    if len(mail.headers.all("from")) != 1:
        return "", "no_from" if not mail.headers.has("from") else "several_from"
    domains = {domain_of(m.address) for m in mail.headers.addresses("from")} - {""}
    if len(domains) != 1:
        return "", "no_from" if not domains else "several_from"
    return domains.pop(), ""


def judge(mail: Mail, *, now: datetime, resolver: Resolver | None = None, client: Address | None = None, mail_from: str = "", helo: str = "",
          authserv_ids: Collection[str] = (), border: int = 1, below: bool = False, sealers: Iterable[str] = ()) -> Authenticity:
    """Return whether a mail comes from the domain in its From field.

    Asked in this order, the first proof counts: our border's Authentication-Results (`authserv_ids`, above the
    `border`-th Received, with `below` also just below it); DKIM; SPF of the envelope (`client`, `mail_from`, `helo`: what our door saw, never header
    fields); an ARC chain whose last seal is by one of `sealers`. Without a resolver only the first is asked. Never raises.
    """
    domain, why = from_domain(mail)
    if not domain:
        return Authenticity("none", "", "", {"from": why})
    details: dict[str, str] = {}
    own = trusted_results(mail, authserv_ids, border, below=below) if authserv_ids else []
    word = _from_results(own, domain, details)
    if word is not None:
        return Authenticity(word, domain, "authentication_results", details)
    if resolver is None:
        return Authenticity("none", domain, "", details)
    try:
        policy = dmarc.find_policy(domain, resolver)
        details["dmarc"] = policy.wish if policy is not None else "no_record"
    except LookupFailed:
        policy, details["dmarc"] = None, "temperror"
    found = signatures.verify(mail, resolver, now)
    if found:
        details["dkim"] = "; ".join(f"{s.result} {s.domain}/{s.selector}{' ' + s.reason if s.reason else ''}" for s in found)
    if any(s.result == "pass" and aligned(s.domain, domain, strict=policy is not None and policy.strict_dkim) for s in found):
        return Authenticity("pass", domain, "dkim", details)
    temporary = details["dmarc"] == "temperror" or any(s.result == "temperror" for s in found)
    if client is not None:
        checked = spf.check(client, mail_from, helo, resolver)
        details["spf"] = f"{checked.result} {checked.domain} {checked.scope}"
        temporary = temporary or checked.result == "temperror"
        if checked.result == "pass" and aligned(checked.domain, domain, strict=policy is not None and policy.strict_spf):
            return Authenticity("pass", domain, "spf", details)
    if sealers and _sealed(mail, domain, {s.lower() for s in sealers}, resolver, details):
        return Authenticity("pass", domain, "arc", details)
    # SPF is unknown where the door did not see the client (a file, an IMAP mailbox): then a missing DKIM proves nothing.
    disowned = policy is not None and not temporary and client is not None
    return Authenticity("fail" if disowned else "none", domain, "", details)


def _from_results(methods: list[Method], domain: str, details: dict[str, str]) -> Literal["pass", "fail"] | None:
    """Return what a list of results proves about the domain, None where it is silent."""
    for m in methods:
        details.setdefault(m.method, f"{m.result} {m.properties.get('header.d') or m.properties.get('smtp.mailfrom') or m.properties.get('header.from') or ''}".strip())
    passed = [m for m in methods if m.result == "pass"]
    if any(m.method == "dmarc" and aligned(m.properties.get("header.from", domain), domain) for m in passed):
        return "pass"
    for m in passed:
        proven = ""
        if m.method == "dkim":
            proven = m.properties.get("header.d") or domain_of(m.properties.get("header.i", ""))
        elif m.method == "spf":
            sender = m.properties.get("smtp.mailfrom", "")
            proven = domain_of(sender) or sender
        if aligned(proven, domain):
            return "pass"
    return "fail" if any(m.method == "dmarc" and m.result == "fail" for m in methods) else None


def _sealed(mail: Mail, domain: str, sealers: set[str], resolver: Resolver, details: dict[str, str]) -> bool:
    chain = arc.verify(mail, resolver)
    details["arc"] = f"{chain.result} {chain.sealers[-1] if chain.sealers else chain.reason}".strip()
    if chain.result != "pass" or chain.sealers[-1] not in sealers:
        return False
    # Every seal from the believed results up must be by somebody believed; the first foreign one below ends it.
    believed: list[Method] = []
    for sealer, results in zip(reversed(chain.sealers), reversed(chain.results), strict=True):
        if sealer not in sealers:
            break
        believed = list(results)
    return _from_results(believed, domain, {}) == "pass"
