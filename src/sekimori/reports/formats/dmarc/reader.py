"""Recognises reports about our own domains' authentication, so that they never become cases."""

from __future__ import annotations

import re

from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import Document, documents, has_files
from sekimori.reports.common.sniff import kind_of
from sekimori.reports.contract import Context, Declined, Item, Read

_NAME = re.compile(r"[A-Za-z0-9.\-_]{1,255}!.{1,300}?!\d{9,11}!\d{9,11}", re.ASCII)
_AGGREGATE = re.compile(rb"<(?:[A-Za-z0-9]{1,20}:)?feedback[ >\t\r\n]")
_POLICY = re.compile(rb"<(?:policy_published|report_metadata|policy_evaluated)\b")
_TLS = re.compile(rb"\"(?:policies|policy-type|total-successful-session-count)\"")
_SUBJECT = re.compile(r"Report Domain:|DMARC (?:Aggregate|Forensic|failure) Report|\bTLS[- ]?RPT\b|Report-ID:", re.IGNORECASE)
_TYPES = ("application/tlsrpt+gzip", "application/tlsrpt+json")


class Dmarc:
    """Recogniser of DMARC and TLS reports."""

    name = "dmarc"
    version = "rfc9990"

    def score(self, item: Item) -> int | None:
        """High where the root element, the keys or the customary file name are there."""
        mail = item.mail
        if mail is None and item.cache.setdefault("kind", kind_of(item.head)) == "binary":
            return None
        if mail is not None:
            subject = mail.subject
            if mail.root.type == "multipart/report" and mail.root.params.get("report-type", "").lower() == "tlsrpt":
                return 97
            if not mail.root.type.startswith("multipart/") and mail.root.type in ("text/plain", "text/html"):
                return 70 if re.search(r"DMARC (?:Forensic|failure) Report", subject, re.IGNORECASE) else None
            if re.search(r"DMARC (?:Forensic|failure) Report", subject, re.IGNORECASE):
                return 70
        if not has_files(item):
            return None
        try:
            found = any(_is_report(d) for d in documents(item))
        except Refused:
            return 60 if mail is not None and _SUBJECT.search(mail.subject) and re.search(r"Report Domain:", mail.subject, re.IGNORECASE) else None
        return 96 if found else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Route it away."""
        mail = item.mail
        if mail is not None and re.search(r"DMARC (?:Forensic|failure) Report", mail.subject, re.IGNORECASE):
            return Read(kind="not_abuse", reason="DMARC failure report: mail in our name, not from us")
        return Read(kind="not_abuse", reason="DMARC aggregate or TLS report")


def _is_report(document: Document) -> bool:
    if document.type in _TYPES:
        return True
    name = document.name.lower()
    if _NAME.match(document.name) and name.endswith((".xml", ".xml.gz", ".zip", ".gz", ".json", "")):
        return True
    try:
        head = document.head[:8192]
    except Refused:
        return False
    if b"<" in head[:64] or b"feedback" in head[:512]:
        return bool(_AGGREGATE.search(head)) and bool(_POLICY.search(document.head))
    return b'"organization-name"' in head and bool(_TLS.search(document.head))
