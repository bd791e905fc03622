"""From observations to a verdict. Proof decides for "genuine"; a call to act decides against it whatever is proved."""

from __future__ import annotations

from sekimori.bounces.parser.model import Bounce, Kind
from sekimori.mailauth.batv import Tag
from sekimori.mime import Mail

from . import signals
from .model import Evidence, Judgement, Known, Log, Provenance

FAKE = 4


def judge(mail: Mail, bounce: Bounce, known: Known | None = None) -> Judgement:
    """Return where a notice comes from, with the evidence.

    Without proof (log, tag, envelope id, signature) the best verdict is "likely": who can write a mail can write every
    header of it. Whoever received a mail knows its Message-ID, so a notice that urges to act stays a fake even where the
    Message-ID is in our log. Sources: RFC 5321 section 4.5.5, RFC 3464, RFC 3461, BATV draft.
    """
    known = known or Known()
    if bounce.kind in (Kind.FEEDBACK, Kind.VACATION, Kind.RECEIPT, Kind.CHALLENGE):
        return Judgement(Provenance.NOT_A_BOUNCE, (Evidence("not_a_notice"),))
    posing = bounce.kind is Kind.BOUNCE or signals.poses(bounce)
    if not posing:
        return Judgement(Provenance.NOT_A_BOUNCE, (Evidence("not_a_notice"),))
    weighed = sorted(signals.against(mail, bounce, known), key=lambda w: -w[0])
    favour = signals.in_favour(mail, bounce)
    urged = any(e.code in ("call_to_act", "active_attachment", "claims_ours", "foreign_link") for _, e in weighed)
    score = sum(weight for weight, _ in weighed)
    empty = any(e.code == "no_facts" for _, e in weighed)
    # Real facts outweigh a single soft sign: notices of large providers link to their help pages.
    score = max(score - (len(favour) if not urged else 0 if empty else min(len(favour), 2)), 0)
    doubts = tuple(e for _, e in weighed)
    if urged and score >= FAKE:
        return Judgement(Provenance.FAKE, doubts, score)
    proof = _proof(known)
    if proof and bounce.kind is Kind.BOUNCE:
        return Judgement(Provenance.GENUINE, (*proof, *_silent(known, bounce), *favour), score)
    if bounce.kind is not Kind.BOUNCE:
        return Judgement(Provenance.FAKE if score >= FAKE else Provenance.UNKNOWN, doubts, score)
    traced = signals.origin(bounce, known)
    foreign = tuple(e for e in traced if e.code != "first_hop_ours")
    if known.tag is Tag.INVALID:
        foreign = (*foreign, Evidence("token_invalid"))
    elif known.tag is Tag.MISSING:
        foreign = (*foreign, Evidence("token_missing"))
    # An old tag proves nothing: whoever once got a mail may use its tag again. Nor does it speak for forged mail.
    old = (Evidence("token_expired"),) if known.tag is Tag.EXPIRED else ()
    silent = _silent(known, bounce)
    if silent:
        return Judgement(Provenance.BACKSCATTER, (*silent, *foreign, *old, *favour), score)
    if foreign and not (traced and traced[0].code == "first_hop_ours") and bounce.original.extent != "none":
        return Judgement(Provenance.BACKSCATTER, (*foreign, *old, *favour), score)
    if score >= FAKE:
        return Judgement(Provenance.FAKE, doubts, score)
    if empty or not favour:
        return Judgement(Provenance.UNKNOWN, (*doubts, *old, *favour), score)
    return Judgement(Provenance.GENUINE_LIKELY, (*traced, *old, *favour), score)


def _silent(known: Known, bounce: Bounce) -> tuple[Evidence, ...]:
    """What the log's silence says; told beside a proof too, for whoever decides on it."""
    return (Evidence("log_silent"),) if known.log is Log.SILENT and bounce.original.extent != "none" else ()


def _proof(known: Known) -> tuple[Evidence, ...]:
    out: list[Evidence] = []
    if known.log is Log.HIT:
        out.append(Evidence("log_message_id"))
    if known.envelope_id_ours:
        out.append(Evidence("log_envelope_id"))
    if known.tag is Tag.VALID:
        out.append(Evidence("token_valid"))
    if known.dkim_ours:
        out.append(Evidence("dkim_ours"))
    return tuple(out)
