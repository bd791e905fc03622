"""Stage `bounces.judge`: what came back about our own notices, and notices that people forward to have them explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sekimori.bounces import answering
from sekimori.bounces.explain.catalogue import Language, cause_of
from sekimori.bounces.models import Explained, NoticeBounce
from sekimori.bounces.ownership import Ownership, ownership
from sekimori.bounces.page import explain_pasted, public_knowledge
from sekimori.bounces.parser.model import Action, Bounce, Failure, Kind
from sekimori.bounces.parser.reading import parse
from sekimori.bounces.provenance.model import Judgement, Provenance
from sekimori.bounces.provenance.rules import judge
from sekimori.evidence import store
from sekimori.intake.border import authserv_ids
from sekimori.intake.models import Message
from sekimori.mailauth import authenticity
from sekimori.mime import Mail, read
from sekimori.reports.models import Review
from sekimori.settings import Settings, current
from sekimori.smtp import guard
from sekimori.values.clock import micros
from sekimori.values.ids import keyed_hash, reference
from sekimori.values.text import storable
from sekimori.work.columns import lane_of
from sekimori.work.stage import Context, Prepared

_WORST = (Action.FAILED, Action.DELAYED, Action.DELIVERED, Action.RELAYED, Action.EXPANDED)


@dataclass(slots=True)
class _Read:
    """One message of the batch with what is to be written about it."""

    message: Message
    state: str
    row: NoticeBounce | Explained | None = None
    review: str = ""


class JudgeStage:
    """Reads messages of the routes `bounce` and `explain`.

    A bounce of one of our own notices becomes a row for `notices`; a forwarded notice becomes an answer, if one may be
    sent at all (RFC 3834); what is neither waits for a person.
    """

    name = "bounces.judge"
    model = Message
    where = "route IN ('bounce', 'explain')"
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Parse and judge outside the transaction; a message that was read before is not read twice."""
        settings = current()
        messages = list(Message.objects.filter(id__in=ids).order_by("due_at", "id"))
        done = set(NoticeBounce.objects.filter(message__in=messages).values_list("message_id", flat=True))
        done |= set(Explained.objects.filter(message__in=messages).values_list("message_id", flat=True))
        secret = (settings.data / "keys" / "replies").read_bytes()
        room = answering.PER_HOUR - Explained.objects.filter(written_at__gt=ctx.now - timedelta(hours=1)).count()
        read_ones: list[_Read] = []
        for message in messages:
            if message.pk in done:
                continue
            raw = store.get(message.sha256)
            if message.route == "bounce":
                read_ones.append(returned(message, raw, settings, ctx.now))
            else:
                one = asked(message, raw, settings, secret, ctx.now, answer=room > 0)
                room -= isinstance(one.row, Explained)
                read_ones.append(one)

        def write() -> None:
            for one in read_ones:
                Message.objects.filter(pk=one.message.pk).update(state=one.state)
                if one.review:
                    Review.objects.create(
                        message=one.message, group=(one.message.token or one.message.sha256)[:64], reason=one.review, opened_at=ctx.now
                    )
                elif isinstance(one.row, Explained):
                    if Explained.objects.filter(sender=one.row.sender, written_at__gt=ctx.now - timedelta(days=1)).count() < answering.PER_SENDER:
                        one.row.save()
                elif one.row is not None:
                    one.row.save()

        return Prepared(
            write,
            act="bounce.judged",
            subject=f"batch:{len(messages)}",
            detail={
                "bounces": sum(isinstance(r.row, NoticeBounce) for r in read_ones),
                "answers": sum(isinstance(r.row, Explained) for r in read_ones),
                "review": sum(bool(r.review) for r in read_ones),
            },
        )


def returned(message: Message, raw: bytes, settings: Settings, now: datetime) -> _Read:
    """Judge what came back to the address of one of our notices.

    The token in the envelope, a valid tag in the returned Return-Path, or our mark in the envelope id is the proof that it
    answers a mail of ours; without them only our own Message-ID in the returned part leads further, and then a person
    looks. A fake, something else, or a tag that is wrong or too old never marks a notice.
    """
    mail = read(raw)
    found = parse(mail)
    owned = ownership(message, found, settings)
    judgement = judge(mail, found, owned.known)
    if found.kind is not Kind.BOUNCE or not found.failures:
        return _Read(
            message,
            "auto_reply" if found.kind in (Kind.VACATION, Kind.RECEIPT) else "unread",
            review="" if found.kind in (Kind.VACATION, Kind.RECEIPT) else "bounce_unread",
        )
    if owned.doubtful:
        return _Read(message, "untagged", review="bounce_untagged")
    if judgement.provenance in (Provenance.FAKE, Provenance.BACKSCATTER, Provenance.NOT_A_BOUNCE):
        return _Read(message, judgement.provenance.value, review="" if judgement.provenance is Provenance.BACKSCATTER else "bounce_doubtful")
    return (
        _Read(message, "bounce", _notice_row(message, found, judgement, owned, now))
        if owned.token or owned.ref
        else _Read(message, "bounce", review="bounce_without_token")
    )


def _notice_row(message: Message, found: Bounce, judgement: Judgement, owned: Ownership, now: datetime) -> NoticeBounce:
    failure: Failure = min(found.failures, key=lambda f: _WORST.index(f.action))
    return NoticeBounce(
        message=message,
        token=owned.token,
        notice_ref=owned.ref[:24],
        tag=owned.tag.value,
        notice_message_id=storable(found.original.message_id, 250),
        action=failure.action.value,
        status=failure.status[:12],
        reason=failure.reason[:20],
        cause=cause_of(failure.reason, failure.rule),
        provenance=judgement.provenance.value,
        at=message.received_at,
        lane=0,
        due_at=micros(now),
    )


def asked(message: Message, raw: bytes, settings: Settings, secret: bytes, now: datetime, *, answer: bool) -> _Read:
    """Explain a forwarded notice, as the anonymous page does: from the octets alone, nothing looked up.

    An answer goes only to an authenticated sender who is no machine; anything else stays silent.
    """
    mail = read(raw)
    sender = _sender(mail)
    if message.auto or not answer or not guard.is_address(sender) or not _proven(message, mail, settings, now):
        return _Read(message, "unanswered")
    language: Language = "ja" if _japanese(mail) else "en"
    view = explain_pasted(raw, language, public_knowledge(settings))
    ref = reference("B")
    row = Explained(
        message=message,
        ref=ref,
        sender=keyed_hash(secret, "explain:" + sender.lower()),
        to=sender,
        language=language,
        subject=answering.WORDS[language]["subject"],
        body=storable(answering.body(view), 60_000),
        in_reply_to=storable(mail.message_id, 250),
        written_at=now,
        lane=lane_of(sender.rpartition("@")[2].lower()),
        due_at=micros(now),
    )
    return _Read(message, "explained", row)


def _sender(mail: Mail) -> str:
    found = mail.headers.addresses("from")
    return found[0].address if len(found) == 1 else ""


def _proven(message: Message, mail: Mail, settings: Settings, now: datetime) -> bool:
    """Whether the author is who he says: else the answer would hit a stranger (RFC 3834 section 4)."""
    return (
        message.authenticated
        or authenticity.judge(
            mail, now=now, mail_from=message.mail_from, authserv_ids=authserv_ids(message.door, settings), below=settings.mail.authserv_below
        ).result
        == "pass"
    )


def _japanese(mail: Mail) -> bool:
    text = (mail.subject + " ".join(mail.texts())[:4000]) if mail.subject else " ".join(mail.texts())[:4000]
    return any("\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" for c in text) or (
        mail.headers.get("content-language") or ""
    ).lower().startswith("ja")
