"""Every text in every language: renders, has its numbers, has no link and no telephone number."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from notices_rows import member_facts
from sekimori.notices import environment, member, reporter

TEMPLATES = Path(environment.SHIPPED)
MEMBER = sorted(p.stem for p in (TEMPLATES / "ja/member").glob("*.txt"))
REPORTER = sorted(p.stem for p in (TEMPLATES / "ja/reporter").glob("*.txt"))
LINK = re.compile(r"(?i)https?:|www\.|\b[\w-]+\.(?:com|net|org|jp|co)\b")
PHONE = re.compile(r"0\d{1,3}-\d{2,4}-\d{3,4}|0120|\+81")


def test_both_languages_have_the_same_texts():
    for audience in ("member", "reporter", "part"):
        assert {p.name for p in (TEMPLATES / "ja" / audience).glob("*")} == {p.name for p in (TEMPLATES / "en" / audience).glob("*")}
    assert {"warn", "restrict_mail", "port_filter", "suspend_line", "terminate", "brake", "stolen_password", "hearing", "apology",
            "appeal_upheld", "appeal_reversed"} == set(MEMBER)
    assert {"receipt", "missing", "not_ours", "closed"} == set(REPORTER)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", MEMBER)
@pytest.mark.parametrize(("channel", "mailbox", "full"), [("mail", False, True), ("letter", True, True), ("mail", False, False)])
def test_letters_are_worthless_to_a_phisher(now, language, kind, channel, mailbox, full):
    subject, body, version = member.render(member_facts(now, language, channel, mailbox=mailbox, full=full), kind, language)
    text = f"{subject}\n{body}".replace("hanako@isp.example", "")
    assert not LINK.search(text), LINK.search(text)
    assert not PHONE.search(text), PHONE.search(text)
    assert "N-7QF3-9MZA-H2WP" in subject and "N-7QF3-9MZA-H2WP" in body and "K-7QF3-9MZA-H2WP" in body
    assert "マイページ" in body or "My page" in body
    assert len(version) == 12 and max(map(len, body.splitlines())) < 400
    if language == "en":
        assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", text.replace("山田 花子", "").replace("範囲", "").replace("理由", ""))
    assert "None" not in body and "{{" not in body and "\n\n\n" not in body


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_warning_says_what_when_how_much_and_how_it_was_matched(now, language):
    _, body, _ = member.render(member_facts(now, language), "warn", language)
    for fact in ("90", "198.18.0.7", "C0001234", "JST", "■", "72"):
        assert fact in body, fact
    assert ("接続認証の記録" if language == "ja" else "Connection authentication record") in body
    _, mailbox, _ = member.render(member_facts(now, language, mailbox=True), "warn", language)
    assert "hanako@isp.example" in mailbox and "198.18.0.7" not in mailbox


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", ["restrict_mail", "port_filter", "suspend_line", "terminate"])
def test_a_measure_is_announced_with_reason_start_and_period(now, language, kind):
    _, body, _ = member.render(member_facts(now, language), kind, language)
    assert "理由" in body and "30" in body and ("2026年11月24日(火) 12:00 JST" if language == "ja" else "Tue 24 Nov 2026, 12:00 JST") in body
    assert ("異議" if language == "ja" else "appeal") in body


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", REPORTER)
def test_answers_to_reporters(now, language, kind):
    facts = reporter.facts("れいじネット" if language == "ja" else "Reiji Net", "N-7QF3-9MZA-H2WP", language,
                           [reporter.Item(now, "xarf-1"), *[reporter.Item(now, "")] * 60],
                           {"findings": 3, "missing": ["headers", "zone", "lines", "no_such"], "addresses": [{"ip": "192.0.2.1", "contact": "abuse@other.example"}, "x"]})
    subject, body, _ = reporter.render(facts, kind, language)
    assert "N-7QF3-9MZA-H2WP" in subject and "xarf-1" in body and "None" not in body
    if kind == "not_ours":
        assert "192.0.2.1" in body and "abuse@other.example" in body
    if kind == "missing":
        assert "Received" in body and "no_such" not in body
    if kind == "closed":
        assert "11" in body


def test_messaging_is_never_asked_for_a_port_by_the_headers_text():
    for language in ("ja", "en"):
        assert "port" not in reporter.missing_texts(language)["headers"].lower() and "ポート" not in reporter.missing_texts(language)["headers"]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", MEMBER)
def test_headings_stand_apart_and_no_id_is_shown_raw(now, language, kind):
    for full in (True, False):
        _, body, _ = member.render(member_facts(now, language, full=full), kind, language)
        lines = body.splitlines()
        for before, line in pairwise(lines):
            assert not (line.startswith("■ ") and before), line
        assert not re.search(r"\b(?:hearing|restrict_mail|appeal_upheld)\b", body) or language == "en"
        assert "_" not in body.replace("hanako", "")
