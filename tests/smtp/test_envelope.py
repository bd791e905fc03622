"""Paths of MAIL and RCPT are read leniently, but no control character gets through."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.smtp.envelope import path, split
from support import cpu


@pytest.mark.parametrize(("text", "expected"), [
    ("<a@example.com>", ("a@example.com", {})),
    ("<>", ("", {})),
    (" <> SIZE=10", ("", {"SIZE": "10"})),
    ("<foo..bar.@docomo.example> BODY=8BITMIME SMTPUTF8", ("foo..bar.@docomo.example", {"BODY": "8BITMIME", "SMTPUTF8": ""})),
    ("<@relay.example,@b.example:a@example.com>", ("a@example.com", {})),
    ('<"a b>c"@example.com>', ('"a b>c"@example.com', {})),
    ("a@example.com", ("a@example.com", {})),
    ("<山田@例え.example>", ("山田@例え.example", {})),
    ("<a@example.com", None), ("<a b>", None), ("<a@b> =x", None), ("<a\x00b@c>", None), ("<a\x1b@c>", None), ("", None),
    ("<a@example.com> SI_ZE=1", None),
])
def test_paths(text, expected):
    assert path(text) == expected


@given(st.text(max_size=80))
def test_no_text_raises_and_no_control_gets_through(text):
    found = path(text)
    assert found is None or not any(ord(c) < 32 for c in found[0])


def test_reading_time_grows_with_length_not_faster():
    for pattern in ("<" * 2000, '<"' + 'a"' * 1000, "@a," * 700 + ":", "<" + "\\" * 2000, "<a@b> " + "x=" * 900, " " * 2000 + "<a"):
        assert cpu(path, pattern) < 0.2


def test_split():
    assert split("Abuse+ToKen@ISP.example.") == ("abuse", "token", "isp.example")
    assert split("postmaster") == ("postmaster", "", "")
