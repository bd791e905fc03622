"""What members can do: within the rules, and refused with a reason outside them."""

import pytest

import story
from sekimori.enforcement import appeals, member
from sekimori.enforcement.models import Measure, Saying
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
refusals = pytest.mark.parametrize


def refused(lines):
    return [(line["event"], line["refused"]) for line in lines if "refused" in line]


def test_unlock_needs_the_checklist_first(folder):
    told = story.tell(folder, [*story.RESTRICTED, story.act(7, "10:00", "unlock"), story.act(7, "10:10", "done"), story.act(7, "10:20", "unlock"),
                               story.act(7, "10:30", "unlock")])
    assert refused(told) == [("unlock", "not_done"), ("unlock", "nothing_to_unlock")]
    assert Measure.objects.get(step="restrict_mail").end_reason == "unlock"


def test_a_member_without_a_case(folder):
    told = story.tell(folder, [story.act(2, "10:00", e) for e in ("statement", "done", "unlock", "appeal")])
    assert refused(told) == [("statement", "no_case"), ("done", "no_case"), ("unlock", "nothing_to_unlock"), ("appeal", "nothing_to_appeal")]


def test_a_third_wish_is_a_persons_to_grant(folder):
    lines = [*story.RESTRICTED]
    for day, queue_id in ((7, None), (9, "B1"), (10, "B2")):
        if queue_id:
            lines.append(story.submission(day, "09:30", queue_id, 150))
        lines += [story.act(day, "10:00", "done"), story.act(day, "10:05", "unlock")]
    told = story.tell(folder, lines)
    assert refused(told) == [("unlock", "person")]
    wish = Saying.objects.get(kind="unlock", answered_at=None)
    ended = member.answer_unlock("sato", wish, True, story_time())
    assert [m.step for m in ended] == ["brake"]
    with pytest.raises(Refused, match="answered"):
        member.answer_unlock("suzuki", wish, False, story_time())


def story_time():
    from datetime import UTC, datetime

    return datetime.fromisoformat(story.at(10, "12:00")).astimezone(UTC)


def test_appeals(folder):
    told = story.tell(folder, [
        *story.RESTRICTED, story.act(9, "10:00", "appeal", text="違います"), story.act(9, "10:10", "answer_appeal", officer="sato", outcome="reversed"),
        story.act(9, "10:30", "answer_appeal", officer="tanaka", outcome="reversed"),
        story.act(9, "10:40", "answer_appeal", officer="tanaka", outcome="reversed"), story.act(9, "11:00", "appeal")])
    assert refused(told) == [("answer_appeal", "own_decision"), ("answer_appeal", "no_appeal")]
    measure = Measure.objects.get(step="restrict_mail")
    with pytest.raises(Refused, match="outcome"):
        appeals.answer("tanaka", measure.contract, "perhaps", measure.proposed_at)
    assert Measure.objects.get(step="restrict_mail").end_reason == "appeal"
    assert appeals.deciders(Measure.objects.get(step="restrict_mail")) == {"sato"}
    assert Saying.objects.filter(kind="appeal").count() == 2  # the second contests the warning


def test_six_months_are_the_limit(folder):
    told = story.tell(folder, [*story.own(2, "09:00", "Q1"), {"at": "2027-05-02T10:30:00+09:00", "event": "appeal", "contract": "C1"},
                               {"at": "2027-05-02T10:31:00+09:00", "event": "clock"}])
    assert refused(told) == [("appeal", "nothing_to_appeal")]
