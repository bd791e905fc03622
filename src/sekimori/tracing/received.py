"""One Received field, as the mail servers of the world write it (RFC 5321 §4.4 and its dialects)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sekimori.values.addresses import Address, parse_address

from .dates import Stamp, parse_date

#: characters of a field that are looked at
MAX_LENGTH = 2_000

# A comment without one inside is one token: most are.
_TOKEN = re.compile(r'\([^()"]*+\)|[()]|"(?:[^"\\]|\\.)*+"?|[^\s()"]++')
_IN_BRACKETS = re.compile(r"\[(?:IPv6:\s?)?(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:.]{2,45})(?:%[^\]\s]{1,20})?(?::(\d{1,5}))?\](?::(\d{1,5}))?", re.IGNORECASE)
_AFTER_AT = re.compile(r"@(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])")
_CLAIM = re.compile(r"\b(?:helo|ehlo|ident|envelope-sender|envelope-from)[=\s]\s{0,3}\S+", re.IGNORECASE)
_HELO = re.compile(r"\b(?:helo|ehlo)[=\s]\s{0,3}(\S+)", re.IGNORECASE)
_ABOUT_TLS = re.compile(r"(?:using |client |no client |authenticated(?: |$)|version=|cipher|tls|client did|envelope-|with )", re.IGNORECASE)
_LOGIN = re.compile(r"(?:authenticated(?: sender:| user| as)|authenticated\?user:\?|auth(?:enticated[_ ]id)?=|Authenticated-User:)\s{0,3}([^\s()\[\],;:]{1,200})", re.IGNORECASE)
_AUTHENTICATED = re.compile(r"\b(?:authenticated|e?smtps?a)\b", re.IGNORECASE)
_LOCAL = re.compile(r"from userid|invoked by uid|invoked by alias|\bwith local\b|\bfrom \S{1,100}@localhost\)|Submit\)|\(send program\)|nullmailer|sSMTP|^from mail pickup service ", re.IGNORECASE)
_LOCAL_WORDS = ("invoked", "local", "submit", "userid", "program", "nullmailer", "ssmtp", "pickup")
_FROM_NETWORK = re.compile(r"\(qmail \d{1,10} invoked from network\)")
_FOUR_FIGURES = re.compile(r"(?<![\w.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w.])")
# Microsoft's servers write their version after `id`, not a queue id.
_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,5}){3}")
_FETCHED = re.compile(r"(?:imap|pop)", re.IGNORECASE)
_KEYWORDS = frozenset({"from", "by", "via", "with", "id", "for"})


@dataclass(frozen=True, slots=True)
class Hop:
    """What one Received field says. `by`, `time` and `address` are as good as the host that wrote it; `helo` is always a claim."""

    text: str
    by: str = ""
    by_address: Address | None = None
    #: the word after `from`: a HELO or a looked-up name, depending on the server
    name: str = ""
    helo: str = ""
    #: the name that the writing server looked up for the address ("" where it says unknown, or says nothing)
    rdns: str = ""
    #: the address that connected, as the writing server saw it
    address: Address | None = None
    port: int | None = None
    protocol: str = ""
    id: str = ""
    recipient: str = ""
    login: str = ""
    authenticated: bool = False
    #: made on the host itself, by a program
    local: bool = False
    stamp: Stamp | None = None
    odd: tuple[str, ...] = ()


@dataclass(slots=True)
class _Clause:
    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def parse_received(text: str) -> Hop:
    """Return what a Received field (unfolded) says. Never raises; what is not said is empty.

    Understands Postfix, Sendmail, Exim, qmail, Courier, Exchange and Microsoft 365, Gmail, Yahoo, Zimbra, Domino,
    CommuniGate, MDaemon, IMail, iPlanet and the like: they differ in where address and HELO stand.
    """
    text = text[:MAX_LENGTH].strip()
    odd: list[str] = []
    body, stamp = _split_date(text, odd)
    clauses = _clauses(body)
    source, writer = clauses.get("from", _Clause()), clauses.get("by", _Clause())
    lower = body.lower()
    # Each pattern is asked only where one of its words stands: most fields hold none of them.
    local = any(w in lower for w in _LOCAL_WORDS) and _LOCAL.search(body) is not None
    found = None if local and not source.words else _address(source, odd)
    comments = " ".join(c for clause in clauses.values() for c in clause.comments)
    helo = _HELO.search(" ".join(source.comments)) if "helo" in lower or "ehlo" in lower else None
    rdns, forged = _looked_up(source, found is not None, "Exim" in comments, bool(helo))
    if forged:
        odd.append("rdns_may_be_forged")
    protocol = " ".join(clauses.get("with", _Clause()).words[:3])
    login = _LOGIN.search(body) if "auth" in lower else None
    number = next(iter(clauses.get("id", _Clause()).words), "").strip("<>;,")
    by_found = _address(writer, [])
    by = _host(writer.words[0]) if writer.words else ""
    name = _host(source.words[0]) if source.words else ""
    return Hop(
        text=text, by=by, by_address=by_found[0] if by_found else None, name=name, helo=_host(helo[1].rstrip(")")) if helo else ("" if rdns and rdns == name else name), rdns=rdns,
        address=found[0] if found else None, port=found[1] if found else None, protocol=protocol,
        id="" if _VERSION.fullmatch(number) else number, recipient=next(iter(clauses.get("for", _Clause()).words), "").strip("<>;,"),
        login=login[1].strip("<>\"'") if login else "", authenticated=login is not None or (("authenticated" in lower or "smtpa" in lower or "smtpsa" in lower) and _AUTHENTICATED.search(body) is not None),
        local=local, stamp=stamp, odd=tuple(odd))


def passed_inside(hop: Hop) -> bool:
    """Whether a field only says that a mail went on within one host, or was fetched from its owner's mailbox."""
    return _FROM_NETWORK.search(hop.text) is not None or _FETCHED.match(hop.protocol) is not None


def _split_date(text: str, odd: list[str]) -> tuple[str, Stamp | None]:
    end = len(text)
    for _ in range(3):
        at = text.rfind(";", 0, end)
        if at < 0:
            break
        stamp = parse_date(text[at + 1:])
        if stamp is not None:
            odd += stamp.odd
            return text[:at], stamp
        end = at
    tail = text[-70:]
    stamp = parse_date(tail)
    if stamp is None:
        odd.append("impossible_date" if re.search(r";[^;]{0,40}\d{1,2}:\d{2}|\d{1,2}:\d{2}:\d{2}", text[-90:]) else "no_time")
        return text, None
    odd += stamp.odd
    return text, stamp


def _clauses(body: str) -> dict[str, _Clause]:
    """Split at from, by, via, with, id, for outside comments. The word after from and by is a name whatever it says."""
    out: dict[str, _Clause] = {}
    current = out.setdefault("", _Clause())
    depth = 0
    comment: list[str] = []
    unclosed = body.count("(") > body.count(")")
    name_next = False
    at = 0
    for m in _TOKEN.finditer(body):
        word = m.group()
        if word[0] == "(" and len(word) > 1 and not depth:
            current.comments.append(" ".join(word[1:-1].split()))
            continue
        if word == "(" and not (unclosed and depth == 0 and ")" not in body[m.end():]):
            depth += 1
            if depth == 1:
                comment, at = [], m.end()
                continue
        elif word == ")" and depth:
            depth -= 1
            if depth == 0:
                current.comments.append(" ".join(body[at:m.start()].split()))
                continue
        if depth or word in ("(", ")"):
            comment.append(word)
            continue
        lower = word.lower().rstrip(";,")
        if lower in _KEYWORDS and lower not in out and not name_next and not (lower == "from" and "by" in out):
            current = out.setdefault(lower, _Clause())
            name_next = lower in ("from", "by")
            continue
        current.words.append(word)
        name_next = False
    if depth and comment:
        current.comments.append(" ".join(comment))
    return out


def _address(clause: _Clause, odd: list[str]) -> tuple[Address, int | None] | None:
    """Return (address, port) of the peer: in brackets in a comment, alone in a comment, in brackets among the words, or as the name."""
    candidates: list[tuple[Address, int | None]] = []
    for comment in clause.comments:
        if _ABOUT_TLS.match(comment):
            continue
        rest = _CLAIM.sub(" ", comment)
        candidates += _bracketed(rest)
        if not candidates and (alone := parse_address(rest.strip().removeprefix("unverified "))) is not None:
            candidates.append((alone, None))
        if not candidates and (m := _AFTER_AT.search(rest)) is not None and (behind := parse_address(m[1])) is not None:
            candidates.append((behind, None))
        if not candidates and _FOUR_FIGURES.search(rest):
            odd.append("impossible_address")
    for word in clause.words[1:]:
        if not candidates:
            candidates += _bracketed(word)
    if not candidates and clause.words:
        name = clause.words[0].strip("?").removeprefix("IPV6:").rsplit("@", 1)[-1]
        literal = parse_address(name)
        if literal is not None:
            candidates.append((literal, None))
            if not clause.comments:
                odd.append("address_may_be_helo")
        elif _FOUR_FIGURES.fullmatch(name.strip("[]")):
            odd.append("impossible_address")
    if len({a for a, _ in candidates}) > 1:
        odd.append("several_addresses")
    return candidates[-1] if candidates else None


def _bracketed(text: str) -> list[tuple[Address, int | None]]:
    return [(address, _port(m[2] or m[3])) for m in _IN_BRACKETS.finditer(text) if (address := parse_address(m[1])) is not None]


def _port(text: str | None) -> int | None:
    return int(text) if text and int(text) < 65536 else None


def _looked_up(clause: _Clause, has_address: bool, exim: bool, has_helo: bool) -> tuple[str, bool]:
    """Return (looked-up name or "", whether the server doubts it).

    Postfix, Sendmail, Gmail: the word before `[` in the comment. Exim writes the looked-up name after `from` (it checks
    the name both ways), and an address in brackets there where it has none.
    """
    forged = False
    for comment in clause.comments:
        if _ABOUT_TLS.match(comment):
            continue
        forged = forged or "may be forged" in comment
        before, bracket, _ = _CLAIM.sub(" ", comment).partition("[")
        words = before.split()
        if bracket and words:
            name = _host(words[-1].rsplit("@", 1)[-1])
            return ("" if name in ("unknown", "unverified") or "." not in name else name), forged
    if clause.words and has_address and (exim or has_helo):
        name = _host(clause.words[0])
        if "." in name and parse_address(name) is None and name != "unknown":
            return name, forged
    return "", forged


def _host(word: str) -> str:
    return word.strip("<>;,()\"'").rstrip(".").lower()[:255]
