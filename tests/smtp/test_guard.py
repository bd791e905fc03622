"""Nothing from outside becomes a command or a header of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.smtp import guard
from sekimori.values.outcomes import Refused

HOSTILE = "Re: hello\r\nBcc: v@example.org\x00\x1b[2J\u2028x\x85y\ud800"
GOOD = b"From: desk@isp.example\r\nTo: a@example.com\r\nSubject: x\r\n y\r\nDate: now\r\nMessage-ID: <1@isp.example>\r\n\r\nbody\r\n"


def test_a_hostile_subject_is_answered_without_injecting():
    value = guard.header_value(HOSTILE)
    assert value == "Re: hello Bcc: v@example.org [2J x y"
    assert guard.header_value("題名 \t です") == "題名 です"


@given(st.text())
def test_header_values_never_raise_and_stay_on_one_line(text):
    value = guard.header_value(text)
    assert len(value) <= 900
    assert not any(c < " " or c in "\x7f\x85\u2028\u2029" for c in value)
    value.encode()


@pytest.mark.parametrize("text", ["a@example.com", "foo..bar.@docomo.example", "x+tag@sub.example.co.jp", "山田@例え.example", "a'b@x.example"])
def test_addresses_that_we_write_to(text):
    assert guard.address(text) == text


@pytest.mark.parametrize("text", [
    "", "a", "@example.com", "a@", "a@b\r\nRCPT TO:<c@d>", "a@b\n", "a\x00@b", "a b@c", "<a@b>", "a@b>", "a@[127.0.0.1]", "a@b..c", "a@-b",
    '"a"@b', "a@b@c", "-f@b", "x" * 65 + "@b", "a@" + "b" * 64, "a@b ", "a@b\u2028c", "a\ud800@b", "a,b@c", "a;b@c"])
def test_addresses_that_we_never_write_to(text):
    with pytest.raises(Refused):
        guard.address(text)
    assert not guard.is_address(text)


@given(st.text(max_size=60))
def test_an_address_that_passes_cannot_end_a_command(text):
    if guard.is_address(text):
        assert not set(text) & set("\r\n<> \x00")


def test_the_null_sender_passes():
    assert guard.reverse_path("") == ""


def test_a_sound_message_passes_and_gets_crlf():
    assert guard.octets(GOOD) == GOOD
    assert guard.octets(GOOD.replace(b"\r\n", b"\n")) == GOOD


@pytest.mark.parametrize(("old", "new"), [
    (b"Subject: x", b"Subject: x\rBcc: v@example.org"), (b"Subject: x", b"Sub\x00ject: x"), (b"Subject: x\r\n y", b"Subject x"),
    (b"Date: now\r\n", b""), (b"To: a@example.com", b"To: a@example.com\r\nTo: b@example.com"), (b"From:", b" From:"),
    (b"Subject: x", b"Subject: " + b"x" * 1000), (b"Message-ID:", b"Message-ID: <2@x>\r\nMessage-ID:"), (b"Subject", b"Subj ect")])
def test_an_unsound_message_does_not(old, new):
    with pytest.raises(Refused):
        guard.octets(GOOD.replace(old, new))


def test_header_names():
    assert guard.header_name("X-Loop") == "X-Loop"
    for bad in ("X Loop", "X:Loop", "", "X\r\nLoop", "件名"):
        with pytest.raises(Refused):
            guard.header_name(bad)
