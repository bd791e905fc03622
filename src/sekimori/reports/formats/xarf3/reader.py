"""Reader of the XARF v1–v3 family, in JSON files and in mails."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sekimori.reports.common import categories, strictjson, times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.faults import first_fault
from sekimori.reports.common.json_documents import json_document, read_each
from sekimori.reports.common.sniff import kind_of
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read
from sekimori.reports.formats.xarf3 import rules

_KEYS = re.compile(rb'"(ReporterInfo|Report|ReportClass|ReportType|Disclosure)"[ \t\r\n]{0,20}:')
_SERVICES = frozenset({25, 465, 587, 2525})


def _looks(head: bytes) -> bool:
    return len({m[1] for m in _KEYS.finditer(head)}) >= 2


class Xarf3:
    """Reader of XARF v1–v3."""

    name = "xarf3"
    version = "3"

    def score(self, item: Item) -> int | None:
        """Mine where a JSON document has two of the family's keys."""
        if item.mail is None:
            if item.cache.setdefault("kind", kind_of(item.head)) != "json":
                return None
            if _looks(item.head):
                return 93
            return 20 if item.size < 200 and item.head.strip() == b"{}" else None
        return 91 if json_document(item, _looks) is not None else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Validate and read each document."""
        return read_each(item, _looks, _one)


def _one(raw: bytes) -> Read | Declined:
    try:
        report = strictjson.loads(raw)
    except strictjson.BadJson as e:
        return Declined(str(e), "json")
    return read_report(report)


def read_report(document: Any) -> Read | Declined:
    """Return the reading of one parsed report, or Declined naming the failing field."""
    if not isinstance(document, dict):
        return Declined("no object", "report")
    report = document.get("Report")
    if not isinstance(report, dict):
        return Declined("missing", "Report")
    draft = _draft_of_library(document, report)
    out = Read()
    if draft is not None:
        document, report = draft
        out.defects.append("xarf3.unofficial_layout")
    version = document.get("Version", "alpha")
    key = rules.type_key(report)
    if not isinstance(report.get("ReportClass"), str) or not isinstance(report.get("ReportType"), str):
        return Declined("missing or no text", "Report.ReportClass" if not isinstance(report.get("ReportClass"), str) else "Report.ReportType")
    if key != "rpz" and key not in rules.TYPES:
        return Declined(f"unknown type {report['ReportType']!r}"[:120], "Report.ReportType")
    if not isinstance(version, str) or version not in rules.VERSIONS:
        return Declined("no version that is known", "Version")
    fault = first_fault(rules.validator(key, version), document)
    if fault is not None:
        return Declined(fault[1], fault[0])
    _finding(out, report, key)
    info = document.get("ReporterInfo", {})
    out.report_id = str(report.get("ReporterCaseID", ""))[:200]
    out.reporter = str(info.get("ReporterOrgDomain", "")).lower()[:253]
    return out


def _draft_of_library(document: dict[str, Any], report: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the report in the family's own layout where it is in the one that the xarf libraries' tests use: the source
    as an object, `System` as a class, types in lower case with a hyphen; None where it is in the usual one.
    """
    source = report.get("Source")
    if not isinstance(source, dict):
        return None
    key = rules.type_key(report)
    if key not in rules.TYPES:
        return None
    klass = rules.TYPES[key][0]
    new = {k: v for k, v in report.items() if k not in ("Source", "Attachment", "AdditionalInfo")}
    new["ReportClass"] = klass
    for theirs, ours in (("IP", "SourceIp"), ("Ip", "SourceIp"), ("Port", "SourcePort"), ("URL", "SourceUrl"), ("Url", "SourceUrl")):
        if theirs in source:
            new[ours] = source[theirs]
    more = report.get("AdditionalInfo")
    if isinstance(more, dict) and isinstance(more.get("URL"), str) and "SourceUrl" not in new:
        new["SourceUrl"] = more["URL"]
    if key == "phishing" and "SourceUrl" not in new and isinstance(source.get("Type"), str):
        new["SourceUrl"] = str(source.get(source["Type"].upper(), ""))
    info = dict(document.get("ReporterInfo", {}).items()) if isinstance(document.get("ReporterInfo"), dict) else document.get("ReporterInfo")
    return {**document, "ReporterInfo": info, "Report": new}, new


def _finding(out: Read, report: dict[str, Any], key: str) -> None:
    pair = categories.XARF3.get("rpz-rewrite" if key == "rpz" else key) or categories.UNKNOWN
    when = times.parse(report["Date"], epoch=False)
    f = FindingData(*pair, time_raw=report["Date"], time_error_s=1.0, confidence=0.95,
                    reporter_class=f"{report['ReportClass']}/{report['ReportType']}"[:80])
    if when is not None:
        f.time, f.zone = when.value, "stated" if when.zoned else "none"
    first = report.get("FirstSeen")
    began = times.parse(first, epoch=False) if isinstance(first, str) else None
    if began and began.zoned and f.time is not None and f.zone == "stated" and began.value < f.time:
        # `Date` is the most recent sight: it stays the time, the report covers the span before it.
        out.detail["first_seen"] = first
    url = report.get("SourceUrl")
    f.url = url[:2048] if isinstance(url, str) else None
    found = address_of(str(report.get("SourceIp", "")))
    if key == "potentiallycompromisedaccount":
        # The account is the victim's; the attacker's address is the source.
        found = address_of(str(report.get("AttackerIp", "")))
        port = report.get("AttackerPort")
    else:
        port = report.get("SourcePort")
    if found:
        f.source_ip, f.special = found
    elif f.url:
        try:
            found = address_of(urlsplit(f.url).hostname or "")
        except ValueError:
            found = None
        if found:
            f.source_ip, f.special = found
            f.derived.append("source_ip")
            f.confidence = 0.7
    if isinstance(port, int) and 0 < port < 65536:
        if pair[0] == "messaging" and port in _SERVICES:
            out.defects.append("source_port_is_a_service")
        else:
            f.source_port = port
    proto = report.get("TransportProtocol")
    f.proto = proto if isinstance(proto, str) else None
    f.has_original = bool(report.get("Samples")) and pair[1] not in categories.SEALED
    if f.source_ip is None:
        out.reason = "no source address stated"
    out.findings = [f]
    out.detail["sealed"] = pair[1] in categories.SEALED
