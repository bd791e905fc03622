"""Writes the notice of a letter: which channel, which language, which text. Used by the stage and when a channel fails."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sekimori.contracts import holders
from sekimori.contracts.rows import HolderData
from sekimori.enforcement.models import Letter
from sekimori.intake.own import end_line, start_line
from sekimori.notices import channels, experiment, masking, member, tokens
from sekimori.notices.card import of_case
from sekimori.notices.experiment import Experiment
from sekimori.notices.models import Notice
from sekimori.settings import Settings
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import micros
from sekimori.values.ids import reference, token_hash
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DONE, DUE, HELD

log = logging.getLogger("sekimori.notices")
BY = Actor("stage", "notices.members")
FIELDS = ("holder", "email", "alt_email", "phone", "postal")
VOID_STATES = frozenset({"void", "refused", "expired", "reverted"})
"""A measure in one of these is no more: its letter would tell a member what is not going to happen."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What writing needs besides the letter: settings and the key of tokens, read once a batch."""

    settings: Settings
    secret: bytes
    compared: Experiment | None = None

    @classmethod
    def of(cls, settings: Settings) -> Writer:
        """Return a writer for these settings; a broken comparison is logged, and letters go out as usual."""
        try:
            compared = experiment.load(settings.data / "notices")
        except Refused as e:
            log.warning("%s", e)
            compared = None
        return cls(settings, tokens.key(settings), compared)

    def holders(self, letters: Sequence[Letter], now: datetime) -> Mapping[int, HolderData]:
        """Read names and channels of the letters' contracts: one ledger entry per case, before any is used."""
        found: dict[int, HolderData] = {}
        basis = Basis.SYNTHETIC if self.settings.synthetic else Basis.LEGIT_BUSINESS
        for case in {x.case.ref: x.case for x in letters}.values():
            found |= holders.read(BY, Purpose(f"case:{case.ref}", basis), [case.contract_id], FIELDS, now)
        return found

    def write(self, letter: Letter, holder: HolderData | None, now: datetime, tried: Collection[str] = ()) -> Notice:
        """Return the unsaved notice of a letter over the best channel not yet `tried`.

        Raises Refused("notices.template") where the text does not render. `manual` waits for an officer (held).
        """
        held = holder or HolderData()
        reach = channels.Reach(email=held.email, alt_email=held.alt_email, postal=held.postal, phone=held.phone,
                               sms=bool(self.settings.sms.webhook_url))
        card = of_case(letter.case)
        avoid = {*letter.avoid.split(), *channels.unsafe(reach, card.mailboxes if card.cause == "stolen_password" else ())}
        kind = member.kind_of(letter)
        arm = self.compared.arm(kind, letter.case.category, letter.case.ref) if self.compared is not None else experiment.USUAL
        channel = channels.choose(reach, prefer=letter.prefer or arm.prefer, avoid=avoid, tried=tried)
        language = "en" if letter.case.contract.language == "en" else "ja"
        ref = reference("N")
        facts = member.facts_of(letter, card, ref=ref, language=language, channel=channel, holder=held.holder,
                                settings=self.settings, secret=self.secret)
        folder = self.settings.data / "notices"
        subject, body, version = member.render(facts, arm.text or kind, language, folder=folder if folder.is_dir() else None)
        whole = marked(ref, body)
        work = DONE if letter.rehearsal else HELD if channel == "manual" else DUE
        return Notice(
            ref=ref, case=letter.case, letter=letter.ref, measure=letter.measure.ref if letter.measure is not None else "",
            audience="member", to=channels.address(reach, channel), channel=channel,
            state="rehearsal" if letter.rehearsal else "written", template=kind, template_version=version, language=language,
            subject=subject, body=whole, name_spans=masking.spans(whole, held.holder), message_id=f"{ref.lower()}@{self.settings.provider.domains[0]}",
            reply_token=token_hash(tokens.reply_token(self.secret, ref)), written_at=now, work=work, due_at=micros(now))


def marked(ref: str, body: str) -> str:
    """Return a body between the two marker lines by which intake knows our own lines when they are quoted back."""
    return f"{start_line(ref)}\n\n{body.strip()}\n\n{end_line(ref)}\n"


def lapsed(letter: Letter) -> bool:
    """Tell whether what a letter announces has been called off meanwhile."""
    return letter.measure is not None and letter.kind == letter.measure.step and letter.measure.state in VOID_STATES
