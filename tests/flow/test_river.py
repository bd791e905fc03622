"""Mail in, notice out: the demo provider's reports through all stages, on both engines, held against the planted truth."""

from datetime import timedelta

import pytest

from reiji import filled
from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case
from sekimori.demo.summary import summary
from sekimori.enforcement.models import Measure
from sekimori.flow.run import run_until_idle
from sekimori.intake.models import Message
from sekimori.ledger.models import Entry
from sekimori.ledger.service import verify
from sekimori.notices.models import Notice
from sekimori.reports.models import Report, Review
from sekimori.values.clock import SetClock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def desk(tmp_path, now, monkeypatch):
    """A desk with a small demo provider, live, its reports received."""
    yield from filled(tmp_path, now, monkeypatch)


def test_from_report_to_notice(desk, now):
    run_until_idle(SetClock(now))
    found = summary(desk)
    assert found["messages"] == len({x.raw for x in desk})
    assert not Message.objects.filter(work="due", route="report").exists()
    assert found["wrong_contract"] == 0
    assert found["attributed"] > 50
    assert found["spam_by_queue_id"] >= 0.4 * found["spam_findings"]
    assert found["ambiguous"] > 0
    assert found["not_ours"] > 0
    assert Case.objects.exists()
    assert Notice.objects.filter(audience="member", sent_at__isnull=False).exists()
    assert verify()[0] == Entry.objects.count()


def test_no_notice_without_a_certain_name_and_none_by_prose_alone(desk, now):
    run_until_idle(SetClock(now))
    assert not Attribution.objects.exclude(certainty__in=("exact", "exact_open")).exclude(contract=None).exists()
    assert not Attribution.objects.filter(contract__isnull=False, ours=False).exists()
    for measure in Measure.objects.all():
        entries = measure.case.entries.select_related("finding__report")
        assert any(not e.finding.report.free_text for e in entries), "prose alone must not warn anybody"
    shared = Report.objects.filter(message__mail_from="noc@game.example").values_list("message_id", flat=True)
    assert Review.objects.filter(message_id__in=shared).count() >= len(shared) > 0


def test_reads_of_protected_data_stand_in_the_ledger_before_the_answer(desk, now):
    run_until_idle(SetClock(now))
    reads = Entry.objects.filter(act="protected.read").order_by("seq")
    assert reads.exists()
    first = Attribution.objects.order_by("id").first()
    assert first is not None
    assert reads.first().at <= first.at.isoformat().replace("+00:00", "Z")


def test_running_again_changes_nothing(desk, now):
    run_until_idle(SetClock(now))
    before = (summary(desk), Measure.objects.count(), Notice.objects.count())
    assert run_until_idle(SetClock(now + timedelta(seconds=1))) == 0
    assert (summary(desk), Measure.objects.count(), Notice.objects.count()) == before


def test_no_page_of_the_desk_shows_a_name_without_the_act_of_revealing(desk, now):
    """Canary: every case, notice, message and list, read by an officer of all ordinary roles."""
    from django.test import Client

    from sekimori.contracts.models import Contract, Holder
    from sekimori.staff.service import make_officer
    from sekimori.values.actors import Actor

    for n, holder in enumerate(Holder.objects.order_by("pk")):
        Holder.objects.filter(pk=holder.pk).update(holder=f"隠家 {n}子", phone=f"099{n:07d}", postal=f"秘密県{n}番地")
    run_until_idle(SetClock(now))
    officer = make_officer("hana", "triage handler approver reveal legal rules", Actor("command", "test"), now)
    client = Client(headers={"accept-language": "ja"})
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    pages = ["", "review/", "cases/", "messages/", "notices/", "switches/", "ledger/", "requests/"]
    pages += [f"cases/{r}/" for r in Case.objects.values_list("ref", flat=True)[:40]]
    pages += [f"notices/{r}/" for r in Notice.objects.filter(audience="member").values_list("ref", flat=True)[:40]]
    pages += [f"review/{pk}/" for pk in Review.objects.values_list("pk", flat=True)[:10]]
    seen = 0
    for page in pages:
        answer = client.get(f"/desk/{page}")
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "隠家" not in text, page
        assert "秘密県" not in text, page
        assert "0990000" not in text, page
        seen += "契約者名" in text
    assert seen, "the notices name their holder, masked"
    assert Contract.objects.exists()
