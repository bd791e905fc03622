"""Shadowserver CSV read as a stream: rows become findings one by one, however many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from sekimori.reports.common import strictjson, times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import Document, documents, has_files
from sekimori.reports.common.sniff import kind_of
from sekimori.reports.common.tables import Table
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read
from sekimori.reports.formats.shadowserver.types import TARGETS, by_columns, by_filename, category_of, types

_ADDRESS = ("src_ip", "ip", "http_referer_ip", "cc_ip")
_PORT = {"src_ip": "src_port", "ip": "port", "http_referer_ip": "http_referer_port", "cc_ip": "cc_port"}
_FIRST = re.compile(r"\s{0,20}\[?\s{0,20}\{([^{}\[\]]{20,20000})\}")
_KEY = re.compile(r'"([a-z][a-z0-9_]{1,60})"\s{0,4}:', re.IGNORECASE)
_COMMON = frozenset({"timestamp", "ip", "src_ip", "asn", "src_asn", "geo", "src_geo", "region", "city", "naics", "sic", "hostname", "tag",
                     "severity", "protocol", "port", "src_naics", "infection", "type", "http_referer_ip"})


def _header(document: Document) -> list[str]:
    line = document.head.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
    return [c.strip().strip('"').lower() for c in line.rstrip("\r").split(",")]


def _keys(document: Document) -> list[str]:
    """Return the names of the first row, where the API's query answered in JSON; empty for any other document."""
    row = _FIRST.match(document.head.decode("utf-8-sig", "replace"))
    return [k.lower() for k in _KEY.findall(row[1])] if row else []


def _is_ours(document: Document) -> int:
    """Return 0…100: how surely a document is one of Shadowserver's tables (its columns say so, not its sender)."""
    if document.kind not in ("text", "json"):
        return 0
    header = _header(document) if document.kind == "text" else _keys(document)
    names = set(header)
    if "timestamp" not in names:
        return 60 if by_filename(document.name) in types() and len(names & _COMMON) >= 4 else 0
    if by_filename(document.name) in types():
        return 95
    shared = len(names & _COMMON)
    if {"geo", "asn"} <= names or {"src_geo", "src_asn"} <= names or {"asn", "region"} <= names:
        return 90 if shared >= 6 else 75 if shared >= 4 else 0
    if shared >= 4 and by_columns(header) is not None:
        return 85
    return 70 if by_filename(document.name) and shared >= 2 else 0


class Shadowserver:
    """Reader of all types; unknown ones by their column names."""

    name = "shadowserver"
    version = "2026-03"

    def score(self, item: Item) -> int | None:
        """Return the surest document's score."""
        if item.mail is None and item.cache.setdefault("kind", kind_of(item.head)) not in ("text", "json", "zip", "gzip"):
            return None
        if not has_files(item):
            return None
        try:
            return max((_is_ours(d) for d in documents(item)), default=0) or None
        except Refused:
            return 60 if by_filename(item.filename) else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read every table of the item into one stream of findings."""
        try:
            tables = [d for d in documents(item) if _is_ours(d)]
        except Refused as e:
            return Declined(e.code, "attachment")
        if not tables:
            return Declined("no table")
        out = Read(detail={"types": sorted({_type_name(d) for d in tables})})
        if all(t in TARGETS for t in out.detail["types"]):
            out.kind, out.reason = "review", "the addresses are the targets of the attack, not its sources"
        out.findings = _rows(tables, out)
        return out


def _type_name(document: Document) -> str:
    name = by_filename(document.name)
    if name in types():
        return name
    found = by_columns(_header(document) if document.kind == "text" else _keys(document))
    return name or (found.name if found else "")


def _rows(tables: list[Document], out: Read) -> Iterator[FindingData]:
    for document in tables:
        try:
            name = _type_name(document)
            if document.kind == "json":
                yield from _table(_Objects(document), name, out)
                continue
            with document.open() as stream:
                table = Table(stream, document.head)  # named: its text wrapper must live until the stream is closed
                yield from _table(table, name, out)
        except Refused as e:
            out.fault(0, e.code)


class _Objects:
    """Rows of the API's query as a table: a list of objects, or one in each line."""

    def __init__(self, document: Document) -> None:
        self.header: Sequence[str] = _keys(document)
        self.broken: list[tuple[int, str, str]] = []
        self.broken_total = 0
        self._document = document

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        data = self._document.data()
        if data is None:
            raise Refused("over_limit:json")
        lines = data.lstrip()[:1] == b"{"
        for n, value in enumerate(self._values(data.splitlines() if lines else [data]), 1):
            if isinstance(value, dict):
                row = {str(k).lower(): v for k, v in value.items()}
                yield n, ["" if row.get(h) is None else str(row.get(h)) for h in self.header]
            else:
                self.broken.append((n, str(value)[:200], ""))
                self.broken_total += 1

    @staticmethod
    def _values(documents: Iterable[bytes]) -> Iterator[object]:
        for raw in documents:
            if not raw.strip():
                continue
            try:
                value = strictjson.loads(raw)
            except strictjson.BadJson as e:
                yield e
                continue
            yield from value if isinstance(value, list) else [value]


def _table(table: Table | _Objects, name: str, out: Read) -> Iterator[FindingData]:
    header = [h.strip().lower() for h in table.header] or []
    at = {h: i for i, h in reversed(list(enumerate(header)))}
    known = types().get(name)
    category, kind = (known.category, known.kind) if known else category_of(name)
    address = known.address if known and known.address in at else next((c for c in _ADDRESS if c in at), "")
    if not address:
        out.fault(1, f"{_ADDRESS[1]}: no column with a local address")
        return
    i_ip, i_time = at[address], at.get("timestamp", -1)
    if i_time < 0:
        out.fault(1, "timestamp: no such column")
        return
    i_port = at.get((known.port if known and known.port in at else "") or _PORT.get(address, ""), -1)
    i_proto, i_severity = at.get("protocol", -1), at.get("severity", -1)
    i_count = at.get("count", -1)
    width = len(header)
    parse, fromiso = address_of, datetime.fromisoformat
    for line, row in table:
        if len(row) < width and len(row) <= max(i_ip, i_time):
            out.fault(line, f"{len(row)} of {width} columns", ",".join(row))
            continue
        found = parse(row[i_ip])
        if found is None:
            out.fault(line, f"{address}: no address", ",".join(row))
            continue
        raw = row[i_time]
        try:
            when: datetime | None = fromiso(raw)
        except ValueError:
            other = times.parse(raw)
            when = other.value if other else None
        if when is None:
            out.fault(line, "timestamp: no time", ",".join(row))
            continue
        # The schema says UTC; an offset in the cell would be stated.
        zone = "feed" if when.tzinfo is None else "stated"
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        port = row[i_port] if 0 <= i_port < len(row) else ""
        severity = row[i_severity] if 0 <= i_severity < len(row) else (known.severity if known else "")
        count = row[i_count] if 0 <= i_count < len(row) else ""
        yield FindingData(
            category, kind, found[0], int(port) if port.isdecimal() and 0 < int(port) < 65536 else None,
            row[i_proto].lower() or None if 0 <= i_proto < len(row) else None, None, None, None, when, raw, zone, 1.0,
            0.6 if severity == "info" else 0.95, [], found[1], None,
            int(count) if count.isdecimal() and 0 < int(count) < 1_000_000_000 else 1, None, True, [], None, name)
    for line, reason, text in table.broken:
        out.fault(line, reason, text)
    out.broken_total += max(0, table.broken_total - len(table.broken))
