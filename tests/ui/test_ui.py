"""Language, security headers, charts and template tags."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from sekimori.ui import charts
from sekimori.ui.language import from_path, negotiate, other_path


@pytest.mark.parametrize(("accept", "expected"), [
    ("ja,en;q=0.8", "ja"), ("en-GB,en;q=0.9", "en"), ("fr, en;q=0.5, ja;q=0.7", "ja"), ("fr", "ja"), ("", "ja"),
    ("en;q=0", "ja"), ("en;q=x, ja;q=0.1", "ja"), ("*", "ja"), ("EN", "en"), ("en;q=0.1,ja;q=0.01", "en"),
])
def test_accept_language(accept, expected):
    assert negotiate(accept, "ja") == expected


@given(st.text(max_size=300))
def test_any_accept_language_gives_one_of_ours(header):
    assert negotiate(header, "ja") in ("ja", "en")


def test_paths_name_their_language():
    assert from_path("/ja/report/") == "ja" and from_path("/jazz/") == "" and from_path("/") == ""
    assert other_path("/ja/report/") == "/en/report/" and other_path("/desk/") == ""


def render(source, language="ja", **context):
    with translation.override(language):
        return Template("{% load ui %}" + source).render(Context(context))


def test_both_languages_stand_side_by_side_and_values_are_escaped():
    source = '{% t "あと{n}日" "{n} days left" n=n %}'
    assert render(source, "ja", n="<3>") == "あと&lt;3&gt;日"
    assert render(source, "en", n=3) == "3 days left"
    assert render("{% t a b %}", "en", a="x", b="<b>") == "&lt;b&gt;"


def test_words_and_times():
    assert render('{{ s|say:"step" }}', "en", s="brake") == "emergency brake on sending"
    assert 'datetime="2026-11-24T03:00:00Z"' in render("{{ i|timetag }}", i=datetime(2026, 11, 24, 3, tzinfo=UTC))
    assert render("{{ i|jst }}", i=None) == ""


def test_every_answer_carries_the_policy(db):
    for path in ("/nope", "/static/ui/sekimori.css"):
        response = Client().get(path)
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'") and "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        response.close()


def test_the_switch_goes_only_to_our_own_pages(db):
    client = Client()
    answer = client.post("/language", {"language": "en", "next": "/desk/"})
    assert answer.headers["Location"] == "/desk/" and answer.cookies["sekimori_language"].value == "en"
    for outside in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"):
        assert client.post("/language", {"language": "en", "next": outside}).headers["Location"] == "/"
    assert Client(enforce_csrf_checks=True).post("/language", {"language": "en"}).status_code == 403


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(0, 1e12)), max_size=40))
def test_charts_take_anything_and_escape_it(points):
    for chart in (charts.bars(points, title="t"), charts.line(points, title="t")):
        assert "<script" not in chart and "style=" not in chart and chart.count("<svg") == 1


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.4, 1), (1, 1), (3, 5), (11, 20), (21, 25), (99, 100), (101, 200)])
def test_axes_end_at_round_numbers(value, top):
    assert charts.nice_top(value) == top
