"""XARF in all its generations: valid ones read, invalid ones refused by field, v3 made into valid v4."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import jsonschema
import pytest

from reports.formats.mails import attached, dumps, mail, xarf3, xarf4
from sekimori.reports import reading
from sekimori.reports.common.categories import PAIRS
from sekimori.reports.contract import Context, Item
from sekimori.reports.formats.xarf3 import rules
from sekimori.reports.formats.xarf4.convert import from_v3, outgoing
from sekimori.reports.formats.xarf4.validate import _resources, strict_fault
from sekimori.values.outcomes import Declined


def read(raw: bytes) -> dict[str, Any]:
    return reading.to_json(reading.answer(Item(raw), Context()), "f", "s")


def test_v4_file_and_mail() -> None:
    for raw in (dumps(xarf4()), attached("xarf.json", dumps(xarf4()), "application/json"),
                mail("Subject: x\r\n", [("Content-Type: text/plain", "hello"), ("Content-Type: message/feedback-report", "Feedback-Type: xarf\r\nUser-Agent: x\r\nVersion: 1\r\n"),
                                       ("Content-Type: application/json; name=xarf.json\r\nContent-Transfer-Encoding: base64", base64.b64encode(dumps(xarf4())).decode())],
                     "multipart/report; report-type=feedback-report")):
        out = read(raw)
        assert (out["kind"], out["format"]) == ("report", "xarf4"), out["reason"]
        f = out["findings"][0]
        assert (f["source_ip"], f["source_port"], f["time"], f["zone"], f["time_error_s"]) == ("198.51.100.7", 40123, "2026-11-24T03:04:05Z", "stated", 1.0)
        assert (f["category"], f["type"]) == ("connection", "login_attack")


@pytest.mark.parametrize(("changes", "field"), [
    ({"report_id": "17"}, "report_id"), ({"timestamp": "yesterday"}, "timestamp"), ({"reporter": None}, "reporter"), ({"category": "madness"}, "category"),
    ({"xarf_version": None}, "xarf_version"), ({"xarf_version": "5.0.0"}, "xarf_version"), ({"source_port": 70000}, "source_port"), ({"first_seen": None}, "first_seen"),
    ({"type": "nonsense"}, "type"), ({"confidence": 7}, "confidence"), ({"tags": ["Bad Tag"]}, "tags"), ({"source_identifier": None}, "source_identifier"),
    ({"reporter": {"org": "x", "contact": "no address", "domain": "feed.example"}}, "reporter"),
])
def test_v4_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    out = read(dumps(xarf4(**changes)))
    assert out["kind"] == "review"
    assert field in out["reason"]
    assert out["findings"] == []


def test_drafts_without_sender_are_read_with_a_warning() -> None:
    out = read(dumps(xarf4(sender=None, type="bot", category="infrastructure", report_id="r-1")))
    assert (out["kind"], out["findings"][0]["type"]) == ("report", "botnet")
    assert "xarf4.draft_no_sender" in out["defects"]


def test_a_time_without_zone_is_listed_without_one_for_a_person() -> None:
    out = read(dumps(xarf4(timestamp="2026-11-24T03:04:05")))
    assert (out["kind"], out["reason"]) == ("review", "timestamp: no zone")
    assert (out["findings"][0]["time"], out["findings"][0]["zone"]) == ("2026-11-24T03:04:05", "none")


def test_evidence_hashes_are_checked() -> None:
    good = {"content_type": "text/plain", "payload": base64.b64encode(b"log").decode(), "hash": "sha256:" + hashlib.sha256(b"log").hexdigest()}
    assert read(dumps(xarf4(evidence=[good])))["findings"][0]["has_original"]
    out = read(dumps(xarf4(evidence=[good | {"hash": "sha256:" + "0" * 64}])))
    assert (out["kind"], out["reason"]) == ("review", "evidence[0].hash: the hash is not that of the payload")
    assert "xarf4.evidence_refused" in out["defects"]
    assert out["findings"][0]["confidence"] < 0.5
    assert not out["findings"][0]["has_original"]


def test_sealed_kinds_are_never_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("decoded")

    monkeypatch.setattr("sekimori.reports.formats.xarf4.reader.base64.b64decode", never)
    picture = {"content_type": "image/jpeg", "payload": "AAAA", "hash": "sha256:" + "0" * 64}
    report = xarf4(category="content", type="csam", url="http://198.51.100.7/x", classification="baseline", detection_method="hash_match", first_seen=None, protocol=None, evidence=[picture],
                   description="words")
    out = reading.answer(Item(dumps(report)), Context())
    assert out.read.kind == "report"
    assert out.read.detail == {"sealed": True, "description": ""}


@pytest.mark.parametrize("bad", [b'{"xarf_version":"4.2.0","xarf_version":"4.1.0","report_id":"x","source_identifier":"x","category":"x","reporter":1}',
                                 b'{"xarf_version":"4.2.0","report_id":NaN,"source_identifier":"x"}', b'{"xarf_version":"4.2.0"' + b',"a":[' * 50,
                                 b'{"xarf_version":"4.2.0","report_id":"\\ud800"}', b'{"xarf_version":"4.2.0","source_port":1e999}'])
def test_json_traps(bad: bytes) -> None:
    out = read(bad)
    assert out["kind"] == "review"
    assert "json." in out["reason"]


def test_v3() -> None:
    out = read(dumps(xarf3()))
    f = out["findings"][0]
    assert (out["kind"], out["format"], f["source_ip"], f["time"], f["category"]) == ("report", "xarf3", "198.51.100.7", "2026-11-24T03:04:05Z", "connection")


@pytest.mark.parametrize(("report", "top", "field"), [
    ({"SourceIp": "not an address"}, {}, "Report.SourceIp"), ({"SourceIp": None}, {}, "SourceIp"), ({"Date": "2018"}, {}, "Report.Date"), ({"SourcePort": 99999}, {}, "Report.SourcePort"),
    ({"ReportType": "Meh"}, {}, "Report.ReportType"), ({"ReportClass": "Content"}, {}, "Report.ReportClass"), ({}, {"ReporterInfo": None}, "ReporterInfo"),
    ({}, {"Disclosure": None}, "Disclosure"), ({}, {"Version": "9"}, "Version"), ({}, {"Report": None}, "Report"), ({"Samples": []}, {}, "Report.Samples"),
    ({"Samples": [{"ContentType": 3, "Payload": "x"}]}, {}, "Report.Samples"), ({"Custom": {"a": [1]}}, {}, "Report.Custom"), ({"ByteCount": "many"}, {}, "Report.ByteCount"),
    ({}, {"ReporterInfo": {"ReporterOrg": "xx", "ReporterOrgDomain": "feed.example", "ReporterOrgEmail": "a@b.example"}}, "ReporterInfo.ReporterOrg"),
])
def test_v3_is_refused_by_field(report: dict[str, Any], top: dict[str, Any], field: str) -> None:
    out = read(dumps(xarf3(report, **top)))
    assert out["kind"] == "review"
    assert field in out["reason"]


def test_attacker_of_a_stolen_account_is_the_source() -> None:
    out = read(dumps(xarf3({"ReportType": "PotentiallyCompromisedAccount", "SourceIp": None, "SourcePort": None, "Account": {"AccountEmail": "me@x.example"},
                            "AttackerIp": "198.51.100.9", "AttackerPort": 4000})))
    assert (out["findings"][0]["source_ip"], out["findings"][0]["source_port"]) == ("198.51.100.9", 4000)


@pytest.mark.parametrize("kind", sorted(rules.TYPES))
def test_conversion_is_valid_or_says_what_is_missing(kind: str) -> None:
    klass, _, need, _ = rules.TYPES[kind]
    report = {"ReportClass": klass, "ReportType": kind, "SourceUrl": "http://198.51.100.7/x", **dict.fromkeys(need, "x"), **({"SourceUrl": "http://198.51.100.7/x"} if "SourceUrl" in need else {})}
    if kind == "potentiallycompromisedaccount":
        report |= {"Account": {"AccountEmail": "a@b.example"}, "AttackerIp": "198.51.100.7", "SourceIp": None, "SourcePort": None, "SourceUrl": None}
    out = from_v3(xarf3(report))
    if isinstance(out, Declined):
        assert out.field
    else:
        assert strict_fault(out) is None
        assert from_v3(xarf3(report)) == out


def test_what_leaves_is_stripped_and_valid() -> None:
    assert "_internal" not in outgoing(xarf4(_internal={"customer": "secret"}))  # type: ignore[operator]
    assert isinstance(outgoing(xarf4(report_id="x")), Declined)


def test_the_compiled_validators_agree_with_the_reference() -> None:
    from referencing import Registry, Resource

    registry: Any = Registry().with_resources([(uri, Resource.from_contents(s)) for uri, s in _resources().items()])
    schema = _resources()["https://xarf.org/schemas/v4/types/connection-login-attack.json"]
    reference = jsonschema.Draft202012Validator(schema, registry=registry, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    for changes in ({}, {"protocol": "carrier pigeon"}, {"source_port": 0}, {"first_seen": None}, {"evidence": [{"payload": "x"}]}, {"tags": ["a:b"]}, {"confidence": -1}):
        report = xarf4(**changes)
        assert (strict_fault(report) is None) == reference.is_valid(report), changes


def test_every_pair_of_the_specification_has_a_validator() -> None:
    from sekimori.reports.formats.xarf4.validate import _strict

    for category, kind in PAIRS:
        if category != "local":
            _strict(category, kind)


def test_x_arf_mail() -> None:
    fields = "---\r\nReported-From: desk@feed.example\r\nCategory: abuse\r\nReport-Type: login-attack\r\nService: ssh\r\nVersion: 0.2\r\nUser-Agent: x\r\nDate: Tue, 24 Nov 2026 12:04:05 +0900\r\nSource-Type: ip-address\r\nSource: 198.51.100.7\r\nReport-ID: 77@feed.example\r\nSchema-URL: http://x\r\n"
    for header in ("X-XARF: PLAIN\r\n", "X-ARF: yes\r\n"):
        out = read(mail("Subject: abuse\r\n" + header, [("Content-Type: text/plain", "hi"), ("Content-Type: text/plain; name=report.txt", fields), ("Content-Type: text/plain; name=log.txt", "log")]))
        assert (out["kind"], out["format"], out["report_id"]) == ("report", "xarf_mail", "77@feed.example"), out["reason"]
        assert (out["findings"][0]["source_ip"], out["findings"][0]["time"]) == ("198.51.100.7", "2026-11-24T03:04:05Z")
    broken = read(mail("Subject: abuse\r\nX-XARF: PLAIN\r\n", [("Content-Type: text/plain", "hi"), ("Content-Type: text/plain", fields.replace("198.51.100.7", "nobody"))]))
    assert broken["kind"] == "review"
    assert broken["reason"].startswith("Source")


def test_json_round_trip_is_utf8() -> None:
    assert json.loads(json.dumps(read(dumps(xarf4(description="日本語"))), ensure_ascii=False))
