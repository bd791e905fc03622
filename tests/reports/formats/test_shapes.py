"""Structured reports in shapes that no sender's documentation names: columns, charsets, dates, nested records, files that are not read."""

from __future__ import annotations

import gzip
import json

import pytest

from reports.formats.mails import arf, attached, mail, plain, zipped
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item

A = "198.51.100."
TEN = "2026-11-20T10:00:00Z"
CASES: list[tuple[str, bytes, set[str], str | None, tuple[str, ...]]] = []


def add(name: str, raw: bytes, ips: list[str], time: str | None = None, kinds: tuple[str, ...] = ("report",)) -> None:
    CASES.append((name, raw, set(ips), time, kinds))


GERMAN = "Zeitpunkt;Quell-IP;Quell-Port;Ziel-IP;Ereignis\n2026-11-20T10:00:00+01:00;198.51.100.7;40000;203.0.113.1;SSH Bruteforce\n"
add("csv-semicolon-german", attached("bericht.csv", GERMAN.encode(), "text/csv"), [A+"7"], "2026-11-20T09:00:00Z")
PLAIN = "timestamp;src_ip;src_port;dst_ip;event\n2026-11-20T10:00:00Z;198.51.100.7;40000;203.0.113.1;ssh bruteforce\n"
add("csv-semicolon", attached("a.csv", PLAIN.encode(), "text/csv"), [A+"7"], TEN)
add("csv-utf16", attached("a.csv", PLAIN.replace(";", ",").encode("utf-16"), "text/csv"), [A+"7"], TEN)
add("csv-utf16le-nobom", attached("a.csv", PLAIN.replace(";", ",").encode("utf-16-le"), "text/csv"), [A+"7"], TEN, ("report", "review"))
add("csv-bom", attached("a.csv", b"\xef\xbb\xbf"+PLAIN.encode(), "text/csv"), [A+"7"], TEN)
add("tsv-cp932", attached("a.tsv", "検知日時(JST)\t攻撃元IPアドレス\t宛先IP\t種別\n2026/11/20 19:00:00\t198.51.100.7\t203.0.113.1\tポートスキャン\n".encode("cp932"), "text/tab-separated-values"), [A+"7"], TEN)
add("csv-wareki", attached("a.csv", "日時,接続元IP,種別\n令和8年11月20日 19時00分00秒 JST,198.51.100.7,不正ログイン\n".encode(), "text/csv"), [A+"7"], TEN)
add("csv-epoch-ms", attached("a.csv", b"ts,attacker_ip,type\n1795168800000,198.51.100.7,ssh bruteforce\n", "text/csv"), [A+"7"], TEN)
add("csv-us-date", attached("a.csv", b"date,source ip,type\n11/20/2026 10:00:00 UTC,198.51.100.7,ssh bruteforce\n", "text/csv"), [A+"7"], TEN)
add("csv-us-ambiguous", attached("a.csv", b"date,source ip,type\n04/05/2026 10:00:00 UTC,198.51.100.7,ssh bruteforce\n", "text/csv"), [A+"7"], None, ("report", "review"))
add("csv-us-evident", attached("a.csv", b"date (UTC),source ip,type\n04/05/2026 10:00:00,198.51.100.7,ssh bruteforce\n04/25/2026 10:00:00,198.51.100.8,ssh bruteforce\n", "text/csv"), [A+"7", A+"8"], None, ("report", "review"))
add("csv-date-and-time-columns", attached("a.csv", b"Date,Time (UTC),Source Address,Destination Address,Action\n2026-11-20,10:00:00,198.51.100.7,203.0.113.1,ssh brute force\n", "text/csv"), [A+"7"], TEN)
add("csv-victim-first", attached("a.csv", b"victim,offender,when,what\n203.0.113.1,198.51.100.7,2026-11-20T10:00:00Z,port scan\n", "text/csv"), [A+"7"], TEN)
add("csv-two-unlabelled", attached("a.csv", b"ip_a,ip_b,when\n203.0.113.1,198.51.100.7,2026-11-20T10:00:00Z\n", "text/csv"), [], None, ("review",))
add("csv-local-remote", attached("a.csv", b"local_ip,remote_ip,time,sig\n203.0.113.1,198.51.100.7,2026-11-20T10:00:00Z,ssh brute force\n", "text/csv"), [A+"7"], TEN, ("report", "review"))
add("csv-client-server", attached("a.csv", b"server_ip,client_ip,timestamp,uri\n203.0.113.1,198.51.100.7,2026-11-20T10:00:00Z,/wp-login.php\n", "text/csv"), [A+"7"], TEN, ("report", "review"))
add("csv-ip-is-reporter", attached("a.csv", b"reporter_ip,source_ip,timestamp\n203.0.113.1,198.51.100.7,2026-11-20T10:00:00Z\n", "text/csv"), [A+"7"], TEN)
add("csv-dest-only", attached("a.csv", b"dst_ip,timestamp,event\n203.0.113.1,2026-11-20T10:00:00Z,ssh brute force\n", "text/csv"), [], None, ("review",))
add("json-nested-src", attached("a.json", json.dumps({"event": {"kind": "ssh bruteforce", "time": "2026-11-20T10:00:00Z"}, "source": {"ip": A+"7", "port": 40000}, "destination": {"ip": "203.0.113.1"}}).encode(), "application/json"), [A+"7"], TEN)
add("json-ecs", attached("a.json", json.dumps({"@timestamp": "2026-11-20T10:00:00Z", "source": {"address": A+"7"}, "destination": {"address": "203.0.113.1"}, "event": {"category": "intrusion_detection", "action": "port scan"}}).encode(), "application/json"), [A+"7"], TEN)
add("json-eve", attached("eve.json", json.dumps({"timestamp": "2026-11-20T10:00:00.000000+0000", "event_type": "alert", "src_ip": A+"7", "src_port": 40000, "dest_ip": "203.0.113.1", "dest_port": 22, "proto": "TCP", "alert": {"signature": "ET SCAN SSH", "category": "Attempted Information Leak"}}).encode(), "application/json"), [A+"7"], TEN)
add("json-list-lines", attached("a.jsonl", b'{"attacker":"198.51.100.7","when":"2026-11-20T10:00:00Z","what":"ssh brute force"}\n{"attacker":"198.51.100.8","when":"2026-11-20T10:00:00Z","what":"ssh brute force"}\n', "application/x-ndjson"), [A+"7", A+"8"], TEN)
add("json-victim-attacker", attached("a.json", json.dumps([{"victim": {"ip": "203.0.113.1"}, "attacker": {"ip": A+"7"}, "time": "2026-11-20T10:00:00Z", "type": "ddos"}]).encode(), "application/json"), [A+"7"], TEN)
add("xml-iodef", attached("a.xml", f'<?xml version="1.0"?><IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-2.0" version="2.00"><Incident purpose="reporting"><IncidentID name="x">1</IncidentID><GenerationTime>2026-11-21T10:00:00Z</GenerationTime><StartTime>2026-11-20T10:00:00Z</StartTime><EventData><Flow><System category="source"><Node><Address category="ipv4-addr">{A}7</Address></Node></System><System category="target"><Node><Address category="ipv4-addr">203.0.113.1</Address></Node></System></Flow></EventData></Incident></IODEF-Document>'.encode(), "application/xml"), [A+"7"], TEN, ("report", "review"))
add("xml-simple", attached("a.xml", f'<report><attacker><ip>{A}7</ip></attacker><victim><ip>203.0.113.1</ip></victim><time>2026-11-20T10:00:00Z</time><type>ddos</type></report>'.encode(), "application/xml"), [A+"7"], TEN, ("report", "review"))
XLSX = zipped({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": f"<worksheet><sheetData><row><c t='inlineStr'><is><t>source ip</t></is></c></row><row><c t='inlineStr'><is><t>{A}7</t></is></c></row></sheetData></worksheet>".encode()})
add("xlsx", attached("list.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", text="Please see attached list of attackers."), [], None, ("review",))
add("pdf", attached("list.pdf", b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n<< >>\nendobj\n", "application/pdf", text="Abuse report attached."), [], None, ("review",))
add("zip-csv", attached("a.zip", zipped({"attackers.csv": PLAIN.replace(";", ",").encode()}), "application/zip"), [A+"7"], TEN)
add("gz-csv", attached("a.csv.gz", gzip.compress(PLAIN.replace(";", ",").encode()), "application/gzip"), [A+"7"], TEN)
add("txt-log", attached("auth.log", b"Nov 20 10:00:00 www sshd[1]: Failed password for root from 198.51.100.7 port 40000 ssh2\n", "text/plain", text="ssh brute force from your network, log attached, times UTC"), [A+"7"], None)
add("html-file", attached("report.html", f"<table><tr><th>Source IP</th><th>Target IP</th><th>Time (UTC)</th><th>Type</th></tr><tr><td>{A}7</td><td>203.0.113.1</td><td>2026-11-20 10:00:00</td><td>port scan</td></tr></table>".encode(), "text/html"), [A+"7"], TEN)
add("arf-upper", arf("FEEDBACK-TYPE: ABUSE\r\nSOURCE-IP:\r\n 198.51.100.7\r\nARRIVAL-DATE: Fri, 20 Nov 2026 10:00:00 GMT\r\n"), [A+"7"], TEN)
add("arf-v6-brackets", arf("Feedback-Type: abuse\r\nSource-IP: [IPv6:2001:db8::7]\r\nArrival-Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n"), ["2001:db8::7"], TEN)
add("arf-virus", arf("Feedback-Type: virus\r\nSource-IP: 198.51.100.7\r\nArrival-Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n"), [A+"7"], TEN)
add("xarf-plain-yaml", mail("Subject: abuse\r\nX-XARF: PLAIN\r\n", [("Content-Type: text/plain", "see"), ("Content-Type: text/plain; name=report.txt", "---\nReported-From: r@feed.example\nCategory: abuse\nReport-Type: login-attack\nService: ssh\nSource-Type: ip-address\nSource: 198.51.100.7\nDate: Fri, 20 Nov 2026 10:00:00 +0000\nVersion: 0.2\n")]), [A+"7"], TEN)
add("cef", attached("a.log", b"CEF:0|Vendor|IDS|1|100|SSH brute force|8|src=198.51.100.7 spt=40000 dst=203.0.113.1 dpt=22 rt=2026-11-20T10:00:00Z\n", "text/plain", text="please investigate, attack by your customer"), [A+"7"], TEN)
add("leef", plain("attack", "LEEF:1.0|Vendor|IDS|1|bruteforce|src=198.51.100.7\tsrcPort=40000\tdst=203.0.113.1\tdstPort=22\tdevTime=2026-11-20 10:00:00 UTC\nplease investigate ssh brute force\n"), [A+"7"], TEN)
add("csv-quoted-crlf", attached("a.csv", b'"src_ip","timestamp","comment"\r\n"198.51.100.7","2026-11-20T10:00:00Z","line one\r\nline two, 203.0.113.9"\r\n', "text/csv"), [A+"7"], TEN)
add("csv-ip-port-cell", attached("a.csv", b'source,target,time\n198.51.100.7:40000,203.0.113.1:22,2026-11-20T10:00:00Z\n', "text/csv"), [A+"7"], TEN)
add("csv-int-ip", attached("a.csv", b'src_ip,timestamp\n3325256711,2026-11-20T10:00:00Z\n', "text/csv"), [], None, ("review",))
add("csv-hostname", attached("a.csv", b'source,timestamp\npc7.isp.example,2026-11-20T10:00:00Z\n', "text/csv"), [], None, ("review",))


@pytest.mark.parametrize(("raw", "ips", "time", "kinds"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_shape(raw: bytes, ips: set[str], time: str | None, kinds: tuple[str, ...]) -> None:
    out = reading.answer(Item(raw), Context())
    assert out.read.kind in kinds, out.read.reason
    got = {f.source_ip for f in out.findings if f.source_ip}
    assert got <= ips, "a wrong address"
    if out.read.kind == "report":
        assert got == ips
        assert time is None or time in {f.to_json()["time"] for f in out.findings}


def test_a_spreadsheet_is_told_and_its_report_waits_for_a_person_beside_what_was_read() -> None:
    out = reading.answer(Item(next(raw for name, raw, *_ in CASES if name == "xlsx")), Context())
    assert (out.read.kind, out.defects) == ("review", ["file_not_read:xlsx"])
    named = attached("list.xlsx", XLSX, "application/octet-stream", text="Attackers are in the list, such as 198.51.100.7 (ssh brute force, 2026-11-20 10:00:00 UTC).")
    out = reading.answer(Item(named), Context())
    assert (out.read.kind, [f.source_ip for f in out.findings]) == ("report", ["198.51.100.7"])
    assert "file_not_read:xlsx" in out.defects
    as_text = reading.answer(Item(attached("list.xls", PLAIN.replace(";", ",").encode(), "application/vnd.ms-excel")), Context())
    assert (as_text.read.kind, as_text.defects) == ("report", []), "a table under that name is read"


def test_every_address_of_an_element_counts() -> None:
    raw = b"<list><attackers><ip>198.51.100.7</ip><ip>198.51.100.8</ip></attackers><victim><ip>203.0.113.1</ip><time>2026-11-20T10:00:00Z</time></victim></list>"
    assert [f.source_ip for f in reading.answer(Item(raw), Context()).findings] == ["198.51.100.7", "198.51.100.8"]


def test_indicators_and_hosts_of_malicious_urls_in_records() -> None:
    pulse = [{"name": "c2", "indicators": [{"indicator": A + "7", "type": "IPv4", "created": TEN}, {"indicator": "a.example", "type": "domain"}, {"indicator": A + "8", "type": "hostname"}]}]
    out = reading.answer(Item(json.dumps(pulse).encode()), Context())
    assert [(f.source_ip, f.category) for f in out.findings] == [(A + "7", "reputation")], "told to be an address by its type"
    bad = {"IndicatorThreatType": "MaliciousUrl", "NetworkDestinationIPv4": A + "7", "Url": "http://a.example/", "LastReportedDateTime": TEN}
    f = reading.answer(Item(json.dumps([bad]).encode()), Context()).findings[0]
    assert (f.source_ip, f.category, f.url) == (A + "7", "content", "http://a.example/")
    for more in ({"VictimIp": "203.0.113.1"}, {"other": "203.0.113.1"}):
        assert not reading.answer(Item(json.dumps([bad | more]).encode()), Context()).findings, "whose host it is, is not certain"
