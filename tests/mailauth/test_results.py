"""Authentication-Results: read as RFC 8601 writes them, believed only where our border wrote them."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.mailauth.results import parse_results, trusted_results
from sekimori.mime import read
from support import cpu


def test_a_full_field() -> None:
    authserv_id, methods = parse_results(
        'MX.example.jp 1; spf=pass (sender "is" (really) ok) smtp.mailfrom=a@example.net; dkim=fail reason="bad; key" header.d=example.net header.b=AbC=; dmarc=pass/x header.from=example.net; none')
    assert authserv_id == "mx.example.jp"
    assert [(m.method, m.result) for m in methods] == [("spf", "pass"), ("dkim", "fail"), ("dmarc", "pass/x")]
    assert methods[0].properties == {"smtp.mailfrom": "a@example.net"}
    assert methods[1].reason == "bad; key" and methods[1].properties["header.d"] == "example.net"


def message(*fields: str) -> bytes:
    return "".join(f + "\r\n" for f in fields).encode() + b"From: a@example.net\r\n\r\n"


OURS = "Authentication-Results: mx.example.jp; dmarc=pass header.from=example.net"
BORDER = "Received: from x by mx.example.jp; Tue, 24 Nov 2026 12:00:00 +0900"


@pytest.mark.parametrize(("fields", "border", "count"), [
    ((OURS, BORDER), 1, 1),
    ((BORDER, OURS), 1, 0),
    (("Received: by store.example.jp", OURS, BORDER), 2, 1),
    (("Received: by store.example.jp", OURS, BORDER), 1, 0),
    ((BORDER, "Received: from evil", OURS), 1, 0),
    ((OURS.replace("mx.example.jp", "mx.evil.example"), BORDER), 1, 0),
    ((OURS.replace("mx.example.jp", "MX.Example.JP"), BORDER), 1, 1),
    ((OURS, OURS, BORDER), 1, 2),
])
def test_only_our_border_is_believed(fields: tuple, border: int, count: int) -> None:
    assert len(trusted_results(read(message(*fields)), ["mx.example.jp"], border)) == count


@pytest.mark.parametrize("pattern", ["a", " ", "(", ")", '"', "\\", ";", "=", "a=b ", '"\\', "(a", "a;"])
def test_time_grows_with_the_length_of_a_field(pattern: str) -> None:
    """Eight times as long: eight times the CPU time, sixty-four times were it quadratic."""
    short, long = (cpu(parse_results, "x; " + pattern * count) for count in (20_000, 160_000))
    assert long < 24 * max(short, 2e-4)


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(["mx", ";", "dkim", "=", "pass", "(", ")", '"', "header.d", "reason", " ", "x=y"]), max_size=30).map(" ".join)))
def test_any_field(text: str) -> None:
    authserv_id, methods = parse_results(text)
    assert authserv_id == authserv_id.lower() and all(m.method for m in methods)


@pytest.mark.parametrize(("fields", "count"), [((BORDER, OURS), 1), ((OURS, BORDER, OURS), 2), ((BORDER, "Received: from evil", OURS), 0)])
def test_milters_of_postfix_write_below_its_received(fields: tuple, count: int) -> None:
    assert len(trusted_results(read(message(*fields)), ["mx.example.jp"], below=True)) == count
