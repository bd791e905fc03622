"""Shadowserver, generic tables and records, feeds: by names of columns, streamed, nothing swallowed."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from reports.formats.mails import attached, zipped
from sekimori.reports import reading
from sekimori.reports.common import archives
from sekimori.reports.contract import Context, Item
from sekimori.reports.formats.shadowserver.types import TARGETS, by_columns, by_filename, types

HEADER = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","region","city","naics","hostname_source","sector"\n'
ROW = '"2026-11-23 00:10:11","medium","198.51.100.7","udp",123,"h.example","ntp",64500,"JP","TOKYO","CHIYODA",0,"ptr",\n'
NAME = "2026-11-23-scan_ntp-isp_example-geo.csv"


def read(raw: bytes, name: str = "") -> dict[str, Any]:
    return reading.to_json(reading.answer(Item(raw, filename=name), Context()), "f", "s")


def csv_of(name: str, ip: str = "198.51.100.7", port: str = "4000") -> bytes:
    """Return one row of a Shadowserver type, columns in reverse order."""
    t = types()[name]
    columns = sorted(t.columns, reverse=True)
    values = {"timestamp": "2026-11-23 00:10:11", t.address: ip, t.port: port, "geo": "JP", "asn": "64500"}
    return (",".join(columns) + "\n" + ",".join(values.get(c, "") for c in columns) + "\n").encode()


@pytest.mark.parametrize("name", sorted(n for n, t in types().items() if t.address))
def test_every_shadowserver_type_by_column_names(name: str) -> None:
    out = read(csv_of(name), f"2026-11-23-{name}-isp-geo.csv")
    assert out["format"] == "shadowserver"
    f = out["findings"][0]
    assert (f["source_ip"], f["time"], f["zone"]) == ("198.51.100.7", "2026-11-23T00:10:11Z", "feed")
    assert f["reporter_class"] == name
    assert out["kind"] == ("review" if name in TARGETS else "report")
    if types()[name].port:
        assert f["source_port"] == 4000


def test_shadowserver_without_a_file_name_by_its_columns() -> None:
    found = by_columns(sorted(types()["scan_ntp"].columns))
    assert found is not None
    assert found.kind == "open_service"
    assert read((HEADER + ROW).encode())["format"] == "shadowserver"
    assert by_filename("2026-11-23-scan_ntp-isp-asn.csv.zip") == "scan_ntp"


@pytest.mark.parametrize("raw", [
    (HEADER + ROW).encode(), gzip.compress((HEADER + ROW).encode()), zipped({NAME: (HEADER + ROW).encode()}),
    attached(NAME, (HEADER + ROW).encode(), "text/csv"), attached(NAME + ".zip", zipped({NAME: (HEADER + ROW).encode()}), "application/zip"),
    b"\xef\xbb\xbf" + (HEADER + ROW).encode(), (HEADER + ROW).replace("\n", "\r\n").encode(),
])
def test_shadowserver_in_every_wrapping(raw: bytes) -> None:
    out = read(raw, NAME)
    assert (out["kind"], out["format"], out["findings_total"]) == ("report", "shadowserver", 1), out["reason"]


def test_unknown_types_are_read_generically() -> None:
    raw = HEADER.replace('"tag"', '"something_new"') + ROW
    out = read(raw.encode(), "2026-11-23-scan_brandnew-isp-geo.csv")
    assert (out["format"], out["findings"][0]["reporter_class"], out["findings"][0]["category"]) == ("shadowserver", "scan_brandnew", "vulnerability")


def test_bad_rows_are_kept_with_their_line_and_the_rest_is_read() -> None:
    raw = HEADER + ROW + ROW.replace("198.51.100.7", "nobody") + ROW + ROW.replace("2026-11-23 00:10:11", "sometime") + "short,row\n" + ROW
    out = read(raw.encode(), NAME)
    assert out["findings_total"] == 3
    assert [b["line"] for b in out["broken"]] == [3, 5, 6]
    assert "broken_rows:3" in out["defects"]


def test_an_unclosed_quote_swallows_nothing() -> None:
    raw = HEADER + ROW + '"2026-11-23 00:10:12","medium","198.51.100.8","udp,123\n' + ROW * 3
    out = read(raw.encode(), NAME)
    assert out["findings_total"] == 4
    assert out["broken"][0]["reason"] == "unclosed quote"


def test_only_a_thousand_findings_in_a_line_but_all_are_counted() -> None:
    out = read((HEADER + ROW * 1500).encode(), NAME)
    assert (len(out["findings"]), out["findings_total"]) == (1000, 1500)


@pytest.mark.parametrize(("raw", "code"), [
    (zipped({f"{i}.csv": b"x" for i in range(101)}), "entries"),
    (zipped({NAME: (HEADER + ROW).encode()})[:60], "broken"),
])
def test_dishonest_archives_are_refused(raw: bytes, code: str) -> None:
    out = read(raw, NAME + ".zip")
    assert out["kind"] == "review"
    assert f"archive_refused:{code}" in out["reason"]


def test_a_bomb_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE", 1_000_000)
    bomb = zipped({NAME: HEADER.encode() + b"\n" * 50_000_000})
    assert len(bomb) < 100_000
    out = read(bomb, NAME + ".zip")
    assert any("ratio" in str(b) for b in out.get("broken", [])) or "ratio" in out["reason"]
    packed = gzip.compress(HEADER.encode() + b"\n" * 50_000_000)
    with pytest.raises(archives.Refused):
        archives.gzip_stream(io.BytesIO(packed), len(packed)).read()


def test_nested_archives_are_not_opened() -> None:
    out = read(zipped({"inner.zip": zipped({NAME: (HEADER + ROW).encode()})}), "x.zip")
    assert out["findings"] == []


@pytest.mark.parametrize("table", [
    "source_ip,source_port,timestamp,type\n198.51.100.7,4000,2026-11-23T00:10:11Z,brute-force\n",
    "Time (UTC);Src IP;Src Port;Event\n2026-11-23 00:10:11;198.51.100.7;4000;ssh brute force\n",
    "# TimestampUTC\tClientIP\tSrcPort\tCategory\n2026-11-23 00:10:11\t198.51.100.7\t4000\tlogin attack\n",
    "日時(UTC),送信元IPアドレス,送信元ポート,種別\n2026/11/23 00:10:11,198.51.100.7,4000,不正ログイン\n",
    "検知日時,送信元IP,送信元ポート番号,宛先IP,事象\n2026-11-23 09:10:11 JST,198.51.100.7,4000,203.0.113.1,不正ログイン\n",
    "timestamp,src_ip,src_port,dst_ip,type\n1795392611,198.51.100.7,4000,203.0.113.1,brute-force\n",
    "date,time,ip,src_port,tz,category\n2026-11-23,09:10:11,198.51.100.7,4000,+0900,ssh\n",
    "; ip, port_unused, lastseen, botname\n198.51.100.7, x, 1795392611, ssh-bruteforce\n",
    "64500 | EXAMPLE-AS | 198.51.100.7 | 2026-11-23T00:10:11Z | sshpwauth\n",
])
@pytest.mark.parametrize("charset", ["utf-8", "cp932", "utf-16"])
def test_generic_tables(table: str, charset: str) -> None:
    out = read(table.encode(charset), "list.csv")
    assert (out["kind"], out["format"]) == ("report", "table"), out["reason"]
    f = out["findings"][0]
    assert (f["source_ip"], f["time"], f["zone"]) == ("198.51.100.7", "2026-11-23T00:10:11Z", "stated")
    assert (f["category"], f["type"]) == ("connection", "login_attack")


def test_a_table_with_two_address_columns_and_no_names_is_for_a_person() -> None:
    out = read(b"198.51.100.7,203.0.113.1,2026-11-23T00:10:11Z\n198.51.100.8,203.0.113.1,2026-11-23T00:10:12Z\n", "x.csv")
    assert out["kind"] == "review"
    assert out["findings"] == []


def test_html_tables() -> None:
    raw = b"<html><table><tr><th>Date (UTC)</th><th>Source IP</th><th>Type</th></tr><tr><td>2026-11-23 00:10:11</td><td>198.51.100.7</td><td>port scan</td></tr></table></html>"
    assert read(raw, "x.html")["findings"][0]["type"] == "port_scan"


@pytest.mark.parametrize("record", [
    {"source.ip": "198.51.100.7", "source.port": 4000, "time.source": "2026-11-23T00:10:11+00:00", "classification.type": "brute-force", "destination.ip": "203.0.113.1"},
    {"src": {"ip": "198.51.100.7", "port": 4000}, "dst": {"ip": "203.0.113.1", "port": 22}, "timestamp": "2026-11-23T00:10:11Z", "category": "ssh"},
    {"Source": [{"IP4": ["198.51.100.7"], "Port": [4000]}], "Target": [{"IP4": ["203.0.113.1"]}], "EventTime": "2026-11-23T00:10:11Z", "Category": ["Attempt.Login attack"]},
])
def test_records(record: dict[str, Any]) -> None:
    for raw in (json.dumps(record), json.dumps([record]), json.dumps({"data": [record]}), json.dumps(record) + "\n" + json.dumps(record) + "\n"):
        out = read(raw.encode(), "feed.json")
        assert (out["kind"], out["format"]) == ("report", "records"), out["reason"]
        f = out["findings"][0]
        assert (f["source_ip"], f["time"]) == ("198.51.100.7", "2026-11-23T00:10:11Z")
        assert (f["category"], f["type"]) == ("connection", "login_attack")


def test_xml_records_and_entity_bombs() -> None:
    raw = b"<?xml version='1.0'?><r><e><ip>198.51.100.7</ip><time>2026-11-23T00:10:11Z</time><type>phishing</type></e></r>"
    assert read(raw, "f.xml")["findings"][0]["type"] == "phishing"
    bomb = b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><r><ip>198.51.100.7</ip>&b;</r>"
    out = read(bomb, "f.xml")
    assert out["kind"] == "review"
    assert "xml.dtd" in out["reason"]


def test_large_files_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with path.open("w") as f:
        f.write(HEADER)
        for _ in range(330_000):
            f.write(ROW)
    item, digest = reading.load(path)
    assert item.large
    assert len(digest) == 64
    out = reading.answer(item, Context())
    assert (out.findings_total, len(out.findings)) == (330_000, 1000)
