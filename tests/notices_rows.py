"""Makes the rows that letters and answers are written from."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case, CaseFinding
from sekimori.contracts.models import Contract, Holder
from sekimori.enforcement.models import Letter, Measure
from sekimori.intake.models import Message
from sekimori.ledger.service import write
from sekimori.notices import causes, member
from sekimori.notices.card import Fact, build
from sekimori.notices.models import Notice
from sekimori.reports.models import Answer, Finding, Report, Reporter
from sekimori.values.clock import SetClock, micros
from sekimori.values.ids import reference
from sekimori.work.runner import Runner
from sekimori.work.stage import Context

_count = itertools.count(1)
SECRETS = {
    "holder": "カナリア太郎", "email": "canary-primary@member.example", "alt_email": "canary-second@other.example",
    "phone": "090-0000-CANARY", "postal": "〒100-0001 カナリア町1-2-3", "contract": "CANARY-CONTRACT-7",
    "login": "canary-login@isp.example",
}

DSN = """From: MAILER-DAEMON@mx.isp.example\r
To: {to}\r
Subject: Successful Mail Delivery Report\r
Date: Tue, 24 Nov 2026 12:00:05 +0900\r
Message-ID: <d1@mx.isp.example>\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
This is the mail system at host mx.isp.example.\r
Your message was successfully delivered to the destination(s) listed below.\r
\r
<{rcpt}>: delivery via lmtp: 250 2.0.0 Saved\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.isp.example\r
Original-Envelope-Id: {ref}\r
\r
Final-Recipient: rfc822; {rcpt}\r
Original-Recipient: rfc822;{rcpt}\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; {code}\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
From: desk@isp.example\r
Message-ID: <{mid}>\r
\r
--b--\r
"""
"""A delivery report of our relay about a notice: `to rcpt ref action status code mid`."""


def contract(language="ja", **changes) -> Contract:
    n = next(_count)
    row = Contract.objects.create(key=changes.pop("key", f"C{n:06}"), handle=f"h{n:06}", language=language, access=changes.pop("access", "pppoe"),
                                  protected=changes.pop("protected", ""))
    held = {"holder": "山田 花子", "email": f"c{n}@isp.example", "alt_email": f"c{n}@other.example", "phone": "0312345678",
            "postal": "〒100-0001\n東京都千代田区千代田1-1"} | changes
    Holder.objects.create(contract=row, **held)
    return row


def message(now, *, mail_from="desk@feed.example", auto="", door="lmtp", route="report", token="", sha="") -> Message:
    n = next(_count)
    return Message.objects.create(sha256=sha or f"{n:064x}", envelope=f"{n:064x}", door=door, received_at=now, mail_from=mail_from,
                                  size=100, route=route, auto=auto, token=token, due_at=micros(now), work="done")


def report(now, *, authenticity="pass", domain="feed.example", report_id="", **mail) -> Report:
    reporter = Reporter.objects.filter(domain=domain).first() or Reporter.objects.create(domain=domain, first_seen=now)
    return Report.objects.create(message=message(now, **mail), kind="report", format="arf", version="1", reporter=reporter,
                                 authenticity=authenticity, received_at=now, report_id=report_id)


def finding(now, rep=None, *, category="messaging", type_="spam", at=None, **changes) -> Finding:
    n = next(_count)
    return Finding.objects.create(report=rep or report(now), index=n, category=category, type=type_, time=at or now - timedelta(hours=2),
                                  zone="stated", source_ip=changes.pop("source_ip", "198.18.0.7"), event_key=f"{n:064x}",
                                  due_at=micros(now), work="done", **changes)


def case(now, *, holder=None, how="radius", findings=3, category="messaging", type_="spam", proof=None, stolen=False, **changes) -> Case:
    held = holder or contract()
    row = Case.objects.create(ref=reference("K"), contract=held, policy=category, category=f"{category}/{type_}", opened_at=now)
    for i in range(findings):
        seen = finding(now, category=category, type_=type_, at=now - timedelta(hours=findings - i), **changes)
        found = Attribution.objects.create(finding=seen, certainty="exact", contract=held, how=how, stolen=stolen, proof=proof or {},
                                           at=now, due_at=micros(now), work="done")
        CaseFinding.objects.create(case=row, finding=seen, attribution=found, added_at=now)
    return row


def measure(k: Case, now: datetime, step="warn", state="approved", **changes) -> Measure:
    n = next(_count)
    return Measure.objects.create(ref=reference("M"), case=k, contract=k.contract, step=step, state=state, grade="C", basis="TERMS",
                                  scope=changes.pop("scope", "notice"), key=f"k{n}", subject_hash="0" * 64, proposed_by="stage", proposed_at=now,
                                  due_at=micros(now), work="held", rehearsal=False, reason_ja="理由の文", reason_en="the reason", **changes)


def letter(k: Case, now: datetime, kind="warn", rehearsal=False, about=None, **changes) -> Letter:
    n = next(_count)
    return Letter.objects.create(ref=reference("L"), key=f"l{n}", case=k, measure=about, kind=kind, rehearsal=rehearsal, made_at=now,
                                 due_at=micros(now), **changes)


def answer(now, kind="receipt", *, to="desk@feed.example", language="ja", detail=None, rep=None, **how) -> Answer:
    return Answer.objects.create(report=rep or report(now, **how), kind=kind, to=to, language=language, detail=detail or {}, due_at=micros(now))


def run(stage, now: datetime) -> None:
    """Let one stage work off what is due, as the worker does."""
    Runner(stages=[stage], clock=SetClock(now), record=write).until_idle()


def notice_for(k: Case, now: datetime, kind="warn", **changes) -> Notice:
    """Write one letter and return its notice, not yet sent."""
    from sekimori.notices.stages import MemberLetterStage

    one = letter(k, now, kind, about=changes.pop("about", None), **changes)
    run(MemberLetterStage(), now)
    return Notice.objects.get(letter=one.ref)


def context(now: datetime) -> Context:
    """What a stage is given."""
    return Context(now=now, clock=SetClock(now), lease="x")


def member_facts(now, language, channel="mail", *, mailbox=False, full=True) -> member.Facts:
    """Facts of a made-up letter: with everything in it, or with as little as can be."""
    card = build("messaging/spam", [
        Fact(now - timedelta(hours=h), 3, "messaging/spam", "submission" if mailbox else "radius", False, address="198.18.0.7", port=50000 + h,
             proto="tcp", login="hanako@isp.example" if mailbox else "", queue_id="4XyZ" if mailbox else "") for h in range(30)] if full else [])
    return member.Facts(
        provider="れいじネット" if language == "ja" else "Reiji Net", ref="N-7QF3-9MZA-H2WP", case="K-7QF3-9MZA-H2WP", contract="C0001234",
        holder="山田 花子" if full else "", channel=channel, card=card, cause=causes.cause(card.cause, language), step="restrict_mail",
        target="hanako@isp.example" if mailbox else "", scope_text="範囲" if full else "", starts_from=now if full else None,
        period_days=30 if full else None, reason="理由" if full else "", grace_hours=72, hearing_until=now if full else None, hearing_days=14,
        hours=72 if full else None, recalled=("N-2222-3333-4444",) if full else (), quote="line one\nline two" if full else "")
