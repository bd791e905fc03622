"""An alarm of our own sensor becomes a message, a report and a finding, which go down the river like any other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sekimori.evidence import store as evidence
from sekimori.intake.models import Message
from sekimori.ledger.service import write
from sekimori.policy import retention
from sekimori.reports.models import Finding, Report
from sekimori.values.actors import Actor
from sekimori.values.clock import iso, micros
from sekimori.work.columns import DONE

FORMAT = "own_sensor"
BY = Actor("stage", "enforcement.sensor")


def alarm(login: str, trigger: str, at: datetime, recipients: int, detail: Mapping[str, Any], now: datetime) -> None:
    """Report that a login did something at `at` (`brake` or `stolen`), once. The evidence is counts, never content."""
    told = {"sensor": "submissions", "trigger": trigger, "login": login, "at": iso(at), "recipients": recipients, **detail}
    raw = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    key = hashlib.sha256(f"{FORMAT}|{trigger}|{login}|{iso(at)}".encode()).hexdigest()
    with transaction.atomic():
        if Message.objects.filter(envelope=key).exists():
            return
        sha = evidence.put(raw, now=now, expires_at=now + timedelta(days=retention().report_without_case_days))
        message = Message.objects.create(
            sha256=sha, envelope=key, door="sensor", received_at=now, size=len(raw), route="report", auto=FORMAT, state="read",
            authenticated=True, work=DONE, due_at=micros(now))
        report = Report.objects.create(
            message=message, kind="report", format=FORMAT, version="1", report_id=trigger, authenticity="pass", confidence=1.0,
            detail={"trigger": trigger, "recipients": recipients, **detail}, findings_total=1, received_at=now)
        Finding.objects.create(
            report=report, index=0, category="messaging", type="spam", login=login, time=at, last_time=at, zone="stated", time_error_s=1,
            confidence=1.0, count=max(1, recipients), has_original=True, event_key=key, due_at=micros(now))
        write(BY, "sensor.alarm", f"message:{sha}", {"trigger": trigger, "recipients": recipients}, now)
