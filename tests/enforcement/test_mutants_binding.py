"""What an approval is bound to: every mutant of it is killed (hash, second person, expiry, compare-and-swap, carrying out)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

import mutants
import story
from notices_rows import case as make_case
from notices_rows import finding, letter, measure
from sekimori.attribution.models import Attribution
from sekimori.cases.models import CaseFinding, Deadline, Event
from sekimori.enforcement import carry_out, casefacts, decide, decisions, measures, subject
from sekimori.enforcement.ladder.plan import Propose
from sekimori.enforcement.models import Approval, Delivery, Letter, Measure
from sekimori.enforcement.reasons import Reasons
from sekimori.ledger.models import Entry
from sekimori.values.clock import micros
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat(story.at(6, "12:00")).astimezone(UTC)  # a Friday
ENDS = datetime.fromisoformat(story.at(11, "12:00")).astimezone(UTC)  # the third business day after it
STEP = "restrict_mail"


def proof(body):
    def run():
        with mutants.undone():
            body()
    return run


def wanted():
    return Measure.objects.select_related("case__contract").get(step=STEP, path="ladder")


def says(officer, seen="", step=STEP, now=NOON):
    return decisions.approve(officer, story.contract(), step, now, seen=seen, reason="読みました")


def refused(act, code):
    before = (Approval.objects.count(), Entry.objects.count(), Letter.objects.count(), list(Measure.objects.order_by("id").values_list("state", flat=True)))
    with pytest.raises(Refused) as e:
        act()
    assert e.value.code == code
    assert before == (Approval.objects.count(), Entry.objects.count(), Letter.objects.count(), list(Measure.objects.order_by("id").values_list("state", flat=True)))


@proof
def bound_to_what_was_shown():
    refused(lambda: says("sato", seen="0" * 64), "changed")
    m = wanted()
    done = says("sato", seen=m.subject_hash)
    assert (done.pk, done.state, done.approved_at, done.expires_at, done.work, done.due_at) == (m.pk, "approved", NOON, ENDS, "done", micros(NOON))
    given = Approval.objects.get()
    assert (given.measure_id, given.officer, given.verdict, given.subject_hash, given.at, given.reason, given.void) == (
        m.pk, "sato", "approve", m.subject_hash, NOON, "読みました", False)
    assert Letter.objects.filter(measure=m, kind=STEP, rehearsal=False).count() == 1
    assert {"approval.given", "measure.approved"} <= set(Event.objects.filter(case=m.case, at=NOON).values_list("act", flat=True))
    assert set(Deadline.objects.filter(case=m.case, kind="decision", work="due").values_list("due_at", flat=True)) >= {micros(NOON), micros(ENDS)}
    assert Entry.objects.order_by("-seq").values_list("act", "subject", "actor").first() == ("approval.given", m.ref, "officer:sato")


@proof
def without_a_page_the_evidence_alone_decides():
    assert says("sato").state == "approved"


@proof
def a_withdrawn_finding_is_a_change():
    CaseFinding.objects.filter(pk=wanted().case.entries.first().pk).update(withdrawn_at=NOON)
    refused_or_void()


@proof
def a_new_finding_is_a_change():
    m = wanted()
    seen = finding(NOON)
    found = Attribution.objects.create(finding=seen, certainty="exact", contract=m.contract, how="radius", at=NOON, due_at=0, work="done")
    CaseFinding.objects.create(case=m.case, finding=seen, attribution=found, added_at=NOON)
    refused_or_void()


def refused_or_void():
    m = wanted()
    refused(lambda: says("sato"), "changed")
    refused(lambda: says("sato", seen=m.subject_hash), "changed")
    decide.changed(m.case, NOON)
    assert (wanted().state, wanted().end_reason) == ("void", "finding")
    refused(lambda: says("sato"), "not_proposed")


@proof
def two_persons():
    m = wanted()
    Measure.objects.filter(pk=m.pk).update(approvals_needed=2)
    Approval.objects.create(measure=m, officer="sato", verdict="approve", subject_hash="old", at=NOON, void=True)
    Approval.objects.create(measure=m, officer="mori", verdict="refuse", subject_hash="old", at=NOON)
    first = says("sato")
    assert first.state == "proposed" and not Letter.objects.filter(measure=m).exists()
    refused(lambda: says("sato"), "own_approval")
    assert says("suzuki").state == "approved"
    assert Approval.objects.filter(measure=m, verdict="approve", void=False).count() == 2


@proof
def the_last_yes_counts_only_while_the_conditions_hold():
    Delivery.objects.update(delivered_at=None)
    refused(lambda: says("sato"), "conditions")
    Measure.objects.filter(pk=wanted().pk).update(approvals_needed=2)
    assert says("sato").state == "proposed", "the first of two is not the last"


@proof
def a_brakes_letter_goes_out_as_it_is_carried_out():
    brake = measure(wanted().case, NOON, "brake", "proposed", approvals_needed=1, evidence=wanted().evidence, path="brake")
    with patch.object(decisions, "_check"):
        assert says("sato", step="brake").state == "approved"
    assert not Letter.objects.filter(measure=brake).exists()


@proof
def what_is_not_proposed_is_not_approved():
    m = wanted()
    for change in ({"state": "void"}, {"rehearsal": True}, {"step": "suspend_line"}):
        with mutants.undone():
            Measure.objects.filter(pk=m.pk).update(**change)
            refused(lambda: says("sato"), "not_proposed")


@proof
def an_approval_nobody_used_runs_out():
    says("sato")
    m = wanted()
    for late, state in ((-1, "approved"), (0, "expired"), (1, "expired")):
        with mutants.undone():
            decide.run_out(m.case, ENDS + timedelta(seconds=late))
            assert wanted().state == state
            assert Approval.objects.get().void == (state == "expired")
            assert (wanted().end_reason == "expired") == (state == "expired")
    with mutants.undone():
        Measure.objects.filter(pk=m.pk).update(approvals_needed=0)
        decide.run_out(m.case, ENDS)
        assert wanted().state == "approved", "nobody's yes, nothing to run out"
    with mutants.undone():
        Measure.objects.filter(pk=m.pk).update(state="executed")
        decide.run_out(m.case, ENDS)
        assert wanted().state == "executed"


@proof
def the_first_of_two_yeses_runs_out_alone():
    m = wanted()
    Measure.objects.filter(pk=m.pk).update(approvals_needed=2)
    says("sato")
    no = Approval.objects.create(measure=m, officer="mori", verdict="refuse", subject_hash="x", at=NOON)
    Approval.objects.create(measure=m, officer="tani", verdict="approve", subject_hash="x", at=NOON, void=True)
    for late, void in ((-1, False), (0, True)):
        with mutants.undone():
            decide.run_out(m.case, ENDS + timedelta(seconds=late))
            assert wanted().state == "proposed" and Approval.objects.get(officer="sato").void == void
            no.refresh_from_db()
            assert not no.void
            assert Event.objects.filter(case=m.case, act="approval.expired").count() == int(void)
    Measure.objects.filter(pk=m.pk).update(state="approved")
    decide.run_out(m.case, ENDS)
    assert not Approval.objects.get(officer="sato").void, "of an approved measure the measure runs out, not the yes"


@proof
def another_case_is_left_alone():
    says("sato")
    m = wanted()
    beside = make_case(NOON)
    decide.run_out(beside, ENDS)
    decide.changed(beside, NOON)
    assert wanted().state == "approved"
    wrong = measure(m.case, NOON, "port_filter", "proposed", approvals_needed=1)
    free, tried = measure(m.case, NOON, "warn", "approved"), measure(m.case, NOON, "suspend_line", "proposed", approvals_needed=2)
    Measure.objects.filter(pk=tried.pk).update(rehearsal=True)
    over = measure(m.case, NOON, "terminate", "executed", approvals_needed=2)
    decide.changed(m.case, NOON)
    states = dict(Measure.objects.filter(pk__in=[wrong.pk, free.pk, tried.pk, over.pk]).values_list("pk", "state"))
    assert states == {wrong.pk: "void", free.pk: "approved", tried.pk: "proposed", over.pk: "executed"} and wanted().state == "approved"


@proof
def moved_by_compare_and_swap():
    m, other = wanted(), measure(wanted().case, NOON, "port_filter", "proposed")
    Measure.objects.filter(pk=other.pk).update(subject_hash=m.subject_hash)
    shown = wanted()
    shown.subject_hash = "1" * 64
    assert measures.approved(shown, ENDS, NOON) is False and wanted().state == "proposed"
    assert measures.approved(m, ENDS, NOON) is True and measures.approved(m, ENDS, NOON) is False
    other.refresh_from_db()
    assert other.state == "proposed", "the same text for another measure is another subject"
    brake = measure(m.case, NOON, "brake", "proposed")
    Measure.objects.update(tries=3)
    assert measures.approved(brake, ENDS, NOON + timedelta(hours=1))
    brake.refresh_from_db()
    assert (brake.work, brake.due_at, brake.tries, brake.approved_at, brake.expires_at) == ("due", micros(NOON + timedelta(hours=1)), 0, NOON + timedelta(hours=1), ENDS)


@proof
def void_ends_what_was_not_carried_out_and_all_that_hangs_on_it():
    m = wanted()
    other = measure(m.case, NOON, "port_filter", "proposed")
    yes = [Approval.objects.create(measure=x, officer="a", verdict="approve", subject_hash="x", at=NOON) for x in (m, other)]
    no = Approval.objects.create(measure=m, officer="b", verdict="refuse", subject_hash="x", at=NOON)
    letters = [letter(m.case, NOON, STEP, about=m), letter(m.case, NOON, STEP, about=m, work="held"), letter(m.case, NOON, STEP, about=m, lease="l"),
               letter(m.case, NOON, STEP, about=m, work="dead"), letter(m.case, NOON, "port_filter", about=other)]
    with mutants.undone():
        Measure.objects.filter(pk=m.pk).update(executed_at=NOON)
        assert measures.void(m, "void", "finding", decide.BY, NOON) is False and wanted().state == "proposed"
    with mutants.undone():
        Measure.objects.filter(pk=m.pk).update(state="verified")
        assert measures.void(m, "void", "finding", decide.BY, NOON) is False
    Measure.objects.filter(pk=m.pk).update(work="due")
    assert measures.void(m, "void", "finding", decide.BY, NOON) is True
    now = wanted()
    assert (now.state, now.end_reason, now.work, now.decided_at) == ("void", "finding", "done", None)
    assert [Approval.objects.get(pk=x.pk).void for x in (*yes, no)] == [True, False, False]
    assert [Letter.objects.get(pk=x.pk).work for x in letters] == ["done", "done", "due", "dead", "due"]
    assert Measure.objects.get(pk=other.pk).state == "proposed"
    assert Event.objects.filter(case=m.case, act="measure.void").count() == 1
    assert measures.void(m, "void", "finding", decide.BY, NOON) is False
    assert measures.void(other, "refused", "refused", decide.BY, NOON, decided=True) and Measure.objects.get(pk=other.pk).decided_at == NOON


@proof
def the_evidence_is_the_cases_findings_as_they_stand():
    m = wanted()
    before = subject.evidence_hash(m.case)
    entry = m.case.entries.first()
    other = make_case(NOON)
    assert subject.evidence_hashes([m.case.pk, other.pk]) == {m.case.pk: before, other.pk: subject.evidence_hash(other)} and before != subject.evidence_hash(other)
    for change in ({"withdrawn_at": NOON}, {"attribution": Attribution.objects.exclude(pk=entry.attribution_id).last()}, {"finding": finding(NOON)}, {"case": other}):
        with mutants.undone():
            CaseFinding.objects.filter(pk=entry.pk).update(**change)
            assert subject.evidence_hash(m.case) != before, change
    assert subject.evidence_hash(m.case) == before


SHOWN = (("h", "K-1", Propose(STEP, "ladder", "", "A", 1, automatic=False, rehearsal=False), "e", Reasons("理由", "reason"), ("p1", "l1"), "TOKUDEN11", 30))
OTHER = [("x", 0), ("K-2", 1), (replace(SHOWN[2], step="suspend_line"), 2), (replace(SHOWN[2], path="stolen"), 2), (replace(SHOWN[2], target="u1"), 2),
         (replace(SHOWN[2], grade="B"), 2), (replace(SHOWN[2], needed=2), 2), ("f", 3), (Reasons("別の理由", "reason"), 4), (Reasons("理由", "other"), 4),
         (("p2", "l1"), 5), (("p1", "l2"), 5), ("TERMS", 6), (31, 7)]


@proof
def every_part_that_an_officer_sees_is_in_the_hash():
    hashes = {subject.subject_hash(*SHOWN), *(subject.subject_hash(*SHOWN[:i], value, *SHOWN[i + 1:]) for value, i in OTHER)}
    assert len(hashes) == len(OTHER) + 1


@proof
def it_is_carried_out_only_on_the_evidence_that_was_approved():
    m = wanted()
    facts = casefacts.load(m.case, NOON, casefacts.world())
    assert "approval" in carry_out.missing(m, facts), "nobody has said yes"
    says("sato")
    m = wanted()
    facts = casefacts.load(m.case, NOON, casefacts.world())
    assert carry_out.missing(m, facts) == frozenset()
    m.evidence = "0" * 64
    assert carry_out.missing(m, facts) == {"approval"}
    m.approvals_needed = 0
    assert carry_out.missing(m, replace(facts, approvals={})) == frozenset(), "an automatic one waits for nobody"
    m.step = "suspend_line"
    assert not {"approval", "second_approval"} & carry_out.missing(m, replace(facts, approvals={})), "nor for two, where two would be asked"
    m.step = STEP
    halted = replace(facts, halted=True)
    assert carry_out.missing(m, halted) == {"halt"}
    m.step = "warn"
    assert carry_out.missing(m, halted) == frozenset(), "its letter is out: the warning has been given"


@proof
def the_lanes_have_conditions_of_their_own():
    m = wanted()
    facts = casefacts.load(m.case, NOON, casefacts.world())
    m.path = "stolen"
    assert {"new_events", "grade"} <= carry_out.missing(m, facts)
    with mutants.undone():
        Measure.objects.filter(pk=m.pk).update(path="stolen")
        refused(lambda: says("sato"), "conditions")


@proof
def a_brake_is_confirmed_once_by_one_officer():
    c = wanted().case
    refused(lambda: says("sato", step="brake"), "not_proposed")
    began = NOON - timedelta(hours=1)
    others = measure(make_case(NOON), began, "brake", "verified", executed_at=began, path="brake")
    refused(lambda: says("sato", step="brake"), "not_proposed")
    brake = measure(c, began, "brake", "verified", executed_at=began, path="brake")
    for change in ({"state": "reverted"}, {"rehearsal": True}, {"executed_at": None}):
        with mutants.undone():
            Measure.objects.filter(pk=brake.pk).update(**change)
            refused(lambda: says("sato", step="brake"), "not_proposed")
    refused(lambda: says("sato", step="port_filter"), "not_proposed")
    with mutants.undone():
        Approval.objects.create(measure=brake, officer="sato", verdict="approve", subject_hash="x", at=began - timedelta(seconds=1))
        assert says("suzuki", step="brake").ends_at == began + timedelta(days=30), "the yes to its start is no confirmation"
    with mutants.undone():
        Approval.objects.create(measure=brake, officer="mori", verdict="approve", subject_hash="x", at=NOON, void=True)
        Approval.objects.create(measure=brake, officer="mori", verdict="refuse", subject_hash="x", at=NOON)
        assert says("suzuki", step="brake").ends_at == began + timedelta(days=30)
    done = says("sato", step="brake")
    assert (done.ends_at, done.due_at, done.state) == (began + timedelta(days=30), micros(began + timedelta(days=30)), "verified")
    assert Approval.objects.filter(measure=brake, officer="sato", verdict="approve", at=NOON, subject_hash=brake.subject_hash).count() == 1
    assert Event.objects.filter(case=c, act="brake.confirmed").exists()
    others.refresh_from_db()
    assert others.ends_at is None
    assert Entry.objects.order_by("-seq").values_list("act", "subject").first() == ("brake.confirmed", brake.ref)
    refused(lambda: says("suzuki", step="brake"), "own_approval")


PROOFS = [
    bound_to_what_was_shown, two_persons, moved_by_compare_and_swap, void_ends_what_was_not_carried_out_and_all_that_hangs_on_it, an_approval_nobody_used_runs_out,
    the_first_of_two_yeses_runs_out_alone, a_withdrawn_finding_is_a_change, a_new_finding_is_a_change, another_case_is_left_alone,
    the_evidence_is_the_cases_findings_as_they_stand, every_part_that_an_officer_sees_is_in_the_hash, it_is_carried_out_only_on_the_evidence_that_was_approved,
    the_last_yes_counts_only_while_the_conditions_hold, what_is_not_proposed_is_not_approved, without_a_page_the_evidence_alone_decides,
    the_lanes_have_conditions_of_their_own, a_brakes_letter_goes_out_as_it_is_carried_out, a_brake_is_confirmed_once_by_one_officer]
FUNCTIONS = [decisions.approve, decisions._check, decisions._confirm_brake, measures.approved, measures.void, subject.subject_hash, subject.evidence_hash,
             subject.evidence_hashes, decide.run_out, decide.changed, carry_out.missing]
SAME = [
    "void *: .filter() without void=False",  # what is void is made void again
    "run_out *: .filter() without state__in=measures.OPEN", "changed *: .filter() without state__in=measures.OPEN",  # `void` looks again
    "run_out *: left out: continue",  # only a proposed measure's yeses run out, and that one is approved
]


def test_every_mutant_of_the_binding_is_killed(folder):
    story.tell(folder, story.WARNED)
    count, left = mutants.survivors(FUNCTIONS, PROOFS, equivalent=SAME)
    assert not left, "\n".join(left)
    assert count >= 80
    print(count, "mutants killed")
