"""The clock jumps by ten years or a day: nothing that touches a person happens early, nothing is forgotten, and afterwards all is on its day."""

from datetime import UTC, datetime, timedelta

import pytest

import story
from sekimori.cases.models import Case, CaseFinding
from sekimori.cli.retention import run_once
from sekimori.enforcement import decisions
from sekimori.enforcement.models import Approval, Delivery, Letter, Measure
from sekimori.evidence.models import Body, Hold
from sekimori.flow.run import run_until_idle
from sekimori.intake.models import Message
from sekimori.notices.models import Notice, SignIn
from sekimori.submissions.models import Submission
from sekimori.values.actors import Actor
from sekimori.values.clock import SetClock, micros
from sekimori.work.claim import claim
from sekimori.work.models import ClockMark

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
JUMPS = {"ten years ahead": 3652 * DAY, "ten years back": -3652 * DAY, "a day back": -DAY}


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


FRIDAY = instant(story.at(6, "18:00"))
WAITING = [*story.WARNED, story.act(6, "17:00", "approve", officer="sato", step="restrict_mail")]
STORIES = {
    # what is pending, and the day on which it is due
    "a restriction is in force": (story.RESTRICTED, instant(story.at(6, "13:00")) + 30 * DAY, lambda: state("restrict_mail") in ("expired", "reverted")),
    "an approved measure waits for Monday": (WAITING, instant(story.at(9, "09:00")), lambda: state("restrict_mail") == "verified"),
    "a proposal waits for an officer": (story.WARNED, None, None),
}


def state(step):
    return Measure.objects.get(step=step).state


def touching_persons():
    return {
        "measures": list(Measure.objects.order_by("id").values_list("step", "state", "executed_at", "ends_at", "reverted_at", "approved_at", "decided_at")),
        "approvals": list(Approval.objects.order_by("id").values_list("officer", "void")), "letters": Letter.objects.count(),
        "notices": list(Notice.objects.order_by("id").values_list("ref", "state", "sent_at", "delivered_at", "undelivered_at")),
        "deliveries": list(Delivery.objects.order_by("id").values_list("notice", "delivered_at", "undelivered_at")),
        "cases": list(Case.objects.order_by("id").values_list("ref", "state", "closed_at")), "findings": CaseFinding.objects.filter(withdrawn_at=None).count(),
        "kept": (Body.objects.count(), Hold.objects.count(), Message.objects.count(), Submission.objects.count()),
    }


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("pending", STORIES)
def test_nothing_happens_early(folder, pending, jump):
    lines, due, happened = STORIES[pending]
    story.tell(folder, [*lines, {"at": FRIDAY.isoformat(), "event": "clock"}])
    clock = SetClock(FRIDAY)
    run_until_idle(clock)
    before = touching_persons()
    assert before["notices"] and before["kept"][0], "the story has something to lose"

    clock.at = FRIDAY + JUMPS[jump]
    for later in (timedelta(0), timedelta(hours=1), 40 * DAY):
        clock.at = FRIDAY + JUMPS[jump] + later
        run_until_idle(clock)
        assert run_once(clock.at) == {"clock_doubt": ClockMark.objects.get().doubt}
        assert touching_persons() == before, f"{later} after the jump"

    clock.at = FRIDAY + timedelta(hours=2)  # the clock is right again: what happened in between is for a person to judge
    run_until_idle(clock)
    assert ClockMark.objects.get().doubt and touching_persons() == before
    decisions.go("suzuki", None, "", clock.at)
    run_until_idle(clock)
    assert touching_persons() == before
    if due is not None:
        while clock.at < due - timedelta(seconds=1):  # in steps below a day, as the clock of a running desk goes
            clock.at = min(clock.at + timedelta(hours=20), due - timedelta(seconds=1))
            run_until_idle(clock)
            assert not happened(), f"early: {clock.at}"
        clock.at = due + timedelta(minutes=1)
        run_until_idle(clock)
        assert happened(), "and on its day it happens"


@pytest.mark.parametrize("jump", JUMPS)
def test_what_is_kept_for_a_victim_stays(folder, jump):
    from sekimori.disclosure import service
    from sekimori.disclosure.models import Frozen

    story.tell(folder, [*story.own(6, "09:00", "Q1"), {"at": FRIDAY.isoformat(), "event": "clock"}])
    clock = SetClock(FRIDAY)
    window = {"from": story.at(6, "08:00"), "to": story.at(6, "11:00"), "login": "u1@isp.example"}
    request = service.receive("victim_preservation", FRIDAY, Actor("officer", "a"), window=window)
    run_until_idle(clock)
    request.refresh_from_db()
    ends = request.preserved_until
    kept = Frozen.objects.count()
    assert kept
    clock.at = FRIDAY + JUMPS[jump]
    run_until_idle(clock)
    late = service.receive("victim_preservation", clock.at, Actor("officer", "a"), window=window)
    run_until_idle(clock)
    late.refresh_from_db()
    assert Frozen.objects.count() == kept and late.preserved_until is None, "a wrong clock sets no dates"
    clock.at = FRIDAY + timedelta(hours=2)
    decisions.go("suzuki", None, "", clock.at)
    run_until_idle(clock)
    request.refresh_from_db()
    late.refresh_from_db()
    assert Frozen.objects.count() == 2 * kept and request.preserved_until == ends
    assert late.preserved_until - late.preserved_at == ends - request.preserved_at


@pytest.mark.parametrize("jump", JUMPS)
def test_a_worker_that_died_under_a_wrong_clock_holds_its_rows_no_longer_than_the_doubt(folder, jump):
    story.tell(folder, [{"at": FRIDAY.isoformat(), "event": "clock"}])
    SignIn.objects.create(number="x", asked_at=FRIDAY, due_at=0)
    wrong = FRIDAY + JUMPS[jump]
    run_until_idle(SetClock(FRIDAY))
    row = SignIn.objects.create(number="y", asked_at=FRIDAY, due_at=0)
    assert claim(SignIn, "", micros(wrong) + 1, "dead", 10)  # and then it is killed
    run_until_idle(SetClock(wrong))
    clock = SetClock(FRIDAY + timedelta(minutes=2))
    decisions.go("suzuki", None, "", clock.at)
    run_until_idle(clock)
    row.refresh_from_db()
    assert row.work == "done"


def test_what_was_made_due_ten_years_ahead_comes_back_to_its_day(folder):
    story.tell(folder, [{"at": FRIDAY.isoformat(), "event": "clock"}])
    run_until_idle(SetClock(FRIDAY))
    wrong = FRIDAY + 3652 * DAY
    run_until_idle(SetClock(wrong))
    at_once = SignIn.objects.create(number="x", asked_at=wrong, due_at=micros(wrong + timedelta(minutes=30)))
    later = SignIn.objects.create(number="y", asked_at=wrong, due_at=micros(wrong + 14 * DAY))
    right = SignIn.objects.create(number="z", asked_at=FRIDAY, due_at=micros(FRIDAY + 30 * DAY))
    now = FRIDAY + timedelta(hours=1)
    decisions.go("suzuki", None, "", now)
    due = [SignIn.objects.get(pk=r.pk).due_at for r in (at_once, later, right)]
    assert due == [micros(now), micros(now + 14 * DAY), micros(FRIDAY + 30 * DAY)]


def test_a_desk_that_slept_for_two_years_keeps_its_days(folder):
    """The clock was right: it is confirmed as it stands, and nothing is moved."""
    story.tell(folder, [{"at": FRIDAY.isoformat(), "event": "clock"}])
    run_until_idle(SetClock(FRIDAY))
    awake = FRIDAY + 730 * DAY
    run_until_idle(SetClock(awake))
    row = SignIn.objects.create(number="y", asked_at=awake, due_at=micros(awake + 14 * DAY))
    decisions.go("suzuki", None, "", awake + timedelta(hours=1))
    assert SignIn.objects.get(pk=row.pk).due_at == micros(awake + 14 * DAY)
