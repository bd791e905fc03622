"""What is wrong in a structured report is named, and sends it to a person; what it says stays listed where it can be read."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from reports.formats.mails import ORIGINAL, arf, attached, dumps, mail, plain, xarf4
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item

FULL = "Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\nSource-IP: 198.51.100.7\r\nArrival-Date: Tue, 24 Nov 2026 03:04:05 +0000\r\n"
XARF = ("Reported-From: a@feed.example\r\nCategory: abuse\r\nReport-Type: login-attack\r\nService: ssh\r\nVersion: 0.2\r\nDate: Tue, 24 Nov 2026 03:04:05 +0000\r\n"
        "Source-Type: ip-address\r\nSource: 198.51.100.7\r\nAttachment: none\r\n")
ACNS = ('<Infringement xmlns="http://www.acns.net/ACNS"><Case><ID>9</ID></Case><Source><TimeStamp>2026-11-24T03:04:05Z</TimeStamp>'
        "<IP_Address>198.51.100.7</IP_Address><Port>51413</Port><Type>BitTorrent</Type></Source></Infringement>")
COP = "[ SpamCop V5 ]\nEmail from 198.51.100.7 / Tue, 24 Nov 2026 03:04:05 +0000\nhttps://www.spamcop.net/w3m?i=z1\n"
BROWSING = '<notification_message asn="64500" date="2026-11-23"><list type="1"><url_info url="http://a.example/" ip="198.51.100.7"/></list></notification_message>'


def read(raw: bytes, name: str = "") -> dict[str, Any]:
    return reading.to_json(reading.answer(Item(raw, filename=name), Context()), "f", "s")


def xarf_mail(fields: str) -> bytes:
    log = "Nov 24 03:04:05 h sshd[1]: Failed password for root from 198.51.100.7 port 4 ssh2"
    return mail("Subject: abuse report about 198.51.100.7\r\nX-XARF: PLAIN\r\n", [
        ("Content-Type: text/plain", "The IP 198.51.100.7 attacked our server (ssh) at Tue, 24 Nov 2026 03:04:05 +0000."),
        ('Content-Type: text/plain; name="report.txt"', fields), ('Content-Type: text/plain; name="logfile.log"', log)])


@pytest.mark.parametrize(("raw", "field", "findings"), [
    pytest.param(arf(FULL.replace("Feedback-Type: abuse\r\n", "")), "Feedback-Type", 1, id="arf-no-type"),
    pytest.param(arf(FULL + "Feedback-Type: fraud\r\n"), "Feedback-Type", 0, id="arf-two-types"),
    pytest.param(arf(FULL.replace("Version: 1", "Version: x")), "Version", 1, id="arf-version"),
    pytest.param(arf(FULL.replace("198.51.100.7", "198.51.100.700")), "Source-IP", 1, id="arf-address"),
    pytest.param(arf(FULL + "Source-Port: 99999\r\n"), "Source-Port", 1, id="arf-port"),
    pytest.param(arf(FULL.replace("24 Nov", "44 Nov"), None), "Arrival-Date", 1, id="arf-date"),
    pytest.param(arf(FULL[:FULL.index("Arrival")], None), "Arrival-Date", 1, id="arf-no-date"),
    pytest.param(xarf_mail(XARF.replace("Source: 198.51.100.7\r\n", "")), "Source", 0, id="x-arf-no-source"),
    pytest.param(xarf_mail(XARF + "Source: 198.51.100.8\r\n"), "Source", 0, id="x-arf-two-sources"),
    pytest.param(xarf_mail(XARF.replace("Report-Type: login-attack\r\n", "")), "Report-Type", 0, id="x-arf-no-type"),
    pytest.param(xarf_mail(XARF.replace("24 Nov", "44 Nov")), "Date", 0, id="x-arf-date"),
    pytest.param(plain("Notice", ACNS.replace("2026-11-24T03:04:05Z", "24/11/2026")), "TimeStamp", 1, id="acns-day-only"),
    pytest.param(plain("Notice", ACNS.replace("<TimeStamp>2026-11-24T03:04:05Z</TimeStamp>", "")), "TimeStamp", 1, id="acns-no-time"),
    pytest.param(plain("Notice", ACNS.replace("51413", "99999")), "Port", 1, id="acns-port"),
    pytest.param(plain("Notice", "Title: Film\nIP Address: 198.51.100.7\n" + ACNS[:150]), "Infringement", 0, id="acns-cut"),
    pytest.param(plain("[SpamCop (198.51.100.7) id:7]x", COP.replace("Tue, 24 Nov 2026 03:04:05 +0000", "")), "Email from", 1, id="spamcop-no-time"),
    pytest.param(plain("Report", BROWSING.replace("2026-11-23", "not long ago")), "date", 1, id="safebrowsing-date"),
    pytest.param(plain("Report", BROWSING[:-30]), "notification_message", 0, id="safebrowsing-cut"),
    pytest.param(plain("[Fail2Ban] sshd: banned 198.51.100.9 from h.example", "The IP 198.51.100.7 has just been banned by Fail2Ban after\n5 attempts against sshd."), "IP", 0, id="fail2ban-two"),
    pytest.param(dumps(xarf4(timestamp="2026-11-24T03:04:05")), "timestamp", 1, id="xarf4-no-zone"),
    pytest.param(dumps(xarf4(first_seen="2026-11-24T03:04:05")), "first_seen", 1, id="xarf4-first-seen"),
    pytest.param(dumps(xarf4(evidence=[{"content_type": "text/plain", "payload": "bG9n", "hash": "sha256:" + "0" * 64}])), "evidence[0].hash", 1, id="xarf4-hash"),
    pytest.param(dumps(xarf4(category="copyright", type="p2p", p2p_protocol="bittorrent", first_seen=None, protocol=None)), "swarm_info", 0, id="xarf4-alternatives"),
])
def test_the_field_is_named(raw: bytes, field: str, findings: int) -> None:
    out = read(raw)
    assert (out["kind"], out["findings_total"]) == ("review", findings), out["reason"]
    assert field in out["reason"]


def test_a_shadowserver_file_without_its_columns_is_refused_by_their_names() -> None:
    name = "2026-11-24-scan_ntp-x.csv"
    row = '"timestamp","ip","protocol","port","asn","geo","region","tag"\r\n"2026-11-24 03:04:05","198.51.100.7","udp",123,64500,"JP","TOKYO","ntp"\r\n'
    assert read(row.encode(), name)["findings"][0]["time"] == "2026-11-24T03:04:05Z"
    for column, word in (("timestamp", "timestamp"), ("ip", "ip:")):
        out = read(row.replace(f'"{column}"', '"x"').encode(), name)
        assert (out["kind"], out["findings"]) == ("review", [])
        assert word in out["reason"]


@pytest.mark.parametrize("lines", [False, True])
def test_shadowservers_api_answers_in_json(lines: bool) -> None:
    rows = [{"timestamp": "2026-11-24 03:04:05", "severity": "high", "ip": f"198.51.100.{n}", "port": 123, "protocol": "udp", "asn": 64500, "geo": "JP", "region": "TOKYO", "tag": "ntp"} for n in (7, 8)]
    out = read(("\n".join(map(json.dumps, rows)) if lines else json.dumps(rows)).encode(), "2026-11-24-scan_ntp-x.json")
    assert (out["format"], out["findings_total"]) == ("shadowserver", 2)
    assert [(f["source_ip"], f["source_port"], f["time"], f["zone"]) for f in out["findings"]] == [(f"198.51.100.{n}", 123, "2026-11-24T03:04:05Z", "feed") for n in (7, 8)]


def test_every_xarf_document_of_a_mail_is_read() -> None:
    one, two = dumps(xarf4()), dumps(xarf4(report_id="11111111-2222-4333-8444-555555555555", source_identifier="198.51.100.8"))
    head = "Content-Type: application/json\r\nContent-Disposition: attachment; filename={}.json\r\nContent-Transfer-Encoding: base64"

    def carried(*documents: bytes) -> dict[str, Any]:
        return read(mail("Subject: x\r\n", [("Content-Type: text/plain", "see files"), *((head.format(n), base64.encodebytes(d).decode()) for n, d in enumerate(documents))]))
    out = carried(one, two, one)
    assert (out["kind"], [f["source_ip"] for f in out["findings"]]) == ("report", ["198.51.100.7", "198.51.100.8"])
    assert [f["source_ip"] for f in read(one + b"\n" + two + b"\n")["findings"]] == ["198.51.100.7", "198.51.100.8"]
    out = carried(one, dumps(xarf4(category="madness")))
    assert (out["kind"], [f["source_ip"] for f in out["findings"]]) == ("review", ["198.51.100.7"])
    assert out["reason"].startswith("document 2: category")
    assert out["broken"][0]["line"] == 2


def test_a_forwarded_spamcop_report_keeps_its_time() -> None:
    inner = plain("[SpamCop (198.51.100.7) id:7777]watches", COP + "\n[ Offending message ]\n" + ORIGINAL.replace("\r\n", "\n")).decode()
    f = read(mail("Subject: Fwd: [SpamCop (198.51.100.7) id:7777]watches\r\n", [("Content-Type: message/rfc822", inner)]))["findings"][0]
    assert (f["source_ip"], f["time"]) == ("198.51.100.7", "2026-11-24T03:04:05Z")


@pytest.mark.parametrize("raw", [
    attached("report.xml", BROWSING.encode(), "text/xml"), attached("report.xml.gz", gzip.compress(BROWSING.encode())),
    plain("Report", base64.encodebytes(BROWSING.encode()).decode(), "Content-Transfer-Encoding: base64\r\n"),
], ids=["file", "gzip", "base64"])
def test_safe_browsing_wherever_its_document_stands(raw: bytes) -> None:
    out = read(raw)
    assert (out["kind"], out["format"], out["findings"][0]["source_ip"], out["findings"][0]["zone"]) == ("report", "safebrowsing", "198.51.100.7", "none")


@pytest.mark.parametrize(("zone", "log", "utc"), [("+0900 (JST)", "Nov 24 12:04", "03:04"), ("-0500 (EST)", "Nov 23 22:04", "03:04"), ("+0000 (UTC)", "2026-11-24 03:04", "03:04")])
def test_fail2bans_complaint_takes_the_times_of_its_log(zone: str, log: str, utc: str) -> None:
    text = (f"We have detected abuse from the IP address 198.51.100.7\n This mail was generated by Fail2Ban.\nNote: Local timezone is {zone}\n"
            f"{log}:01 h sshd[1]: Failed password for root from 198.51.100.7 port 4 ssh2\n{log}:09 h sshd[1]: Failed password for root from 198.51.100.7 port 5 ssh2\n")
    f = read(plain("Abuse from 198.51.100.7", text))["findings"][0]
    assert (f["time"], f["last_time"], f["zone"], f["count"]) == (f"2026-11-24T{utc}:01Z", f"2026-11-24T{utc}:09Z", "stated", 2)


def test_fail2bans_summary_lists_each_ban() -> None:
    text = "Hi,\n\nThese hosts have been banned by Fail2Ban.\n\nTue, 24 Nov 2026 03:04:05 +0000: 198.51.100.7 (3 failures)\nTue, 24 Nov 2026 03:09:05 +0000: 198.51.100.8 (5 failures)\n"
    out = read(plain("[Fail2Ban] sshd: summary from h.example", text))
    assert [(f["source_ip"], f["time"], f["count"]) for f in out["findings"]] == [("198.51.100.7", "2026-11-24T03:04:05Z", 3), ("198.51.100.8", "2026-11-24T03:09:05Z", 5)]


@pytest.mark.parametrize("text", ["198.51.100.7 を遮断しました (Fail2Ban)", "Fail2Ban blocked 198.51.100.7 (jail: postfix-sasl)"])
def test_an_action_with_a_text_of_its_own_keeps_the_subject(text: str) -> None:
    f = read(plain("[Fail2Ban] postfix-sasl: banned 198.51.100.7 from h.example", text))["findings"][0]
    assert (f["source_ip"], f["type"], f["zone"]) == ("198.51.100.7", "login_attack", "header")


@pytest.mark.parametrize("text", ["The jail sshd has been stopped.\n\nRegards,\n\nFail2Ban", "The jail sshd has been started successfully.\n\nFail2Ban", "The IP 198.51.100.7 has just been unbanned by Fail2Ban."])
def test_what_fail2ban_says_of_itself_is_no_abuse(text: str) -> None:
    assert read(plain("[Fail2Ban] sshd: news from h.example", "Hi,\n\n" + text))["kind"] == "not_abuse"


def test_systems_of_an_iodef_event_have_its_time() -> None:
    text = ('<?xml version="1.0"?><IODEF-Document xmlns="urn:ietf:params:xml:ns:iodef-1.0"><Incident><ReportTime>2026-11-25T00:00:00Z</ReportTime><EventData>'
            '<DetectTime>2026-11-24T03:04:05Z</DetectTime><Flow><System category="source"><Node><Address>198.51.100.7</Address></Node></System>'
            '<System category="target"><Node><Address>203.0.113.9</Address></Node></System></Flow></EventData></Incident></IODEF-Document>')
    (f,) = read(text.encode(), "brute_force.xml")["findings"]
    assert (f["source_ip"], f["time"]) == ("198.51.100.7", "2026-11-24T03:04:05Z")


def test_the_log_has_the_zone_that_the_letter_states_for_the_same_clock() -> None:
    letter = "Our server 203.0.113.10 was attacked (ssh brute force) from 198.51.100.7 at 2026-11-24 {} UTC.\n\nNov 24 03:04:05 srv sshd[1]: Failed password for root from 198.51.100.7 port 4000 ssh2\n"
    assert [(f["time"], f["zone"]) for f in read(plain("Attack", letter.format("03:04:05")))["findings"]] == [("2026-11-24T03:04:05Z", "stated")]
    assert all(f["time"] != "2026-11-24T03:04:05Z" for f in read(plain("Attack", letter.format("09:09:09")))["findings"])


def test_an_mbox_file_is_read_message_by_message() -> None:
    two = arf(FULL.replace("198.51.100.7", "198.51.100.8"), ORIGINAL.replace("198.51.100.7", "198.51.100.8").replace("m1@", "m2@"))
    box = b"".join(b"From fbl@feed.example Tue Nov 24 03:04:05 2026\r\n" + m + b"\r\n" for m in (arf(FULL), two, plain("Hello", "nothing in it")))
    out = read(box, "reports.mbox")
    assert (out["kind"], [(f["source_ip"], f["spans"][-1]["where"]) for f in out["findings"]]) == ("report", [("198.51.100.7", "mbox/1"), ("198.51.100.8", "mbox/2")])
    assert "carried_unread:1" in out["defects"]
    one = read(b"From fbl@feed.example Tue Nov 24 03:04:05 2026\r\n" + arf(FULL), "one.eml")
    assert (one["format"], one["findings_total"], one["findings"][0]["spans"]) == ("arf", 1, [])


def test_the_html_is_read_where_the_plain_alternative_only_points_to_it() -> None:
    page = ("<table><tr><th>Attacker IP</th><th>Target IP</th><th>Time (UTC)</th><th>Type</th></tr><tr><td>198.51.100.7</td><td>203.0.113.9</td>"
            "<td>2026-11-24 03:04:05</td><td>RDP brute force</td></tr></table>")
    raw = mail("Subject: Attack report\r\n", [("Content-Type: text/plain", "Please see the HTML version."), ("Content-Type: text/html; charset=utf-8", page)], "multipart/alternative")
    out = read(raw)
    assert {f["source_ip"] for f in out["findings"]} <= {"198.51.100.7"}
    assert out["reason"] != "no_address"


def test_an_infection_named_with_its_malware_is_an_infection() -> None:
    text = "以下の IP アドレスにおいて、マルウェア感染が疑われる通信を確認しました。\n\nIPアドレス: 198.51.100.7\n日時: 2026-11-24 12:04:05 (JST)\nマルウェア: Emotet\n"
    f = read(plain("Notice", text))["findings"][0]
    assert (f["source_ip"], f["category"], f["type"], f["time"]) == ("198.51.100.7", "connection", "infected_host", "2026-11-24T03:04:05Z")


def test_an_address_without_a_time_is_for_a_person_whatever_the_format() -> None:
    text = "The IP 198.51.100.7 has just been banned by Fail2Ban after\n5 attempts against sshd."
    raw = plain("[Fail2Ban] sshd: banned 198.51.100.7 from h.example", text)
    assert read(raw)["kind"] == "report"
    out = read(raw.replace(b"Date: Tue, 24 Nov 2026 03:10:00 +0000", b"Date: some day"))
    assert (out["kind"], out["reason"], out["findings"][0]["source_ip"]) == ("review", "time: none stated", "198.51.100.7")


def test_a_collectors_time_is_never_the_acts() -> None:
    row = {"source.ip": "198.51.100.7", "classification.type": "brute-force", "time.observation": "2026-11-24T03:04:05+00:00"}
    (seen,) = read(dumps(row))["findings"]
    assert (seen["time"], seen["time_error_s"]) == ("2026-11-24T03:04:05Z", 86_400.0)
    out = read(dumps(row | {"time.source": "2026-13-43T00:00:00+00:00"}))
    assert (out["kind"], out["findings"][0]["time"]) == ("review", None)


def test_a_bounce_under_any_name_accuses_nobody() -> None:
    text = "A message that you sent could not be delivered to one or more of its recipients. Please check to be sure the email address is correct."
    raw = mail("Subject: Mail delivery failed: returning message to sender\r\n", [("Content-Type: text/plain", text), ("Content-Type: message/rfc822", ORIGINAL)])
    assert (read(raw)["kind"], read(raw)["reason"]) == ("not_abuse", "delivery report")


def test_a_list_of_what_is_blocked_now_needs_no_time() -> None:
    out = read(b"198.51.100.7,198.51.100.7,Yes,Blocked due to user complaints or other evidence of spamming\n", "ipStatus.csv")
    assert (out["kind"], out["findings"][0]["type"], out["findings"][0]["time"]) == ("report", "blocklist", None)


def test_crowdsecs_alerts_have_the_time_of_their_start() -> None:
    row = {"scenario": "crowdsecurity/ssh-bf", "source": {"scope": "Ip", "value": "198.51.100.7", "ip": "198.51.100.7"}, "start_at": "2026-11-24T03:04:05Z", "stop_at": "2026-11-24T03:05:05Z"}
    (f,) = read(dumps([row]))["findings"]
    assert (f["source_ip"], f["time"]) == ("198.51.100.7", "2026-11-24T03:04:05Z")
