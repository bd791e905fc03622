"""Work on a case as page acts: officer, hiding, moving evidence, merging, splitting, closing; what a wrong notice would touch."""

from datetime import timedelta

import pytest

from desk_people import signed_in
from notices_rows import case, contract, measure, notice_for
from sekimori.cases.models import Case, CaseFinding
from sekimori.desk import items
from sekimori.enforcement.models import Delivery, Letter
from sekimori.ledger.models import Entry
from sekimori.notices.models import Notice
from sekimori.values.clock import micros

pytestmark = pytest.mark.django_db


@pytest.fixture
def sato(now):
    return signed_in(now, "sato", "handler approver")


def do(client, k, **fields):
    return client.post(f"/desk/cases/{k.ref}/act", fields, follow=True).content.decode()


def test_hand_over(sato, now):
    k = case(now)
    signed_in(now, "reader", "auditor")
    assert "in the hands of sato" in do(sato, k, do="assign", officer="sato")
    assert "no such officer" in do(sato, k, do="assign", officer="reader")
    assert Case.objects.get(pk=k.pk).officer == "sato"
    assert "nobody" in do(sato, k, do="assign", officer="")
    assert Entry.objects.filter(act="case.assigned").count() == 2


def test_hiding_hides_from_the_list_and_the_queue_but_not_from_who_asks(sato, now, monkeypatch):
    k = case(now)
    measure(k, now, "warn", "proposed")
    brake = measure(k, now, "brake", "proposed")
    assert "Hidden for 5 days" in do(sato, k, do="snooze", days="5")
    assert "Check the number of days" in do(sato, k, do="snooze", days="99")
    k.refresh_from_db()
    assert k.ref not in sato.get("/desk/cases/").content.decode()
    assert "1 cases are hidden" in sato.get("/desk/cases/").content.decode()
    assert k.ref in sato.get("/desk/cases/?snoozed=1").content.decode()
    assert k.ref in sato.get(f"/desk/cases/?q={k.ref}").content.decode()
    hidden = k.snoozed_until - timedelta(hours=1)
    assert [i.title for i in items.approvals(hidden)] == [brake.step], "a brake is never hidden"
    assert len(items.approvals(k.snoozed_until)) == 2


def test_evidence_moves_within_a_contract(sato, now):
    held = contract()
    k, other, stranger = case(now, holder=held), case(now, holder=held, category="connection", type_="ddos"), case(now)
    first, second, third = CaseFinding.objects.filter(case=k).order_by("id").values_list("pk", flat=True)
    assert "no such case" in do(sato, k, do="move", entry=[first], where=stranger.ref)
    assert "nothing to act on" in do(sato, k, do="move", where=other.ref)
    assert "nothing to act on" in do(sato, k, do="move", entry=[CaseFinding.objects.filter(case=stranger).first().pk], where=other.ref)
    assert "the same case" in do(sato, k, do="move", entry=[first], where="path:messaging")
    assert "no such case" in do(sato, k, do="move", entry=[first], where="path:no_such")
    assert f"Moved to {other.ref}" in do(sato, k, do="move", entry=[first], where=other.ref)
    do(sato, k, do="move", entry=[second, third], where="path:content")
    fresh = Case.objects.get(contract=held, policy="content")
    assert sorted(CaseFinding.objects.values_list("case", "pk").filter(case__contract=held, pk__in=(first, second, third))) == sorted(
        [(other.pk, first), (fresh.pk, second), (fresh.pk, third)])


def test_merging_and_closing(sato, now):
    held = contract()
    k, other = case(now, holder=held), case(now, holder=held, category="connection", type_="ddos")
    assert other.ref in sato.get(f"/desk/cases/{k.ref}/").content.decode()
    assert f"Merged into {other.ref}" in do(sato, k, do="merge", target=other.ref)
    assert "Closed as settled" in do(sato, other, do="settle")
    assert "closed already" in do(sato, other, do="unfounded")
    page = sato.get(f"/desk/cases/{other.ref}/").content.decode()
    assert "settled" in page
    assert 'value="settle"' not in page, "a closed case offers no such button"
    busy = case(now)
    measure(busy, now, "suspend_line", "verified", executed_at=now)
    assert "A measure is under way" in do(sato, busy, do="settle")
    assert "Closed as unfounded" in do(sato, case(now), do="unfounded")


def test_an_empty_note_is_none(sato, now):
    k = case(now)
    assert "nothing to act on" in do(sato, k, do="note", text="  ")
    assert not k.notes.exists()


def test_who_only_reads_sees_no_buttons(now):
    k = case(now)
    measure(k, now, "warn", "proposed")
    for roles in ("triage", "legal", "rules"):
        client = signed_in(now, roles, roles)
        page = client.get(f"/desk/cases/{k.ref}/").content.decode()
        assert "/act" not in page
        assert client.post(f"/desk/cases/{k.ref}/act", {"do": "settle"}).status_code == 403


def test_the_filter_of_the_list(sato, now):
    spam, scan = case(now), case(now, category="connection", type_="port_scan")
    measure(scan, now, "warn", "proposed")
    Case.objects.filter(pk=spam.pk).update(officer="sato", grade="B")
    for query, shown in (("policy=messaging", spam), ("grade=B", spam), ("officer=sato", spam), ("officer=-", scan), ("waiting=warn", scan), (f"q={scan.contract.handle}", scan)):
        page = sato.get(f"/desk/cases/?{query}").content.decode()
        assert shown.ref in page, query
        assert ({spam.ref, scan.ref} - {shown.ref}).pop() not in page, query
    assert sato.get("/desk/cases/?state=nonsense&grade=Z&waiting=x").content.decode().count("refcode") >= 2


def test_what_recalling_would_touch_is_shown_first(sato, now):
    held = contract()
    k, newer = case(now, holder=held, proof={}), case(now, holder=held, category="connection", type_="ddos")
    page = sato.get(f"/desk/cases/{k.ref}/incident").content.decode()
    assert "What is done" in page
    letter = Letter.objects.create(ref="L-1", key="l-1", case=newer, kind="warn", rehearsal=False, made_at=now, due_at=micros(now))
    Delivery.objects.create(notice="N-1", letter=letter, channel="mail", sent_at=now)
    page = sato.get(f"/desk/cases/{k.ref}/incident").content.decode()
    assert "of another case" in page
    assert newer.ref in page
    text = do(sato, k, do="incident")
    assert "Recalled as a wrong notice" in text
    ref = newer.incidents.get().ref
    shown = sato.get(f"/desk/incidents/{ref}/").content.decode()
    assert "電気通信事業法第28条" in shown
    assert f"/desk/incidents/{ref}/" in sato.get(f"/desk/cases/{newer.ref}/").content.decode()
    assert signed_in(now, "t", "triage").get(f"/desk/incidents/{ref}/").status_code == 403


def test_the_queue_has_work_by_hand_and_members_to_be_reached(sato, now):
    k = case(now)
    measure(k, now, "suspend_line", "executed", executed_at=now, by_hand="apply", scope="line")
    assert [(i.kind, i.reference, i.urgent) for i in items.by_hand()] == [("confirm", k.ref, True)]
    sent = notice_for(k, now)
    assert items.unreached() == []
    Notice.objects.filter(pk=sent.pk).update(channel="manual", state="written")
    assert [(i.kind, i.reference) for i in items.unreached()] == [("reach", sent.ref)]
    page = sato.get("/desk/?kind=confirm").content.decode()
    assert k.ref in page
    assert sent.ref not in page
    Case.objects.filter(pk=k.pk).update(snoozed_until=now + timedelta(days=3650))
    assert len(items.by_hand()) == 1, "hiding a case hides no work on the equipment"


def test_a_hearing_shows_its_letter_and_its_day(sato, now):
    k = case(now)
    letter = Letter.objects.create(ref="L-2", key="l-2", case=k, kind="hearing", rehearsal=False, made_at=now, due_at=micros(now))
    told = Delivery.objects.create(notice="N-2", letter=letter, channel="letter", sent_at=now)
    assert "not known to be handed over" in sato.get(f"/desk/cases/{k.ref}/").content.decode()
    Delivery.objects.filter(pk=told.pk).update(delivered_at=now)
    assert "Tue 8 Dec 2026, 12:00 JST" in sato.get(f"/desk/cases/{k.ref}/").content.decode(), "14 days after 24 November"


def test_a_proposal_names_its_article_not_a_code(sato, now):
    k = case(now)
    m = measure(k, now, "suspend_line", "proposed", scope="line", approvals_needed=2)
    m.basis = "YAKKAN.SUSPEND"
    m.save()
    page = sato.get(f"/desk/cases/{k.ref}/").content.decode()
    assert "Terms of service" in page
    assert "<dd>the line</dd>" in page
