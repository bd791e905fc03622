"""Our own free-text reports: right, or a person looks; a wrong address never."""

from __future__ import annotations

from datetime import datetime

import pytest

from reports.letters import Letter, letters
from sekimori.reports import reading
from sekimori.reports.contract import Context, FindingData, Item

ALL = letters()


def _near(wanted: str, f: FindingData) -> bool:
    text = f.to_json()["time"]
    if text is None:
        return False
    a, b = (datetime.fromisoformat(x) for x in (wanted, text))
    return (a.tzinfo is None) == (b.tzinfo is None) and abs((a - b).total_seconds()) <= 1


@pytest.mark.parametrize("letter", ALL, ids=lambda x: x.id)
def test_letter(letter: Letter) -> None:
    out = reading.answer(Item(letter.raw), Context())
    got = {f.source_ip for f in out.findings if f.source_ip}
    assert got <= letter.ips, "a wrong address"
    assert out.read.kind in letter.kinds, out.read.reason
    if out.read.kind != "report":
        assert out.read.reason
        return
    assert got == letter.ips
    if letter.time not in ("", "-"):
        assert any(_near(letter.time, f) for f in out.findings), [f.to_json()["time"] for f in out.findings]
    if letter.category:
        assert any(f"{f.category}/{f.type}" == letter.category for f in out.findings)
    assert out.read.free_text
    assert all(f.spans for f in out.findings)
    assert all(0 < f.confidence <= 1 for f in out.findings)


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 400
    assert sum(x.language == "ja" for x in ALL) >= 150
    assert {"utf-8", "iso-2022-jp", "cp932", "euc-jp"} <= {x.charset for x in ALL if x.language == "ja"}


def test_spans_point_at_what_was_read() -> None:
    text = "攻撃元IPアドレス:198.51.100.24\n日時:2026-11-19 15:05:00 JST\nSSHへの不正ログイン試行\n"
    out = reading.answer(Item(text.encode()), Context())
    span = next(s for s in out.findings[0].spans if s["field"] == "source_ip")
    assert text[span["start"]:span["end"]] == "198.51.100.24"
    span = next(s for s in out.findings[0].spans if s["field"] == "time")
    assert text[span["start"]:span["end"]].startswith("2026")


def test_our_own_prefixes_decide_doubtful_roles() -> None:
    from ipaddress import ip_network

    ours = ip_network("198.51.100.0/24")
    ctx = Context(ours=lambda a: a in ours)
    raw = b"Subject: problem\nFrom: a@b.example\n\nThere is an attack between 198.51.100.75 and 203.0.113.75, 2026-11-01 10:00:00 UTC, ssh brute force. Please investigate.\n"
    assert [f.source_ip for f in reading.answer(Item(raw), ctx).findings] == ["198.51.100.75"]
    swapped = b"Subject: scan\nFrom: a@b.example\n\nOur server 198.51.100.75 was scanned from 203.0.113.75 at 2026-11-01 10:00:00 UTC.\n"
    out = reading.answer(Item(swapped), ctx)
    assert out.read.kind == "review"
    assert not out.findings
