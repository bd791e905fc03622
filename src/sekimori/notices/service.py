"""What became of a notice: it arrived, it came back, it was opened. Reports to `enforcement`; starts the next channel."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from sekimori.disclosure.models import Hearing
from sekimori.enforcement import handshake
from sekimori.enforcement.models import Letter
from sekimori.ledger.service import write as ledger_write
from sekimori.notices.models import Notice
from sekimori.notices.senders import post
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.work.columns import DONE, DUE

LEFT = ("sending", "sent", "undelivered")
"""States from which a notice can turn out to be delivered."""


def delivered(notice_ref: str, at: datetime, channel: str, actor: Actor) -> bool:
    """Record that a notice arrived (for post: that its hand-over was recorded).

    `channel` is where it arrived if that is known, else "". Returns False, changing nothing, for an unknown notice, one
    that never left, or one already delivered.
    """
    with transaction.atomic():
        changed = Notice.objects.filter(ref=notice_ref, state__in=LEFT, delivered_at__isnull=True).update(
            state="delivered", delivered_at=at, undelivered_at=None)
        if not changed:
            return False
        handshake.notice_delivered(notice_ref, at, channel, actor)
        transaction.on_commit(partial(post.discard, notice_ref, current()))
        ledger_write(actor, "notice.delivered", f"notice:{notice_ref}", {"channel": channel}, at)
    return True


def undelivered(notice_ref: str, at: datetime, actor: Actor) -> bool:
    """Record that a notice came back, and ask for the next one of the same letter over the next channel.

    Undelivered is not warned. Returns False, changing nothing, for an unknown notice, one that never left, or one that
    already came back.
    """
    with transaction.atomic():
        notice = Notice.objects.filter(ref=notice_ref, state__in=("sending", "sent", "delivered"), undelivered_at__isnull=True).first()
        if notice is None:
            return False
        give_up(notice, at, actor)
        ledger_write(actor, "notice.undelivered", f"notice:{notice_ref}", {"channel": notice.channel}, at)
    return True


def give_up(notice: Notice, at: datetime, by: Actor = handshake.BY) -> None:
    """Mark a notice as not delivered, as `by` says, inside the caller's transaction; its letter is due again, for the next channel."""
    Notice.objects.filter(pk=notice.pk).update(state="undelivered", undelivered_at=at, delivered_at=None)
    handshake.notice_undelivered(notice.ref, at, by)
    if notice.letter:
        Letter.objects.filter(ref=notice.letter, work=DONE).update(work=DUE, due_at=micros(at), tries=0)
    if notice.request_id is not None:
        Hearing.objects.filter(request=notice.request_id, work=DONE).update(work=DUE, due_at=micros(at), tries=0)


def handed_over(notice_ref: str, at: datetime, officer: Actor) -> bool:
    """Record that an officer reached the member by telephone or otherwise (channel `manual`): sent and delivered at once."""
    with transaction.atomic():
        notice = Notice.objects.filter(ref=notice_ref, channel="manual", state="written").first()
        if notice is None:
            return False
        Notice.objects.filter(pk=notice.pk).update(state="sent", sent_at=at, work=DONE)
        if notice.request_id is None:
            handshake.notice_sent(Letter.objects.select_related("case", "measure").get(ref=notice.letter), notice_ref, at, "manual")
        return delivered(notice_ref, at, "manual", officer)


def opened(notice_ref: str, at: datetime, member: Actor) -> None:
    """Record that the member opened a notice in My page after signing in: surer than any delivery report."""
    with transaction.atomic():
        if Notice.objects.filter(ref=notice_ref, audience="member", read_at__isnull=True).exclude(state="rehearsal").update(read_at=at):
            ledger_write(member, "notice.read", f"notice:{notice_ref}", {}, at)
            delivered(notice_ref, at, "", member)
