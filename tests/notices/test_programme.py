"""The monthly status file: what became of each address, never who."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from notices_rows import case, notice_for, run
from sekimori.attribution.models import Attribution
from sekimori.cases.models import CaseFinding
from sekimori.enforcement.models import Saying
from sekimori.notices.programme import lines, month_of, write
from sekimori.notices.service import delivered, undelivered
from sekimori.notices.stages import SendStage
from sekimori.reports.models import Report
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db
BY = Actor("officer", "a")


@pytest.fixture
def reported(folder, now):
    k = case(now)
    Report.objects.update(detail={"programme": "notice", "deadline": "2026-12-20"}, received_at=now - timedelta(hours=2))
    return k


def states(month="2026-11"):
    return {x.state for x in lines("NOTICE", *month_of(month))}


def test_from_waiting_to_completed(reported, now):
    assert states() == {"waiting"}
    n = notice_for(reported, now, "warn")
    run(SendStage(), now)
    assert states() == {"notified"}
    undelivered(n.ref, now, BY)
    assert states() == {"undelivered"}
    delivered(n.ref, now, "mail", BY)
    Saying.objects.create(ref="S-1", case=reported, kind="done", at=now)
    assert states() == {"completed"}
    assert states("2026-10") == set()
    assert not list(lines("NICTER", *month_of("2026-11")))


def test_what_names_nobody(folder, now):
    k = case(now)
    Report.objects.update(detail={"programme": "notice"}, received_at=now)
    CaseFinding.objects.all().delete()
    Attribution.objects.update(contract=None, ours=False)
    assert states() == {"not_ours"}
    Attribution.objects.update(ours=True)
    assert states() == {"not_found"}
    assert k.contract_id


def test_the_file_names_no_member_and_begins_no_formula(reported):
    Report.objects.update(detail={"programme": "notice", "deadline": "=cmd|'/C calc'!A0"})
    out = io.StringIO()
    assert write(lines("NOTICE", *month_of("2026-11")), out) >= 1
    text = out.getvalue()
    assert text.startswith("address,time_jst,")
    assert reported.contract.key not in text
    assert reported.contract.handle not in text
    assert ",'=cmd" in text or '"\'=cmd' in text


def test_months_are_japanese():
    assert month_of("2026-12")[0] == datetime(2026, 11, 30, 15, tzinfo=UTC)
    with pytest.raises(ValueError, match="2026"):
        month_of("2026/12")
