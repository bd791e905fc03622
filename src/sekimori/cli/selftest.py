"""The self-test of `sekimori doctor --self-test`: a marked report to abuse@, from outside to its reading."""

from __future__ import annotations

import smtplib
import time
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sekimori.settings import Settings

WARN_DAYS = 35
"""A month and some days: a self-test is due once a month."""


def mail(settings: Settings, token: str, now: datetime) -> bytes:
    """Return the mail: GTUBE in plain text, the token in the subject."""
    from sekimori.reports.formats.selftest.reader import GTUBE

    out = EmailMessage()
    out["From"] = f"{settings.mail.noreply_localpart}@{settings.provider.domains[0]}"
    out["To"] = settings.abuse_address
    out["Subject"] = f"Sekimori self-test {token}"
    out["Date"] = format_datetime(now)
    out["Message-ID"] = f"<selftest-{token}@{settings.provider.domains[0]}>"
    out["Auto-Submitted"] = "auto-generated"
    out.set_content(f"Whether reports to {settings.abuse_address} arrive although they look like spam.\n\n{GTUBE}\n")
    return out.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def send(settings: Settings, raw: bytes, lmtp: tuple[str, int] | None) -> str:
    """Send it by the relay of the settings, or straight to an LMTP door; returns "" or the fault in words."""
    from sekimori.smtp.outgoing import send as by_relay
    from sekimori.values.outcomes import Outage

    sender = f"{settings.mail.noreply_localpart}@{settings.provider.domains[0]}"
    if lmtp is None and not settings.mail.relay_host:
        return "no relay is set: give --lmtp HOST:PORT, the door to test"
    try:
        if lmtp is None:
            by_relay(raw, mail_from=sender, rcpt_to=[settings.abuse_address], settings=settings)
        else:
            with smtplib.LMTP(*lmtp, timeout=30) as client:
                client.sendmail(sender, [settings.abuse_address], raw)
    except (Outage, OSError, smtplib.SMTPException) as e:
        return f"it could not be sent: {e}"
    return ""


def arrived(token: str) -> str:
    """Return `read` where the report was recognised, `kept` where it only arrived, `lost` where it did not."""
    from sekimori.intake.models import Message
    from sekimori.reports.models import Report

    report = Report.objects.filter(report_id=token).order_by("-id").first()
    if report is not None:
        return "read" if (report.kind, report.format) == ("not_abuse", "selftest") else "misread"
    since = Message.objects.order_by("-id")[:200]
    from sekimori.evidence import store

    needle = f"selftest-{token}@".encode()
    for row in since:
        if row.size < 50_000:
            try:
                if needle in store.get(row.sha256):
                    return "kept"
            except (store.Missing, OSError):
                continue
    return "lost"


def wait(token: str, seconds: float) -> str:
    """Look again and again until it was read or the time is over; returns as `arrived`."""
    until = time.monotonic() + seconds
    while (state := arrived(token)) not in ("read", "misread") and time.monotonic() < until:
        time.sleep(0.5)
    return state


def run(settings: Settings, lmtp: tuple[str, int] | None, seconds: float) -> tuple[bool, str]:
    """Run the whole self-test; returns (passed, what to tell). The outcome stands in the ledger."""
    from django.db import transaction

    from sekimori.cli.purpose import actor
    from sekimori.ledger.service import write
    from sekimori.values.ids import token as new_token
    from sekimori.work.clock import shared

    token = new_token()
    fault = send(settings, mail(settings, token, shared().now()), lmtp)
    state = "unsent" if fault else wait(token, seconds)
    with transaction.atomic():
        write(actor(), "selftest.passed" if state == "read" else "selftest.failed", "abuse", {"state": state}, shared().now())
    return state == "read", {
        "unsent": fault, "read": f"the report to {settings.abuse_address} arrived and was recognised", "misread": "the report arrived and was read as something else",
        "kept": f"the report arrived, but was not read within {seconds:.0f} s: do the stages run (`sekimori work`)?",
        "lost": f"the report did not arrive within {seconds:.0f} s: does a filter before {settings.abuse_address} hold it?"}[state]
