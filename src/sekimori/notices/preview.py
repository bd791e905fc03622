"""Every text as it would look, with made-up facts: for whoever edits a text, before anybody gets it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sekimori.notices import causes, environment, letterpdf, member, reporter
from sekimori.notices.card import Card, Fact, build
from sekimori.notices.letters import marked
from sekimori.settings import Settings

REF, CASE = "N-2345-6789-ABCD", "K-2345-6789-ABCD"
CATEGORY = {"port_filter": "connection/login_attack", "suspend_line": "connection/infected_host", "terminate": "connection/infected_host",
            "hearing": "connection/infected_host"}
"""What the letter is about; everything else is about spam."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One text with made-up facts."""

    audience: str
    kind: str
    language: str
    subject: str
    body: str
    version: str
    own: bool
    """The operator's own text, not the shipped one."""


def kinds() -> list[tuple[str, str]]:
    """Return all (audience, kind) that there are texts for, members first."""
    return [(audience, p.stem) for audience in ("member", "reporter")
            for p in sorted((environment.SHIPPED / "ja" / audience).glob("*.txt"))]


def preview(audience: str, kind: str, language: str, settings: Settings, now: datetime, channel: str = "mail") -> Preview:
    """Render a text with made-up facts, as a channel says it (a letter on paper cannot be replied to).

    Raises Refused("notices.template") where the operator's own text does not render, KeyError for an unknown kind.
    """
    if (audience, kind) not in kinds():
        raise KeyError(f"{audience}/{kind}")
    own = settings.data / "notices"
    folder = own if own.is_dir() else None
    if audience == "member":
        subject, body, version = member.render(replace(facts(kind, language, settings, now), channel=channel), kind, language, folder=folder)
    else:
        told = reporter.facts(_provider(settings, language), REF, language, [reporter.Item(now - timedelta(days=1), "xarf-7f3a"), reporter.Item(now, "")],
                              {"findings": 3, "missing": ["headers", "zone", "lines"], "addresses": [{"ip": "192.0.2.1", "contact": "abuse@other.example"}]})
        subject, body, version = reporter.render(told, kind, language, folder=folder)
    return Preview(audience, kind, language, subject, marked(REF, body), version, (own / language / audience / f"{kind}.txt").exists())


def pdf(shown: Preview, settings: Settings, now: datetime) -> bytes:
    """Return a member's text on paper, with a made-up address. Raises Outage where there is no font."""
    ja = shown.language == "ja"
    shown = preview(shown.audience, shown.kind, shown.language, settings, now, "letter")
    return letterpdf.render(letterpdf.Sheet(
        language=shown.language, ref=REF, name="見本 花子" if ja else "Hanako Mihon", postal="〒100-0001\n東京都千代田区千代田1-1-1" if ja else "1-1-1 Chiyoda, Chiyoda-ku, Tokyo 100-0001",
        provider=_provider(settings, shown.language), provider_address=settings.provider.address_ja if ja else settings.provider.address_en,
        subject=shown.subject, body=shown.body, at=now))


def facts(kind: str, language: str, settings: Settings, now: datetime) -> member.Facts:
    """Return made-up facts for a member's letter: every field filled, documentation addresses only (RFC 5737)."""
    ja = language == "ja"
    mailbox = kind in ("stolen_password", "brake", "restrict_mail")
    card = _card(CATEGORY.get(kind, "messaging/spam"), now, mailbox=mailbox)
    return member.Facts(
        provider=_provider(settings, language), ref=REF, case=CASE, contract="C0012345", holder="見本 花子" if ja else "Hanako Mihon", channel="mail",
        card=card, cause=causes.cause("stolen_password" if kind == "stolen_password" else card.cause, language),
        step=kind if kind in CATEGORY or kind in ("warn", "restrict_mail", "brake") else "restrict_mail",
        target="hanako@isp.example" if mailbox else "", scope_text=member.scope("mail" if mailbox else "contract" if kind == "terminate" else "line", language),
        starts_from=now + timedelta(days=1), period_days=None if kind == "terminate" else 30,
        reason="注意喚起の後も、2日以上にわたり新たな検知がありました。" if ja else "New events were seen on two or more days after the warning.",
        grace_hours=72, hearing_until=now + timedelta(days=14), hearing_days=14, hours=72, recalled=("N-2345-6789-WXYZ",), quote="")


def _card(category: str, now: datetime, *, mailbox: bool) -> Card:
    return build(category, [
        Fact(now - timedelta(hours=h, minutes=7 * h), 3 + (5 * h) % 11, category, "submission" if mailbox else "radius", False, address="192.0.2.10",
             port=49152 + h, proto="tcp", login="hanako@isp.example" if mailbox else "", queue_id=f"4XyZ{h:02}" if mailbox else "") for h in range(1, 9)])


def _provider(settings: Settings, language: str) -> str:
    return settings.provider.name_ja if language == "ja" else settings.provider.name_en
