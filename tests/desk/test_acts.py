"""What an officer does in a case: each act answers in one sentence, done or why not; nobody without the role gets in."""

import pytest
from django.test import Client

from notices_rows import case, measure
from sekimori.cases.models import Case, Note
from sekimori.enforcement.models import Hold
from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db


def officer(now, name="a", roles="handler approver"):
    row = make_officer(name, roles, Actor("command", "test"), now)
    row.set_password("a long enough pass phrase")
    row.save()
    client = Client(headers={"accept-language": "en"})
    client.force_login(row, backend="django.contrib.auth.backends.ModelBackend")
    return client


def do(client, k, **fields):
    return client.post(f"/desk/cases/{k.ref}/act", fields, follow=True).content.decode()


def test_a_note_stays_with_the_case(now):
    k = case(now)
    assert "The note is kept" in do(officer(now), k, do="note", text="called, nobody answered")
    assert Note.objects.get().text == "called, nobody answered"


def test_a_hold_and_its_end(now):
    k, client = case(now), officer(now)
    assert "On hold" in do(client, k, do="hold", step="suspend_line")
    assert "on hold already" in do(client, k, do="hold", step="suspend_line")
    assert Hold.objects.filter(lifted_at=None).count() == 1
    assert "hold is lifted" in do(client, k, do="go", step="suspend_line")


def test_work_done_by_hand_is_confirmed_once(now):
    k = case(now)
    m = measure(k, now, "suspend_line", "executed", executed_at=now, by_hand="apply", scope="line")
    m.rehearsal = False
    m.save()
    client = officer(now)
    assert "It is done" in client.get(f"/desk/cases/{k.ref}/").content.decode()
    assert "Confirmed as carried out" in do(client, k, do="by_hand", measure=m.pk)
    assert "No work waits" in do(client, k, do="by_hand", measure=m.pk)


def test_only_cases_of_the_same_contract_are_merged(now):
    k = case(now)
    assert "no such case" in do(officer(now), k, do="merge", target="K-0000-0000-0000")
    assert Case.objects.get(pk=k.pk).closed_at is None


@pytest.mark.parametrize("act", ["approve", "refuse", "appeal", "lift", "go"])
def test_an_act_without_its_object_says_why(now, act):
    text = do(officer(now), case(now), do=act, step="suspend_line", outcome="upheld")
    assert 'class="callout error"' in text


def test_an_unknown_act_and_a_stranger_role(now):
    k = case(now)
    assert officer(now).post(f"/desk/cases/{k.ref}/act", {"do": "explode"}).status_code == 400
    assert officer(now, "b", "triage").post(f"/desk/cases/{k.ref}/act", {"do": "note", "text": "x"}).status_code == 403
