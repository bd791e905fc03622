"""Any octets give a message: random ones, random mail, and the samples, whole, cut and bent."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_path import corpus
from mime.touch import touch
from sekimori.mime import read
from sekimori.mime.addresses import parse_mailboxes
from sekimori.mime.charsets import decode
from sekimori.mime.encoded import decode_value, parse_parameters
from sekimori.mime.html import html_to_text

PIECES = st.sampled_from([
    b"From: ", b"To: a@b", b"Subject: =?utf-8?q?a", b"?=", b"=?iso-2022-jp?B?GyRC", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b";",
    b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: message/rfc822", b"Content-Type: text/html; charset=utf-7", b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: x-uuencode", b"--b", b"--", b"begin 644 x", b"\x1b$B", b"\x1b(B", b"\x1b(I", b"\x1b$(D", b"\x1b$(C", b"\x1b$A", b"\x1b(J", b"\xe3\x81\x82", b"\x82\xa0", b"\xa4\xa2", b"\0", b"QUJD", b"=", b'"', b"(", b"<a href=",
    b"<script>", b"&#x0;", b"filename*0*=utf-8''%E3", b"=?", b">From x", b"From x 12:00"])


@given(st.one_of(st.binary(max_size=600), st.lists(PIECES, max_size=60).map(b"".join)))
def test_any_octets(raw: bytes) -> None:
    mail = read(raw)
    touch(mail)
    assert mail.raw == raw


@given(st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=40).map(b"".join))
def test_any_value(raw: bytes) -> None:
    text = decode_value(raw)[0]
    assert "\n" not in text and "\r" not in text and "\0" not in text
    parse_parameters(raw)
    parse_mailboxes(raw.decode("latin-1"), 10)
    assert all("@" in m.address for m in parse_mailboxes(raw.decode("latin-1"), 10)[0])
    html_to_text(raw.decode("latin-1"))


@given(st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=30).map(b"".join), st.sampled_from(["", "utf-8", "iso-2022-jp", "euc-jp", "shift_jis", "utf-7", "x", "gb18030", "utf-16"]))
def test_any_charset(raw: bytes, declared: str) -> None:
    decode(raw, declared)[0].encode("utf-8")  # can be written again: no lone surrogates


@pytest.mark.corpus
def test_every_hostile_sample() -> None:
    files = [p for p in sorted(corpus("hostile").rglob("*")) if p.is_file()]
    assert files
    for path in files:
        raw = path.read_bytes()
        mail = read(raw)
        touch(mail)
        assert mail.raw == raw, path


@pytest.mark.corpus
@pytest.mark.slow
def test_every_hostile_sample_cut_and_bent() -> None:
    """Each sample cut at every tenth, with flipped bits, and run into the next one."""
    rng = random.Random(1)
    previous = b""
    for path in sorted(corpus("hostile").rglob("*")):
        if not path.is_file() or path.stat().st_size > 100_000:
            continue
        raw = path.read_bytes()
        for tenth in range(1, 10):
            touch(read(raw[:len(raw) * tenth // 10]))
        bent = bytearray(raw)
        for _ in range(max(3, len(raw) // 500)):
            if bent:
                bent[rng.randrange(len(bent))] ^= 1 << rng.randrange(8)
        touch(read(bytes(bent)))
        touch(read(previous[-2000:] + raw))
        previous = raw
