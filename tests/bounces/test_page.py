"""The anonymous page: the pasted octets alone; nothing looked up, nothing kept, addresses masked."""

import dataclasses
import re
import time
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounces import notices_made as made
from sekimori.bounces.masking import mask, mask_all
from sekimori.bounces.page import explain_pasted, public_knowledge
from sekimori.mailauth.batv import Tagger
from sekimori.settings import Settings
from sekimori.settings.types import Tags
from support import NOW


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", sorted(made.MADE))
def test_every_form_has_its_page(name, language):
    view = explain_pasted(made.MADE[name], language)
    assert view.kind == "bounce" and view.lines and view.headline and view.verdict.title and view.fixed["never_reply"]


def test_addresses_are_masked_everywhere():
    for raw in made.MADE.values():
        shown = str(explain_pasted(raw, "ja").to_json())
        assert "friend@shop.example" not in shown and "hanako@isp.example" not in shown and "太郎@" not in shown
    assert mask("hanako@isp.example") == "h…o@isp.example" and mask("ab@x.example") == "a…@x.example" and mask("nobody") == "…"
    assert mask_all("to <hanako@isp.example>, x") == "to <h…o@isp.example>, x"


def test_known_and_unknown_ids_are_answered_alike(settings_folder):
    """The page has no log to ask: a Message-ID that a member sent and one that nobody sent give the same view, as fast."""
    known = public_knowledge(Settings(settings_folder))
    assert known.log == "not_asked" and not known.owner and not known.envelope_id_ours and not known.dkim_ours
    sent, never = made.POSTFIX, made.POSTFIX.replace(b"orig-1@isp.example", b"orig-9@isp.example")
    assert explain_pasted(sent, "ja", known) == explain_pasted(never, "ja", known)

    def spend(raw):
        t = time.process_time()
        explain_pasted(raw, "ja", known)
        return time.process_time() - t

    first, second = [], []
    for _ in range(60):
        first.append(spend(sent))
        second.append(spend(never))
    assert median(first) < 2 * median(second) and median(second) < 2 * median(first)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_tells_nobody_whether_a_tag_holds(settings_folder, language):
    """Valid, forged, expired and absent tags give the same view: else anybody could try tags here until one fits."""
    settings = dataclasses.replace(Settings(settings_folder), tags=Tags(key="k" * 32, since="2026-01-01"))
    known, tagger = public_knowledge(settings), Tagger.of(settings)
    assert known.tag == "not_used"
    valid, forged = tagger.sign("hanako@isp.example", NOW), Tagger({0: b"x"}).sign("hanako@isp.example", NOW)
    assert valid != forged
    for place in ("To: %s\nSubject", "To: hanako@isp.example\nX-Sekimori-Tag: %s\nSubject"):
        views = [explain_pasted(made.POSTFIX.replace(b"To: hanako@isp.example\nSubject", (place % a).encode(), 1), language, known) for a in (valid, forged)]
        assert views[0] == views[1] and "token" not in str(views[0])
    ids = [explain_pasted(made.POSTFIX.replace(b"QQ314159", i.encode()), language, known) for i in (tagger.envelope_id("N-1"), Tagger({0: b"x"}).envelope_id("N-1"))]
    assert ids[0] == ids[1]


@pytest.mark.django_db
def test_the_database_is_never_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        explain_pasted(made.POSTFIX, "ja")


def test_a_forwarding_mail_with_the_notice_attached():
    raw = b'From: hanako@isp.example\nSubject: Fwd: what is this?\nContent-Type: multipart/mixed; boundary="f1"\n\n--f1\nContent-Type: text/plain\n\nPlease explain.\n--f1\nContent-Type: message/rfc822\n\n' + made.POSTFIX + b"\n--f1--\n"
    view = explain_pasted(raw, "en")
    assert view.kind == "bounce" and view.lines[0].explanation.cause == "no_such_address"


def test_an_error_of_the_mail_program():
    view = explain_pasted("タスク 'hanako - 送信' でエラーが発生しました (0x80042109): 送信サーバーに接続できません。".encode(), "ja")
    assert view.kind == "client" and view.client[0].code == "0x80042109" and "メールソフト" in view.headline


def test_a_fake_gets_a_warning_and_no_steps():
    raw = "Return-Path: <x@evil.example>\nFrom: Mail Delivery System <info@evil.example>\nSubject: 未配信メールのお知らせ\nContent-Type: text/plain; charset=utf-8\n\n保留中のメールが5件あります。こちらをクリック https://verify.bad.example/ 24時間以内".encode()
    view = explain_pasted(raw, "ja")
    assert view.verdict.provenance == "fake" and not view.lines and "リンク" in view.verdict.text


def test_a_pasted_phrase_alone():
    view = explain_pasted(b"<friend@shop.example>: host mx.shop.example[203.0.113.5] said: 552 5.2.2 mailbox is full", "ja")
    assert view.lines and view.lines[0].explanation.cause == "mailbox_full" and view.lines[0].status_meaning.endswith("メールボックスがいっぱい")


def test_control_characters_never_reach_the_page():
    raw = made.QMAIL.replace(b"sorry, no mailbox", b"\x1b[2J\xe2\x80\xaesorry\x00, no mailbox")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", "".join(str(v) for v in explain_pasted(raw, "en").echo) + str(explain_pasted(raw, "en").lines[0].explanation.diagnostic))


@given(st.binary(max_size=2000) | st.text(max_size=2000).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_anything_may_be_pasted(raw):
    for language in ("ja", "en"):
        explain_pasted(raw, language)


@pytest.fixture
def settings_folder(tmp_path):
    return tmp_path
