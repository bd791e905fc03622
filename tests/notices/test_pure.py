"""The pure parts: causes, channels, redaction, the sandbox, the shape of a text, the mail."""

import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError

from sekimori import words
from sekimori.notices import blocks, causes, channels, environment, redact
from sekimori.notices.card import Fact, build
from sekimori.notices.message import Outgoing
from sekimori.notices.message import build as build_mail
from sekimori.notices.stage_send import wait
from sekimori.smtp import guard
from sekimori.values.outcomes import Refused

KEY = b"k" * 32


@pytest.mark.parametrize(("category", "how", "stolen", "expected"), [
    ("messaging/spam", "radius", False, "infected_sender"), ("messaging/spam", "submission", False, "stolen_password"),
    ("messaging/spam", "radius", True, "stolen_password"), ("messaging/spam", "static", False, "open_relay"),
    ("connection/login_attack", "mape", False, "attacking_device"), ("connection/infected_host", "cgnat", False, "infected_device"),
    ("connection/ddos", "radius", False, "ddos_source"), ("vulnerability/open_service", "static", False, "open_service"),
    ("vulnerability/cve", "static", False, "vulnerable_device"), ("content/phishing", "static", False, "hacked_site"),
    ("infrastructure/botnet", "radius", False, "infected_device"), ("copyright/p2p", "radius", False, "rights_claim"),
    ("local/board_disruption", "radius", False, "nuisance"), ("never/heard", "radius", False, "infected_device"),
])
def test_the_cause_follows_category_and_way(category, how, stolen, expected):
    assert causes.choose(category, how, stolen=stolen) == expected


def test_every_category_has_a_cause_and_every_cause_is_whole():
    for category in words.ids("category"):
        assert causes.choose(category, "radius", stolen=False) in causes.codes()
    for code in causes.codes():
        ja, en = causes.cause(code, "ja"), causes.cause(code, "en")
        assert len(ja.steps) == len(en.steps) <= 7 and len(ja.checks) == len(en.checks) >= 1
        for text in (*ja.steps, *en.steps, ja.what, en.what):
            assert "http" not in text and not re.search(r"www\.|\.com|\.jp", text)


def test_channels_fall_from_one_to_the_next():
    reach = channels.Reach(email="a@x.example", alt_email="b@y.example", postal="address")
    assert channels.choose(reach) == "mail"
    assert channels.choose(reach, tried={"mail"}) == "alt_mail"
    assert channels.choose(reach, tried={"mail", "alt_mail"}) == "letter"
    assert channels.choose(reach, tried={"mail", "alt_mail", "letter"}) == "manual"
    assert channels.choose(reach, prefer="letter") == "letter"
    assert channels.choose(reach, avoid={"mail"}) == "alt_mail"
    assert channels.choose(channels.Reach(email="a@x.example"), prefer="letter") == "mail"
    assert channels.choose(channels.Reach()) == "manual"
    assert "alt_mail" not in channels.available(channels.Reach(email="a@x.example", alt_email="A@X.example"))


@given(st.builds(channels.Reach, email=st.sampled_from(["", "a@x"]), alt_email=st.sampled_from(["", "b@y", "a@x"]), postal=st.sampled_from(["", "p"])),
       st.sets(st.sampled_from(channels.ORDER)), st.sets(st.sampled_from(channels.ORDER)), st.sampled_from(["", *channels.ORDER]))
def test_an_avoided_channel_is_never_used(reach, avoid, tried, prefer):
    chosen = channels.choose(reach, prefer=prefer, avoid=avoid, tried=tried)
    assert chosen == "manual" or ((chosen not in avoid and chosen not in tried and channels.address(reach, chosen) != "") or chosen == "letter")


def test_redaction_hides_others_and_keeps_the_members_own():
    text = ("From victim.name@corp.example to v.other@corp.example from 198.18.0.7 at 203.0.113.5 2001:db8::9 "
            "host mx1.corp.example https://corp.example/x?y=1 own@isp.example victim.name@corp.example")
    out = redact.redact(text, KEY, own=("198.18.0.7", "own@isp.example"))
    for secret in ("victim", "other", "corp", "203.0.113.5", "2001:db8", "mx1", "https"):
        assert secret not in out, secret
    assert "198.18.0.7" in out and "own@isp.example" in out
    tokens = re.findall(r"(\S+)@redacted", out)
    assert len(tokens) == 3 and tokens[0] == tokens[2] != tokens[1], "the same person stays the same token (RFC 6590 §2)"
    assert redact.redact(text, b"other key" * 4) != redact.redact(text, KEY)


@given(st.text(max_size=2000))
def test_redaction_takes_anything(text):
    redact.redact(text, KEY)


def test_redaction_is_linear():
    def cost(n, seed):
        text = seed * n
        start = time.process_time()
        redact.redact(text[:redact.LIMIT], KEY)
        return time.process_time() - start

    for seed in ("a", "a.", "1.", ":", "a@", "a-", "[1.1.1.1]) by ", "http://", "aa."):
        size = redact.LIMIT // len(seed)
        assert cost(size, seed) < 1.0, seed


def test_operators_texts_stay_in_the_sandbox(tmp_path):
    (tmp_path / "ja/member").mkdir(parents=True)
    text = tmp_path / "ja/member/warn.txt"
    for attack in ("{{ ''.__class__.__mro__ }}", "{{ cycler.__init__.__globals__ }}", "{{ no_such_fact }}", "{% include '/etc/passwd' %}",
                   "{{ provider.__class__ }}", "{{ 1/0 }}", "{% for x in range(10**9) %}x{% endfor %}"):
        text.write_text(f"Subject: x\n\n{attack}\n", encoding="utf-8")
        environment.environment.cache_clear()
        with pytest.raises((Refused, SecurityError)):
            environment.render("member/warn", "ja", {"provider": "p"}, folder=tmp_path)
    text.write_text("Subject: {{ provider }}\n\nbody\n", encoding="utf-8")
    environment.environment.cache_clear()
    environment.version.cache_clear()
    subject, body, version = environment.render("member/warn", "ja", {"provider": "a\nBcc: x@y.example"}, folder=tmp_path)
    assert "\n" not in subject and body.startswith("Bcc") and len(version) == 12


def test_a_letter_without_a_subject_is_refused(tmp_path):
    (tmp_path / "ja/member").mkdir(parents=True)
    (tmp_path / "ja/member/warn.txt").write_text("no subject\n", encoding="utf-8")
    with pytest.raises(Refused):
        environment.render("member/warn", "ja", {}, folder=tmp_path)


def test_the_card_counts_and_shows_the_busiest_hours(now):
    facts = [Fact(at=now - timedelta(hours=h), count=h + 1, category="messaging/spam", how="radius", stolen=False, address="198.18.0.7") for h in range(40)]
    card = build("messaging/spam", [*facts, Fact(None, 5, "messaging/spam", "radius", False)])
    assert card.count == sum(range(1, 41)) + 5 and card.first == now - timedelta(hours=39) and card.last == now
    assert len(card.hours) == 24 and card.hours_left_out == 16 and [h.start for h in card.hours] == sorted(h.start for h in card.hours)
    assert min(h.count for h in card.hours) == 17 and len(card.samples) == 5
    assert build("messaging/spam", []).cause == "infected_sender"


def test_a_mailbox_is_named_instead_of_a_line(now):
    card = build("messaging/spam", [Fact(now, 1, "messaging/spam", "submission", False, address="203.0.113.9", login="hanako@isp.example", queue_id="4Q")])
    assert card.mailboxes == ("hanako@isp.example",) and card.addresses == () and card.samples[0].address == ""


@given(st.text(max_size=500))
def test_every_line_of_a_body_is_in_one_block(body):
    for block in blocks.parse(body):
        assert block.kind in {"heading", "text", "fact", "step", "bar", "item"}


def test_how_long_a_notice_waits():
    assert wait(timedelta(0)) == timedelta(seconds=30)
    assert wait(timedelta(hours=1)) == timedelta(minutes=30)
    assert wait(timedelta(days=3)) == timedelta(hours=6)


def outgoing(now, **changes):
    facts = {"sender_name": "れいじネット", "sender": "desk@isp.example", "to": "a@b.example", "reply_to": "abuse+t@isp.example", "subject": "件名",
             "body": "本文\n", "message_id": "n-1@isp.example", "language": "ja", "at": now, "automatic": "auto-generated", "loop": "desk@isp.example"}
    return Outgoing(**facts | changes)


def test_a_mail_passes_the_guard_and_says_what_it_is(now):
    raw = build_mail(outgoing(now))
    assert guard.octets(raw) == raw and build_mail(outgoing(now)) == raw
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Auto-Submitted"] == "auto-generated" and mail["X-Loop"] == "desk@isp.example" and mail["Message-ID"] == "<n-1@isp.example>"
    assert mail["Subject"] == "件名" and mail.get_content().splitlines() == ["本文"] and mail["Date"] == "Tue, 24 Nov 2026 03:00:00 +0000"


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_becomes_a_header(subject, body):
    raw = build_mail(outgoing(datetime(2026, 11, 24, tzinfo=UTC), subject=subject + "\r\nBcc: victim@x.example", body=body))
    guard.octets(raw)
    head = raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?im)^bcc:", head)


@pytest.mark.parametrize("to", ["a@b\r\nBcc: c@d.example", "a@b.example, c@d.example", "", "-f@x.example"])
def test_a_bad_recipient_is_refused(now, to):
    with pytest.raises(Refused):
        build_mail(outgoing(now, to=to))
