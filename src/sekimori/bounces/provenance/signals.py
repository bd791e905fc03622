"""Observations on a notice that speak for or against it. Pure; nothing is fetched."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Any

import ahocorasick

from sekimori.bounces.parser.literals import fold
from sekimori.bounces.parser.model import Action, Bounce, Kind
from sekimori.bounces.parser.rules import provider_of
from sekimori.mime import Mail

from .model import Evidence, Known

_URL = re.compile(r"https?://([A-Za-z0-9][A-Za-z0-9.-]{1,252})", re.IGNORECASE)
_BY = re.compile(r"\bby\s+([A-Za-z0-9][A-Za-z0-9._-]{1,252})", re.IGNORECASE)
_BAD_AUTH = re.compile(r"\b(dmarc|spf|dkim)\s?=\s?(?:fail|hardfail|softfail|permerror)\b", re.IGNORECASE)
_DAEMON_LOCAL = re.compile(
    r"^(?:mailer-?daemon|mail-?daemon|po+stmaster|daemon|mdaemon|mail\.?delivery\.?(?:sub)?system|no-?reply|bounces?|ndr)(?:$|[+._-])", re.IGNORECASE
)
_SECOND_LEVEL = frozenset(("co", "ne", "or", "ac", "go", "ed", "gr", "lg", "ad", "com", "net", "org", "gov", "edu"))


@cache
def _data() -> dict[str, Any]:
    return loads(files(__package__).joinpath("data", "fake.toml").read_text(encoding="utf-8"))


@cache
def _automaton() -> Any:
    automaton = ahocorasick.Automaton()
    words: dict[str, set[str]] = {}
    for number, group in enumerate(_data()["group"]):
        for literal in group["any"]:
            words.setdefault(literal, set()).add(f"act{number}")
    for literal in _data()["pose"]["any"]:
        words.setdefault(literal, set()).add("pose")
    for literal, kinds in words.items():
        automaton.add_word(literal, frozenset(kinds))
    automaton.make_automaton()
    return automaton


def _kinds(text: str) -> set[str]:
    found: set[str] = set()
    for _, kinds in _automaton().iter(fold(text[:30_000])):
        found |= kinds
    return found


def organisation(host: str) -> str:
    """Return the organisational part of a host name: the last two labels, three under co.jp and its like."""
    labels = host.lower().rstrip(".").split(".")
    wide = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if wide else labels[-2:])


def poses(bounce: Bounce) -> bool:
    """Whether name or subject pose as a mail system."""
    return "pose" in _kinds(f"{bounce.sender_name} {bounce.sender.partition('@')[0]} {bounce.subject}")


def against(mail: Mail, bounce: Bounce, known: Known) -> list[tuple[int, Evidence]]:
    """Return what speaks for a fake, each with its weight."""
    out: list[tuple[int, Evidence]] = []
    texts, links, attachment = _contents(mail, bounce)
    act = {k for k in _kinds(texts) if k.startswith("act")}
    foreign = _foreign(links, bounce, known)
    empty = bounce.kind is not Kind.BOUNCE or not _facts(bounce, known)
    if act:
        out.append((1 + min(len(act), 2), Evidence("call_to_act")))
    if foreign and (act or empty):
        out.append((2, Evidence("foreign_link", foreign[0])))
    if attachment:
        out.append((2, Evidence("active_attachment", attachment)))
    if empty:
        out.append((2, Evidence("no_facts")))
    local = bounce.sender.partition("@")[0]
    if bounce.sender and poses(bounce) and not _DAEMON_LOCAL.match(local) and bounce.sender_name:
        out.append((1, Evidence("sender_not_daemon", bounce.sender)))
    path = (mail.headers.get("return-path") or "").strip().strip("<>")
    if path and not _DAEMON_LOCAL.match(path.partition("@")[0]):
        out.append((1, Evidence("envelope_not_null")))
    if _failed_authentication(mail, known):
        out.append((2, Evidence("auth_failed")))
    if _claims_ours(mail, bounce, known):
        out.append((3, Evidence("claims_ours")))
    own = known.owner or frozenset(a.lower() for a in bounce.to)
    if bounce.failures and all(f.recipient.lower() in own for f in bounce.failures) and bounce.original.extent == "none":
        out.append((1, Evidence("own_address_failed")))
    if mail.headers.has("list-unsubscribe") or mail.headers.has("x-campaign") or mail.headers.has("feedback-id"):
        out.append((1, Evidence("bulk_marks")))
    if any(f.status.startswith("2") and f.action is Action.FAILED for f in bounce.failures):
        out.append((1, Evidence("contradiction")))
    if len(bounce.to) > 3:
        out.append((1, Evidence("many_recipients")))
    return out


def in_favour(mail: Mail, bounce: Bounce) -> list[Evidence]:
    """Return what speaks for a real notice, whoever sent the mail that it is about."""
    out: list[Evidence] = []
    if any(f.status_from == "field" for f in bounce.failures):
        out.append(Evidence("status_fields"))
    if bounce.original.extent != "none":
        out.append(Evidence("returned_part"))
    if any(f.reply_code for f in bounce.failures):
        out.append(Evidence("server_words"))
    if (mail.headers.get("return-path") or "?").strip() == "<>":
        out.append(Evidence("null_sender"))
    return out


def origin(bounce: Bounce, known: Known) -> list[Evidence]:
    """Return what the returned header says about who sent the mail: ours or foreign. Headers can be forged."""
    if not known.hosts or not bounce.original.received:
        return []
    hosts = [m.group(1).lower() for line in bounce.original.received if (m := _BY.search(line[:2000]))]
    if any(_within(h, known.hosts) for h in hosts):
        return [Evidence("first_hop_ours")]
    out = [Evidence("first_hop_foreign")]
    domain = bounce.original.message_id.rpartition("@")[2].lower()
    if domain and known.domains and organisation(domain) not in {organisation(d) for d in known.domains}:
        out.append(Evidence("message_id_foreign"))
    if known.signs_always and not any(d in known.domains for d in bounce.original.dkim_domains):
        out.append(Evidence("dkim_absent"))
    return out


def _within(host: str, suffixes: tuple[str, ...]) -> bool:
    return any(host == s or host.endswith("." + s) for s in suffixes)


def _contents(mail: Mail, bounce: Bounce) -> tuple[str, list[str], str]:
    """Return (text with subject, link hosts, name of a dangerous attachment) of the notice itself, not of what it returns."""
    links: list[str] = []
    texts = [bounce.subject, bounce.text]
    attachment = ""
    stack = [mail.root]
    while stack and len(texts) < 12:
        part = stack.pop()
        if part.children:
            stack += reversed(part.children)
            continue
        name = part.filename.lower()
        if name.endswith(tuple(_data()["active"]["ends"])) and not part.type.startswith("message/"):
            attachment = attachment or part.filename[:80]
        elif part.type == "text/html":
            texts.append(part.plain[:30_000])
    for text in texts:
        links += [m.group(1).lower() for m in _URL.finditer(text[:60_000])]
    return "\n".join(texts), list(dict.fromkeys(links))[:50], attachment


def _foreign(links: list[str], bounce: Bounce, known: Known) -> list[str]:
    near = {
        organisation(h)
        for h in (
            bounce.sender.rpartition("@")[2],
            bounce.reporter.mta,
            *(f.remote for f in bounce.failures),
            *(f.recipient.rpartition("@")[2] for f in bounce.failures),
        )
        if h
    }
    near -= {organisation(a.rpartition("@")[2]) for a in bounce.to} - {organisation(d) for d in known.domains}
    help_hosts = tuple(_data()["help"]["hosts"])
    return [h for h in links if organisation(h) not in near and not _within(h, help_hosts) and provider_of(h) is None]


def _facts(bounce: Bounce, known: Known) -> bool:
    """Whether the notice tells a failed address of somebody else with a reason or returns the mail."""
    own = known.owner or frozenset(a.lower() for a in bounce.to)
    others = [f for f in bounce.failures if f.recipient.lower() not in own]
    return bool(others) and (bounce.original.extent != "none" or any(f.reply_code or f.status or len(f.diagnostic) > 12 for f in others))


def _failed_authentication(mail: Mail, known: Known) -> bool:
    for value in mail.headers.all("authentication-results")[:5]:
        server = value.split(";")[0].strip().split(" ")[0].lower()
        m = _BAD_AUTH.search(value[:4000]) if not known.authserv or server in known.authserv else None
        if m and (m.group(1).lower() == "dmarc" or "dmarc=pass" not in value.lower()):
            return True
    return False


def _claims_ours(mail: Mail, bounce: Bounce, known: Known) -> bool:
    """Whether it names one of our domains as sender though it came in from outside (its first hop is not ours)."""
    domain = bounce.sender.rpartition("@")[2].lower()
    if not domain or not known.domains or not known.hosts:
        return False
    if domain not in known.domains and organisation(domain) not in {organisation(d) for d in known.domains}:
        return False
    received = mail.headers.all("received")[:50]
    if not received:
        return False
    oldest = received[-1]
    m = _BY.search(oldest[:2000])
    from_host = re.match(r"\s{0,5}from\s+([A-Za-z0-9][A-Za-z0-9._-]{1,252})", oldest[:500], re.IGNORECASE)
    inside = m is not None and _within(m.group(1).lower(), known.hosts)
    return not inside or (
        from_host is not None
        and "." in from_host.group(1)
        and not _within(from_host.group(1).lower(), (*known.hosts, *known.domains))
        and from_host.group(1).lower() != "localhost.localdomain"
    )
