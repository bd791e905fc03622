"""Why no automatic answer may be sent to a message (RFC 3834 §2, RFC 2076, practice of list and mail servers). Pure."""

from __future__ import annotations

import re

from sekimori.intake.ours import Ours
from sekimori.mailauth.batv import untag
from sekimori.mime import Headers
from sekimori.smtp.envelope import split

HOPS_MAX = 50
"""Postfix's hopcount_limit: more Received lines than this are a loop."""

_DAEMON = re.compile(r"mailer-daemon|(?:mail-?)?daemon|postmaster|listserv|majordomo|(?:auto|vacation)[._-]?(?:reply|responder)")
_NO_REPLY = re.compile(r"(?:do[._-]?)?no[t]?[._-]?reply(?:[._-].{0,40})?")
_LIST_SENDER = re.compile(r"owner-.{1,60}|.{1,60}-(?:owner|request|bounces?|return)(?:-.{0,40})?")
_LIST_FIELDS = ("list-id", "list-post", "list-help", "list-unsubscribe", "mailing-list")
_SUPPRESS = {"all", "autoreply", "oof", "dr", "rn", "nrn"}


def reason(mail_from: str | None, headers: Headers, ours: Ours) -> str:
    """Return why a message gets no automatic answer, as a stable id, or "".

    `mail_from` "" is the null sender, None an unknown one (a file without Return-Path). Ids: `own null_sender
    mailer_daemon auto_submitted precedence list no_reply suppressed hops x_loop`.
    """
    author = _author(headers)
    senders = [s for s in (mail_from, author) if s]
    if any(ours.is_self(s) for s in senders) or loops(headers, ours):
        return "own"
    if mail_from == "":
        return "null_sender"
    locals_ = [split(untag(s))[0] for s in senders]
    if any(_DAEMON.fullmatch(x) for x in locals_):
        return "mailer_daemon"
    submitted = headers.get("auto-submitted")
    if submitted is not None and _word(submitted) != "no":
        return "auto_submitted"
    if any(headers.has(h) for h in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")):
        return "auto_submitted"
    precedence = headers.get("precedence")
    if precedence is not None and _word(precedence) in {"bulk", "junk", "list", "auto_reply", "auto-reply"}:
        return "precedence"
    if any(headers.has(h) for h in _LIST_FIELDS) or (mail_from and _LIST_SENDER.fullmatch(locals_[0][:120])):
        return "list"
    if any(_NO_REPLY.fullmatch(x[:60]) for x in locals_):
        return "no_reply"
    suppress = headers.get("x-auto-response-suppress")
    if suppress is not None and {w.strip().lower() for w in suppress.split(",")} & _SUPPRESS:
        return "suppressed"
    if len(headers.all("received")) > HOPS_MAX:
        return "hops"
    return "x_loop" if headers.has("x-loop") else ""


def loops(headers: Headers, ours: Ours) -> bool:
    """Tell whether the message carries our own X-Loop: it is one of ours come back."""
    return any(ours.is_sender_of_notices(v.strip().strip("<>")) for v in headers.all("x-loop")[:20])


def _author(headers: Headers) -> str:
    mailboxes = headers.addresses("from")
    return mailboxes[0].address if mailboxes else ""


def _word(value: str) -> str:
    """Return the first word of a field in lower case, without its parameters and comments."""
    return re.split(r"[\s;(]", value.strip().lower(), maxsplit=1)[0]
