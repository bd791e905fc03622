"""By mail: signed, with a fixed Message-ID; to the outbox folder where no relay is set up or the data are made up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sekimori.intake.ours import Ours
from sekimori.mailauth.batv import Tagger, is_tagged
from sekimori.notices import tokens
from sekimori.notices.message import Outgoing, build
from sekimori.notices.sign import signed
from sekimori.settings import Settings
from sekimori.smtp import outgoing

if TYPE_CHECKING:
    from sekimori.notices.models import Notice

CHANNELS = frozenset({"mail", "alt_mail"})


def send(notice: Notice, settings: Settings, now: datetime) -> None:
    """Send one notice. A synthetic folder never sends real mail. Raises Outage, Rejected, Refused (smtp.outgoing)."""
    raw = octets(notice, settings)
    if settings.synthetic and not settings.loopback:
        _keep(settings.data / "outbox", notice.ref, raw)
        return
    # Only a delivered warning counts: the relay is asked to say so (nothing to report to a null sender).
    outgoing.send(signed(raw, settings, now), mail_from=envelope_sender(notice, settings, now), rcpt_to=[notice.to], settings=settings,
                  envid="" if notice.audience == "reporter" else Tagger.of(settings).envelope_id(notice.ref))


def plain(settings: Settings, *, to: str, subject: str, body: str, language: str, name: str, now: datetime) -> None:
    """Send a mail that is no notice (a sign-in code): not filed, not answered, bounces go nowhere.

    `name` makes the Message-ID, and the file in the outbox of a synthetic folder. Raises Outage, Rejected, Refused.
    """
    domain = settings.provider.domains[0]
    sender = f"{settings.mail.noreply_localpart}@{domain}"
    raw = build(Outgoing(
        sender_name=settings.provider.name_ja if language == "ja" else settings.provider.name_en, sender=sender, to=to, reply_to=sender,
        subject=subject, body=body, message_id=f"{name}.{int(now.timestamp())}@{domain}", language=language, at=now,
        automatic="auto-generated", loop=Ours.of(settings).loop_mark(body)))
    if settings.synthetic:
        _keep(settings.data / "outbox", name, raw)
        return
    outgoing.send(signed(raw, settings, now), mail_from="", rcpt_to=[to], settings=settings)


def octets(notice: Notice, settings: Settings) -> bytes:
    """Return the notice as it leaves, before signing: the same octets at every try."""
    domain = settings.provider.domains[0]
    token = tokens.reply_token(tokens.key(settings), notice.ref)
    name = settings.provider.name_ja if notice.language == "ja" else settings.provider.name_en
    return build(Outgoing(
        sender_name=f"{name} 迷惑行為対応窓口" if notice.language == "ja" else f"{name} abuse desk",
        sender=f"{settings.mail.noreply_localpart}@{domain}", to=notice.to,
        reply_to=f"{settings.mail.abuse_localparts[0]}+{token}@{domain}", subject=notice.subject, body=notice.body,
        message_id=notice.message_id, attachment=notice.attachment, language=notice.language, at=notice.written_at, loop=Ours.of(settings).loop_mark(notice.body),
        automatic="auto-replied" if notice.audience == "reporter" else "auto-generated"))


def envelope_sender(notice: Notice, settings: Settings, now: datetime) -> str:
    """Return where a bounce goes: "" for automatic answers (RFC 3834 §3.3), the desk with the notice's token for others.

    With a tag (BATV) where tagging is on, holding from `now`, the time of this try, on.
    """
    if notice.audience == "reporter":
        return ""
    address = f"{settings.mail.noreply_localpart}+{tokens.reply_token(tokens.key(settings), notice.ref)}@{settings.provider.domains[0]}"
    return Tagger.of(settings).sign(address, now)


def leaves_tagged(notice: Notice, settings: Settings, now: datetime) -> bool:
    """Tell whether a notice goes out with a tag, so that its bounces must bear one."""
    return notice.channel in CHANNELS and is_tagged(envelope_sender(notice, settings, now))


def _keep(folder: Path, ref: str, raw: bytes) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"{ref}.eml").write_bytes(raw)
