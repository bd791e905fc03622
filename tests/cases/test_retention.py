"""A case's evidence outlives the 90 days of a report without a case, and not the years after its close."""

from __future__ import annotations

from datetime import timedelta

import pytest

import notices_rows as rows
from sekimori.attribution.models import Attribution
from sekimori.cases import retention, store
from sekimori.cases.models import Case
from sekimori.evidence import store as evidence
from sekimori.intake.receive import receive
from sekimori.policy.files import retention as periods
from sekimori.reports.models import Report
from sekimori.values.clock import micros
from support import NOW

pytestmark = pytest.mark.django_db


def filed():
    """One finding, filed with a case as the stage does it; returns (case, sha256)."""
    message = receive(b"From: r@feed.example\r\n\r\nx\r\n", mail_from="r@feed.example", rcpt_to=["abuse@isp.example"], door="lmtp", peer="", now=NOW)
    report = Report.objects.create(message=message, kind="report", format="arf", version="1", authenticity="pass", received_at=NOW)
    found = Attribution.objects.create(finding=rows.finding(NOW, report), certainty="exact", contract=rows.contract(), how="radius", proof={},
                                       at=NOW, due_at=micros(NOW), work="done")
    return store.file(found, "radius", NOW), message.sha256


def test_evidence_of_a_case_is_held_and_other_evidence_expires():
    case, sha256 = filed()
    other = receive(b"From: r@feed.example\r\n\r\nnobody\r\n", mail_from="r@feed.example", rcpt_to=[], door="lmtp", peer="", now=NOW).sha256
    later = NOW + timedelta(days=periods().report_without_case_days + 1)
    assert evidence.expire(later) == 1
    assert evidence.get(sha256)
    with pytest.raises(evidence.Missing):
        evidence.get(other)
    assert case is not None


def test_it_is_let_go_when_the_period_after_the_close_is_over():
    case, sha256 = filed()
    years = periods().case_years
    far = NOW + timedelta(days=365 * (years + 2))
    assert retention.release_over(far) == 0
    Case.objects.filter(pk=case.pk).update(closed_at=NOW + timedelta(days=10))
    assert retention.release_over(NOW + timedelta(days=365 * years)) == 0
    assert evidence.expire(far) == 0
    evidence.hold([sha256], "preservation:1")
    assert retention.release_over(far) == 1
    assert evidence.expire(far) == 0
    evidence.release("preservation:1")
    assert evidence.expire(far) == 1
