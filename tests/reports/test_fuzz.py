"""No octets make any reader fail, lose its answer, or take more than its share of time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.formats.mails import arf, attached, dumps, mail, xarf3, xarf4, zipped
from reports.letters import letters
from sekimori.reports import reading
from sekimori.reports.common import categories, strictjson, times, xml, zones
from sekimori.reports.common.addresses import address_of, host_port
from sekimori.reports.common.columns import roles
from sekimori.reports.contract import KINDS, Context, Item
from sekimori.reports.formats.arf.fields import Fields
from sekimori.reports.prose import labels, logs, mentions
from sekimori.reports.prose.text import Text
from sekimori.reports.prose.weigh import weigh

SEEDS = [
    arf("Feedback-Type: abuse\r\nSource-IP: 198.51.100.7\r\n"), dumps(xarf4()), dumps(xarf3()), attached("2026-11-23-scan_ntp-x.csv", b"timestamp,ip,asn,geo,region\n2026-11-23 00:00:00,198.51.100.7,1,JP,x\n"),
    zipped({"a.csv": b"ip,time\n198.51.100.7,2026-11-23 00:00:00\n"}), b"<r><ip>198.51.100.7</ip></r>", b'{"source.ip":"198.51.100.7"}\n{"source.ip":"198.51.100.8"}\n',
    mail("Subject: x\r\nX-XARF: PLAIN\r\n", [("Content-Type: text/plain", "Source: 198.51.100.7\r\nReport-Type: spam\r\nDate: now")]),
    b"198.51.100.7,11/22/2026 8:00 AM,11/22/2026 9:00 PM,1,1,1,RED,< 0.1%,,,4,,,\r\n" * 3, b"198.51.100.1,198.51.100.9,Yes,x\r\n198.51.100.1,198.51.100.9,No,\r\n",
    *(x.raw for x in letters()[::12]),
]


def check(raw: bytes, name: str = "") -> None:
    out = reading.answer(Item(raw, filename=name), Context())
    assert out.read.kind in KINDS
    assert out.read.kind == "report" or out.read.reason
    assert not any("reader_failed" in d for d in out.defects), out.defects
    line = reading.to_json(out, "f", "s")
    json.dumps(line, ensure_ascii=False).encode("utf-8", "strict" if "\udc80" not in str(line) else "replace")
    for f in out.findings:
        assert f.source_ip is None or address_of(f.source_ip) is not None
        assert f.time is None or (f.time.tzinfo is None) == (f.zone == "none")
        assert f.source_port is None or 0 < f.source_port < 65536


@given(st.binary(max_size=2_000))
def test_any_octets(raw: bytes) -> None:
    check(raw)


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from([0, 10, 13, 34, 44, 58, 60, 92, 123, 128, 255])), max_size=20), st.integers(0, 10_000))
def test_bent_and_cut_reports(seed: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    raw = bytearray(seed)
    for at, value in changes:
        raw[at % len(raw)] = value
    check(bytes(raw[:max(1, len(raw) - cut % (len(raw) // 2 + 1))]), "x.csv")


_JSON = st.recursive(st.none() | st.booleans() | st.integers(-10**18, 10**18) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
                     lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["source.ip", "ip", "time", "Report", "SourceIp", "category", "type", "evidence", "reporter"]), x, max_size=5), max_leaves=12)


@given(st.dictionaries(st.sampled_from(sorted(xarf4())), _JSON, max_size=6))
def test_xarf4_with_anything_in_its_fields(changes: dict[str, Any]) -> None:
    check(dumps(xarf4() | changes))


@given(st.dictionaries(st.sampled_from(["ReportClass", "ReportType", "Date", "SourceIp", "SourcePort", "Samples", "Custom", "Source", "Account"]), _JSON, max_size=6), _JSON)
def test_xarf3_with_anything_in_its_fields(report: dict[str, Any], info: Any) -> None:
    check(dumps(xarf3(report, ReporterInfo=info)))


@given(st.text(alphabet=st.sampled_from(list("0123456789.:/-[]() \n\tabcdefZTJSTUTC年月日時分午前後令和から攻撃元,;|\"'<>")), max_size=400))
def test_any_text(text: str) -> None:
    for w in times.find(text):
        assert text[w.start:w.end].strip()
    for m in mentions.find(text):
        assert address_of(m.ip) is not None
    logs.match(text)
    weigh(Text(text))
    times.parse(text)
    host_port(text)
    Fields(text)


@given(st.binary(max_size=600))
def test_json_and_xml_raise_only_their_own(raw: bytes) -> None:
    try:
        strictjson.loads(raw)
    except strictjson.BadJson as e:
        assert e.code.startswith("json.")
    try:
        xml.records(raw)
    except xml.BadXml:
        pass


CHUNKS = ["a", " ", "1.", "[1.1.1.1]) by ", "from ", "2026-", "11月", "Nov ", "1:", "Mon, ", "::", "0:", "令和8年", "12/", "hxxp://", "rip=", "SRC=1.1.1.1 ", "> ", ",", "\"", "攻撃元", "から",
          "time zone is ", "attack ", "union ", "port ", "(dot)", "[.]", "1.1.1.1 ", "=", "Received: from ", "-> ", "client "]
WORK: list[tuple[str, Callable[[str], object]]] = [
    ("times", times.find), ("epochs", times.find_epochs), ("zones", zones.stated_for_all), ("mentions", mentions.find), ("weigh", lambda t: weigh(Text(t))), ("votes", categories.votes),
    ("fields", Fields), ("columns", lambda t: roles(t.split(",")[:500])), ("logs", logs.match), ("label", lambda t: labels.role_of(t, t)), ("heading", labels.heads_attackers),
    ("whole", lambda t: reading.answer(Item(("Subject: abuse\n\n" + t).encode()), Context())),
]


@pytest.mark.parametrize(("name", "work"), WORK, ids=[n for n, _ in WORK])
def test_time_grows_no_faster_than_the_text(name: str, work: Callable[[str], object]) -> None:
    worst = 0.0
    for chunk in CHUNKS:
        def seconds(size: int, chunk: str = chunk) -> float:
            text = chunk * (size // len(chunk))
            best = 9.9
            for _ in range(2):
                start = time.process_time()
                work(text)
                best = min(best, time.process_time() - start)
            return best
        small = seconds(8_000)
        if (large := seconds(32_000)) > 0.02:
            worst = max(worst, large / max(small, 0.002))
    # Four times the text: linear is 4, quadratic 16.
    assert worst < 9, f"{name}: {worst:.1f}"
