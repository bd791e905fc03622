"""The submission log and the tag of the return address as proof, for the signed-in owner of a login and nobody else; in the ledger before it is asked."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction

from sekimori.bounces.parser.model import Bounce
from sekimori.bounces.provenance.model import Known, Log
from sekimori.bounces.tagmaps import FIELD, NONE
from sekimori.ledger.service import read_protected
from sekimori.mailauth.batv import Tag, Tagger, is_tagged, untag
from sekimori.mailauth.dns import Resolver
from sekimori.mailauth.signatures import verify
from sekimori.mime import Mail, read
from sekimori.settings import Settings
from sekimori.submissions.models import Submission
from sekimori.tracing.dates import parse_date
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import Clock

WINDOW = timedelta(days=90)
"""Older returns than this are not looked up: the log does not reach further."""
RECIPIENT_FIELDS = ("x-original-to", "delivered-to", "envelope-to")
"""Where mail servers write whom a mail came in for."""


class OwnerProof:
    """What the log says about returned mails of one login.

    The basis is the member's own consent: he asks about his own mail and learns only whether a Message-ID that he holds in
    his hands is among the mails of his own login. Another member's Message-ID is answered like one that nobody sent.
    """

    def __init__(self, login: str, settings: Settings, clock: Clock, actor: Actor, *, resolver: Resolver | None = None) -> None:
        self.login = login
        self.settings = settings
        self.clock = clock
        self.actor = actor
        self.resolver = resolver
        self.tagger = Tagger.of(settings)

    def known(self, mail: Mail, found: Bounce) -> Known:
        """Return what is known for the judge, the log asked where there is a Message-ID. Writes the ledger entry first."""
        domains = frozenset(d.lower() for d in self.settings.provider.domains)
        return Known(
            domains=domains,
            hosts=tuple(domains),
            owner=frozenset({self.login.lower()} if "@" in self.login else ()),
            log=self.ask(found.original.message_id),
            tag=self.tag(mail, found),
            dkim_ours=self._signed(found, domains),
            authserv=frozenset(a.lower() for a in self.settings.mail.authserv_ids),
        )

    def tag(self, mail: Mail, found: Bounce) -> Tag:
        """Return the state of the tag in the address that a notice came back to, if that address is this login's own.

        Tags of others' addresses are passed over: nobody can try here whether they hold. A tag is missed only where our own
        border wrote that there was none (`bounces.tagmaps`): behind it the recipient stands untagged in any case.
        """
        noted = [v.strip() for v in mail.headers.all(FIELD)[:5]]
        seen = [*noted, *(v.strip().strip("<>") for n in RECIPIENT_FIELDS for v in mail.headers.all(n)[:5]), *found.to, found.original.return_path]
        at = self._arrived(mail)
        states = [self.tagger.check(a, at) for a in seen if is_tagged(a) and self._own(untag(a))]
        best = next((s for s in (Tag.VALID, Tag.EXPIRED, Tag.INVALID) if s in states), Tag.NOT_USED)
        if best is Tag.NOT_USED and NONE in noted and self.tagger.awaited(at):
            return Tag.MISSING
        return best

    def _arrived(self, mail: Mail) -> datetime:
        """When the notice was written, as it says, so that an old one does not look expired; at most now."""
        now = self.clock.now()
        stamp = parse_date(mail.headers.get("date") or "")
        said = stamp.utc if stamp else None
        return said if said is not None and now - WINDOW < said < now else now

    def _own(self, address: str) -> bool:
        local, _, domain = address.lower().rpartition("@")
        return domain in {d.lower() for d in self.settings.provider.domains} and self.login.lower() in (local, address.lower())

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
