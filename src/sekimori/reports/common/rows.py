"""A row of a stranger's table as a finding: values by the roles of their columns, never by their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC

from sekimori.reports.common import categories, times
from sekimori.reports.common.addresses import address_of, host_port, padded
from sekimori.reports.common.columns import roles, zone_in
from sekimori.reports.common.zones import zone_of
from sekimori.reports.contract import FindingData

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "47": "gre", "41": "ipv6"}


class Mapper:
    """Maps rows of one table. `fallback` is the category where no column names one; `zone_word` a zone the table states."""

    def __init__(self, header: Sequence[str], *, fallback: tuple[str, str] | None = None, zone_word: str = "", zone_kind: str = "stated",
                 confidence: float = 0.9) -> None:
        self.at = roles(header)
        self.header = list(header)
        self.fallback = fallback
        self.confidence = confidence
        self.zone_kind = zone_kind
        column = self.at.get("time", self.at.get("date", -1))
        word = zone_in(header[column]) if column >= 0 else ""
        self.zone = zone_of(word or zone_word) if (word or zone_word) else None
        if word:
            self.zone_kind = "stated"
        self._classes: dict[str, tuple[str, str] | None] = {}

    def cell(self, row: Sequence[str], role: str) -> str:
        """Return the cell of a role, or ""."""
        i = self.at.get(role, -1)
        return row[i].strip() if 0 <= i < len(row) else ""

    def finding(self, row: Sequence[str]) -> FindingData | str:
        """Return the finding of a row, or the reason why it is none (naming the column)."""
        raw_ip = self.cell(row, "ip")
        if raw_ip.endswith(("/32", "/128")):
            raw_ip = raw_ip.rsplit("/", 1)[0]
        port: int | None = None
        found = address_of(padded(raw_ip))
        if found is None:
            pair = host_port(raw_ip)
            if pair is None:
                return "address: none"
            port = pair[1]
            found = address_of(pair[0])
            if found is None:
                return "address: none"
        kind = self._class(row)
        f = FindingData(*(kind or categories.UNKNOWN), source_ip=found[0], special=found[1], source_port=port,
                        confidence=self.confidence if kind else min(self.confidence, 0.5), time_error_s=1.0, has_original=True)
        f.reporter_class = self.cell(row, "class")[:80]
        self._time(f, row)
        text = self.cell(row, "port")
        if text.isdecimal() and 0 < int(text) < 65536:
            f.source_port = int(text)
        elif kind and kind[0] == "vulnerability" and f.source_port is None:
            text = self.cell(row, "plain_port")
            f.source_port = int(text) if text.isdecimal() and 0 < int(text) < 65536 else None
        proto = self.cell(row, "proto").lower()
        f.proto = _PROTOCOLS.get(proto, proto if proto.isalpha() and len(proto) <= 8 else "") or None
        count = self.cell(row, "count")
        if count.isdecimal() and 0 < int(count) < 100_000_000:
            f.count = int(count)
        f.url = self.cell(row, "url")[:2048] or None
        f.login = self.cell(row, "login")[:254] or None
        return f

    def _time(self, f: FindingData, row: Sequence[str]) -> None:
        raw = self.cell(row, "time")
        if "date" in self.at:
            raw = f"{self.cell(row, 'date')} {self.cell(row, 'clock')}"
        if not raw:
            return
        when = times.parse(raw)
        if when is None:
            hits = times.find(raw[:200], 3)
            when = hits[0] if hits else None
        if when is None or when.yearless:
            return
        own = self.cell(row, "zone")
        zone = zone_of(own) if own else self.zone
        kind = "stated" if when.zoned or own else self.zone_kind
        if not when.zoned and zone is not None and when.precision != "d":
            when = when.in_zone(zone)
        f.time, f.time_raw = when.value.astimezone(UTC) if when.zoned else when.value, raw[:120]
        f.zone = kind if when.zoned else "none"
        f.time_error_s = max(1.0, when.error_s)

    def _class(self, row: Sequence[str]) -> tuple[str, str] | None:
        text = self.cell(row, "class")
        if text not in self._classes:
            if len(self._classes) > 5_000:
                self._classes.clear()
            self._classes[text] = categories.service(text) if text and not re.fullmatch(r"[\d.\-]*", text) else None
        return self._classes[text] or self.fallback
