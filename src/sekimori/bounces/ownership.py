"""Which of our notices a bounce is about, and how well that is proved: token, tag (BATV), envelope id (RFC 3461)."""

from __future__ import annotations

from dataclasses import dataclass

from sekimori.bounces.page import public_knowledge
from sekimori.bounces.parser.model import Bounce
from sekimori.bounces.provenance.model import Known
from sekimori.intake.models import Message
from sekimori.intake.ours import Ours
from sekimori.mailauth.batv import Tag, Tagger
from sekimori.settings import Settings

_BEST = (Tag.VALID, Tag.EXPIRED, Tag.INVALID, Tag.MISSING)


@dataclass(frozen=True, slots=True)
class Ownership:
    """What names the notice. `token` is the hash of the address's token, `ref` the number proved by the envelope id; "" for none."""

    token: str
    ref: str
    tag: Tag
    known: Known

    @property
    def doubtful(self) -> bool:
        """Whether it bears a tag that is wrong or too old, and nothing better: a person looks."""
        return self.tag in (Tag.INVALID, Tag.EXPIRED) and not self.ref


def ownership(message: Message, found: Bounce, settings: Settings) -> Ownership:
    """Return what a bounce that came to the desk proves about which notice it answers.

    The tag is looked for in the envelope recipient, in the notice's own To, and in the returned Return-Path (some servers
    untag, some bounce to From), but only beside the token that it is about. It is checked for the time of arrival.
    A missing tag does not count here: only the notice knows whether it left with one.
    """
    tagger, ours = Tagger.of(settings), Ours.of(settings)
    token = message.token
    states: list[Tag] = []
    for address in (*message.rcpt_to, *found.to, found.original.return_path):
        purpose = ours.purpose(address, any_domain=True) if address else None
        if purpose is None or not purpose.token:
            continue
        state = tagger.check(address, message.received_at)
        if not token and state is Tag.VALID:
            token = purpose.token
        if purpose.token == token:
            states.append(state)
    tag = next((s for s in _BEST if s in states), Tag.MISSING if token else Tag.NOT_USED) if tagger.on else Tag.NOT_USED
    ref = tagger.envelope_ref(found.reporter.envelope_id)
    # Before tags there was the token alone, and where tagging is off there still is.
    told = Tag.VALID if token and tag is Tag.NOT_USED else Tag.NOT_USED if tag is Tag.MISSING else tag
    public = public_knowledge(settings)
    known = Known(domains=public.domains, hosts=public.hosts, authserv=public.authserv, tag=told, envelope_id_ours=bool(ref))
    return Ownership(token, ref, tag, known)
