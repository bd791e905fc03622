"""The guide: complete in both languages, every statement of the FAQ on its page, nothing active in it."""

import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sekimori.guide import pages
from sekimori.guide.catalogue import _facts
from sekimori.settings import current

HOME = Path(str(files("sekimori.guide")))
PROVIDER = ("れいじネット", "Reiji Net")
FACTS = _facts()
ALL = pages.load(PROVIDER, FACTS)
STATEMENTS = tomllib.loads((HOME / "seed.toml").read_text(encoding="utf-8"))["statement"]
SLUGS = sorted({slug for _, slug in ALL})
ROWS = {"A1": "unauthorized-access", "A2": "board-block", "A3": "disputes", "B1": "spam", "B2": "spam-block", "B3": "mailer-daemon",
        "B4": "own-address", "C9": "what-we-do"}


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: s["says"][:50])
def test_every_statement_of_the_faq_stands_on_its_page(statement):
    for language in ("ja", "en"):
        assert statement[language] in ALL[language, statement["page"]].text, statement["says"]


def test_the_list_of_statements_is_whole():
    assert len(STATEMENTS) >= 31 and {s["page"] for s in STATEMENTS} == {*ROWS.values(), "how-to-report"}


@pytest.mark.parametrize("slug", SLUGS)
def test_each_page_is_there_in_both_languages(slug):
    ja, en = ALL["ja", slug], ALL["en", slug]
    assert (ja.group, ja.order) == (en.group, en.order) and len(ja.headings) == len(en.headings) and ja.sources and en.sources
    assert sum(len(p.windows) for p in ja.pieces) == sum(len(p.windows) for p in en.pieces)
    assert not re.search(r"[\u3040-\u30ff]", "".join(p.html for p in en.pieces)), "kana on an English page"
    assert "{" not in ja.text and "{" not in en.text


def test_every_row_of_the_mission_has_its_page():
    for slug in ROWS.values():
        assert ("ja", slug) in ALL and ("en", slug) in ALL


def test_links_inside_the_guide_lead_somewhere():
    functions = {"report", "headers", "bounce", "preserve"}
    for (language, slug), page in ALL.items():
        for html in (p.html for p in page.pieces):
            for target in re.findall(r'href="(/[^"]*)"', html):
                found = re.fullmatch(rf"/{language}/([a-z-]+)/", target)
                assert found and (found[1] in functions or (language, found[1]) in ALL), (slug, target)


def test_windows_are_complete_and_dated():
    for code in pages.window_codes():
        for language in ("ja", "en"):
            w = pages.window(code, language)
            assert w.name and w.purpose and w.hours and isinstance(w.checked, date) and (not w.url or w.url.startswith("https://"))
    used = {w.code for p in ALL.values() for piece in p.pieces for w in piece.windows}
    assert used == set(pages.window_codes())


FRONT = '+++\ntitle = "t"\nsummary = "s"\ngroup = "mail"\norder = 1\nrevised = 2026-11-24\n+++\n'


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", '<a href="https://x" style="x">y</a>',
                                    "![x](https://evil.example/p.gif)", "<iframe src='https://evil.example'></iframe>"])
def test_an_operators_page_runs_nothing(attack):
    html = "".join(p.html for p in pages.parse(FRONT + attack, "x", "ja", "p").pieces)
    assert not re.search(r"<(?:script|img|iframe)|<[^>]*(?:onerror|style)=|href=\"(?!https:|mailto:|/)", html)


@given(st.text(max_size=500))
def test_any_markdown_is_cleaned(text):
    try:
        page = pages.parse(FRONT + text, "x", "ja", "p")
    except pages.PageError:
        return
    for piece in page.pieces:
        assert not re.search(r"<(?!/?(?:h2|h3|p|ul|ol|li|strong|em|a|code|pre|table|thead|tbody|tr|th|td|blockquote|hr|br|div)\b)[a-zA-Z]", piece.html)


@pytest.mark.parametrize("source", ["no front matter", "+++\n+++\nx", FRONT.replace('"mail"', '"nowhere"') + "x", FRONT + "[[windows: no_such]]",
                                    FRONT.replace("order = 1", "order = 1\nodd = 2") + "x"])
def test_an_incomplete_page_is_refused(source):
    with pytest.raises(pages.PageError):
        pages.parse(source, "x", "ja", "p")


def test_an_operators_page_takes_precedence(tmp_path):
    (tmp_path / "ja").mkdir()
    (tmp_path / "ja/spam.md").write_text(FRONT + "当社だけの案内", encoding="utf-8")
    mine = pages.load(PROVIDER, FACTS, tmp_path)
    assert "当社だけの案内" in mine["ja", "spam"].text and mine["en", "spam"].text == ALL["en", "spam"].text


@pytest.mark.parametrize(("accept", "target"), [("ja", "/ja/"), ("en-US,en;q=0.9", "/en/"), ("fr", "/ja/"), ("", "/ja/")])
def test_the_root_goes_by_accept_language(accept, target):
    response = Client().get("/", headers={"accept-language": accept} if accept else {})
    assert response.status_code == 302 and response.headers["Location"] == target and "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("slug", ["", *SLUGS])
def test_pages_are_served(language, slug):
    response = Client().get(f"/{language}/{slug}/" if slug else f"/{language}/")
    html = response.content.decode()
    assert response.status_code == 200 and response.headers["Content-Language"] == language and f'<html lang="{language}">' in html
    assert html.count("<h1") == 1 and "style=" not in html and "<script" not in html
    assert (current().provider.name_ja if language == "ja" else current().provider.name_en) in html
    other = "en" if language == "ja" else "ja"
    assert f'href="/{other}/{slug}{"/" if slug else ""}"' in html, "the switch leads to the same page"


def test_an_unknown_page_is_404():
    assert Client().get("/ja/no-such-page/").status_code == 404 and Client().get("/fr/spam/").status_code == 404


def test_the_periods_on_the_page_are_those_of_the_policy():
    client = Client()
    assert "180日" in client.get("/ja/secrecy/").content.decode() and "180 days" in client.get("/en/secrecy/").content.decode()
    shorter = pages.load(PROVIDER, tuple((k, "7" if k == "connection_logs_days" else v) for k, v in FACTS))
    assert "| 7日 |" in shorter["ja", "secrecy"].text and "{" not in shorter["ja", "secrecy"].text
