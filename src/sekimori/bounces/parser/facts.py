"""The facts about one recipient, put together from fields, words and dialogue; then the reason."""

from __future__ import annotations

import re
from dataclasses import replace

from . import diagnostics, reasons
from .addresses import typed
from .model import Action, Failure, Span, Stage
from .transcript import Turn, turn_for
from .wording import Said, Words

_ACTIONS = {
    "failed": Action.FAILED,
    "failure": Action.FAILED,
    "expired": Action.FAILED,
    "delayed": Action.DELAYED,
    "delivered": Action.DELIVERED,
    "deliverable": Action.DELIVERED,
    "relayed": Action.RELAYED,
    "expanded": Action.EXPANDED,
}
_HOST = re.compile(r"^(?:[A-Za-z]{2,10}\s{0,2};\s{0,3})?\[?([A-Za-z0-9][A-Za-z0-9.:_-]{0,252})")
_SPOKEN = re.compile(r"(?=[\"'(<]{0,2}[45]\d\d[- ]\S)|(?:error|error message|error details|reason|failure reason|cause|diagnostic|理由|原因|エラー内容|エラー)\s?[:：]\s{0,3}(?=\S{3})", re.IGNORECASE)
_FULL = re.compile(r"@[^@\s]{1,253}\.[^@\s.]{1,63}$")


def from_fields(fields: dict[str, str], line: int, part: int) -> Failure | None:
    """Return what the fields of one recipient say (RFC 3464 section 2.3), or None where they name nobody.

    The final recipient counts; the original one where the final is no mail address (X.400, a program, a name without domain).
    """
    final_kind, final = typed(fields.get("final-recipient", ""))
    _, wanted = typed(fields.get("original-recipient", "") or fields.get("x-original-recipient", ""))
    recipient = final
    if wanted and (not final or not _FULL.search(final) or final_kind.startswith("x400") or final.startswith("|") or "/" in final.split("@")[0][:1]):
        recipient = wanted if _FULL.search(wanted) or not final else final
    if not recipient:
        return None
    diagnostic = diagnostics.without_type(fields.get("diagnostic-code", ""))
    status_field = fields.get("status", "")
    if fields.get("diagnostic-code", "")[:7].lower() == "x-unix;":
        diagnostic = "x-unix; " + diagnostic  # said by a delivery program, not by a server
    category = fields.get("x-powermta-bouncecategory", "")
    if category:
        diagnostic = f"{diagnostic} (bounce category: {category[:40]})"
    comment = status_field.partition("(")[2].rstrip(") ")
    status, source = diagnostics.choose_status(status_field, diagnostic)
    return Failure(
        recipient,
        wanted if wanted.lower() != recipient.lower() else "",
        _ACTIONS.get(fields.get("action", "").split(" ")[0].strip().lower(), Action.FAILED),
        status,
        source,
        diagnostics.reply_code(diagnostic),
        diagnostic or comment,
        host_name(fields.get("remote-mta", "")),
        diagnostics.stage_in(diagnostics.plain(diagnostic)) if diagnostic else Stage.UNKNOWN,
        fields.get("will-retry-until", "")[:100],
        span=Span(part, line, line),
    )


def complete(failure: Failure, said: dict[str, Said], turns: list[Turn], words: Words, part: int, *, alone: bool) -> Failure:
    """Fill in what the words know and the fields do not, then find the reason."""
    own = (
        said.get(failure.recipient.lower())
        or said.get(failure.original_recipient.lower())
        or (words.said[0] if alone and len(words.said) == 1 else None)
    )
    block = own.words if own else ""
    turn = turn_for(turns, failure.recipient) if turns else None
    diagnostic = failure.diagnostic
    stage = failure.stage
    exact = diagnostics.stage_in(diagnostics.plain(block)) if block else Stage.UNKNOWN
    if turn is not None and (stage is Stage.UNKNOWN or turn.stage is Stage.RCPT):
        stage = turn.stage
    if exact is not Stage.UNKNOWN and (stage is Stage.UNKNOWN or "in reply to" in block.lower()):
        stage = exact
    if stage is Stage.UNKNOWN and alone:
        stage = diagnostics.stage_in(words.text.low, words.text.hits)
    if turn is not None and len(turn.reply) > len(diagnostic) and turn.reply.startswith(diagnostic[:24]):
        diagnostic = turn.reply
    if not diagnostic and own is not None:
        diagnostic = own.own or block
        if len(own.own) < 12 or (own.own and len(block) > len(own.own)):
            diagnostic = block
        diagnostic = _without(diagnostic, own.address)
    if alone and not failure.diagnostic and (diagnostic == block or not (diagnostics.reply_code(diagnostic) or diagnostics.statuses(diagnostic))) and (spoken := _spoken(words.text.lines)):
        diagnostic = spoken
    status, source = failure.status, failure.status_from
    if diagnostic != failure.diagnostic:
        status, source = diagnostics.choose_status(status, diagnostic) if source != "field" or status.endswith(".0.0") else (status, source)
    if (not status or status.endswith(".0.0")) and not diagnostics.statuses(diagnostic):
        wide, where = diagnostics.choose_status("", _without(block, failure.recipient)) if block else ("", "")
        if not wide and alone:
            wide, where = _code_of_class(status, words.text.flat[:8000])
        if wide and (not status or wide[0] == status[0]):
            status, source = wide, where
    reply = (
        failure.reply_code
        or diagnostics.reply_code(diagnostic)
        or (diagnostics.reply_code(block) if block else 0)
        or (diagnostics.reply_code(words.text.flat[:8000]) if alone else 0)
    )
    remote = (
        failure.remote
        or diagnostics.remote_host(diagnostic)
        or diagnostics.remote_host(block)
        or (diagnostics.remote_host(words.text.flat[:8000]) if alone else "")
    )
    full = replace(failure, status=status, status_from=source, reply_code=reply, diagnostic=diagnostic[:2000], remote=remote, stage=stage)
    if own is not None and failure.span is None:
        full = replace(full, span=Span(part, own.line, own.line))
    wide_words = [diagnostic]
    if block and block != diagnostic and (alone or turn is None):
        wide_words.append(block)
    if alone or not (block or diagnostic):  # else the whole notice speaks of others as well
        wide_words.append(words.text.flat)
    return _reasoned(full, wide_words, stage)


def _spoken(lines: list[str]) -> str:
    """Return the server's own words where they stand apart from the address: below a reply code or behind "Reason:", to the next empty line."""
    for number, line in enumerate(lines[:400]):
        m = _SPOKEN.match(line)
        if m:
            end = next((n for n in range(number + 1, min(number + 12, len(lines))) if not lines[n]), min(number + 12, len(lines)))
            return " ".join([line[m.end() :], *lines[number + 1 : end]]).strip()[:2000]
    return ""


def _code_of_class(status: str, text: str) -> tuple[str, str]:
    """Return the first telling code in a text that is of the class of `status` (any class where that is "")."""
    found = [s for s in diagnostics.statuses(text) if not status or s[0] == status[0]]
    telling = [s for s in found if not s.endswith(".0.0")] or found
    return (telling[0], "diagnostic") if telling else ("", "")


def _reasoned(failure: Failure, words: list[str], stage: Stage) -> Failure:
    decision = reasons.decide(
        words,
        status=failure.status,
        stage=stage,
        reply=failure.reply_code,
        action=failure.action,
        remote=failure.remote,
        domain=failure.recipient.rpartition("@")[2],
    )
    return replace(failure, reason=decision.reason, rule=decision.rule, provider=decision.provider)


def _without(text: str, address: str) -> str:
    """Return words without the address that they begin with."""
    text = text.lstrip("<>\"'*-•・ ")
    if text[: len(address)].lower() == address.lower():
        text = text[len(address) :].lstrip(">\"': .,;")
    return text


def host_name(value: str) -> str:
    """Return the host of an MTA field (`dns; mx.example`), lower-case, or ""."""
    m = _HOST.match(value[:300])
    return m.group(1).lower().rstrip(".:") if m else ""
