"""Reader of XARF v4 in JSON files and in mails (`Feedback-Type: xarf`, a JSON attachment, or JSON in the text)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from sekimori.mime import read
from sekimori.reports.common import categories, originals, strictjson, times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.json_documents import json_document, read_each
from sekimori.reports.common.sniff import kind_of
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read
from sekimori.reports.formats.xarf4.validate import draft_fault, strict_fault

_KEY = re.compile(rb'"xarf_version"[ \t\r\n]{0,20}:')
_KEYS = [re.compile(rb'"' + k + rb'"[ \t\r\n]{0,20}:') for k in (b"report_id", b"source_identifier", b"category", b"reporter", b"timestamp", b"type")]
_SERVICES = frozenset({25, 465, 587, 2525})
_HASH = re.compile(r"(md5|sha1|sha256|sha512):([0-9a-fA-F]{32,128})")
MAX_EVIDENCE = 15_000_000
"""Octets of all evidence of one report, decoded (implementer's guide)."""


def _looks(head: bytes) -> bool:
    return bool(_KEY.search(head)) or (b'"source_identifier"' in head and sum(bool(k.search(head)) for k in _KEYS) >= 4)


class Xarf4:
    """Reader of XARF v4."""

    name = "xarf4"
    version = "4.2.0"

    def score(self, item: Item) -> int | None:
        """Mine where a JSON document has v4's keys."""
        if item.mail is None:
            return 93 if item.cache.setdefault("kind", kind_of(item.head)) == "json" and _looks(item.head) else None
        return 92 if json_document(item, _looks) is not None else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Validate and read each document; a list of several in one is refused (one incident, one report)."""
        return read_each(item, _looks, lambda raw: self._one(raw, ctx))

    @staticmethod
    def _one(raw: bytes, ctx: Context) -> Read | Declined:
        try:
            report = strictjson.loads(raw)
        except strictjson.BadJson as e:
            return Declined(str(e), "json")
        if isinstance(report, list):
            return Declined("XARF allows one report per document", "report")
        out = read_report(report)
        if isinstance(out, Read):
            _trace(out, report, ctx)
        return out


def _trace(out: Read, report: dict[str, Any], ctx: Context) -> None:
    """Take queue id, relay and Message-ID from the first original message among the evidence (mail only)."""
    for f in out.findings:
        if f.category != "messaging" or not f.has_original:
            continue
        for item in report["evidence"]:
            if not str(item.get("content_type", "")).lower().startswith(("message/", "text/rfc822-headers")):
                continue
            try:
                original = read(base64.b64decode(item.get("payload", ""), validate=True))
            except (binascii.Error, ValueError):
                continue
            found = originals.origin(original, ctx)
            f.queue_id, f.queue_host = found.queue_id, found.queue_host
            f.message_id = f.message_id or found.message_id
            return


def read_report(report: Any) -> Read | Declined:
    """Return the reading of one parsed v4 report, or Declined naming the failing field."""
    if not isinstance(report, dict):
        return Declined("no object", "report")
    out = Read()
    checked = _zoned(report)
    if checked is not report:
        # Invalid, and yet plain: the local digits are listed, a person decides (nobody adds a zone by guessing).
        out.defects.append("xarf4.time_without_zone")
        out.kind, out.reason = "review", "timestamp: no zone" if checked["timestamp"] != report["timestamp"] else "first_seen or last_seen: no zone"
    if "sender" in report:
        fault = strict_fault(checked)
    else:
        # Drafts of v4 knew no sender and freer types: the reporter is taken for it.
        fault = draft_fault(checked)
        out.defects.append("xarf4.draft_no_sender")
    if fault is not None:
        return Declined(fault[1], fault[0])
    sealed = report["type"] in categories.SEALED
    spoiled = None if sealed else evidence_fault(report.get("evidence") or [])
    if spoiled is not None:
        # The statement stands, its evidence does not: nothing goes on without a person.
        out.defects.append("xarf4.evidence_refused")
        out.kind, out.reason = "review", f"{spoiled[0]}: {spoiled[1]}"
    pair = categories.pair(report["category"], report["type"])
    if pair is None:
        pair = categories.UNKNOWN if report["category"] not in categories.TYPES else (report["category"], report["type"])
        out.defects.append("xarf4.unknown_type")
    when = times.parse(report["timestamp"], epoch=False)
    f = FindingData(*pair, time_raw=report["timestamp"], reporter_class=f"{report['category']}/{report['type']}"[:80],
                    confidence=float(report.get("confidence", 0.95)), time_error_s=1.0)
    if when is not None:
        f.time, f.zone = when.value, "stated" if when.zoned else "none"
    _source(f, report)
    port = report.get("source_port")
    if isinstance(port, int) and port:
        if pair[0] == "messaging" and port in _SERVICES:
            out.defects.append("source_port_is_a_service")
        else:
            f.source_port = port
    protocol = report.get("protocol")
    f.proto = {"smtp": "tcp", "http": "tcp", "https": "tcp"}.get(str(protocol).lower(), str(protocol).lower()[:8]) if protocol else None
    message_id = report.get("message_id")
    f.message_id = message_id.strip("<> ")[:998] if isinstance(message_id, str) else None
    last = report.get("last_seen")
    seen = times.parse(last, epoch=False) if isinstance(last, str) else None
    f.last_time = seen.value if seen and seen.zoned and f.zone == "stated" else None
    f.has_original = not sealed and spoiled is None and _has_original(report)
    if spoiled is not None:
        f.confidence = min(f.confidence, 0.4)
    if f.source_ip is None and not out.reason:
        out.reason = "source_identifier is no address"
    out.findings = [f]
    out.report_id = report["report_id"]
    reporter = report["reporter"]
    out.reporter = str(reporter.get("domain") or str(reporter.get("contact", "")).rpartition("@")[2]).lower()[:253]
    out.detail = {"sealed": sealed, "description": "" if sealed else str(report.get("description", ""))[:1000]}
    return out


_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?")


def _zoned(report: dict[str, Any]) -> dict[str, Any]:
    """Return the report as it is validated: times without a zone (a frequent slip) pass, and are read as without one."""
    loose = [k for k in ("timestamp", "first_seen", "last_seen") if isinstance(report.get(k), str) and _NO_ZONE.fullmatch(report[k])]
    return {**report, **{k: report[k] + "Z" for k in loose}} if loose else report


def _source(f: FindingData, report: dict[str, Any]) -> None:
    identifier = report["source_identifier"]
    found = address_of(identifier)
    if found:
        f.source_ip, f.special = found
    url = report.get("url") or report.get("infringing_url")
    f.url = url[:2048] if isinstance(url, str) else None
    if f.source_ip is None and f.url:
        try:
            host = urlsplit(f.url).hostname or ""
        except ValueError:
            host = ""
        found = address_of(host)
        if found:
            f.source_ip, f.special = found
            f.derived.append("source_ip")
            f.confidence = min(f.confidence, 0.7)


def _has_original(report: dict[str, Any]) -> bool:
    return any(str(e.get("content_type", "")).lower().startswith(("message/", "text/")) and e.get("payload") for e in report.get("evidence") or [])


def evidence_fault(evidence: list[dict[str, Any]]) -> tuple[str, str] | None:
    """Return (field, reason) where an item's base64 is broken, its hash or size is wrong, or all are too much; or None."""
    total = 0
    for i, item in enumerate(evidence):
        payload = item.get("payload", "")
        total += len(payload) * 3 // 4
        if total > MAX_EVIDENCE:
            return f"evidence[{i}].payload", "more than 15 MB of evidence"
        stated = item.get("hash")
        if not stated:
            continue
        m = _HASH.fullmatch(str(stated))
        if m is None:
            return f"evidence[{i}].hash", "no hash"
        try:
            data = base64.b64decode(payload, validate=True)
        except (binascii.Error, ValueError):
            return f"evidence[{i}].payload", "no base64"
        if hashlib.new(m[1], data).hexdigest() != m[2].lower():
            return f"evidence[{i}].hash", "the hash is not that of the payload"
    return None
