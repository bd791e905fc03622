"""SpamCop, JMRP, Safe Browsing, ACNS, fail2ban, the Japanese programmes, DMARC, and reports passed on by others."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from reports.formats.mails import ORIGINAL, arf, attached, dumps, mail, plain, xarf4, zipped
from sekimori.reports import reading, registry
from sekimori.reports.contract import Context, Declined, Item, Read


def read(raw: bytes, name: str = "") -> dict[str, Any]:
    return reading.to_json(reading.answer(Item(raw, filename=name), Context()), "f", "s")


def test_spamcop() -> None:
    text = "[ SpamCop V5 ]\nThis message is brief for your comfort.\n\nEmail from 198.51.100.7 / Tue, 24 Nov 2026 03:04:05 +0000\nhttp://www.spamcop.net/w3m?i=z1\n\n[ Offending message ]\n" + ORIGINAL.replace("\r\n", "\n")
    out = read(plain("[SpamCop (198.51.100.7) id:7777]watches", text, "X-SpamCop-sourceip: 198.51.100.7\r\n"))
    f = out["findings"][0]
    assert (out["format"], out["report_id"], f["source_ip"], f["time"], f["message_id"]) == ("spamcop", "7777", "198.51.100.7", "2026-11-24T03:04:05Z", "m1@shop.example")


def test_spamcop_site() -> None:
    text = "[ SpamCop V5 ]\nSpamvertised web site: http://shop.example/x\nhttp://shop.example/x is 198.51.100.7; Tue, 24 Nov 2026 03:04:05 GMT\n"
    f = read(plain("[SpamCop (http://shop.example/x) id:8]x", text))["findings"][0]
    assert (f["category"], f["source_ip"], f["time"]) == ("content", "198.51.100.7", "2026-11-24T03:04:05Z")


def test_jmrp() -> None:
    out = read(mail("Subject: complaint about message from 198.51.100.7\r\n", [("Content-Type: message/rfc822", "X-HmXmrOriginalRecipient: me@mailbox.example\r\n" + ORIGINAL)]))
    assert (out["format"], out["findings"][0]["source_ip"], out["findings"][0]["time"]) == ("jmrp", "198.51.100.7", "2026-11-24T03:04:05Z")


def test_safe_browsing() -> None:
    text = '<notification_message asn="64500" date="2026-11-23"><list type="1"><url_info url="http://a.example/" ip="198.51.100.7" /><url_info url="http://b.example/" /></list></notification_message>'
    out = read(plain("Safe Browsing Report", text))
    f = out["findings"][0]
    assert (out["format"], f["type"], f["source_ip"], f["time_error_s"], f["zone"]) == ("safebrowsing", "phishing", "198.51.100.7", 86_400.0, "none")
    assert "broken_rows:1" in out["defects"]


ACNS = """<?xml version="1.0" encoding="UTF-8"?>
<Infringement xmlns="http://www.acns.net/ACNS"><Case><ID>4711</ID></Case>
<Source><TimeStamp>2026-11-23T13:19:53.000Z</TimeStamp><IP_Address>198.51.100.7</IP_Address><Port>6881</Port><Type>BitTorrent</Type></Source>
</Infringement>"""


@pytest.mark.parametrize("raw", [plain("Notice of Claimed Infringement", "Dear Sir\n\n" + ACNS), attached("n.xml", ACNS.encode(), "application/xml"),
                                 plain("Notice", "- ---Start ACNS XML\n" + ACNS + "\n- ---End ACNS XML\n")])
def test_acns(raw: bytes) -> None:
    out = read(raw)
    f = out["findings"][0]
    assert (out["format"], out["report_id"], f["category"], f["type"], f["source_ip"], f["source_port"]) == ("acns", "4711", "copyright", "p2p", "198.51.100.7", 6881)
    assert f["time"] == "2026-11-23T13:19:53Z"


BANNED = "Hi,\n\nThe IP 198.51.100.7 has just been banned by Fail2Ban after\n5 attempts against sshd.\n\n"
LINES = "".join(f"Nov 24 12:0{i}:05 host sshd[1]: Failed password for root from 198.51.100.7 port 4000{i} ssh2\n" for i in range(4))


@pytest.mark.parametrize("text", [BANNED, BANNED + "Here is more information about 198.51.100.7 :\n\ninetnum: 198.51.100.0 - 198.51.100.255\n", BANNED + "Lines containing failures of 198.51.100.7\n" + LINES])
def test_fail2ban(text: str) -> None:
    out = read(plain("[Fail2Ban] sshd: banned 198.51.100.7 from host.example", text + "\nRegards,\n\nFail2Ban"))
    f = out["findings"][0]
    assert (out["format"], f["source_ip"], f["count"], f["type"], f["time"], f["zone"]) == ("fail2ban", "198.51.100.7", 5, "login_attack", "2026-11-24T03:10:00Z", "header")
    assert f["has_original"] == ("Failed password" in text)
    assert f["time_error_s"] == 600.0


@pytest.mark.parametrize(("subject", "kind", "category"), [("NOTICE注意喚起のお知らせ", "misconfiguration", "vulnerability"), ("NICTER観測情報の提供", "infected_host", "connection")])
@pytest.mark.parametrize("charset", ["utf-8", "cp932", "euc_jp", "iso2022_jp_ext"])
def test_japanese_programmes(subject: str, kind: str, category: str, charset: str) -> None:
    import base64

    table = "IPアドレス,検知日時(JST),機器\r\n198.51.100.7,2026/11/24 12:04:05,ルータA\r\n198.51.100.8,2026/11/24 12:05:05,カメラB\r\n".encode(charset)
    word = base64.b64encode(subject.encode()).decode()
    out = read(attached("list.csv", table, "text/csv", f"=?utf-8?B?{word}?=", "注意喚起の対象です。期限 2026年12月24日までにご報告ください。"))
    assert (out["format"], out["kind"], out["findings_total"]) == ("cert_ja", "report", 2), out["reason"]
    f = out["findings"][0]
    assert (f["category"], f["type"], f["source_ip"], f["time"], f["reporter_class"]) == (category, kind, "198.51.100.7", "2026-11-24T03:04:05Z", "ルータA")


DMARC = b"<?xml version='1.0'?><feedback><report_metadata><org_name>x</org_name></report_metadata><policy_published><domain>isp.example</domain></policy_published><record><row><source_ip>198.51.100.7</source_ip></row></record></feedback>"
TLS = b'{"organization-name":"x","policies":[{"policy":{"policy-type":"sts"},"summary":{"total-successful-session-count":1}}]}'


@pytest.mark.parametrize("raw", [DMARC, gzip.compress(DMARC), zipped({"r.xml": DMARC}), TLS, attached("a!b!1!2.xml.gz", gzip.compress(DMARC), "application/gzip"),
                                 attached("google.com!isp.example!1669593600!1669679999.zip", zipped({"r.xml": DMARC}), "application/zip"), attached("t.json.gz", gzip.compress(TLS), "application/tlsrpt+gzip")])
def test_dmarc_and_tls_reports_are_no_abuse(raw: bytes) -> None:
    assert read(raw)["kind"] == "not_abuse"


def test_a_report_passed_on_is_unwrapped() -> None:
    inner = arf("Feedback-Type: abuse\r\nSource-IP: 198.51.100.7\r\nArrival-Date: Tue, 24 Nov 2026 03:04:05 +0000\r\n").decode().replace("b1", "inner")
    out = read(mail("Subject: Fwd: abuse report\r\n", [("Content-Type: text/plain", "for you"), ("Content-Type: message/rfc822", inner)]))
    assert (out["kind"], out["format"], out["findings"][0]["source_ip"]) == ("report", "arf", "198.51.100.7")
    assert "forwarded" in out["defects"]


def test_an_attached_original_is_traced() -> None:
    out = read(mail("Subject: spam from your network\r\n", [("Content-Type: text/plain", "please stop this spam"), ("Content-Type: message/rfc822", ORIGINAL)]))
    f = out["findings"][0]
    assert (f["source_ip"], f["time"], f["zone"], f["message_id"]) == ("198.51.100.7", "2026-11-24T03:04:05Z", "header", "m1@shop.example")


def test_reports_on_their_way_by_a_person_are_no_originals() -> None:
    inner = plain("scan", "Attacker IP: 198.51.100.7\nTime: 2026-11-24 03:04:05 UTC\nport scan of 203.0.113.5\n").decode()
    out = read(mail("Subject: Fwd: scan\r\n", [("Content-Type: text/plain", "FYI"), ("Content-Type: message/rfc822", inner)]))
    assert out["findings"][0]["source_ip"] == "198.51.100.7"


class _Broken:
    name, version = "broken", "1"

    def score(self, item: Item) -> int | None:
        return 99

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        raise RuntimeError("bug")


def test_a_failing_reader_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "formats", lambda: (_Broken(),))
    out = read(plain("scan from 198.51.100.7", "Attacker: 198.51.100.7, 2026-11-24 03:04:05 UTC, port scan"))
    assert out["kind"] == "report"
    assert "reader_failed:broken:RuntimeError" in out["defects"]


def test_every_listed_format_exists_and_names_itself() -> None:
    assert {f.name for f in registry.formats()} == set(registry.FORMATS)


def test_a_score_is_cheap_and_pure() -> None:
    item = Item(dumps(xarf4()))
    assert [f.score(item) for f in registry.formats()] == [f.score(item) for f in registry.formats()]
