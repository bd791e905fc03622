"""Officers' decisions: bound to what was shown, by different people, once."""

from datetime import UTC, datetime

import pytest

import story
from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case
from sekimori.cases.stages import OpenStage
from sekimori.enforcement import casefacts, decide, decisions, measures
from sekimori.enforcement.models import Approval, Letter, Measure
from sekimori.ledger.models import Entry
from sekimori.ledger.service import verify
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Refused
from sekimori.work.stage import Context

pytestmark = pytest.mark.django_db


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


NOON = instant(story.at(6, "12:00"))


@pytest.fixture
def proposed(folder):
    """A mail restriction at grade A waits for one officer."""
    story.tell(folder, story.WARNED)
    return Measure.objects.get(step="restrict_mail", state="proposed")


def test_an_approval_is_bound_to_what_was_shown(proposed):
    with pytest.raises(Refused, match="changed"):
        decisions.approve("sato", story.contract(), "restrict_mail", NOON, seen="0" * 64)
    assert not Approval.objects.exists()
    done = decisions.approve("sato", story.contract(), "restrict_mail", NOON, seen=proposed.subject_hash)
    assert done.state == "approved"
    assert Approval.objects.get().subject_hash == proposed.subject_hash


def test_a_withdrawn_finding_is_a_change(proposed):
    entry = proposed.case.entries.first()
    entry.withdrawn_at = NOON
    entry.save()
    with pytest.raises(Refused, match="changed"):
        decisions.approve("sato", story.contract(), "restrict_mail", NOON)


def test_nobody_approves_twice_or_what_is_not_proposed(proposed):
    Measure.objects.filter(id=proposed.id).update(approvals_needed=2)
    decisions.approve("sato", story.contract(), "restrict_mail", NOON)
    with pytest.raises(Refused, match="own_approval"):
        decisions.approve("sato", story.contract(), "restrict_mail", NOON)
    with pytest.raises(Refused, match="not_proposed"):
        decisions.approve("suzuki", story.contract(), "suspend_line", NOON)
    assert Measure.objects.get(id=proposed.id).state == "proposed"


def test_a_measure_exists_once_however_often_it_is_decided(proposed):
    about = casefacts.world()
    for _ in range(5):
        decide.decide(proposed.case_id, NOON, about)
    assert Measure.objects.filter(step="restrict_mail").count() == 1
    facts, plan = decide.look(Case.objects.get(id=proposed.case_id), NOON, about)
    assert measures.make_all([measures.Wish(proposed.case, _wish(plan, proposed), facts, plan.position)], decide.BY, NOON) == []
    assert Measure.objects.filter(step="restrict_mail").count() == 1


def _wish(plan, measure):
    from sekimori.enforcement.ladder.plan import Propose

    return Propose(measure.step, "ladder", "", measure.grade, 1, automatic=False, rehearsal=False)


def test_states_are_moved_by_compare_and_swap(proposed):
    assert measures.approved(proposed, NOON, NOON)
    assert not measures.approved(proposed, NOON, NOON)
    assert measures.void(proposed, "void", "finding", decide.BY, NOON)
    assert not measures.void(proposed, "void", "finding", decide.BY, NOON)


def test_the_same_answer_twice_makes_one_case(folder):
    story.tell(folder, story.own(2, "09:00", "Q1"))
    row = Attribution.objects.get()
    stage = OpenStage()
    for _ in range(3):
        stage.work([row.id], Context(NOON, SetClock(NOON), "x")).write()
    assert Case.objects.count() == 1
    assert Case.objects.get().entries.count() == 1


def test_a_newer_answer_moves_the_finding_and_voids(proposed):
    entry = proposed.case.entries.order_by("id").last()
    newer = Attribution.objects.create(finding=entry.finding, revision=entry.attribution.revision + 1, certainty="boundary", how="radius",
                                       at=NOON, due_at=0, proof={})
    OpenStage().work([newer.id], Context(NOON, SetClock(NOON), "x")).write()
    entry.refresh_from_db()
    assert entry.withdrawn_at is not None
    decide.decide(proposed.case_id, NOON, casefacts.world())
    proposed.refresh_from_db()
    assert proposed.state == "void"
    assert not Measure.objects.filter(state="proposed").exists()


def test_refusing_writes_ledger_and_stops_the_letter(proposed):
    decisions.approve("sato", story.contract(), "restrict_mail", NOON)
    assert Letter.objects.filter(measure=proposed, work="due").exists()
    decisions.refuse("suzuki", story.contract(), "restrict_mail", NOON)
    assert not Letter.objects.filter(measure=proposed, work="due").exists()
    assert Entry.objects.filter(act="measure.refused", subject=proposed.ref).exists()
    assert isinstance(verify(), tuple)


def test_every_act_of_an_officer_is_in_the_ledger(folder):
    story.tell(folder, story.RESTRICTED)
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"approval.given", "enforcement.acted", "notice.sent"} <= acts
    assert isinstance(verify(), tuple)


def test_reasons_name_no_reporter_and_stand_in_both_languages(proposed):
    for text in (proposed.reason_ja, proposed.reason_en):
        assert "feed.example" not in text
        assert "198.18" not in text
    assert "特定電子メール法 11条" in proposed.reason_ja
    assert "Anti-Spam Act art. 11" in proposed.reason_en
