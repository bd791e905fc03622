"""mbox files, and telling what a file is."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.mime.multi import detect, split_mbox

BOX = b"From a@b Tue Nov 24 12:00:00 2026\nSubject: 1\n\n>From here\nFrom within\n\nFrom c@d Tue Nov 24 12:01:00 2026\nSubject: 2\n\ntwo\n\n"


def test_messages_of_a_box() -> None:
    assert [e.raw for e in split_mbox(io.BytesIO(BOX))] == [b"Subject: 1\n\n>From here\nFrom within\n", b"Subject: 2\n\ntwo\n"]
    for entry in split_mbox(io.BytesIO(BOX)):
        assert BOX[entry.offset:].startswith(entry.raw)


def test_a_from_line_needs_an_empty_line_before_it() -> None:
    raw = b"From a 12:00\nA: b\n\nFrom me at 12:00\nx\nFrom you at 13:00\n"
    assert len(list(split_mbox(io.BytesIO(raw)))) == 2


def test_a_single_message_is_one_entry() -> None:
    assert [e.raw for e in split_mbox(io.BytesIO(b"Subject: x\n\nbody\n"))] == [b"Subject: x\n\nbody\n"]


def test_long_message_is_cut_and_says_so() -> None:
    entry = next(split_mbox(io.BytesIO(b"From a 12:00\n" + b"x" * 79 + b"\n" + b"y\n" * 100), limit=100))
    assert entry.cut and len(entry.raw) <= 100


@given(st.binary(max_size=300))
def test_any_octets(data: bytes) -> None:
    assert sum(len(e.raw) for e in split_mbox(io.BytesIO(data))) <= len(data)
    detect(data)


@pytest.mark.parametrize(("head", "kind"), [
    (b"", "empty"), (b"\r\n \n", "empty"), (b"PK\x03\x04xx", "zip"), (b"\x1f\x8bxx", "gzip"), (b' {"a": 1}', "json"), (b"\xef\xbb\xbf[1]", "json"),
    (b"<?xml version='1.0'?>", "xml"), (BOX, "mbox"), (b"Received: x\r\n y\r\nSubject: z\r\n\r\n", "mail"), (b"Note: nothing of mail\n\nx", "text"),
    (b"timestamp,ip,port\n2026,192.0.2.1,1\n", "csv"), (b"hello\nworld", "text"), (bytes(range(32)) * 4, "binary"), (b"Subject: x\rTo: y\r\rz", "mail"),
])
def test_kinds(head: bytes, kind: str) -> None:
    assert detect(head) == kind
