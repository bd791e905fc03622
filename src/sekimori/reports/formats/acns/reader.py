"""Reader of ACNS XML, inside the text of a notice or attached."""

from __future__ import annotations

import re

from sekimori.reports.common import times, xml
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import documents
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_OPEN = re.compile(rb"<(?:[A-Za-z0-9]{1,12}:)?Infringement\b")
_CLOSE = re.compile(rb"</(?:[A-Za-z0-9]{1,12}:)?Infringement[ \t]{0,4}>")
_P2P = re.compile(r"torrent|p2p|edonkey|emule|gnutella|kad|winny|share|perfect ?dark", re.IGNORECASE)


class Acns:
    """Reader of ACNS."""

    name = "acns"
    version = "2"

    def score(self, item: Item) -> int | None:
        """Mine where the root element is there."""
        if item.large:
            return None
        if b"Infringement" not in item.raw and (item.mail is None or b"base64" not in item.raw):
            return None
        return 87 if self._xml(item) else 60 if self._xml(item, whole=False) else None

    @staticmethod
    def _xml(item: Item, *, whole: bool = True) -> bytes:
        """Return the document, or with `whole=False` what is there of one that never ends; b"" where none begins."""
        try:
            for d in documents(item):
                data = d.part.text.encode() if d.part is not None and d.shown else d.data() or b""
                start, end = _OPEN.search(data), _CLOSE.search(data)
                if start and end and end.end() > start.start():
                    return data[start.start():end.end()]
                if start and not whole and b"acns" in data[start.start():start.start() + 500].lower():
                    return data[start.start():]
        except Refused:
            return b""
        return b""

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read address, port and time of each source that the notice names."""
        # PGP clear-signing puts `- ` before lines that begin with a hyphen.
        data = re.sub(rb"(?m)^- (?=-)", b"", self._xml(item))
        if not data:
            return Declined("the document ends before its closing tag", "Infringement")
        try:
            records = xml.records(data)
        except xml.BadXml as e:
            return Declined(str(e), "Infringement")
        notice = doubt = ""
        out: list[FindingData] = []
        for r in records:
            low = {k.lower().replace("_", "").replace("-", ""): v for k, v in r.items() if isinstance(v, str)}
            notice = notice or low.get("id", "")
            found = address_of(low.get("ipaddress", ""))
            if found is None:
                continue
            protocol = " ".join((low.get("type", ""), low.get("service", ""), low.get("subtype", "")))
            f = FindingData("copyright", "p2p" if _P2P.search(protocol) or _P2P.search(data[:20_000].decode("utf-8", "replace")) else "copyright",
                            found[0], special=found[1], time_error_s=1.0, confidence=0.95, has_original=True, reporter_class="ACNS")
            raw = low.get("timestamp", "")
            when = times.parse(raw) if raw else None
            if when is not None:
                f.time, f.time_raw, f.zone = when.value, raw[:120], "stated" if when.zoned else "none"
                f.time_error_s = max(1.0, when.error_s)
            if when is None or when.precision == "d":
                doubt = doubt or ("TimeStamp: no date and time" if raw else "TimeStamp: missing")
            port = low.get("port", "").strip()
            f.source_port = int(port) if port.isdecimal() and 0 < int(port) < 65536 else None
            if f.source_port is None and port not in ("", "0"):
                doubt = doubt or "Port: no port"
            f.url = low.get("url", "")[:2048] or None
            if all((f.source_ip, f.time, f.source_port) != (o.source_ip, o.time, o.source_port) for o in out):
                out.append(f)
        if not out:
            return Declined("no source address", "IP_Address")
        return Read(out, "review" if doubt else "report", doubt, report_id=notice[:200])
