"""Mass acts: shown first, done as shown, once; anything that changed voids them; no restriction ever in bulk."""

from datetime import timedelta

import pytest

from notices_rows import case, contract, finding, measure
from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case, CaseFinding, Note
from sekimori.enforcement import mass
from sekimori.enforcement.models import MassAct, MassItem
from sekimori.ledger.models import Entry
from sekimori.policy.types import STEPS
from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def sato(now):
    return make_officer("sato", "handler approver", Actor("command", "test"), now)


def refs(*cases):
    return [c.ref for c in cases]


def left_out(made):
    return dict(made.items.exclude(refused="").values_list("case__ref", "refused"))


def another_finding(k, now):
    seen = finding(now)
    found = Attribution.objects.create(finding=seen, certainty="exact", contract=k.contract, how="radius", proof={}, at=now, due_at=micros(now), work="done")
    CaseFinding.objects.create(case=k, finding=seen, attribution=found, added_at=now)


def test_no_step_but_an_informational_warning_is_a_mass_act():
    assert set(mass.ACTS) & set(STEPS) == {"warn"}
    assert not {"terminate", "suspend_line", "disclose", "incident", "appeal", "hearing", "unlock"} & set(mass.ACTS)
    with pytest.raises(ValueError, match="terminate"):
        mass.preview("terminate", {}, ["K"], "sato", None)


@pytest.mark.parametrize(("act", "given", "holds"), [
    ("assign", {"officer": "sato"}, lambda c: c.officer == "sato"),
    ("snooze", {"days": "3"}, lambda c: c.snoozed_until is not None),
    ("note", {"text": "seen"}, lambda c: c.notes.get().text == "seen"),
    ("settle", {}, lambda c: (c.state, c.outcome) == ("closed", "settled")),
    ("unfounded", {}, lambda c: (c.state, c.outcome) == ("closed", "unfounded")),
])
def test_an_act_is_previewed_and_done_once(now, sato, act, given, holds):
    cases = [case(now), case(now)]
    made = mass.preview(act, given, refs(*cases), "sato", now)
    assert [i.case_id for i in made.items.order_by("id")] == [c.pk for c in cases]
    assert not any(holds(c) if act != "note" else c.notes.exists() for c in Case.objects.all()), "a preview does nothing"
    before = Entry.objects.count()
    mass.confirm(made, "sato", made.hash, now)
    assert all(holds(c) for c in Case.objects.all())
    assert Entry.objects.filter(act="mass.confirmed").count() == 1
    assert Entry.objects.count() == before + 3
    mass.confirm(MassAct.objects.get(pk=made.pk), "sato", made.hash, now)  # the button was pressed twice
    assert Entry.objects.count() == before + 3
    assert Note.objects.count() == (2 if act == "note" else 0)


def test_a_change_after_the_preview_voids_all_of_it(now, sato):
    one, two = case(now), case(now)
    made = mass.preview("settle", {}, refs(one, two), "sato", now)
    another_finding(two, now)
    with pytest.raises(Refused, match="changed"):
        mass.confirm(made, "sato", made.hash, now)
    assert not Case.objects.filter(closed_at__isnull=False).exists()
    made.refresh_from_db()
    assert made.state == "void"
    with pytest.raises(Refused, match="void"):
        mass.confirm(made, "sato", made.hash, now)
    assert Entry.objects.filter(act="mass.void").count() == 1


def test_a_change_between_confirmation_and_its_turn_is_not_overridden(now, sato):
    """As when the process was killed half way and the officer presses again later."""
    one, two = case(now), case(now)
    made = mass.preview("settle", {}, refs(one, two), "sato", now)
    mass.confirm(made, "sato", made.hash, now)
    MassItem.objects.filter(case=two).update(result="")
    Case.objects.filter(pk=two.pk).update(closed_at=None, state="open", outcome="", officer="tanaka")
    mass.confirm(MassAct.objects.get(pk=made.pk), "sato", made.hash, now)
    assert dict(made.items.values_list("case__ref", "result")) == {one.ref: "done", two.ref: "changed"}
    assert Case.objects.get(pk=two.pk).closed_at is None


def test_only_who_saw_it_confirms_it_and_only_what_was_seen(now, sato):
    made = mass.preview("settle", {}, refs(case(now)), "sato", now)
    with pytest.raises(Refused, match="role_missing"):
        mass.confirm(made, "tanaka", made.hash, now)
    with pytest.raises(Refused, match="changed"):
        mass.confirm(made, "sato", "0" * 64, now)
    assert made.items.get().result == ""


def test_closed_and_busy_cases_are_left_out_with_their_reason(now, sato):
    shut, busy, free = case(now, ), case(now), case(now)
    Case.objects.filter(pk=shut.pk).update(closed_at=now, state="closed")
    measure(busy, now, "suspend_line", "verified", executed_at=now)
    made = mass.preview("settle", {}, refs(shut, busy, free), "sato", now)
    assert left_out(made) == {shut.ref: "closed", busy.ref: "in_force"}
    mass.confirm(made, "sato", made.hash, now)
    assert set(Case.objects.filter(outcome="settled").values_list("ref", flat=True)) == {free.ref}


def test_merging_takes_the_oldest_case_of_each_contract(now, sato):
    held = contract()
    old, young, lone = case(now, holder=held), case(now, holder=held, category="connection", type_="ddos"), case(now)
    made = mass.preview("merge", {}, refs(young, lone, old), "sato", now)
    assert left_out(made) == {old.ref: "target_of_merge", lone.ref: "alone"}
    mass.confirm(made, "sato", made.hash, now)
    young.refresh_from_db()
    assert (young.state, CaseFinding.objects.filter(case=old).count()) == ("merged", 6)


def test_only_plain_informational_warnings_are_approved_in_bulk(now, sato, monkeypatch):
    """Grade C, of a kind that policy lets go by itself, to nobody protected; the approval itself is tested with decisions."""
    plain, protected, strong, line, by_hand, none = (
        case(now), case(now, holder=contract(protected="hospital")), case(now), case(now), case(now, category="content", type_="phishing"), case(now))
    for k in (plain, protected, by_hand):
        measure(k, now, "warn", "proposed", approvals_needed=1)
    graded = measure(strong, now, "warn", "proposed", approvals_needed=1)
    graded.grade = "B"
    graded.save()
    measure(line, now, "suspend_line", "proposed", scope="line", approvals_needed=2)
    approved = []
    monkeypatch.setattr(mass.decisions, "approve", lambda officer, held, step, at, **how: approved.append((officer, held.pk, step, how)))
    made = mass.preview("warn", {}, refs(plain, protected, strong, line, by_hand, none), "sato", now)
    assert left_out(made) == {protected.ref: "protected_member", strong.ref: "not_informational", line.ref: "not_proposed",
                              by_hand.ref: "not_informational", none.ref: "not_proposed"}
    approved.clear()
    mass.confirm(made, "sato", made.hash, now)
    assert [a for a in approved if a[0] == "sato"][-1] == ("sato", plain.contract_id, "warn", {"seen": "0" * 64})
    assert {a[1] for a in approved} == {plain.contract_id}


def test_what_a_preview_refuses(now, sato):
    k = case(now)
    make_officer("reader", "auditor", Actor("command", "test"), now)
    for act, given, chosen, code in (("settle", {}, [], "not_chosen"), ("settle", {}, ["K-NO"], "not_chosen"), ("note", {"text": " "}, [k.ref], "nothing"),
                                     ("snooze", {"days": "31"}, [k.ref], "days"), ("snooze", {"days": "x"}, [k.ref], "days"),
                                     ("assign", {"officer": "nobody"}, [k.ref], "unknown_officer"), ("assign", {"officer": "reader"}, [k.ref], "unknown_officer"),
                                     ("settle", {}, [f"K-{i}" for i in range(mass.MOST + 1)], "too_many")):
        with pytest.raises(Refused, match=code):
            mass.preview(act, given, chosen, "sato", now)
    assert not MassAct.objects.exists()


def test_a_snoozed_case_changes_its_stand(now):
    k = case(now)
    before = mass.stands(k)
    k.snoozed_until = now + timedelta(days=1)
    assert mass.stands(k) != before
