"""DKIM: dkimpy signs, we verify; and whatever is not quite right does not pass."""

import time

import dkim
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from mailauth.world import KEY, NOW, PUBLIC, RAW, SHORT_PRIVATE, SHORT_PUBLIC, World
from sekimori.mailauth import SigningKey, canonical, sign
from sekimori.mailauth.signatures import Bad, parse_tags, verify
from sekimori.mime import read

SIGNED = sign(RAW, KEY, NOW)


def verdict(raw: bytes, world: World | None = None, **options: object) -> tuple[str, str]:
    found = verify(read(raw), world or World(), NOW, **options)  # type: ignore[arg-type]
    return (found[0].result, found[0].reason) if found else ("", "")


@pytest.mark.parametrize("form", [(b"simple", b"simple"), (b"relaxed", b"simple"), (b"simple", b"relaxed"), (b"relaxed", b"relaxed")])
def test_every_canonical_form_of_dkimpy(form: tuple) -> None:
    with time_machine.travel(NOW, tick=False):
        field = dkim.sign(RAW, b"s1", b"example.net", KEY.pem, canonicalize=form)
    assert verdict(field + RAW) == ("pass", "")
    assert verdict((field + RAW).replace(b"\r\n", b"\n")) == ("pass", "")  # a store that keeps LF


def test_our_own_signature_passes_dkimpy() -> None:
    with time_machine.travel(NOW, tick=False):
        assert dkim.verify(SIGNED, dnsfunc=lambda name, timeout=5: b"v=DKIM1; p=" + PUBLIC.encode())
    assert SIGNED.endswith(RAW)


@pytest.mark.parametrize(("change", "want"), [
    (lambda raw: raw.replace(b"end", b"End"), ("fail", "body_hash")),
    (lambda raw: raw + b"more\r\n", ("fail", "body_hash")),
    (lambda raw: raw.replace(b"spam", b"ham "), ("fail", "signature")),
    (lambda raw: b"From: evil@example.org\r\n" + raw, ("fail", "signature")),
    (lambda raw: raw.replace(b"To: abuse", b"From: evil@example.org\r\nTo: abuse"), ("fail", "signature")),
    (lambda raw: raw.replace(b"d=example.net", b"d=example.org"), ("permerror", "no_key")),
    (lambda raw: raw.replace(b"v=1;", b"v=1; i=a@other.example;"), ("permerror", "identity")),
    (lambda raw: raw.replace(b"v=1;", b"v=1; i=a@notexample.net;"), ("permerror", "identity")),
    (lambda raw: raw.replace(b"from:from:", b""), ("permerror", "from_not_signed")),
    (lambda raw: raw.replace(b"a=rsa-sha256", b"a=rsa-sha1"), ("policy", "sha1")),
    (lambda raw: raw.replace(b"a=rsa-sha256", b"a=ed25519-sha256"), ("neutral", "algorithm")),
    (lambda raw: raw.replace(b"v=1;", b"v=2;"), ("permerror", "missing_tag")),
    (lambda raw: raw.replace(b"v=1;", b"v=1; v=1;"), ("permerror", "syntax")),
    (lambda raw: raw.replace(b"v=1;", b"v=1; x=1000;"), ("policy", "expired")),
    (lambda raw: raw.replace(b"v=1;", b"v=1; x=many;"), ("permerror", "syntax")),
    (lambda raw: raw.replace(b"v=1;", b"v=1; l=10;"), ("policy", "body_length")),
    (lambda raw: raw.replace(b"c=relaxed/relaxed", b"c=odd/relaxed"), ("permerror", "canonicalization")),
])
def test_what_was_changed_does_not_pass(change, want: tuple) -> None:
    assert verdict(SIGNED) == ("pass", "")
    assert verdict(change(SIGNED)) == want


@pytest.mark.parametrize(("record", "want"), [
    ([], ("permerror", "no_key")),
    (["v=DKIM1; p="], ("permerror", "key_revoked")),
    (["v=DKIM2; p=" + PUBLIC], ("permerror", "key")),
    (["v=DKIM1; p=AAAA"], ("permerror", "key")),
    (["v=DKIM1; p=!!!"], ("permerror", "base64")),
    (["v=DKIM1; k=ed25519; p=" + PUBLIC], ("permerror", "key")),
    (["v=DKIM1; s=tlsrpt; p=" + PUBLIC], ("permerror", "key_use")),
    (["v=DKIM1; h=sha1; p=" + PUBLIC], ("permerror", "key_use")),
    (["no tags"], ("permerror", "syntax")),
    (None, ("temperror", "dns")),
])
def test_keys(record: list | None, want: tuple) -> None:
    assert verdict(SIGNED, World(("s1._domainkey.example.net", "TXT", record))) == want


def test_short_keys_do_not_count() -> None:
    raw = sign(RAW, SigningKey("example.net", "short", SHORT_PRIVATE), NOW)
    assert verdict(raw, World(("short._domainkey.example.net", "TXT", "p=" + SHORT_PUBLIC))) == ("policy", "key_size")


def test_returned_headers_are_checked_without_their_body() -> None:
    head = SIGNED.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert verdict(head)[0] == "fail"
    found = verify(read(head), World(), NOW, headers_only=True)
    assert found[0].result == "pass" and found[0].headers_only


def test_at_most_eight_signatures_are_tried() -> None:
    world = World()
    raw = b"".join(b"DKIM-Signature: v=1; a=rsa-sha256; b=AAAA; bh=AAAA; d=d%d.example; h=from; s=s\r\n" % i for i in range(50)) + RAW
    assert len(verify(read(raw), world, NOW)) == 8


@pytest.mark.parametrize("pattern", [b" ", b"\t ", b" \r\n", b"\r\n", b"a ", b" \t\r\n\r\n", b"\n"])
def test_canonical_forms_are_linear(pattern: bytes) -> None:
    def cost(size: int) -> float:
        data = b"x" + pattern * (size // len(pattern)) + b"y"
        start = time.process_time()
        canonical.body(data, True)
        canonical.header("Subject", data, True)
        return time.process_time() - start

    assert min(cost(2_000_000) / max(cost(1_000_000), 0.01) for _ in range(3)) < 2.6


@pytest.mark.parametrize(("data", "relaxed", "want"), [
    (b"", False, b"\r\n"), (b"", True, b""), (b"\r\n\r\n", True, b""), (b"\r\n\r\n", False, b"\r\n"), (b" C \r\nD \t E\r\n\r\n\r\n", True, b" C\r\nD E\r\n"),
    (b" C \r\nD \t E\r\n\r\n\r\n", False, b" C \r\nD \t E\r\n"), (b"no end", True, b"no end\r\n"),
])
def test_canonical_bodies_of_the_rfc(data: bytes, relaxed: bool, want: bytes) -> None:
    assert canonical.body(data, relaxed) == want


@given(st.binary(max_size=300))
def test_any_signature_field(value: bytes) -> None:
    for s in verify(read(b"DKIM-Signature: " + value + b"\r\n" + RAW), World(), NOW):
        assert s.result != "pass"
    try:
        parse_tags(value)
    except Bad as bad:
        assert bad.result == "permerror"


@given(st.binary(max_size=200))
def test_bodies_like_dkimpy(data: bytes) -> None:
    from dkim.canonicalization import Relaxed, Simple
    wire = canonical.with_crlf(data)
    assert canonical.body(data, False) == Simple.canonicalize_body(wire)
    if b"\r" not in wire.replace(b"\r\n", b"") and b" \r\n" not in wire and not wire.endswith((b" ", b"\t")):
        assert canonical.body(data, True) == Relaxed.canonicalize_body(wire)


def test_a_key_never_shows_in_words() -> None:
    assert "PRIVATE" not in repr(KEY)
    with pytest.raises(ValueError, match="cannot sign for") as caught:
        sign(RAW, SigningKey("example.net", "s1", b"SECRET"), NOW)
    assert "SECRET" not in str(caught.value)
    with pytest.raises(ValueError, match="cannot sign"):
        sign(b"Subject: no from\r\n\r\n", KEY, NOW)
