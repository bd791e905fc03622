"""v3 reports as v4, and v4 as we send it: whatever leaves here is valid against the official schema."""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from typing import Any

from sekimori.reports.common import categories
from sekimori.reports.formats.xarf4.validate import strict_fault
from sekimori.values.outcomes import Declined

_SPACE = uuid.UUID("5f2a61c2-7d1e-5b0e-9c0b-0d6c6c0a7e11")
_PRIVATE = ("_internal",)


def from_v3(document: dict[str, Any]) -> dict[str, Any] | Declined:
    """Return a valid v4 report made of a valid v3 one, or Declined naming what v4 needs and v3 did not say.

    The same v3 report always gives the same `report_id` (UUID 5 over its content): a repeat stays a repeat.
    """
    report, info = document.get("Report", {}), document.get("ReporterInfo", {})
    key = str(report.get("ReportType", "")).lower().replace("-", "").replace("_", "")
    if key == "malware" and report.get("ReportClass") == "Activity":
        key = "rpz-rewrite"
    pair = categories.XARF3.get(key)
    if pair is None or pair[0] == "local":
        return Declined("v4 has no such type", "Report.ReportType")
    source = report.get("AttackerIp") or report.get("SourceIp") or _host(str(report.get("SourceUrl", "")))
    if not source:
        return Declined("v4 needs a source", "Report.SourceIp")
    contact = {"org": str(info.get("ReporterOrg") or info.get("ReporterContactName") or "")[:200],
               "contact": info.get("ReporterOrgEmail") or info.get("ReporterContactEmail") or "",
               "domain": info.get("ReporterOrgDomain") or str(info.get("ReporterOrgEmail", "")).rpartition("@")[2]}
    out: dict[str, Any] = {
        "xarf_version": "4.2.0", "report_id": str(uuid.uuid5(_SPACE, repr(sorted(document.items(), key=str)))),
        "timestamp": report.get("Date"), "reporter": contact, "sender": dict(contact), "source_identifier": source,
        "category": pair[0], "type": pair[1], "legacy_version": "3",
    }
    port = report.get("AttackerPort") if "AttackerIp" in report else report.get("SourcePort")
    if isinstance(port, int) and 0 < port < 65536:
        out["source_port"] = port
    if pair[1] not in categories.SEALED:
        evidence = [e for s in report.get("Samples") or [] if (e := _evidence(s)) is not None][:50]
        if evidence:
            out["evidence"] = evidence
    notes = report.get("ReporterNotes")
    if isinstance(notes, str) and notes:
        out["description"] = notes[:1000]
    _by_type(out, report)
    fault = strict_fault(out)
    return Declined(fault[1], fault[0]) if fault else out


def _by_type(out: dict[str, Any], report: dict[str, Any]) -> None:
    url = report.get("SourceUrl")
    category, kind = out["category"], out["type"]
    if category == "messaging":
        sender = report.get("SmtpMailFromAddress")
        out["protocol"] = "smtp" if sender and "source_port" in out else "other"
        if sender:
            out["smtp_from"] = sender
        if report.get("SmtpRcptToAddress"):
            out["smtp_to"] = report["SmtpRcptToAddress"]
    elif category == "connection":
        out["protocol"] = str(report.get("TransportProtocol") or "tcp")
        out["first_seen"] = report.get("FirstSeen") or report.get("Date")
        if "FirstSeen" in report:
            out["last_seen"] = report["Date"]
        target = report.get("DestinationIp")
        if target:
            out["destination_ip"] = target
        to = report.get("DestinationPort")
        if isinstance(to, int) and to:
            out["destination_port"] = to
        if kind == "infected_host":
            out["bot_type"] = "malicious"
        elif kind == "vulnerability_scan":
            out["scan_type"] = "service_vulnerability"
        elif kind == "scraping":
            out["total_requests"] = int(report.get("PacketCount") or 1)
    elif category == "content":
        if url:
            out["url"] = url
        if kind == "fraud":
            out["fraud_type"] = "other"
        elif kind == "brand_infringement":
            out["infringement_type"] = "trademark_violation"
    elif category == "copyright":
        if url:
            out["infringing_url"] = url
        if report.get("InfringedMaterial"):
            out["work_title"] = report["InfringedMaterial"]
    elif category == "vulnerability":
        out["service"] = str(report.get("ServiceName") or "unknown")
    elif category == "infrastructure":
        out["compromise_evidence" if kind == "botnet" else "compromise_method"] = str(report.get("BotnetName") or report.get("ReportType"))


def _evidence(sample: Any) -> dict[str, Any] | None:
    if not isinstance(sample, dict) or not isinstance(sample.get("Payload"), str):
        return None
    data = sample["Payload"].encode()
    if sample.get("Base64Encoded"):
        try:
            data = base64.b64decode(sample["Payload"], validate=True)
        except (binascii.Error, ValueError):
            return None
    if len(data) > 5_242_880:
        return None
    out: dict[str, Any] = {"content_type": str(sample.get("ContentType", "text/plain")), "payload": base64.b64encode(data).decode(),
                           "hash": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data)}
    if isinstance(sample.get("Description"), str):
        out["description"] = sample["Description"][:500]
    return out


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def outgoing(report: dict[str, Any]) -> dict[str, Any] | Declined:
    """Return a v4 report as it may be sent (operational metadata taken off), or Declined where it is not valid."""
    out = {k: v for k, v in report.items() if k not in _PRIVATE}
    fault = strict_fault(out)
    return Declined(fault[1], fault[0]) if fault else out
