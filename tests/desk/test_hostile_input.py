"""Whatever is typed into the desk, or put into its addresses, is answered: no act ends in a stack trace (also on PostgreSQL)."""

import pytest

from desk_people import signed_in
from notices_rows import case
from sekimori.enforcement import mass

pytestmark = pytest.mark.django_db
NASTY = ["", "\x00", "\udcff".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "9" * 40, "-1", "²", "٣", "abc", "🦊" * 300, "<script>", "%s{0}{n}", "' OR 1=1 --", "2026-02-31", "0000-00-00", "K-1\r\nX: y"]
GETS = {
    "": ["kind"], "cases/": ["q", "state", "policy", "grade", "officer", "waiting", "snoozed", "page"], "review/": ["lane"], "messages/": ["state", "page"], "notices/": ["audience", "waiting", "page"],
    "ledger/": ["subject", "act", "page"], "reporters/": ["q", "page"], "ladder/": ["page"], "ignore/": ["over", "page"], "refusals/": ["over", "page"],
}
ACTS = ["approve", "refuse", "hold", "go", "appeal", "unlock", "incident", "by_hand", "lift", "note", "snooze", "assign", "merge", "move", "settle"]
FIELDS = ["step", "seen", "reason", "outcome", "saying", "measure", "source", "text", "days", "officer", "target", "entry", "where"]


@pytest.fixture
def client(now, tmp_path, monkeypatch):
    monkeypatch.setattr("sekimori.enforcement.refusals._key", lambda: b"k" * 32)
    return signed_in(now, "sato", "triage handler approver legal rules")


def answered(answer):
    assert answer.status_code < 500
    return answer


@pytest.mark.parametrize("value", NASTY)
def test_filters(client, now, value):
    case(now)
    for path, fields in GETS.items():
        for field in fields:
            answered(client.get(f"/desk/{path}", {field: value}))


@pytest.mark.parametrize("value", NASTY)
def test_acts_in_a_case(client, now, value):
    for act in ACTS:
        k = case(now, findings=1)
        answered(client.post(f"/desk/cases/{k.ref}/act", {"do": act, **dict.fromkeys(FIELDS, value)}))


@pytest.mark.parametrize("value", NASTY)
def test_mass_acts(client, now, value):
    k = case(now, findings=1)
    for act in (*mass.ACTS, value):
        for step in ("choose", "preview"):
            answered(client.post(f"/desk/cases/many/{step}", {"act": act, "case": [k.ref, value], "officer": value, "days": value, "text": value, "all": value, "q": value}))
    made = mass.preview("note", {"text": "x"}, [k.ref], "sato", now)
    answered(client.post(f"/desk/cases/many/{made.ref}/", {"do": value, "seen": value}))
    assert made.items.get().result == ""


@pytest.mark.parametrize("value", NASTY)
def test_rules_and_registers(client, now, value):
    answered(client.post("/desk/ladder/new", {"text": value}))
    for do in ("preview", "add"):
        for field in ("prefix", "reporter", "category", "until", "reason"):
            answered(client.post("/desk/ignore/new", {"do": do, "reporter": "feed.example", "until": "2027-01-01", "reason": "x", field: value}))
    good = {"name": "a", "born": "1980-01-01", "phone": "03", "purpose": "contract", "contract": "h", "clause": "1"}
    for path in ("check", "enter"):
        for field in good:
            answered(client.post(f"/desk/refusals/{path}", {**good, field: value}))


@pytest.mark.parametrize("value", NASTY)
def test_requests_and_switches(client, now, value):
    fields = dict.fromkeys(("kind", "contract", "from", "to", "where", "asker", "do", "why", "source", "row"), value)
    for path in ("requests/new", "switches/flood", "switches/retry", "switches/clock"):
        answered(client.post(f"/desk/{path}", fields))
    answered(client.post("/desk/requests/new", {**fields, "kind": "investigation", "from": "2026-01-01T00:00", "to": "2026-01-02T00:00"}))


def test_a_character_that_no_database_keeps_is_refused_in_words(client):
    from django.test import Client

    for stranger, path in ((client, "/desk/cases/"), (Client(headers={"accept-language": "en"}), "/desk/signin/")):
        answer = stranger.post(path, {"name": "a\x00b", "password": "x"}) if "signin" in path else stranger.get(path, {"q": "a\x00b"})
        assert answer.status_code == 400
        assert "could not accept" in answer.content.decode()


def test_no_page_of_the_desk_needs_a_script():
    """Every act is a form: neither a script nor a handler stands in any template."""
    import re
    from pathlib import Path

    from sekimori.desk import urls
    from sekimori.ui import views

    folders = [Path(urls.__file__).parent / "templates", Path(views.__file__).parent / "templates"]
    found = [p.name for folder in folders for p in folder.rglob("*.html") if re.search(r"<script|\son[a-z]+=|javascript:|\sstyle=", p.read_text(encoding="utf-8"))]
    assert not found
