"""A login that passes to another contract while a restriction is in force is let go; the measure goes on for the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import story
from notices_rows import contract as another
from sekimori.cases.models import Event
from sekimori.contracts.models import Key
from sekimori.enforcement import decisions, passed_on
from sekimori.enforcement.actuators import registry
from sekimori.enforcement.actuators.contract import Done
from sekimori.enforcement.models import Measure
from sekimori.enforcement.stages import EndStage, SenseStage, ensure_pulse
from sekimori.ledger.service import write
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Outage
from sekimori.work import batch

pytestmark = pytest.mark.django_db


class Equipment:
    """Answers as a device would, and remembers what is blocked."""

    name = "device"

    def __init__(self):
        self.blocked, self.parts, self.verified, self.away = set(), [], True, False

    def apply(self, order):
        self.blocked |= set(order.logins)
        return Done(self.name, True)

    def undo(self, order):
        if self.away:
            raise Outage("switched off")
        self.blocked -= set(order.logins)
        self.parts.append((order.part, order.logins))
        return Done(self.name, self.verified)


@pytest.fixture
def device(folder, monkeypatch):
    """Two logins of one contract, both restricted on a device."""
    made = Equipment()
    monkeypatch.setattr(registry, "actuators", lambda order: [made])
    story.tell(folder, [{"at": story.at(1, "08:00"), "event": "login", "key": "u2@isp.example", "contract": "C1"}, *story.RESTRICTED])
    assert made.blocked == {"u1@isp.example", "u2@isp.example"}
    return made


@pytest.fixture
def clock():
    return SetClock(datetime.fromisoformat(story.at(8, "10:00")).astimezone(UTC))


def look(clock):
    ensure_pulse(clock.at)
    batch.run(SenseStage(), clock, write, 50)
    return batch.run(EndStage(), clock, write, 50)


def restriction():
    return Measure.objects.get(step="restrict_mail")


def passes_on(login, at, to=None):
    Key.objects.filter(key=login).update(valid_to=at)
    if to is not None:
        Key.objects.create(kind="login", key=login, fold=login, contract=to, valid_from=at)


def test_nothing_happens_while_the_contract_holds_them(device, clock):
    ends = restriction().ends_at
    look(clock)
    assert not device.parts
    assert (restriction().state, restriction().ends_at) == ("verified", ends)


def test_a_login_of_another_contract_now_is_let_go_and_the_rest_goes_on(device, clock):
    before = restriction()
    passes_on("u2@isp.example", clock.at - timedelta(minutes=1), another())
    assert look(clock).claimed == 1
    assert device.blocked == {"u1@isp.example"}
    assert device.parts == [(True, ("u2@isp.example",))]
    after = restriction()
    assert (after.state, after.ends_at, after.due_at, after.work) == ("verified", before.ends_at, before.due_at, before.work)
    assert Event.objects.get(act="measure.let_go").detail["logins"] == 1
    look(clock)
    assert len(device.parts) == 1, "once"
    clock.at = before.ends_at
    look(clock)
    assert restriction().state == "reverted" and device.blocked == set()


def test_it_comes_back_to_the_same_contract(device, clock):
    """A later row of the same contract, in other letters: the login has not passed on."""
    passes_on("u2@isp.example", clock.at - timedelta(minutes=1))
    Key.objects.create(kind="login", key="U2@isp.example", fold="u2@isp.example", contract=story.contract(), valid_from=clock.at - timedelta(minutes=1))
    look(clock)
    assert device.blocked == {"u1@isp.example", "u2@isp.example"}


def test_what_was_loaded_late_is_taken_back_all_the_same(device, clock):
    """It had passed on before the measure was carried out, and nobody had told us."""
    passes_on("u2@isp.example", restriction().executed_at - timedelta(days=3), another())
    look(clock)
    assert device.blocked == {"u1@isp.example"}


def test_a_terminated_contract_holds_nobody_else_s_login(device, clock):
    Measure.objects.filter(step="restrict_mail").update(step="terminate", ends_at=None, work="done")
    passes_on("u1@isp.example", clock.at - timedelta(hours=1), another())
    passes_on("u2@isp.example", clock.at + timedelta(hours=1), another())
    look(clock)
    assert device.blocked == {"u2@isp.example"}
    row = Measure.objects.get(step="terminate")
    assert (row.state, row.work) == ("verified", "done")
    clock.at += timedelta(hours=2)
    look(clock)
    assert device.blocked == set()


def test_equipment_that_is_away_is_asked_again(device, clock):
    passes_on("u2@isp.example", clock.at - timedelta(minutes=1), another())
    device.away = True
    look(clock)
    assert "u2@isp.example" in device.blocked
    device.away = False
    clock.at += timedelta(hours=7)
    look(clock)
    assert device.blocked == {"u1@isp.example"}


def test_what_no_equipment_confirms_is_a_person_s(device, clock):
    device.verified = False
    passes_on("u2@isp.example", clock.at - timedelta(minutes=1), another())
    look(clock)
    row = restriction()
    assert (row.state, row.by_hand) == ("verified", "undo")
    decisions.done_by_hand("sato", row, clock.at)
    assert (restriction().state, restriction().by_hand) == ("verified", "")


def test_nothing_is_woken_twice(device, clock):
    passes_on("u2@isp.example", clock.at - timedelta(minutes=1), another())
    assert passed_on.wake(clock.at) == 1
    batch.run(EndStage(), clock, write, 50)
    assert passed_on.wake(clock.at) == 0
