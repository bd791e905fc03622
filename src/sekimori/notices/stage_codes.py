"""Stage `notices.codes`: the code for My page goes to a channel of the contract that is not in question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sekimori.contracts import holders
from sekimori.contracts.models import Contract
from sekimori.notices import channels, codes, environment, mailboxes, tokens
from sekimori.notices.models import SignIn
from sekimori.notices.senders import mail
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.outcomes import Outage, Refused
from sekimori.work.stage import Context, Prepared

BY = Actor("stage", "notices.codes")
MAILS = ("alt_mail", "mail")
"""The alternative address first: the mailbox with us may be the trouble."""


class CodeStage:
    """Sends codes. A number without a contract, or a contract without a safe channel, gets none; the page says the same."""

    name = "notices.codes"
    model = SignIn
    where = ""
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Send outside the transaction, store the hashes inside it; a stale row (a minute late counts) still goes out."""
        rows = list(SignIn.objects.filter(id__in=ids).order_by("due_at", "id"))
        known = {c.key: c for c in Contract.objects.filter(key__in=[r.number for r in rows]).exclude(valid_to__lt=ctx.now)}
        changed: list[SignIn] = []
        for row in rows:
            if ctx.now - row.asked_at > codes.VALID or _many(row):
                continue
            contract, channel, to = _mailbox(row, ctx) if row.number.startswith(codes.MAILBOX) else _holder(known.get(row.number), ctx)
            if contract is None or not to:
                continue
            code = codes.new_code()
            try:
                _send(row, contract, to, code, ctx)
            except Refused:
                continue
            row.contract, row.channel, row.expires_at = contract, channel, ctx.now + codes.VALID
            row.code = codes.code_hash(tokens.key(), row.number, code)
            changed.append(row)

        def write() -> None:
            SignIn.objects.bulk_update(changed, ["contract", "channel", "expires_at", "code"])

        return Prepared(write)


def _many(row: SignIn) -> bool:
    return SignIn.objects.filter(number=row.number, id__lt=row.pk, asked_at__gt=row.asked_at - timedelta(hours=1)).count() >= codes.PER_HOUR


def _mailbox(row: SignIn, ctx: Context) -> tuple[Contract | None, str, str]:
    """A mailbox's user gets the code in the mailbox itself, unless somebody else may read it."""
    key = mailboxes.find(row.number.removeprefix(codes.MAILBOX), ctx.now)
    if key is None or mailboxes.in_question(key):
        return None, "", ""
    return key.contract, "mail", mailboxes.address(key)


def _holder(contract: Contract | None, ctx: Context) -> tuple[Contract | None, str, str]:
    return (None, "", "") if contract is None else (contract, *_channel(contract, ctx))


def _channel(contract: Contract, ctx: Context) -> tuple[str, str]:
    basis = Basis.SYNTHETIC if current().synthetic else Basis.CONSENT_CONTRACT
    held = holders.read(BY, Purpose(f"member:{contract.handle}", basis), [contract.pk], ("email", "alt_email"), ctx.now).get(contract.pk)
    if held is None:
        return "", ""
    reach = channels.Reach(email=held.email, alt_email=held.alt_email)
    bad = codes.in_question(contract)
    for channel in MAILS:
        to = channels.address(reach, channel)
        if to and to.lower() not in bad:
            return channel, to
    return "", ""


def _send(row: SignIn, contract: Contract, to: str, code: str, ctx: Context) -> None:
    settings = current()
    language = "en" if contract.language == "en" else "ja"
    folder = settings.data / "notices"
    kind = "access/mailbox" if row.number.startswith(codes.MAILBOX) else "access/sign_in"
    subject, body, _ = environment.render(kind, language, {
        "provider": settings.provider.name_ja if language == "ja" else settings.provider.name_en,
        "code": f"{code[:4]} {code[4:]}", "minutes": int(codes.VALID.total_seconds() // 60)}, folder=folder if folder.is_dir() else None)
    try:
        mail.plain(settings, to=to, subject=subject, body=body, language=language, name=f"code-{row.pk}-{row.tries}", now=ctx.now)
    except Outage as e:
        if e.permanent:
            raise Refused("notices.code_refused", str(e)) from e
        raise
