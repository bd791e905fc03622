"""Every page of the desk: who may open it, in both languages, without a template variable left empty by mistake."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from sekimori.desk import urls
from sekimori.desk.mailview import clean, mailview, marked
from sekimori.staff.models import Officer
from sekimori.staff.roles import ROLES
from sekimori.staff.service import make_officer, one_time_link
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db
BY = Actor("command", "test")
PAGES = ["", "requests/", "requests/new", "review/", "cases/", "ladder/", "ignore/", "ignore/new", "refusals/", "messages/", "notices/", "switches/", "ledger/"]


@pytest.fixture
def officer(now):
    row = make_officer("hana", "triage handler approver reveal legal", BY, now)
    row.set_password("a long enough pass phrase")
    row.save()
    return row


@pytest.fixture
def client(officer):
    c = Client()
    c.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return c


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_show_in_both_languages(client, page, language):
    client.cookies["sekimori_language"] = language
    answer = client.get(f"/desk/{page}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'<html lang="{language}"' in text
    body = re.sub(r"<[^>]+>", "", text.split("<main", 1)[1].split("<footer", 1)[0])
    assert bool(re.search("[ぁ-んァ-ン]", body)) == (language == "ja")
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_view_of_the_desk_says_who_may_open_it():
    for pattern in urls.urlpatterns:
        view = pattern.callback
        assert hasattr(view, "desk_roles") or pattern.name is None, f"{pattern.name} has no guard"
        for role in getattr(view, "desk_roles", None) or ():
            assert role in ROLES


@pytest.mark.parametrize("pattern", [p for p in urls.urlpatterns if getattr(p.callback, "desk_roles", None) is not None], ids=lambda p: p.name)
def test_strangers_are_sent_to_the_sign_in_page(pattern):
    url = "/desk/" + re.sub(r"<int:\w+>", "1", re.sub(r"<slug:\w+>", "x", str(pattern.pattern)))
    for method in ("get", "post"):
        answer = getattr(Client(), method)(url)
        assert answer.status_code in (302, 405), (url, answer.status_code)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/desk/signin/")


def test_a_role_that_lacks_sees_403(now):
    row = make_officer("aud", "auditor", BY, now)
    row.set_password("a long enough pass phrase")
    row.save()
    c = Client()
    c.force_login(row, backend="django.contrib.auth.backends.ModelBackend")
    assert c.get("/desk/cases/").status_code == 403
    assert c.get("/desk/ledger/").status_code == 200
    assert c.post("/desk/switches/halt", {"do": "halt"}).status_code == 403


def test_a_one_time_link_is_not_used_up_by_a_scanner(now):
    row = make_officer("new", "triage", BY, now)
    from sekimori.work.clock import shared

    value = one_time_link(row, BY, shared().now())
    c = Client()
    for _ in range(3):
        assert c.get(f"/desk/enter/{value}").status_code == 200
    assert c.post(f"/desk/enter/{value}").headers["Location"] == "/desk/enrol/"
    assert c.get("/desk/").headers["Location"] == "/desk/enrol/"
    assert Client().post(f"/desk/enter/{value}").status_code == 410


def test_sign_in_is_slowed_and_says_nothing(officer, monkeypatch):
    monkeypatch.setattr("sekimori.desk.views.signin._need_totp", lambda: False)
    c = Client()
    answers = [c.post("/desk/signin/", {"name": "hana", "password": "wrong"}) for _ in range(11)]
    texts = {re.sub(r'value="[^"]+"', "", a.content.decode()) for a in answers[:10]}
    assert len(texts) == 1
    assert answers[10].content != answers[9].content
    assert c.post("/desk/signin/", {"name": "hana", "password": "a long enough pass phrase"}).status_code == 403


def test_halt_and_resume(client):
    client.post("/desk/switches/halt", {"do": "halt"})
    assert "callout bad" in client.get("/desk/").content.decode()
    client.post("/desk/switches/halt", {"do": "resume"})
    assert "callout bad" not in client.get("/desk/").content.decode()


def test_hostile_mail_is_shown_as_text_with_its_tricks_visible():
    raw = (b"Subject: <script>alert(1)</script> \xe2\x80\xaefdp.exe\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
           b"<img src=http://evil.example/x.png><script>alert(1)</script>See 198.18.0.7 now")

    class Found:
        source_ip, time_raw, login, queue_id, message_id, spans = "198.18.0.7", "", "", "", "", []

    view = mailview(raw, [Found()])
    text = "".join(view.texts)
    assert "<script" not in text
    assert "<img" not in text
    assert '<mark class="span-hit">198.18.0.7</mark>' in text
    assert "\u202e" not in dict(view.headers)["Subject"]


def test_marks_do_not_cut_each_other():
    assert marked("198.18.0.70 and 198.18.0.7", ["198.18.0.70", "198.18.0.7"]).count("<mark") == 2
    assert "<b>" not in marked("<b>x</b>", ["x"])
    assert clean("a\x1b[2Jb\r\nc") == "a\ufffd[2Jb c"


def test_officers_know_nothing_of_names_on_ordinary_pages(client):
    """No template of the desk but the reveal page reaches the holder table."""
    from pathlib import Path

    folder = Path(urls.__file__).parent / "templates" / "desk"
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert path.name == "reveal.html" or not re.search(r"\.holder\b|\.postal|\.phone|\.email", text.replace("provider.phone", "")), path.name
    assert get_resolver()
    assert Officer.objects.count() == 1


def test_every_stage_and_every_kind_of_open_item_has_words(client):
    """What the switches and the queue show is never a bare id."""
    from sekimori import words
    from sekimori.flow.stages import STAGES

    assert not [s for s in STAGES if not words.has("stage", s)]
    assert not [k for k in ("approval", "saying", "confirm", "reach", "review", "stuck", "request", "flood") if not words.has("item", k)]
    shown = client.get("/desk/").content.decode()
    assert 'href="?kind=request"' in shown
