"""Carrying out and ending: equipment that is away is asked again; what no equipment does is a person's, and is confirmed."""

from datetime import UTC, datetime, timedelta

import pytest

import story
from sekimori.cases.models import Case
from sekimori.enforcement import carry_out, decisions, member, queue
from sekimori.enforcement.actuators import registry
from sekimori.enforcement.actuators.contract import Done
from sekimori.enforcement.models import Letter, Measure
from sekimori.enforcement.stages import ActStage, EndStage
from sekimori.ledger.service import write
from sekimori.policy import ladder
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Outage, Refused
from sekimori.work import batch

pytestmark = pytest.mark.django_db


def instant(day, clock):
    return datetime.fromisoformat(story.at(day, clock)).astimezone(UTC)


def turn(stage, clock):
    return batch.run(stage, clock, write, 50)


def away(measure):
    raise Outage("switched off")


def by_hand(measure):
    return [Done("manual", False, "task")]


def test_equipment_that_is_away_is_asked_again(folder, monkeypatch):
    monkeypatch.setattr(registry, "apply", lambda m, now: [Done("notice", True)] if m.step == "warn" else away(m))
    story.tell(folder, story.RESTRICTED)
    measure = Measure.objects.get(step="restrict_mail")
    assert (measure.state, measure.tries) == ("notified", 0)
    assert "switched off" in measure.fault
    monkeypatch.undo()
    clock = SetClock(instant(6, "15:00"))
    assert turn(ActStage(), clock).done + turn(ActStage(), clock).done == 0  # it stays due: at its end
    measure.refresh_from_db()
    assert measure.state == "verified"
    assert measure.ends_at == clock.at + timedelta(days=30)


def test_what_no_equipment_does_is_confirmed_by_a_person(folder, monkeypatch):
    monkeypatch.setattr(registry, "apply", lambda m, now: [Done("notice", True)] if m.step == "warn" else by_hand(m))
    monkeypatch.setattr(registry, "undo", by_hand)
    story.tell(folder, story.RESTRICTED)
    measure = Measure.objects.get(step="restrict_mail")
    assert (measure.state, measure.by_hand) == ("executed", "apply")
    assert [i.kind for i in queue.items()] == ["confirm"]
    decisions.done_by_hand("sato", measure, instant(6, "14:00"))
    measure.refresh_from_db()
    assert (measure.state, measure.by_hand) == ("verified", "")
    with pytest.raises(Refused, match="nothing_to_confirm"):
        decisions.done_by_hand("sato", measure, instant(6, "14:01"))
    clock = SetClock(measure.ends_at)
    turn(EndStage(), clock)
    measure.refresh_from_db()
    assert (measure.state, measure.by_hand, measure.end_reason) == ("reverted", "undo", "period")
    assert [i.detail for i in queue.items()] == ["undo restrict_mail"]
    decisions.done_by_hand("sato", measure, clock.at)
    assert queue.items() == []


def test_an_unlock_reaches_equipment_that_was_away(folder, monkeypatch):
    story.tell(folder, story.RESTRICTED)
    monkeypatch.setattr(registry, "undo", away)
    member.done(story.contract(), "", instant(7, "10:00"))
    assert len(member.unlock(story.contract(), "", instant(7, "10:05"))) == 1
    measure = Measure.objects.get(step="restrict_mail")
    assert measure.state == "verified"
    monkeypatch.undo()
    turn(EndStage(), SetClock(instant(7, "10:10")))
    measure.refresh_from_db()
    assert (measure.state, measure.end_reason) == ("reverted", "unlock")


def test_ends():
    start = instant(6, "10:00")  # a Friday
    assert carry_out.end_of("warn", start, ladder()) is None
    assert carry_out.end_of("terminate", start, ladder()) is None
    assert carry_out.end_of("suspend_line", start, ladder()) == start + timedelta(days=30)
    assert carry_out.end_of("brake", start, ladder()) == instant(9, "12:00")
    assert carry_out.end_of("brake", instant(9, "10:00"), ladder()) == instant(12, "10:00")


def test_nothing_is_carried_out_on_changed_evidence(folder):
    """Approved on Friday evening, a finding withdrawn at the weekend: on Monday the measure is void."""
    story.tell(folder, [*story.WARNED, story.act(6, "17:00", "approve", officer="sato", step="restrict_mail")])
    measure = Measure.objects.get(step="restrict_mail")
    assert measure.state == "notified"
    entry = Case.objects.get().entries.first()
    entry.withdrawn_at = instant(7, "10:00")
    entry.save()
    turn(ActStage(), SetClock(instant(9, "09:00")))
    measure.refresh_from_db()
    assert (measure.state, measure.executed_at) == ("void", None)


def test_one_device_that_is_away_holds_up_nobody_else(folder, monkeypatch):
    """Two measures due at once: the one whose equipment answers is carried out."""
    second = [{"at": story.at(1, "08:10"), **line} for line in (
        {"event": "contract", "contract": "C2", "holder": "B", "email": "c2@member.example", "access": "pppoe"},
        {"event": "login", "key": "u2@isp.example", "contract": "C2"})]
    bursts = [story.submission(6, "10:00", "B1", 150), story.submission(6, "10:00", "B2", 150, login="u2@isp.example")]
    monkeypatch.setattr(registry, "apply", away)
    story.tell(folder, [*second, *bursts])
    assert set(Measure.objects.values_list("step", "state")) == {("brake", "approved")}
    Measure.objects.update(due_at=0)
    monkeypatch.setattr(registry, "apply", lambda m, now: away(m) if m.contract.key == "C1" else [Done("dryrun", True)])
    turn(ActStage(), SetClock(instant(6, "10:30")))
    assert dict(Measure.objects.values_list("contract__key", "state")) == {"C1": "approved", "C2": "verified"}
    assert list(Letter.objects.values_list("case__contract__key", flat=True)) == ["C2"], "who is not braked is not told so"
