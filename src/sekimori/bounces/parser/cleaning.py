"""Server words without what only looks like words: addresses, host names, paths, the command that was answered."""

from __future__ import annotations

import re

from . import diagnostics
from .addresses import FIND

_CATEGORY = re.compile(r"\(bounce category: [a-z-]{1,40}\)")
_URL = re.compile(r"(?:https?:)?//([^\s/<>\"]{1,253})[^\s<>\"]{0,2000}")
_SAID = re.compile(r"\bsmtp error from remote (?:mail )?server(?: for [a-z]{1,20} command)?,?|\bhost [a-z0-9][a-z0-9._-]{0,252}\s?\[[^\]\s]{1,64}\](?: said)?:?")
_MTA = re.compile(r"\[[0-9a-f.:]{7,45}\]")  # stands beside the name of a server
_BARE_IP = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")  # is spoken of
_COMMENT = re.compile(r"^[245]\.\d\.\d{1,3} - [a-z /-]{1,60}(?=(?:[245]\d\d-)?')")
_STEP = re.compile(
    r"\b(?:in reply to|after|following|did not like our|does not like our|response to|reply to) (?:the )?(?:pipelined |initial )?"
    r"(?:mail from|rcpt to|helo|ehlo|data|end of data|connection|final data)\b(?: command)?(?: ?:?<[^<>]{0,300}>)?(?: size=\d{1,12})?:?"
)
_QUOTED = re.compile(
    r"(?:the error that the other server returned was|the response from the remote server was|remote server (?:returned|responded with)|returned the following)\b[^:]{0,40}:"
)
# Host names. Two letters that are English words as well ("found.in") need more than one dot; ends of file names are none.
_NAME = re.compile(
    r"(?<![\w.@/-])(?:[a-z0-9_-]{1,63}\.){1,8}(?:com|net|org|edu|gov|mil|int|info|biz|test|example|invalid|local|localdomain|(?!js|vb|py|ps|gz|so)[a-z]{2})(?![\w-])"
)
_WORDLIKE = re.compile(r"^[^.]{1,63}\.(?:in|is|it|to|at|be|me|my|no|us|as|am|do|so)$|^mail\.local$")  # sendmail's program
_SPEAKS = re.compile(  # names of lists and of pages that explain a refusal: they say why
    r"spamhaus|spamcop|barracuda|sorbs|uceprotect|abuseat|psbl|njabl|mailspike|sender(?:base|score)|dnsbl|rbl|black-?list|block-?list|surbl|uribl|openspf|dmarc\.org|proofpoint|cloudmark|mimecast"
    r"|abusix|invaluement|mail-abuse|postgrey|greylist|backscatter|cox\.net|groups\.google|^bl\.|cr\.yp|pobox"
)


def _host(m: re.Match[str]) -> str:
    name = m.group()
    return name if _SPEAKS.search(name) or _WORDLIKE.match(name) else "x.x"


def matchable(text: str) -> str:
    """Return server words without what only looks like words: addresses, paths of URLs, host names."""
    low = _CATEGORY.sub(" ", diagnostics.plain(text))
    if "@" in low:
        low = FIND.sub("x@x", low)
    if "//" in low:
        low = _URL.sub(r"\1", low)
    low = _NAME.sub(_host, low) if "." in low else low
    low = _BARE_IP.sub("[ip]", _MTA.sub("[host]", _SAID.sub("", _COMMENT.sub("", low))))
    quoted = _QUOTED.search(low)
    return _STEP.sub(" ", low[quoted.end() :] if quoted and len(low) - quoted.end() > 8 else low)
