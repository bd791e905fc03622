"""Genuine, and "I never sent it": the password is stolen. An item at the desk, with the notice as evidence."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sekimori.bounces.parser.model import Bounce
from sekimori.bounces.provenance.model import Judgement
from sekimori.intake.receive import receive
from sekimori.ledger.service import write as ledger_write
from sekimori.reports.models import Review
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DONE

REASON = "bounce_disowned"


def disown(raw: bytes, found: Bounce, judgement: Judgement, member: Actor, now: datetime) -> Review:
    """Open an item for the officers: the mail left through this member's login, and the member says it was not he.

    `judgement` must be genuine: proved by the log for this very member. Raises Refused("bounces.not_genuine") else.
    The notice is kept as evidence; the member's opaque handle goes to the ledger, no address, no login.
    """
    if not judgement.disowned():
        raise Refused("bounces.not_genuine")
    settings = current()
    with transaction.atomic():
        message = receive(
            raw, mail_from="", rcpt_to=[f"{settings.mail.explain_localpart}@{settings.provider.domains[0]}"], door="form", peer="", now=now
        )
        message.work, message.state = DONE, "disowned"
        message.save(update_fields=["work", "state"])
        review = Review.objects.create(
            message=message,
            group=member.id[:64],
            reason=REASON,
            detail=f"member:{member.id} evidence:{','.join(e.code for e in judgement.evidence)}"[:500],
            opened_at=now,
        )
        ledger_write(member, "bounce.disowned", f"review:{review.pk}", {"failures": len(found.failures)}, now)
    return review
