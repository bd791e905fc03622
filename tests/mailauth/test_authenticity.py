"""One verdict: who is proven, who is disowned, and that a claim alone is nothing."""

import pytest

from mailauth.world import KEY, NOW, PRIVATE, PUBLIC, RAW, World
from sekimori.mailauth import Authenticity, SigningKey, aligned, judge, organisational, sign
from sekimori.mailauth.dmarc import find_policy, parse_policy
from sekimori.mime import read
from sekimori.values.addresses import parse_address

REJECT = ("_dmarc.example.net", "TXT", "v=DMARC1; p=reject")
SPF = ("example.net", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")
INSIDE, OUTSIDE = parse_address("192.0.2.9"), parse_address("198.51.100.9")


def ask(raw: bytes, *records: tuple, **options: object) -> Authenticity:
    return judge(read(raw), now=NOW, resolver=World(*records), **options)  # type: ignore[arg-type]


def test_signed_and_aligned() -> None:
    found = ask(sign(RAW, KEY, NOW), REJECT)
    assert (found.result, found.domain, found.how) == ("pass", "example.net", "dkim")
    assert found.details["dkim"] == "pass example.net/s1"


def test_signed_by_somebody_else_is_no_proof() -> None:
    raw = sign(RAW, SigningKey("evil.example", "s1", PRIVATE), NOW)
    found = ask(raw, REJECT, ("s1._domainkey.evil.example", "TXT", "p=" + PUBLIC), client=OUTSIDE, mail_from="x@evil.example")
    assert (found.result, found.how) == ("fail", "")


def test_subdomain_is_aligned_unless_strict() -> None:
    raw = sign(RAW.replace(b"a@example.net", b"a@mail.example.net"), KEY, NOW)
    assert ask(raw).result == "pass"
    assert ask(raw, ("_dmarc.example.net", "TXT", "v=DMARC1; p=reject; adkim=s"), client=OUTSIDE).result == "fail"


@pytest.mark.parametrize(("client", "mail_from", "want"), [
    (INSIDE, "a@example.net", ("pass", "spf")), (OUTSIDE, "a@example.net", ("fail", "")), (INSIDE, "a@other.example", ("fail", "")), (None, "a@example.net", ("none", "")),
])
def test_spf_by_what_the_door_saw(client: object, mail_from: str, want: tuple) -> None:
    found = ask(RAW, SPF, REJECT, client=client, mail_from=mail_from)
    assert (found.result, found.how) == want


def test_without_a_policy_nobody_disowns() -> None:
    assert ask(RAW, client=OUTSIDE, mail_from="a@example.net").result == "none"


@pytest.mark.parametrize("records", [[("_dmarc.example.net", "TXT", None)], [REJECT, ("example.net", "TXT", None)]])
def test_dns_trouble_is_never_a_fail(records: list) -> None:
    assert ask(RAW, *records, client=OUTSIDE, mail_from="a@example.net").result == "none"


@pytest.mark.parametrize("raw", [
    RAW.replace(b"To:", b"From: b@example.org\r\nTo:"), RAW.replace(b"<a@example.net>", b"<a@example.net>, b@example.org"), RAW.replace(b"From:", b"X-From:"), RAW.replace(b"<a@example.net>", b"nobody"),
])
def test_two_senders_or_none_prove_nothing(raw: bytes) -> None:
    found = ask(sign(raw, KEY, NOW) if b"\nFrom:" in b"\n" + raw else raw, REJECT, client=INSIDE, mail_from="a@example.net")
    assert (found.result, found.domain) == ("none", "")


def results(word: str, authserv_id: str = "mx.example.jp") -> bytes:
    return f"Authentication-Results: {authserv_id}; {word}\r\nReceived: from x by mx.example.jp; Tue, 24 Nov 2026 12:00:00 +0900\r\n".encode() + RAW


@pytest.mark.parametrize(("word", "want"), [
    ("dmarc=pass header.from=example.net", "pass"), ("dmarc=fail header.from=example.net", "fail"), ("dkim=pass header.d=mail.example.net", "pass"), ("dkim=pass header.i=@example.net", "pass"),
    ("spf=pass smtp.mailfrom=bounce@example.net", "pass"), ("spf=pass smtp.mailfrom=evil.example", "none"), ("dkim=pass header.d=evil.example", "none"), ("dkim=fail header.d=example.net", "none"),
    ("dmarc=pass header.from=evil.example", "none"), ("none", "none"),
])
def test_our_border_s_word(word: str, want: str) -> None:
    assert judge(read(results(word)), now=NOW, authserv_ids=["mx.example.jp"]).result == want


def test_a_stranger_s_word_counts_for_nothing() -> None:
    for raw in (results("dmarc=pass header.from=example.net", "mx.evil.example"), RAW.replace(b"To:", b"Authentication-Results: mx.example.jp; dmarc=pass header.from=example.net\r\nTo:")):
        received = b"Received: from x by mx.example.jp; Tue, 24 Nov 2026 12:00:00 +0900\r\n" + raw
        assert judge(read(received), now=NOW, authserv_ids=["mx.example.jp"]).result == "none"


def test_organisational_domains() -> None:
    assert [organisational(d) for d in ("mail.a.co.jp", "a.co.jp", "co.jp", "x.y.example.net", "localhost", "", "a..b")] == ["a.co.jp", "a.co.jp", "co.jp", "example.net", "localhost", "", "a..b"]
    assert aligned("a.example.net", "b.example.net") and not aligned("a.co.jp", "b.co.jp") and not aligned("", "")


@pytest.mark.parametrize(("record", "wish"), [
    ("v=DMARC1; p=none", "none"), ("v=DMARC1;p=Reject", "reject"), ("v=DMARC1; p=odd; rua=mailto:a@b", "none"), ("v=DMARC1; p=odd", None), ("p=reject; v=DMARC1", None), ("v=DMARC2; p=reject", None),
    ("v=DMARC1; p=reject; " + "x" * 5000, None),
])
def test_policies(record: str, wish: str | None) -> None:
    found = parse_policy(record, "example.net")
    assert (found.wish if found else None) == wish


def test_policy_of_the_parent() -> None:
    found = find_policy("a.b.example.net", World(("_dmarc.example.net", "TXT", "v=DMARC1; p=reject; sp=quarantine")))
    assert found is not None and (found.domain, found.wish) == ("example.net", "quarantine")
