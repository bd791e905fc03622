"""A wrong notice: recalled, apologised for, undone, its source frozen, siblings found, the report drafted."""

from datetime import UTC, datetime

import pytest

import story
from sekimori.cases.models import Case, CaseFinding, Freeze
from sekimori.enforcement import incident
from sekimori.enforcement.models import Delivery, Incident, Letter, Measure
from sekimori.notices.models import Notice
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 9, 3, 0, tzinfo=UTC)


def test_one_act_does_all(folder):
    story.tell(folder, [*story.RESTRICTED, story.act(9, "12:00", "incident", officer="sato"), {"at": story.at(9, "12:30"), "event": "clock"}])
    found = Incident.objects.get()
    assert found.sources
    assert Freeze.objects.filter(lifted_at=None).count() == len(found.sources)
    assert not Measure.objects.filter(state__in=("executed", "verified", "approved", "proposed")).exists()
    assert not CaseFinding.objects.filter(withdrawn_at=None).exists()
    assert Delivery.objects.filter(recalled_at=None).values_list("letter__kind", flat=True).get() == "apology"
    assert set(Notice.objects.filter(audience="member").exclude(template="apology").values_list("state", flat=True)) == {"recalled"}
    assert "電気通信事業法第28条" in found.report_ja
    assert "山田" not in found.report_ja
    assert Letter.objects.filter(kind="apology").count() == 1


def test_siblings_are_the_open_cases_of_the_same_source(folder):
    other = [{"at": story.at(1, "08:10"), **line} for line in (
        {"event": "contract", "contract": "C2", "holder": "B", "email": "c2@member.example"}, {"event": "login", "key": "u2@isp.example", "contract": "C2"},
        {"event": "assignment", "prefix": "198.18.0.2/32", "from": "2026-10-01T00:00:00+09:00", "to": None, "login": "u2@isp.example", "source": "radius",
         "closed": False})]

    def arf(ip):
        return {"at": story.at(2, "10:00"), "event": "report", "make": {
            "format": "arf", "reporter": "desk@feed.example", "authenticated": True, "category": "messaging/spam", "source_ip": ip,
            "time": story.at(2, "09:00"), "headers": True}}
    story.tell(folder, [*other, arf("198.18.0.1"), arf("198.18.0.2"), story.act(2, "12:00", "incident", officer="sato")])
    sibling = Case.objects.get(contract__key="C2")
    assert Incident.objects.get().siblings == [sibling.ref]
    source = Freeze.objects.get().source
    incident.lift("suzuki", source, NOW)
    with pytest.raises(Refused, match="not_frozen"):
        incident.lift("suzuki", source, NOW)


def test_without_a_notice_there_is_nothing_to_recall(folder):
    story.tell(folder, [])
    with pytest.raises(Refused, match="no_notice"):
        incident.declare("sato", story.contract(), NOW)
