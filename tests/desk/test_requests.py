"""Requests at the desk: filed with a paper, agreed by two, shown once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sekimori.contracts.models import Contract, Holder
from sekimori.disclosure.models import Request
from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db


def signed_in(name, now):
    officer = make_officer(name, "legal", Actor("command", "test"), now)
    officer.set_password("a long enough pass phrase")
    officer.save()
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_from_paper_to_answer(now):
    contract = Contract.objects.create(key="C1", handle="h1")
    Holder.objects.create(contract=contract, holder="山田 花子", postal="東京都")
    first, second = signed_in("a", now), signed_in("b", now)
    made = first.post("/desk/requests/new", {"kind": "investigation", "asker": "○○警察署", "contract": "h1", "paper": SimpleUploadedFile("p.pdf", b"%PDF-1.4 x")})
    url = made.headers["Location"]
    assert "Data under the secrecy" in first.get(url).content.decode()
    assert "Two officers" in first.post(url + "act", {"do": "answer"}, follow=True).content.decode()
    first.post(url + "act", {"do": "agree"})
    assert "second person" in first.post(url + "act", {"do": "agree"}, follow=True).content.decode()
    second.post(url + "act", {"do": "agree"})
    shown = second.post(url + "act", {"do": "answer"})
    assert "山田 花子" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    assert Request.objects.get().state == "answered"
    assert "closed already" in first.post(url + "act", {"do": "agree"}, follow=True).content.decode()


def test_the_masked_copy_stays_and_names_nobody(now):
    contract = Contract.objects.create(key="C1", handle="h1")
    Holder.objects.create(contract=contract, holder="山田 花子", postal="東京都千代田区1-1")
    first, second = signed_in("a", now), signed_in("b", now)
    url = first.post("/desk/requests/new", {"kind": "bar_association", "asker": "弁護士会", "contract": "h1", "due": "2026-12-24",
                                            "paper": SimpleUploadedFile("p.pdf", b"%PDF-1.4 x")}).headers["Location"]
    assert "24 Dec 2026, 23:59 JST" in first.get(url).content.decode()
    assert "A second officer must agree" in first.post(url + "act", {"do": "agree"}, follow=True).content.decode()
    assert "the answer may be made" in second.post(url + "act", {"do": "agree"}, follow=True).content.decode()
    assert "千代田区1-1" in second.post(url + "act", {"do": "answer"}).content.decode()
    again = first.get(url).content.decode()
    assert "東京都●●●" in again
    assert "千代田区" not in again and "山田" not in again


@pytest.mark.parametrize(("language", "said"), [("ja", "ご意見の期限:"), ("en", "Answer until:")])
def test_the_members_copy_masks_who_asks(now, language, said):
    Contract.objects.create(key="C1", handle="h1", language=language)
    client = signed_in("a", now)
    url = client.post("/desk/requests/new", {"kind": "sender_disclosure", "asker": "田中 一郎", "contract": "h1"}).headers["Location"]
    page = client.get(url).content.decode()
    copy = page.partition(said)[0].rpartition("<pre>")[2]
    assert "●●●" in copy
    assert "田中" not in copy


@pytest.mark.parametrize("typed", ["soon", "2026-13-40"])
def test_a_wrong_due_date_is_said_plainly(now, typed):
    Contract.objects.create(key="C1", handle="h1")
    answer = signed_in("a", now).post("/desk/requests/new", {"kind": "warrant", "asker": "x", "contract": "h1", "due": typed})
    assert "Look at the due date again" in answer.content.decode()
    assert not Request.objects.exists()


def test_a_wrong_window_is_said_plainly(now):
    answer = signed_in("a", now).post("/desk/requests/new", {"kind": "preservation", "asker": "x", "from": "2026-11-01T00:00", "to": "2026-11-02T00:00", "where": "10.0.0.0/8"})
    assert "Check the window" in answer.content.decode()
