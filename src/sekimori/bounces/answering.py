"""The explanation as a mail: who may get one, and its octets. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from sekimori.bounces.explain.catalogue import Language
from sekimori.bounces.page import View
from sekimori.smtp import guard

PER_SENDER = 10
"""Answers to one sender in 24 h: a person asks about several notices; two robots that answer each other end here."""
PER_HOUR = 600
"""Answers to all senders in one hour."""
_POLICY = policy.SMTP.clone(max_line_length=76, raise_on_defect=True)

WORDS: dict[Language, dict[str, str]] = {
    "ja": {
        "subject": "【自動回答】不達のお知らせの説明",
        "hello": "お送りいただいた不達のお知らせ（MAILER-DAEMON）を確認しました。",
        "verdict": "■ 本物かどうか",
        "why": "■ 届かなかった理由",
        "who": "■ 対応する人",
        "steps": "■ すること",
        "retry": "■ 再送について",
        "tell": "■ 相手に伝えること",
        "call": "■ 当社へのご連絡",
        "gloss": "■ 英語のメッセージの意味",
        "more": "ほかに{n}件の宛先があります。",
        "end": "このメールは自動で送信しています。リンクは記載していません。返信は不要です。",
        "evidence": "判断の根拠：",
    },
    "en": {
        "subject": "[Automatic answer] Your delivery notice explained",
        "hello": "We have read the delivery notice (MAILER-DAEMON) that you sent us.",
        "verdict": "* Is it real?",
        "why": "* Why it was not delivered",
        "who": "* Who must act",
        "steps": "* What to do",
        "retry": "* Sending again",
        "tell": "* What to tell the recipient",
        "call": "* When to contact us",
        "gloss": "* What the message says",
        "more": "There are {n} more recipients.",
        "end": "This mail was sent automatically. It contains no links. There is no need to reply.",
        "evidence": "Why we think so:",
    },
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What the octets need."""

    sender_name: str
    sender: str
    to: str
    subject: str
    body: str
    message_id: str
    in_reply_to: str
    language: str
    loop: str
    at: datetime


def body(view: View) -> str:
    """Return the text of an answer: verdict, then each recipient (at most five), no links, addresses masked."""
    words = WORDS[view.language]
    out = [words["hello"], "", words["verdict"], view.verdict.title, view.verdict.text]
    if view.verdict.evidence:
        out += [words["evidence"], *(f"- {e}" for e in view.verdict.evidence[:6])]
    out += [f"{error.code}: {error.meaning}" for error in view.client]
    for line in view.lines[:5]:
        told = line.explanation
        out += [
            "",
            "-" * 40,
            f"{line.recipient}  {told.title}",
            "",
            words["why"],
            told.why,
            "",
            words["who"],
            told.who_words,
            "",
            words["steps"],
            *(f"{n}. {step}" for n, step in enumerate(told.steps, 1)),
            "",
            words["retry"],
            told.retry,
            "",
            words["tell"],
            told.tell,
            "",
            words["call"],
            told.call,
        ]
        if told.glosses:
            out += ["", words["gloss"], *(f"- {g.words}: {g.meaning}" for g in told.glosses[:8])]
    rest = len(view.lines) - 5 + view.more
    if rest > 0:
        out += ["", words["more"].replace("{n}", str(rest))]
    out += ["", "-" * 40, view.fixed["never_reply"], words["end"], ""]
    return "\n".join(out)


def octets(letter: Letter) -> bytes:
    """Return the mail with CRLF line ends, marked as automatic (RFC 3834 section 5). Raises Refused for unsafe values."""
    out = EmailMessage(policy=_POLICY)
    out["From"] = formataddr((guard.header_value(letter.sender_name, 80), guard.address(letter.sender)))
    out["To"] = guard.address(letter.to)
    out["Subject"] = guard.header_value(letter.subject, 200)
    out["Date"] = format_datetime(letter.at.astimezone(UTC).replace(microsecond=0))
    out["Message-ID"] = f"<{letter.message_id}>"
    if letter.in_reply_to:
        out["In-Reply-To"] = guard.header_value(f"<{letter.in_reply_to}>", 250)
        out["References"] = guard.header_value(f"<{letter.in_reply_to}>", 250)
    out["Auto-Submitted"] = "auto-replied"
    out["X-Loop"] = guard.header_value(letter.loop, 254)
    out["X-Auto-Response-Suppress"] = "All"
    out["Content-Language"] = letter.language
    plain = letter.body.isascii() and all(len(row) <= 900 for row in letter.body.splitlines())
    out.set_content(letter.body, charset="us-ascii" if plain else "utf-8", cte="7bit" if plain else "base64")
    return out.as_bytes()
