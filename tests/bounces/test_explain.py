"""Explanations: by reason, provider, action, verdict; never a gap, never a placeholder left, never a foreign word unglossed."""

import itertools
import re
from dataclasses import replace

import pytest

from bounces import notices_made as made
from sekimori.bounces import Action, Failure, parse
from sekimori.bounces.explain.catalogue import LANGUAGES, WHO, load
from sekimori.bounces.explain.clients import client_errors
from sekimori.bounces.explain.explaining import explain, summary
from sekimori.bounces.explain.glossing import code_meaning, gloss
from sekimori.bounces.explain.verdicts import answer, answers, verdict_words
from sekimori.bounces.parser.literals import load as rules
from sekimori.bounces.parser.rules import REASONS
from sekimori.bounces.provenance.model import Evidence, Judgement, Provenance

PROVIDERS = ["", "somebody-unknown", *(p["id"] for p in rules("providers.toml")["provider"])]
PLACE = re.compile(r"\{[a-z_]+\}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", list(Action))
def test_every_reason_at_every_provider_has_its_text(language, action):
    for reason in (*REASONS, "a-reason-of-tomorrow"):
        for provider in PROVIDERS:
            told = explain(Failure("friend@shop.example", action=action, reason=reason, provider=provider, retry_until="Fri, 27 Nov 2026 10:00:00 +0900"), language)
            words = (told.title, told.why, told.who_words, *told.steps, told.retry, told.tell, told.call, told.never_reply)
            assert all(words) and told.who in WHO and told.steps
            assert not PLACE.search("".join(words)), (reason, provider)
            if language == "ja":
                assert all(re.search(r"[\u3040-\u9fff]", w) for w in words)
            else:
                assert not re.search(r"[\u3040-\u30ff]", "".join(words))


def test_a_delay_asks_for_nothing_but_patience():
    for language in LANGUAGES:
        told = explain(parse(made.DELAYED).failures[0], language)
        assert told.who == "nobody"
        assert ("送り直さないでください" if language == "ja" else "Do not send again") in told.retry
    until = explain(parse(made.SEVERAL).failures[1], "en")
    assert "Fri, 27 Nov 2026" in until.retry


def test_a_delivery_is_no_error():
    assert explain(parse(made.SEVERAL).failures[2], "en").title == "It was delivered"


def test_undecidable_says_both():
    f = replace(parse(made.SENDMAIL).failures[0], reason="filtered", rule="text.user-unknown.unstaged")
    told = explain(f, "ja")
    assert told.cause == "address_or_filter" and "受信拒否" in told.why and "アドレスが違う" in told.why and "ドコモ" in told.why
    assert "My docomo" in "".join(told.steps)


def test_a_wrong_domain_is_to_be_checked_first():
    for reason in ("userunknown", "hostunknown", "filtered"):
        told = explain(Failure("friend@dokomo.ne.jp", reason=reason), "ja")
        assert "つづり" in told.steps[0]


def test_who_must_act_differs():
    def who(r):
        return explain(Failure("a@b.example", reason=r), "en").who

    assert [who(r) for r in ("userunknown", "mailboxfull", "blocked", "ratelimited")] == ["you", "recipient", "us", "nobody"]


def test_hostile_values_are_shown_on_one_line():
    told = explain(Failure("evil\r\nBcc: x@y.example\x1b[2J@shop.example", reason="userunknown", diagnostic="550 \x00\x1b]0;x\x07 user unknown\r\nX: y"), "en")
    shown = told.why + told.diagnostic
    assert not re.search(r"[\x00-\x1f]", shown)


def test_glosses_stand_where_the_words_stand_and_cover_every_diagnostic():
    text = "550 5.1.1 <x@y.example>: Recipient address rejected: User unknown"
    found = gloss(text, Failure("x@y.example", reason="userunknown"), "ja")
    assert [text[g.start:g.end] for g in found] == [g.words for g in found] == ["550", "5.1.1", "Recipient address rejected", "User unknown"]
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    odd = "Esta casilla ha expirado"
    (whole,) = gloss(odd, Failure("x@y.example", reason="suspend"), "ja")
    assert (whole.start, whole.end) == (0, len(odd)) and "停止" in whole.meaning
    coded = gloss("550 frobnicate the widget", Failure("x@y.example", reason="onhold"), "en")
    assert coded[0].words == "550" and coded[-1].words.strip() == "frobnicate the widget"
    assert gloss("", Failure("x@y.example"), "en") == []


def test_codes_have_words():
    assert code_meaning("5.2.2", "ja").endswith("メールボックスがいっぱい") and code_meaning("4.7.999", "en").endswith("about security or policy") and code_meaning("9.9.9", "en") == ""


def test_errors_of_mail_programs():
    (known,) = client_errors("サーバーからエラー: 0x800ccc0f 接続…", "ja")
    assert known.code == "0x800CCC0F" and known.known and "ウイルス対策" in known.meaning
    (other,) = client_errors("error 0x8004FFFF", "en")
    assert not other.known and "account settings" in other.meaning
    assert client_errors("0x800CCC0F0 and 0x7", "en") == []


@pytest.mark.parametrize("provenance", list(Provenance))
def test_every_verdict_and_every_evidence_has_words(provenance):
    codes = tuple(Evidence(c, "x.example") for c in load("provenance.toml")["evidence"])
    for language in LANGUAGES:
        words = verdict_words(Judgement(provenance, codes), language)
        assert words.title and words.text and all(words.evidence) and "{" not in "".join(words.evidence)


def test_the_answer_of_a_fake_is_a_warning_not_a_reason():
    b = parse(made.POSTFIX)
    for language in LANGUAGES:
        assert "リンク" in answer(b, Judgement(Provenance.FAKE), "ja") if language == "ja" else "links" in answer(b, Judgement(Provenance.FAKE), "en")
    assert answers(b, Judgement(Provenance.GENUINE_LIKELY))["ja"].startswith("宛先のメールアドレスが存在しません")
    assert "自動返信" in answers(parse(made.VACATION), Judgement(Provenance.NOT_A_BOUNCE))["ja"]


def test_more_recipients_are_counted():
    assert "ほかに1件" in summary(parse(made.EXIM), "ja") and "1 more" in summary(parse(made.EXIM), "en")
