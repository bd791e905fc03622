"""The words of the refusing server: codes, step of the dialogue, host; and the same words made fit for matching."""

from __future__ import annotations

import re
from functools import cache

from .literals import Hit, literals, load
from .model import Stage

_TYPE = re.compile(r"^[A-Za-z0-9_-]{1,30}\s{0,2};\s{0,3}")
_REPLY = re.compile(r"(?<![\d.\-/:=_#A-Za-z])([245][0-5]\d)(?=[- :]#?\(?[245]\.\d{1,2}\.\d{1,3}\b|[- :,]|[;']|$)")
STATUS = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.]\d|\.\d|\d)")
_CONTINUED = re.compile(r"(?<=\s)[245][0-5]\d[- ](?:[245]\.\d{1,2}\.\d{1,3}\s)?")
_HOST = re.compile(r"\bhost:?\s{1,2}([A-Za-z0-9][A-Za-z0-9._-]{0,252})\s?[\[(]")
_TALKING = re.compile(r"while talking to ([A-Za-z0-9][A-Za-z0-9._-]{0,252}[A-Za-z0-9])", re.IGNORECASE)
_BY = re.compile(r"\bby ([A-Za-z0-9][A-Za-z0-9._-]{0,252}[A-Za-z0-9])\.? \[")
MAX = 4_000


def without_type(diagnostic: str) -> str:
    """Return a Diagnostic-Code without its type (`smtp;`), unfolded."""
    return " ".join(_TYPE.sub("", diagnostic[:MAX], count=1).split())


def plain(diagnostic: str) -> str:
    """Return the words in which literals are looked for: folded, lower case, without `550-5.7.1` continuation prefixes.

    The first reply code stays where it is.
    """
    text = " ".join(diagnostic[:MAX].split())
    return _CONTINUED.sub(" ", text).replace("  ", " ").lower() if "-" in text else text.lower()


def reply_code(text: str) -> int:
    """Return the SMTP reply code (RFC 5321 section 4.2) that refuses: the first 4xx or 5xx, else 2xx, else 0."""
    good = 0
    for m in _REPLY.finditer(text[:MAX]):
        code = int(m.group(1))
        if code >= 400:
            return code
        good = good or code
    return good


def statuses(text: str) -> list[str]:
    """Return the enhanced status codes (RFC 3463) in a text, in order."""
    return STATUS.findall(text[:MAX])


def choose_status(field: str, diagnostic: str) -> tuple[str, str]:
    """Return (status, where from) out of the Status field and the codes inside the server's own words.

    The remote server's code tells more than the reporter's where the reporter's is general (x.0.0, x.y.0), says only that
    the time ran out (x.4.7), or is of another class.
    """
    m = STATUS.search(field[:200])
    stated = m.group(1) if m else ""
    said = [s for s in statuses(diagnostic) if not s.endswith(".0.0")] or statuses(diagnostic)
    if stated.endswith(".4.7") or (not stated and len(set(said)) > 1):
        said = [s for s in said if not s.endswith(".4.7")]
    if len(said) > 1 and said[0].endswith(".0") and said[1][0] == said[0][0] and (said[0][2:] in ("1.0", "3.0") or not said[1].endswith(".0")):
        said = said[1:]  # "5.1.0 - Unknown address error 550-'5.2.2 …'": the quoted server knows better
    if not stated or not said:
        return (stated, "field") if stated else ((said[0], "diagnostic") if said else ("", ""))
    first = said[0]
    general = stated[2:] == "0.0" or (stated.endswith(".0") and not first.endswith(".0")) or stated[2:] == "4.7"
    telling = [s for s in said if not s.endswith(".0")]
    if telling and not general and stated[0] == telling[0][0]:
        first = telling[0]
        general = first != stated
    if general or (stated[0] != first[0] and not first.endswith(".0.0")):
        return first, "diagnostic"
    return stated, "field"


@cache
def _stages() -> list[Stage]:
    return [Stage(entry["stage"]) for entry in load("stages.toml")["stage"]]


_ORDER = [Stage.UNKNOWN, Stage.CONNECT, Stage.HELLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END]


def stage_in(text: str, hits: list[Hit] | None = None) -> Stage:
    """Return at which step the words say that the refusal came; the exact `in reply to` decides, else the latest step."""
    found: list[tuple[int, int, Stage]] = []
    for hit in literals().scan(text) if hits is None else hits:
        for table, index in hit.owners:
            if table == "stage":
                stage = _stages()[index]
                found.append((1 if hit.literal.startswith("in reply to") else 0, _ORDER.index(stage), stage))
    return max(found)[2] if found else Stage.UNKNOWN


def remote_host(text: str) -> str:
    """Return the host that answered as the words name it (`host mx.example [192.0.2.1] said`), lower-case, or ""."""
    for pattern in (_HOST, _TALKING, _BY):
        m = pattern.search(text[:MAX])
        if m:
            return m.group(1).lower().rstrip(".")
    return ""
