"""Previews: every text with made-up facts, on screen and on paper; an operator's broken text is one clear line."""

import pytest
from click.testing import CliRunner

from sekimori.cli import django as start
from sekimori.cli.notices import notices
from sekimori.notices import environment, preview
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("audience", "kind"), preview.kinds())
def test_every_text_has_a_preview(folder, now, audience, kind, language):
    shown = preview.preview(audience, kind, language, folder, now)
    assert preview.REF in shown.subject and preview.REF in shown.body and not shown.own
    if audience == "member":
        assert preview.pdf(shown, folder, now).startswith(b"%PDF")


@pytest.mark.parametrize(("language", "words"), [("ja", "このメールに返信"), ("en", "Reply to this mail")])
def test_paper_is_not_asked_to_be_replied_to(folder, now, monkeypatch, language, words):
    bodies = []
    monkeypatch.setattr(preview.letterpdf, "render", lambda sheet: bodies.append(sheet.body) or b"%PDF")
    shown = preview.preview("member", "suspend_line", language, folder, now)
    assert words in shown.body
    preview.pdf(shown, folder, now)
    assert bodies and words not in bodies[0]


def test_an_operators_text_is_previewed_before_anybody_gets_it(folder, now):
    path = folder.data / "notices/ja/member/warn.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Subject: {{ provider }} {{ ref }}\n\n当社の文面\n", encoding="utf-8")
    environment.environment.cache_clear(), environment.version.cache_clear()
    shown = preview.preview("member", "warn", "ja", folder, now)
    assert shown.own and "当社の文面" in shown.body
    path.write_text("Subject: x\n\n{{ no_such }}\n", encoding="utf-8")
    environment.environment.cache_clear(), environment.version.cache_clear()
    with pytest.raises(Refused):
        preview.preview("member", "warn", "ja", folder, now)
    environment.environment.cache_clear(), environment.version.cache_clear()


def test_on_the_command_line(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(start, "setup", lambda: None)
    run = CliRunner().invoke
    assert "member/warn" in run(notices, ["--preview", "list"]).output
    assert "Dear Hanako Mihon" in run(notices, ["--preview", "warn", "--language", "en"]).output
    assert run(notices, ["--preview", "warn", "--pdf", str(tmp_path / "x.pdf")]).exit_code == 0 and (tmp_path / "x.pdf").stat().st_size > 10_000
    wrong = run(notices, ["--preview", "nonsense"])
    assert wrong.exit_code == 1 and wrong.output.count("\n") == 1
