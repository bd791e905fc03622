"""A review item tells why nobody was named, in words, with the question for the upstream operator, and never who it might be."""

import pytest
from django.test import Client

from sekimori.attribution.models import Attribution
from sekimori.contracts.models import Contract
from sekimori.evidence import store as evidence
from sekimori.intake.models import Message
from sekimori.reports.models import Finding, Report, Review
from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["ja", "en"])
def test_why_nobody_was_named(now, language):
    officer = make_officer("hana", "triage", Actor("command", "test"), now)
    officer.set_password("a long enough pass phrase")
    officer.save()
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["sekimori_language"] = language
    sha = evidence.put(b"From: a@feed.example\r\nSubject: report\r\n\r\n198.51.100.65\r\n", now=now, expires_at=None)
    message = Message.objects.create(sha256=sha, envelope="0" * 64, door="lmtp", received_at=now, size=1, route="report", due_at=0)
    report = Report.objects.create(message=message, kind="report", format="arf", version="1", received_at=now)
    rows = [Finding.objects.create(report=report, index=i, category="messaging", type="spam", source_ip=f"198.51.100.6{i}", time=now, zone="stated", event_key="x", due_at=0)
            for i in range(3)]
    contract = Contract.objects.create(key="SECRET-7", handle="handle-of-7")
    proof = {"query": "softwire IPv6 source of 198.51.100.60 port 40000 at 2026-11-02T00:00:00Z ± 2.5 s", "contact": "noc@vne.example"}
    for f, certainty, why, n, who, p in ((rows[0], "upstream", "ask_upstream", 0, None, proof), (rows[1], "several", "port_missing", 256, None, {}),
                                         (rows[2], "exact", "", 1, contract, {})):
        Attribution.objects.create(finding=f, certainty=certainty, why=why, candidates=n, contract=who, how="mape", proof=p, at=now, due_at=0)
    review = Review.objects.create(message=message, finding=rows[0], group="g", reason="attribution_upstream", opened_at=now)
    text = client.get(f"/desk/review/{review.pk}/").content.decode()
    assert "softwire IPv6 source of 198.51.100.60 port 40000" in text and "noc@vne.example" in text
    for words in ({"ja": ["送信元ポートが示されていません", "候補は256件です"], "en": ["no source port is stated", "256 candidates"]}[language]):
        assert words in text
    assert "SECRET-7" not in text and "handle-of-7" not in text
