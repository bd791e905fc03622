"""What the page shows for a pasted notice. The octets alone are judged; nothing is kept, nothing is looked up.

The answer cannot depend on what our logs hold: there is no log to ask here (tests/bounces/test_page.py).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from sekimori.bounces.explain.catalogue import Language, load, texts
from sekimori.bounces.explain.clients import ClientError, client_errors
from sekimori.bounces.explain.explaining import Explanation, explain
from sekimori.bounces.explain.glossing import code_meaning
from sekimori.bounces.explain.verdicts import VerdictWords, answer, verdict_words
from sekimori.bounces.masking import mask, mask_all, shown
from sekimori.bounces.parser.model import Bounce, Failure, Kind
from sekimori.bounces.parser.reading import parse
from sekimori.bounces.provenance.model import Judgement, Known, Provenance
from sekimori.bounces.provenance.rules import judge
from sekimori.mime import Mail, read
from sekimori.settings import Settings

MOST = 2_000_000
"""Octets of a paste or an .eml that are looked at."""
SHOWN = 20
"""Recipients explained on one page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient on the page, addresses masked."""

    explanation: Explanation
    recipient: str
    status: str
    status_meaning: str
    reply_code: int
    span: tuple[int, int] | None
    """First and last line of the notice's text where the reason stands."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the page shows, in one language."""

    language: Language
    kind: str
    """`bounce`, `arf`, `vacation`, `mdn`, `challenge`, `none`, or `client` for an error of a mail program."""
    headline: str
    verdict: VerdictWords
    lines: tuple[Line, ...]
    more: int
    client: tuple[ClientError, ...]
    fixed: dict[str, str]
    """Headings and the warning never to reply."""
    product: str
    original_subject: str
    original_date: str
    echo: tuple[str, ...]
    """The words of the notice, line by line, addresses masked."""

    def to_json(self) -> dict[str, Any]:
        """Return the view as JSON values (the API answers with it)."""
        return asdict(self)


def public_knowledge(settings: Settings) -> Known:
    """Return what everybody may know of us: our domains and the names of our relays. No log, no key, no member."""
    domains = frozenset(d.lower() for d in settings.provider.domains)
    hosts = tuple(
        h.lower() for h in (*settings.provider.domains, *settings.mail.trusted_relays) if not h[:1].isdigit() and ":" not in h and "/" not in h
    )
    return Known(domains=domains, hosts=hosts, authserv=frozenset(a.lower() for a in settings.mail.authserv_ids))


def understand(raw: bytes, known: Known) -> tuple[Mail, Bounce, Judgement]:
    """Read and judge what a person gave: a whole notice, a piece of its text, or a mail with the notice attached."""
    raw = raw[:MOST].lstrip(b" \t\r\n\xef\xbb\xbf")
    mail = read(raw)
    if len(mail.headers) < 2:
        mail = read(b"\n" + raw)
    found = parse(mail, pasted=True)
    if found.kind is not Kind.BOUNCE:
        inner = _inner(mail)
        if inner is not None:
            mail, found = inner
    return mail, found, judge(mail, found, known)


def explain_pasted(raw: bytes, language: Language = "ja", known: Known | None = None) -> View:
    """Explain pasted octets for the anonymous page. Never raises for what they say; keeps nothing.

    `known` is `public_knowledge(settings)`: never more, so that known and unknown ids are answered alike.
    """
    _, found, judgement = understand(raw, known or Known())
    client = tuple(client_errors(raw[:MOST].decode("utf-8", "replace"), language)) if found.kind is not Kind.BOUNCE or not found.failures else ()
    lines = (
        tuple(_line(f, language) for f in found.failures[:SHOWN]) if found.kind is Kind.BOUNCE and judgement.provenance is not Provenance.FAKE else ()
    )
    words = verdict_words(judgement, language)
    headline = (
        client[0].title if client else (lines[0].explanation.title if lines else answer(found, judgement, language).split("。")[0].split(". ")[0])
    )
    return View(
        language,
        "client" if client else found.kind.value,
        headline,
        replace(words, evidence=tuple(mask_all(e) for e in words.evidence)),
        lines,
        max(len(found.failures) - SHOWN, 0),
        client,
        {k: str(v) for k, v in texts(language)["fixed"].items()},
        found.reporter.product,
        shown(found.original.subject, 120),
        shown(found.original.date, 60),
        tuple(shown(row, 200) for row in found.text.split("\n")[:200]),
    )


def _inner(mail: Mail) -> tuple[Mail, Bounce] | None:
    """Return the notice that is attached to a forwarding mail."""
    for part in list(mail.walk())[:50]:
        if part.message is not None and not part.message.headers_only:
            inner = read(part.message.raw)
            found = parse(inner)
            if found.kind is Kind.BOUNCE:
                return inner, found
    return None


def _line(failure: Failure, language: Language) -> Line:
    hidden = mask(failure.recipient)
    told = explain(replace(failure, diagnostic=mask_all(failure.diagnostic)), language)

    def hide(text: str) -> str:
        return text.replace(failure.recipient, hidden)

    told = replace(
        told,
        recipient=hidden,
        title=hide(told.title),
        why=hide(told.why),
        steps=tuple(map(hide, told.steps)),
        retry=hide(told.retry),
        tell=hide(told.tell),
        call=hide(told.call),
    )
    span = (failure.span.first, failure.span.last) if failure.span else None
    return Line(told, hidden, failure.status, code_meaning(failure.status, language), failure.reply_code, span)


def verdicts() -> tuple[str, ...]:
    """Return the ids of all verdicts that the page can show."""
    return tuple(load("provenance.toml")["verdict"])
