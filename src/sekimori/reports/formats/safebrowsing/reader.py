"""Reader of Safe Browsing's notification_message."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sekimori.reports.common import times, xml
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import documents
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_DOCUMENT = re.compile(r"<notification_message\b.{0,2000000}?</notification_message>", re.DOTALL)
_LISTS = {"0": ("content", "malware"), "1": ("content", "phishing"), "2": ("content", "malware"), "3": ("content", "malware")}


class SafeBrowsing:
    """Reader of Safe Browsing reports."""

    name = "safebrowsing"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Mine where the root element is there."""
        return 82 if _text(item) else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read each URL that has an address; the report states a day, no clock time."""
        m = _DOCUMENT.search(_text(item))
        if m is None:
            return Declined("the document has no end", "notification_message")
        day = re.search(r"<notification_message[^>]{0,300}\bdate=\"([^\"]{6,20})\"", m[0])
        when = times.parse(day[1]) if day else None
        out = Read()
        found: list[FindingData] = []
        for block in re.split(r"(?=<list\b)", m[0])[1:2000]:
            kind = re.match(r"<list\b[^>]{0,100}type=\"(\d{1,2})\"", block)
            try:
                records = xml.records(block[:block.find("</list>") + 7].encode() if "</list>" in block else block.encode())
            except xml.BadXml as e:
                out.fault(0, str(e))
                continue
            for r in records:
                url = str(r.get("url", ""))
                address = address_of(str(r.get("ip", ""))) or address_of(_host(url))
                if not url:
                    continue
                if address is None:
                    out.fault(0, "ip: none", url)
                    continue
                f = FindingData(*_LISTS.get(kind[1] if kind else "0", ("content", "malware")), address[0], special=address[1], url=url[:2048], confidence=0.9,
                                reporter_class=f"list {kind[1] if kind else '?'}")
                if when is not None:
                    f.time, f.time_raw, f.zone, f.time_error_s = when.value, day[1] if day else "", "none", 86_400.0
                found.append(f)
        if not found:
            return Declined("no address", "url_info.ip")
        out.findings = found
        if when is None:
            out.kind, out.reason = "review", "date: no day" if day else "date: missing"
        return out


def _text(item: Item) -> str:
    """Return the text or attachment in which the document begins, or ""."""
    if item.large:
        return ""
    raw = item.raw
    if item.mail is None:
        return raw.decode("utf-8", "replace") if b"<notification_message" in raw else ""
    if b"<notification_message" not in raw and b"base64" not in raw[:200_000].lower() and b"quoted-printable" not in raw[:200_000].lower():
        return ""
    try:
        found = (d.data() or b"" for d in documents(item) if b"<notification_message" in d.head)
        return next(found, b"").decode("utf-8", "replace")
    except Refused:
        return ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
