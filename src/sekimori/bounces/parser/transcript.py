"""SMTP dialogues that notices quote: `>>> RCPT To:<a@b>` / `<<< 550 …` (Sendmail, EZweb, InterScan, MDaemon)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .addresses import ADDRESS, clean
from .model import Stage

_COMMAND = re.compile(
    r"^(?:>>>|.{0,60}?--> ?|sent <<<|sent:|send:|\S{0,20} ?sent:)\s{0,2}(ehlo|helo|mail from|rcpt to|data|starttls|auth|quit|\.):?\s?<?(" + ADDRESS + r")?",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^(?:<<<|.{0,60}?<-- ?|received >>>|recv:|\S{0,20} ?replied:)\s{0,2}(.{0,1000})$", re.IGNORECASE)
_LOCAL = re.compile(r"^([245]\d\d) (?:([245]\.\d{1,2}\.\d{1,3}) )?<?(" + ADDRESS + r")>?\.\.\. (.{1,500})$")
_STAGES = {
    "ehlo": Stage.HELLO,
    "helo": Stage.HELLO,
    "mail from": Stage.MAIL,
    "rcpt to": Stage.RCPT,
    "data": Stage.DATA,
    ".": Stage.END,
    "starttls": Stage.STARTTLS,
    "auth": Stage.AUTH,
    "quit": Stage.UNKNOWN,
}


@dataclass(slots=True)
class Turn:
    """One command and what the other side answered."""

    stage: Stage
    address: str
    reply: str = ""
    local: bool = False
    """Said by the reporting mailer itself, not by the other side."""


def read_turns(lines: list[str]) -> list[Turn]:
    """Return the dialogue in a text, turn by turn; lines without a mark are left out. At most 500 turns."""
    turns: list[Turn] = []
    for line in lines:
        if len(turns) >= 500:
            break
        if len(line) < 4 or (line[:1] not in "><245SsRrhH" and "-->" not in line[:64] and "<--" not in line[:64]):
            continue
        m = _COMMAND.match(line)
        if m:
            stage = _STAGES.get(m.group(1).lower(), Stage.UNKNOWN)
            turns.append(Turn(stage, clean(m.group(2) or "").lower() if stage is Stage.RCPT else ""))
            continue
        m = _REPLY.match(line)
        if m:
            if not turns:
                turns.append(Turn(Stage.UNKNOWN, ""))
            turns[-1].reply = f"{turns[-1].reply} {m.group(1)}".strip()[:2000]
            continue
        m = _LOCAL.match(line)
        if m and (turns or m.group(2) or m.group(4)):
            stage = turns[-1].stage if turns else Stage.UNKNOWN
            turns.append(Turn(stage, clean(m.group(3)).lower(), f"{m.group(1)} {m.group(2) + ' ' if m.group(2) else ''}{m.group(4)}", local=True))
    return turns


def turn_for(turns: list[Turn], recipient: str) -> Turn | None:
    """Return the turn that refused this recipient.

    Its own RCPT first; then the mailer's own line about it (`554 <a@b>... Remote protocol error`), unless that only
    repeats what the server said just before; else the first refusal that names nobody, if nobody else claims it.
    """
    recipient = recipient.lower()
    own: int | None = None
    for number, turn in enumerate(turns):
        if turn.address == recipient and _refused(turn):
            if turn.stage is Stage.RCPT and not turn.local:
                return turn
            own = number if own is None else own
    if own is not None:
        before = own - 1
        while before >= 0 and turns[before].local and turns[before].address == recipient:
            before -= 1
        if any(words in turns[own].reply.lower() for words in _WRAPPERS) and before >= 0 and _refused(turns[before]) and not turns[before].address:
            return turns[before]
        return turns[own]
    loose = [t for t in turns if _refused(t) and not t.address and not t.reply.startswith("503")]
    return loose[0] if loose and not any(t.local for t in turns) else None


_WRAPPERS = ("remote protocol error", "service unavailable", "deferred", "message refused", "data format error")


def _refused(turn: Turn) -> bool:
    return turn.reply[:1] in ("4", "5") and turn.reply[1:3].isdigit()
