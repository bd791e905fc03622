"""Mass acts through the pages: ticked or filtered, previewed, confirmed once; roles; nothing dangerous on offer."""

import re

import pytest

from desk_people import signed_in
from notices_rows import case
from sekimori.cases.models import Case, Note
from sekimori.enforcement.models import MassAct

pytestmark = pytest.mark.django_db


@pytest.fixture
def sato(now):
    return signed_in(now, "sato", "handler")


def previewed(client, act, cases, **given):
    answer = client.post("/desk/cases/many/preview", {"act": act, "case": [c.ref for c in cases], **given})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def confirmed(client, url):
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', client.get(url).content.decode())[1]
    return client.post(url, {"do": "confirm", "seen": seen}, follow=True).content.decode()


def test_ticked_cases_are_shown_then_done(sato, now):
    one, two = case(now), case(now)
    asked = sato.post("/desk/cases/many/choose", {"act": "note", "case": [one.ref]}).content.decode()
    assert one.ref in asked
    assert two.ref not in asked
    assert "case by case" in asked
    url = previewed(sato, "note", [one], text="looked at")
    assert "Nothing is done yet" in sato.get(url).content.decode()
    assert not Note.objects.exists()
    seen = MassAct.objects.get().hash
    assert "1 done" in confirmed(sato, url)
    assert "1 done" in sato.post(url, {"do": "confirm", "seen": seen}, follow=True).content.decode(), "a second click shows the result"
    assert Note.objects.count() == 1


def test_all_that_the_filter_shows(sato, now):
    spam, scan = case(now), case(now, category="connection", type_="port_scan")
    page = sato.post("/desk/cases/many/choose", {"act": "assign", "all": "1", "policy": "connection"}).content.decode()
    assert scan.ref in page
    assert spam.ref not in page


def test_a_changed_case_voids_it_and_it_can_be_shown_anew(sato, now):
    k = case(now)
    url = previewed(sato, "settle", [k])
    seen = MassAct.objects.get().hash
    Case.objects.filter(pk=k.pk).update(officer="tanaka")
    page = sato.post(url, {"do": "confirm", "seen": seen}, follow=True).content.decode()
    assert "this is void" in page
    assert Case.objects.get(pk=k.pk).closed_at is None
    again = sato.post(url, {"do": "again"}).headers["Location"]
    assert again != url
    assert "1 done" in confirmed(sato, again)
    assert Case.objects.get(pk=k.pk).outcome == "settled"


def test_what_is_left_out_says_why(sato, now):
    shut, free = case(now), case(now)
    Case.objects.filter(pk=shut.pk).update(closed_at=now, state="closed")
    page = sato.get(previewed(sato, "settle", [shut, free])).content.decode()
    assert "It is closed already" in page
    only = sato.get(previewed(sato, "settle", [shut])).content.decode()
    assert 'value="confirm"' not in only


@pytest.mark.parametrize(("act", "given", "says"), [("snooze", {"days": "77"}, "Check the number of days"), ("note", {"text": ""}, "nothing to act on"),
                                                    ("assign", {"officer": "nobody"}, "no such officer")])
def test_wrong_details_are_asked_for_again(sato, now, act, given, says):
    k = case(now)
    answer = sato.post("/desk/cases/many/preview", {"act": act, "case": [k.ref], **given})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert k.ref in answer.content.decode()


def test_nothing_chosen_and_too_many(sato, now, monkeypatch):
    assert "No case was chosen" in sato.post("/desk/cases/many/choose", {"act": "note"}, follow=True).content.decode()
    monkeypatch.setattr("sekimori.enforcement.mass.MOST", 1)
    case(now), case(now)
    assert "Too many cases" in sato.post("/desk/cases/many/choose", {"act": "note", "all": "1"}, follow=True).content.decode()


@pytest.mark.parametrize("act", ["terminate", "suspend_line", "restrict_mail", "incident", "disclose", ""])
def test_nothing_else_is_done_to_many(sato, now, act):
    for step in ("choose", "preview"):
        assert sato.post(f"/desk/cases/many/{step}", {"act": act, "case": [case(now).ref]}).status_code == 400
    assert f'value="{act}"' not in sato.get("/desk/cases/").content.decode().split('id="act"')[1] or not act


def test_roles_and_other_peoples_previews(sato, now):
    k = case(now)
    url = previewed(sato, "settle", [k])
    for roles in ("triage", "rules", "auditor"):
        client = signed_in(now, roles, roles)
        assert client.get(url).status_code == 403
        assert client.post("/desk/cases/many/choose", {"act": "note", "case": [k.ref]}).status_code == 403
        assert client.post("/desk/cases/many/preview", {"act": "settle", "case": [k.ref]}).status_code == 403
    other = signed_in(now, "tanaka", "handler")
    assert "Only sato" in other.get(url).content.decode()
    other.post(url, {"do": "confirm", "seen": MassAct.objects.get().hash})
    assert Case.objects.get(pk=k.pk).closed_at is None
