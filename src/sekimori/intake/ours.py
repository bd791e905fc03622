"""Which addresses are our desk's own, and what a recipient of ours is for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sekimori.intake import proof
from sekimori.mailauth.batv import untag
from sekimori.settings import Settings
from sekimori.smtp.envelope import split
from sekimori.values.ids import token_hash

_TOKEN = re.compile(r"[a-z2-7]{26}")
"""As `values.ids.token` makes them: 128 bits in base32."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a recipient is for: `abuse explain noreply`, and the hash of its +TOKEN or ""."""

    kind: Literal["abuse", "explain", "noreply"]
    token: str


@dataclass(frozen=True, slots=True)
class Ours:
    """The desk's own addresses."""

    domains: frozenset[str]
    abuse: frozenset[str]
    explain: str
    noreply: str
    key: bytes = b""
    """Of the proofs in our own mail (intake.proof); b"" proves nothing."""

    @classmethod
    def of(cls, settings: Settings) -> Ours:
        """Return the addresses that the settings name."""
        mail = settings.mail
        return cls(frozenset(d.lower() for d in settings.provider.domains), frozenset(x.lower() for x in mail.abuse_localparts),
                   mail.explain_localpart.lower(), mail.noreply_localpart.lower(), proof.key_of(settings))

    def purpose(self, address: str, *, any_domain: bool = False) -> Purpose | None:
        """Return what a recipient is for, or None for an address that is not the desk's. A tag (BATV) is passed over.

        `any_domain` trusts whoever handed the mail over (LMTP behind our own mail server) to have looked at the domain;
        `postmaster` without a domain is always ours (RFC 5321 §4.5.1).
        """
        base, token, domain = split(untag(address))
        if domain not in self.domains and not any_domain and not (domain == "" and base == "postmaster"):
            return None
        hashed = token_hash(token) if _TOKEN.fullmatch(token) else ""
        if base in self.abuse:
            return Purpose("abuse", hashed)
        if base == self.explain:
            return Purpose("explain", "")
        if base == self.noreply:
            return Purpose("noreply", hashed)
        return None

    def is_self(self, address: str) -> bool:
        """Tell whether an address is one that the desk itself writes from."""
        base, _, domain = split(untag(address))
        return domain in self.domains and (base in self.abuse or base in (self.noreply, self.explain))

    def is_sender_of_notices(self, address: str) -> bool:
        """Tell whether an address is the one that notices come from (noreply, with or without a token)."""
        base, _, domain = split(untag(address))
        return domain in self.domains and base == self.noreply

    def loop_mark(self, text: str) -> str:
        """Return the value of X-Loop for a mail of the desk with this text: `desk+PROOF@isp.example`."""
        return f"{self.noreply}+{proof.make(self.key, text)}@{min(self.domains)}"

    def bypasses_filters(self, address: str) -> bool:
        """Tell whether mail to this recipient passes every filter: abuse@, postmaster@, security@, noc@ (RFC 2142)."""
        base, _, domain = split(address)
        return base in self.abuse and (domain in self.domains or (domain == "" and base == "postmaster"))
