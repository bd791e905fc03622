"""The end of DATA is CRLF dot CRLF and nothing else, however the octets are cut into packets."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sekimori.smtp.dotted import Dotted

LINES = st.lists(st.sampled_from([b"", b".", b"..", b".x", b"a", b"\n.\n", b"\r.\r", b"\n", b"\r", b"\x00", b"\n.\r", b"x" * 50]), max_size=12)


def stuff(raw: bytes) -> bytes:
    return (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:]


@given(LINES, st.data())
def test_any_message_survives_any_cutting(lines, data):
    raw = b"\r\n".join(lines) + b"\r\n"
    sent = stuff(raw) + b".\r\n" + b"MAIL FROM:<next@x>\r\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=8)))
    dotted = Dotted(10_000)
    rest = None
    for low, high in itertools.pairwise([0, *cuts, len(sent)]):
        if rest is None:
            rest = dotted.feed(sent[low:high])
        else:
            rest += sent[low:high]
    assert rest == b"MAIL FROM:<next@x>\r\n"
    assert dotted.octets() == raw
    assert not dotted.too_much


def test_an_empty_message():
    dotted = Dotted(10)
    assert dotted.feed(b".\r\n") == b""
    assert dotted.octets() == b""


def test_the_limit_is_exact_and_the_rest_is_not_held():
    for size, too_much in ((100, False), (101, True), (100_000, True)):
        dotted = Dotted(100)
        body = b"x" * (size - 2) + b"\r\n"
        for i in range(0, size, 37):
            assert dotted.feed(body[i:i + 37]) is None
            assert len(dotted) <= 150
        assert dotted.feed(b".\r\nQUIT\r\n") == b"QUIT\r\n"
        assert dotted.too_much is too_much
