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


def test_a_wrong_window_is_said_plainly(now):
    answer = signed_in("a", now).post("/desk/requests/new", {"kind": "preservation", "asker": "x", "from": "2026-11-01T00:00", "to": "2026-11-02T00:00", "where": "10.0.0.0/8"})
    assert "Check the window" in answer.content.decode()
