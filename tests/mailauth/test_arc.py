"""ARC: chains sealed by dkimpy, verified by us; believed only where the sealers are."""

import dkim
import pytest

from mailauth.world import NOW, PRIVATE, PUBLIC, RAW, World
from sekimori.mailauth import arc, judge
from sekimori.mime import read

KEYS = [("k._domainkey.list.example", "TXT", "v=DKIM1; p=" + PUBLIC), ("k._domainkey.second.example", "TXT", "v=DKIM1; p=" + PUBLIC)]


def sealed(raw: bytes, domain: str, results: str, previous: str = "") -> bytes:
    """Add a set: what a list's server does with mail that it changes."""
    stamped = f"Authentication-Results: {domain}; {results}{previous}\r\n".encode() + raw
    return b"".join(dkim.arc_sign(stamped, b"k", domain.encode(), PRIVATE, domain.encode(), timestamp=1_795_000_000)) + raw


ONE = sealed(RAW, "list.example", "dkim=pass header.d=example.net")
TWO = sealed(ONE, "second.example", "dkim=fail header.d=example.net", "; arc=pass")


def test_no_chain() -> None:
    assert arc.verify(read(RAW), World()).result == "none"


def test_one_and_two_seals() -> None:
    one = arc.verify(read(ONE), World(*KEYS))
    assert (one.result, one.reason, one.sealers) == ("pass", "", ("list.example",))
    assert [(m.method, m.result) for m in one.results[0]] == [("dkim", "pass")]
    two = arc.verify(read(TWO), World(*KEYS))
    assert (two.result, two.reason, two.sealers) == ("pass", "", ("list.example", "second.example"))


@pytest.mark.parametrize(("change", "reason"), [
    (lambda raw: raw.replace(b"end\r\n", b"End\r\n"), "body_hash"),
    (lambda raw: raw.replace(b"Subject:", b"Subject: x"), "signature"),
    (lambda raw: raw.replace(b"dkim=pass", b"dkim=fail"), "signature"),
    (lambda raw: raw.replace(b"cv=none", b"cv=pass"), "chain_value"),
    (lambda raw: raw.replace(b"ARC-Seal: i=1", b"ARC-Seal: i=3"), "structure"),
    (lambda raw: raw.replace(b"ARC-Seal:", b"X-Seal:"), "structure"),
    (lambda raw: b"ARC-Seal: i=1; x\r\n" + raw, "structure"),
])
def test_what_was_changed_breaks_the_chain(change, reason: str) -> None:
    found = arc.verify(read(change(ONE)), World(*KEYS))
    assert (found.result, found.reason) == ("fail", reason)


def test_dns_trouble() -> None:
    assert arc.verify(read(ONE), World(("k._domainkey.list.example", "TXT", None))).result == "temperror"


@pytest.mark.parametrize(("raw", "sealers", "want"), [
    (ONE, ["list.example"], "pass"), (ONE, ["other.example"], "none"), (TWO, ["second.example", "list.example"], "pass"), (TWO, ["second.example"], "none"), (TWO, ["list.example"], "none"), (ONE, [], "none"),
])
def test_only_believed_sealers_prove_the_sender(raw: bytes, sealers: list, want: str) -> None:
    found = judge(read(raw), now=NOW, resolver=World(*KEYS), sealers=sealers)
    assert found.result == want and found.how == ("arc" if want == "pass" else "")
