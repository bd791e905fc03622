"""The submission log as proof, for the signed-in owner of a login and nobody else; in the ledger before it is asked."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction

from sekimori.bounces.parser.model import Bounce
from sekimori.bounces.provenance.model import Known, Log, Tag
from sekimori.bounces.provenance.tagging import envelope_id_ours
from sekimori.ledger.service import read_protected
from sekimori.mailauth.dns import Resolver
from sekimori.mailauth.signatures import verify
from sekimori.mime import Mail, read
from sekimori.settings import Settings
from sekimori.submissions.models import Submission
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import Clock

WINDOW = timedelta(days=90)
"""Older returns than this are not looked up: the log does not reach further."""


class OwnerProof:
    """What the log says about returned mails of one login.

    The basis is the member's own consent: he asks about his own mail and learns only whether a Message-ID that he holds in
    his hands is among the mails of his own login. Another member's Message-ID is answered like one that nobody sent.
    """

    def __init__(
        self, login: str, settings: Settings, clock: Clock, actor: Actor, *, resolver: Resolver | None = None, envelope_key: bytes = b""
    ) -> None:
        self.login = login
        self.settings = settings
        self.clock = clock
        self.actor = actor
        self.resolver = resolver
        self.envelope_key = envelope_key

    def known(self, mail: Mail, found: Bounce) -> Known:
        """Return what is known for the judge, the log asked where there is a Message-ID. Writes the ledger entry first."""
        domains = frozenset(d.lower() for d in self.settings.provider.domains)
        ours = bool(self.envelope_key) and envelope_id_ours(found.reporter.envelope_id, self.envelope_key)
        return Known(
            domains=domains,
            hosts=tuple(domains),
            owner=frozenset({self.login.lower()} if "@" in self.login else ()),
            log=self.ask(found.original.message_id),
            envelope_id_ours=ours,
            tag=Tag.NOT_USED,
            dkim_ours=self._signed(found, domains),
            authserv=frozenset(a.lower() for a in self.settings.mail.authserv_ids),
        )

    def ask(self, message_id: str) -> Log:
        """Return whether this login handed in a mail with this Message-ID. One ledger entry for each question."""
        if not message_id:
            return Log.NOT_ASKED
        now = self.clock.now()
        digest = hashlib.sha256(f"{self.login}\n{message_id}".encode()).hexdigest()
        purpose = Purpose(f"bounce:{digest[:16]}", Basis.SYNTHETIC if self.settings.synthetic else Basis.CONSENT_CONTRACT)
        with transaction.atomic():
            read_protected(self.actor, purpose, "submissions.message_id", 1, digest, now)
        found = Submission.objects.filter(message_id=message_id[:1000], login=self.login, time__gte=now - WINDOW).exists()
        return Log.HIT if found else Log.SILENT

    def _signed(self, found: Bounce, domains: frozenset[str]) -> bool:
        if self.resolver is None or found.original.extent == "none" or domains.isdisjoint(found.original.dkim_domains):
            return False
        verdicts = verify(read(found.original.raw), self.resolver, self.clock.now(), headers_only=found.original.extent == "headers")
        return any(v.result == "pass" and v.domain in domains for v in verdicts)
