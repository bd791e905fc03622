"""The pages of the ladder: rules in words, faults with their lines, simulation, activation with a fresh password, roles."""

from dataclasses import replace

import pytest

import story
from desk_people import PASSWORD, signed_in
from notices_rows import run
from sekimori.desk.rulewords import GROUPS, differences, rules, sentence
from sekimori.enforcement.models import LadderVersion
from sekimori.enforcement.rehearse import RehearseStage
from sekimori.ledger.models import Entry
from sekimori.policy import files
from sekimori.policy import ladder as in_force
from sekimori.policy.ladderfile import PLAIN, TABLES, read_ladder
from sekimori.settings import current, use

pytestmark = pytest.mark.django_db
TEXT = (files.SHIPPED / "ladder.toml").read_text(encoding="utf-8")
NEXT = TEXT.replace('version = "2026-11-24"', 'version = "next"').replace("grace_hours = 72", "grace_hours = 24")


@pytest.fixture
def folder(tmp_path):
    before = story.enter(tmp_path)
    use(replace(current(), synthetic=False))
    yield tmp_path
    use(before)


@pytest.fixture
def editor(now, folder, monkeypatch):
    monkeypatch.setattr("sekimori.desk.access.now", lambda: now)
    for module in ("ladder", "ladder_acts"):
        monkeypatch.setattr(f"sekimori.desk.views.{module}.now", lambda: now)
    use(replace(current(), desk=replace(current().desk, require_totp=False)))
    return signed_in(now, "kaito", "rules")


def drafted(client, text=NEXT):
    answer = client.post("/desk/ladder/new", {"text": text})
    assert answer.status_code == 302, answer.content.decode()
    return LadderVersion.objects.latest("id"), answer.headers["Location"]


def test_every_field_is_said_in_some_group():
    named = {f for group in GROUPS.values() for f in group}
    assert named == {n for n in PLAIN if n != "version"} | {f"{t}.{n}" for t, names in TABLES.items() for n in names}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_rules_and_differences_in_words(language):
    old, new = read_ladder(TEXT)[0], read_ladder(NEXT.replace('vulnerability = ["warn"]', 'vulnerability = ["warn", "port_filter"]').replace('reputation = ["warn"]\n', ""))[0]
    assert sum(len(said) for _, said in rules(old, language)) == len(old.paths) + sum(map(len, GROUPS.values()))
    found = {d.field: d for d in differences(old, new, language)}
    assert set(found) == {"grace_hours", "paths.vulnerability", "paths.reputation"}
    assert found["paths.reputation"].after == ""
    assert "72" in found["grace_hours"].before
    assert "24" in found["grace_hours"].after
    assert "5" in sentence(old, "agreeing_refuted_percent", language)
    assert "5.0" not in sentence(old, "agreeing_refuted_percent", language)
    assert not differences(old, old, language)


def test_faults_are_shown_with_line_and_field_and_the_text_is_kept(editor):
    wrong = NEXT.replace("continuing_days = 2", 'continuing_days = "2"').replace("unlocks = 2", "unlokcs = 2")
    answer = editor.post("/desk/ladder/new", {"text": wrong.replace("\n", "\r\n")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "3 things to mend" in page
    line = next(i for i, x in enumerate(NEXT.splitlines(), 1) if x.startswith("continuing_days"))
    assert f'<td class="num">{line}</td><td class="mono">continuing_days</td>' in page
    assert "There is no such field" in page
    assert "unlokcs = 2" in page
    assert not LadderVersion.objects.exists()


def test_a_file_takes_the_place_of_the_text(editor, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = editor.post("/desk/ladder/new", {"text": "rubbish", "file": SimpleUploadedFile("x.toml", NEXT.encode())})
    assert answer.status_code == 302
    assert LadderVersion.objects.get().text == NEXT
    bad = editor.post("/desk/ladder/new", {"text": NEXT, "file": SimpleUploadedFile("x.toml", b"\xff\xfe\x00")})
    assert bad.status_code == 422


def test_from_draft_to_in_force_with_a_fresh_password(editor, now):
    row, url = drafted(editor)
    assert "No further step within 24 hours" in editor.get(url).content.decode()
    act = f"{url}act"
    editor.post(act, {"do": "simulate", "days": "90"})
    running = editor.get(url)
    assert running.headers["Refresh"] == "5"
    assert "<progress" in running.content.decode()
    assert "Refresh" not in editor.get(f"{url}?still=1").headers
    run(RehearseStage(), now)
    shown = editor.get(url)
    assert "Refresh" not in shown.headers
    assert "Neither version would have led to a measure" in shown.content.decode()
    for given in ({}, {"password": "wrong"}):
        page = editor.post(act, {"do": "activate", "seen": row.sha256, **given}, follow=True).content.decode()
        assert in_force().grace_hours == 72
    assert "sign in again" in page
    again = {"do": "activate", "password": PASSWORD}
    assert "It changed after it was shown" in editor.post(act, {**again, "seen": "0" * 64}, follow=True).content.decode()
    assert "next is in force" in editor.post(act, {**again, "seen": row.sha256}, follow=True).content.decode()
    assert in_force().grace_hours == 24
    assert Entry.objects.get(act="ladder.activated").actor == "officer:kaito"
    assert "in force" in editor.get("/desk/ladder/").content.decode()
    assert "Simulate it first" in editor.post(act, {**again, "seen": row.sha256}, follow=True).content.decode()


def test_the_cases_that_would_fare_otherwise_are_linked(editor, folder, now):
    story.tell(folder, story.WARNED)
    row, url = drafted(editor, NEXT.replace("continuing_days = 2", "continuing_days = 1"))
    editor.post(f"{url}act", {"do": "simulate", "days": "90"})
    run(RehearseStage(), now)
    ref = row.changed.get().case.ref
    page = editor.get(url).content.decode()
    assert f'href="/desk/cases/{ref}/"' in page
    assert "restriction of sending mail (A)" in page
    assert "Measures" in page


def test_change_discard_and_compare(editor):
    row, url = drafted(editor)
    assert "grace_hours = 24" in editor.get(f"{url}edit").content.decode()
    editor.post(f"{url}edit", {"text": NEXT.replace("grace_hours = 24", "grace_hours = 36")})
    row.refresh_from_db()
    assert "grace_hours = 36" in row.text
    other, second = drafted(editor, NEXT.replace('"next"', '"other"'))
    page = editor.get(f"{url}?against={other.ref}").content.decode()
    assert "Differences from other" in page
    assert "No further step within 24 hours" in page
    assert "kept on record" in editor.post(f"{second}act", {"do": "discard"}, follow=True).content.decode()
    assert "cannot be changed now" in editor.post(f"{second}act", {"do": "simulate", "days": "7"}, follow=True).content.decode()
    assert "Check the window" in editor.post(f"{url}act", {"do": "simulate", "days": "99999"}, follow=True).content.decode()
    assert editor.post(f"{url}act", {"do": "explode"}).status_code == 400


def test_a_version_name_is_used_once(editor):
    answer = editor.post("/desk/ladder/new", {"text": TEXT.replace("grace_hours = 72", "grace_hours = 1")})
    assert answer.status_code == 422
    assert "Another text bears this version" in answer.content.decode()


def test_who_may_read_and_who_may_change(editor, now):
    row, url = drafted(editor)
    for name, roles in (("a", "handler approver"), ("b", "auditor"), ("c", "triage legal")):
        client = signed_in(now, name, roles)
        assert client.get("/desk/ladder/").status_code == 200
        page = client.get(url).content.decode()
        assert "Put away" not in page
        assert 'value="simulate"' not in page
        for path, method in (("/desk/ladder/new", "get"), ("/desk/ladder/new", "post"), (f"{url}edit", "post"), (f"{url}act", "post")):
            assert getattr(client, method)(path, {"do": "discard", "text": NEXT}).status_code == 403
    assert signed_in(now, "d", "admin").get("/desk/ladder/").status_code == 403
    row.refresh_from_db()
    assert row.state == "draft"
