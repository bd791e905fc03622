"""Mails of the structured formats, written for these tests."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

ORIGINAL = (
    "Received: from mx2.mailbox.example (mx2.mailbox.example [203.0.113.9])\r\n"
    "\tby store.mailbox.example with LMTP id AAA; Tue, 24 Nov 2026 03:04:06 +0000\r\n"
    "Received: from pc.isp.example (pc.isp.example [198.51.100.7])\r\n"
    "\tby mx2.mailbox.example (Postfix) with ESMTP id BBB; Tue, 24 Nov 2026 03:04:05 +0000\r\n"
    "Received: from inside (unknown [192.0.2.1]) by pc.isp.example (Postfix) with ESMTPSA id 4QUEUE; Tue, 24 Nov 2026 03:04:04 +0000\r\n"
    "From: shop <x@shop.example>\r\nTo: me@mailbox.example\r\nSubject: watches\r\nDate: Tue, 24 Nov 2026 03:04:00 +0000\r\n"
    "Message-ID: <m1@shop.example>\r\n\r\nBuy now.\r\n")


def mail(head: str, parts: list[tuple[str, str]], kind: str = "multipart/mixed") -> bytes:
    """Return a message of parts (header lines, body)."""
    out = f"From: desk@feed.example\r\nTo: abuse@isp.example\r\nDate: Tue, 24 Nov 2026 12:00:00 +0900\r\nMessage-ID: <r1@feed.example>\r\n{head}MIME-Version: 1.0\r\nContent-Type: {kind}; boundary=\"b1\"\r\n\r\n"
    for h, body in parts:
        out += f"--b1\r\n{h}\r\n\r\n{body}\r\n"
    return (out + "--b1--\r\n").encode()


def plain(subject: str, text: str, more: str = "") -> bytes:
    """Return a mail of plain text."""
    return (f"From: x@feed.example\r\nTo: abuse@isp.example\r\nDate: Tue, 24 Nov 2026 03:10:00 +0000\r\nMessage-ID: <p@feed.example>\r\nSubject: {subject}\r\n{more}"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n").encode() + text.encode()


def arf(fields: str, third: str | None = ORIGINAL, third_type: str = "message/rfc822", second_type: str = "message/feedback-report") -> bytes:
    """Return an ARF report."""
    parts = [("Content-Type: text/plain", "This is an email abuse report."), (f"Content-Type: {second_type}", fields)]
    if third is not None:
        parts.append((f"Content-Type: {third_type}", third))
    return mail("Subject: abuse report\r\n", parts, "multipart/report; report-type=feedback-report")


def attached(name: str, data: bytes, type_: str = "application/octet-stream", subject: str = "report", text: str = "See attachment.") -> bytes:
    """Return a mail with one file attached."""
    body = base64.encodebytes(data).decode().replace("\n", "\r\n")
    return mail(f"Subject: {subject}\r\n", [("Content-Type: text/plain; charset=utf-8", text), (
        f"Content-Type: {type_}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64", body)])


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def xarf4(**changes: Any) -> dict[str, Any]:
    """Return a valid XARF v4.2 report with changes; a value of None takes a field away."""
    who = {"org": "Feed", "contact": "desk@feed.example", "domain": "feed.example"}
    report: dict[str, Any] = {
        "xarf_version": "4.2.0", "report_id": "550e8400-e29b-41d4-a716-446655440000", "timestamp": "2026-11-24T03:04:05Z", "reporter": who, "sender": who,
        "source_identifier": "198.51.100.7", "source_port": 40123, "category": "connection", "type": "login_attack", "protocol": "tcp",
        "first_seen": "2026-11-24T03:00:00Z", **changes}
    return {k: v for k, v in report.items() if v is not None}


def xarf3(report: dict[str, Any] | None = None, **top: Any) -> dict[str, Any]:
    """Return a valid XARF v3 report with changes; a value of None takes a field away."""
    inner = {"ReportClass": "Activity", "ReportType": "LoginAttack", "Date": "2026-11-24T03:04:05Z", "SourceIp": "198.51.100.7", "SourcePort": 40123, **(report or {})}
    out = {"Version": "3", "ReporterInfo": {"ReporterOrg": "Feed", "ReporterOrgDomain": "feed.example", "ReporterOrgEmail": "desk@feed.example"},
           "Disclosure": True, "Report": {k: v for k, v in inner.items() if v is not None}, **top}
    return {k: v for k, v in out.items() if v is not None}


def dumps(value: Any) -> bytes:
    """Return JSON octets."""
    return json.dumps(value).encode()
