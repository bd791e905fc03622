"""A long list settles before its cases are looked at; nobody else waits for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

import notices_rows as rows
from sekimori.attribution.models import Attribution
from sekimori.cases.batch import file_all
from sekimori.cases.models import Deadline
from sekimori.cases.settling import settled
from sekimori.enforcement.stages import DecideStage
from sekimori.reports.models import Finding
from sekimori.values.clock import micros
from sekimori.work import claim, status
from support import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(seconds=5)


def begun(now=LATER):
    """The cases whose looks a worker would begin now, in turn given back."""
    taken = claim.claim(Deadline, DecideStage().ready(), micros(now), "x", 100)
    claim.release(Deadline, "x", [r.id for r in taken])
    return set(Deadline.objects.filter(id__in=[r.id for r in taken]).values_list("case_id", flat=True))


def look(lane, at=NOW):
    return Deadline.objects.create(case=rows.case(NOW), kind="findings", lane=lane, due_at=micros(at)).case_id


def on_its_way(lane, at=NOW, **changes):
    found = rows.finding(NOW)
    Finding.objects.filter(id=found.id).update(lane=lane, due_at=micros(at), **({"work": "due"} | changes))
    return found


def test_a_look_waits_for_the_rest_of_its_list():
    waits, other, person = look(3), look(4), look(0)
    rest = on_its_way(3)
    assert begun() == {other, person}
    assert sum(s.due for s in status.status([DecideStage()], LATER)) == 3  # it is due all the same, and shown as such
    Finding.objects.filter(id=rest.id).update(work="done")
    assert begun() == {waits, other, person}


def test_an_answer_that_no_case_has_yet_is_on_its_way_too():
    waits = look(3)
    answer = Attribution.objects.create(finding=on_its_way(3, work="done"), certainty="none", how="", proof={}, at=NOW, lane=3, due_at=micros(NOW))
    assert begun() == set()
    Attribution.objects.filter(id=answer.id).update(work="done")
    assert begun() == {waits}


@pytest.mark.parametrize("what", [{"at": NOW + timedelta(microseconds=1)}, {"work": "held"}, {"work": "dead"}])
def test_nothing_starves_it(what):
    """What came later, waits for a person or is beyond help is not waited for."""
    waits = look(3)
    on_its_way(3, **what)
    assert begun() == {waits}


def test_lane_0_waits_for_nothing():
    person = look(0)
    on_its_way(0)
    assert begun() == {person}
    assert settled() == ""


@pytest.mark.parametrize(("form", "lane"), [("arf", 7), ("own_sensor", 0)])
def test_our_own_sensor_is_not_held_up_by_a_list(form, lane):
    report = rows.report(NOW)
    report.format = form
    report.save()
    found = rows.finding(NOW, report, lane=7)
    answer = Attribution.objects.create(finding=found, certainty="exact", contract=rows.contract(), how="radius", proof={}, at=NOW, due_at=micros(NOW))
    file_all([(answer, "radius")], NOW)
    assert set(Deadline.objects.filter(kind="findings").values_list("lane", flat=True)) == {lane}
    assert micros(NOW) == Deadline.objects.get(kind="findings").due_at
