"""Ignore rules with their preview, and the register of refused contracts: roles, ledger, and no name anywhere after it was typed."""

from datetime import UTC, date, timedelta

import pytest

from desk_people import signed_in
from notices_rows import case, contract, finding, measure
from sekimori.cases.models import IgnoreRule
from sekimori.enforcement import refusals
from sekimori.enforcement.models import Refusal
from sekimori.ledger.models import Entry
from sekimori.values.actors import Actor
from sekimori.work.clock import shared

pytestmark = pytest.mark.django_db
PERSON = {"name": "鎌倉 次郎", "born": "1980-04-01", "phone": "03-1234-5678"}


@pytest.fixture
def sato(now):
    return signed_in(now, "sato", "handler approver legal")


@pytest.fixture
def key(tmp_path, monkeypatch):
    monkeypatch.setattr(refusals, "_key", lambda: b"k" * 32)


@pytest.fixture
def today():
    return shared().now()


def rule(today, **changes):
    return {"prefix": "198.18.0.0/24", "until": f"{(today + timedelta(days=30)).date()}", "reason": "our scanner"} | changes


def test_a_rule_is_shown_before_it_is_added_and_ends_early(sato, today):
    finding(today - timedelta(hours=1), source_ip="198.18.0.7")
    case(today - timedelta(hours=1), findings=2)
    page = sato.post("/desk/ignore/new", rule(today, do="preview")).content.decode()
    assert '<span class="figure-number">3</span>' in page
    assert "stand in 1 cases" in page
    assert not IgnoreRule.objects.exists()
    page = sato.post("/desk/ignore/new", rule(today, do="add"), follow=True).content.decode()
    row = IgnoreRule.objects.get()
    assert row.ref in page
    assert "198.18.0.0/24" in page
    IgnoreRule.objects.update(hits=42)
    assert '<td class="num">42</td>' in sato.get("/desk/ignore/").content.decode()
    assert "has ended" in sato.post(f"/desk/ignore/{row.ref}/end", follow=True).content.decode()
    assert "ended already" in sato.post(f"/desk/ignore/{row.ref}/end", follow=True).content.decode()
    assert "ended early" in sato.get("/desk/ignore/?over=1").content.decode()
    assert list(Entry.objects.filter(act__startswith="ignore.").order_by("seq").values_list("act", "actor")) == [
        ("ignore.added", "officer:sato"), ("ignore.ended", "officer:sato")]


@pytest.mark.parametrize(("changes", "says"), [({"prefix": ""}, "Name a prefix or a reporter"), ({"prefix": "198.18.0.1/24"}, "no prefix"), ({"until": "2020-01-01"}, "must end"),
                                               ({"until": "soon"}, "must end"), ({"reason": " "}, "Say why")])
def test_what_a_rule_must_say(sato, today, changes, says):
    answer = sato.post("/desk/ignore/new", rule(today, do="add", **changes))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not IgnoreRule.objects.exists()


def test_who_may_ignore(now, today, sato):
    sato.post("/desk/ignore/new", rule(today, do="add"))
    ref = IgnoreRule.objects.get().ref
    for roles in ("triage", "legal", "auditor"):
        client = signed_in(now, roles, roles)
        page = client.get("/desk/ignore/").content.decode()
        assert ref in page
        assert "/end" not in page
        assert client.post("/desk/ignore/new", rule(today, do="add")).status_code == 403
        assert client.post(f"/desk/ignore/{ref}/end").status_code == 403
    assert signed_in(now, "adm", "admin").get("/desk/ignore/").status_code == 403


def terminated(now):
    k = case(now, holder=contract())
    measure(k, now, "terminate", "verified", scope="contract", executed_at=now)
    return k.contract


def clean(page):
    return not any(x in page for x in ("鎌倉", "次郎", "1980-04-01", "1234-5678", "12345678"))


def test_entering_asking_and_lifting_never_show_the_person(sato, now, key):
    gone = terminated(now)
    nothing = sato.post("/desk/refusals/check", {**PERSON, "purpose": "contract"}).content.decode()
    assert "There is no entry" in nothing
    page = sato.post("/desk/refusals/enter", {**PERSON, "contract": gone.handle, "clause": "約款 第20条"}, follow=True).content.decode()
    assert "No name is kept" in page
    assert clean(page)
    row = Refusal.objects.get()
    assert timedelta(days=729) < row.until - row.at < timedelta(days=732)
    for purpose, handle in (("contract", 1), ("access", 2)):
        page = sato.post("/desk/refusals/check", {**PERSON, "name": "鎌倉　次郎", "phone": "０３１２３４５６７８", "purpose": purpose}).content.decode()
        assert "There is an entry" in page
        assert "約款 第20条" in page
        assert clean(page)
        assert page.count(gone.handle) >= handle
    asked = Entry.objects.filter(act="refusal.checked").order_by("seq")
    assert asked.count() == 3
    assert clean("".join(Entry.objects.values_list("body", flat=True)))
    assert '"purpose":"access"' in asked.last().body.replace(" ", "")
    assert "is lifted" in sato.post(f"/desk/refusals/{row.pk}/lift", follow=True).content.decode()
    assert "lifted already" in sato.post(f"/desk/refusals/{row.pk}/lift", follow=True).content.decode()
    assert "There is no entry" in sato.post("/desk/refusals/check", {**PERSON, "purpose": "contract"}).content.decode()
    assert gone.handle in sato.get("/desk/refusals/?over=1").content.decode()


@pytest.mark.parametrize(("changes", "says"), [({"name": " "}, "Give name"), ({"born": "x"}, "Give name"), ({"phone": "none"}, "Give name"), ({"purpose": ""}, "Name the case")])
def test_a_question_without_a_part_is_no_question(sato, key, changes, says):
    answer = sato.post("/desk/refusals/check", {**PERSON, "purpose": "contract", **changes})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert clean(answer.content.decode())
    assert not Entry.objects.filter(act="refusal.checked").exists()


def test_only_a_terminated_contract_is_entered_and_with_its_clause(sato, now, key):
    for handle, clause, says in ((case(now).contract.handle, "20", "terminated contract"), ("nobody", "20", "terminated contract"), (terminated(now).handle, " ", "Name the clause")):
        answer = sato.post("/desk/refusals/enter", {**PERSON, "contract": handle, "clause": clause})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert clean(answer.content.decode())
    assert not Refusal.objects.exists()


def test_asking_around_is_stopped(sato, key, monkeypatch):
    monkeypatch.setattr("sekimori.desk.views.refusals.CHECKS_PER_HOUR", 2)
    codes = [sato.post("/desk/refusals/check", {**PERSON, "purpose": "contract"}).status_code for _ in range(4)]
    assert codes == [200, 200, 422, 422]
    assert Entry.objects.filter(act="refusal.checked").count() == 2


def test_who_may_ask_and_who_may_enter(now, key):
    row = refusals.add(terminated(now), "a", date(1990, 1, 1), "1", "20", Actor("officer", "x"), now.astimezone(UTC))
    handler = signed_in(now, "h", "handler")
    page = handler.get("/desk/refusals/").content.decode()
    assert "Enter a person" not in page
    assert handler.post("/desk/refusals/check", {**PERSON, "purpose": "contract"}).status_code == 200
    assert handler.post("/desk/refusals/enter", PERSON).status_code == 403
    assert handler.post(f"/desk/refusals/{row.pk}/lift").status_code == 403
    for roles in ("triage", "rules", "auditor", "admin"):
        client = signed_in(now, roles, roles)
        assert client.get("/desk/refusals/").status_code == 403
        assert client.post("/desk/refusals/check", PERSON).status_code == 403
