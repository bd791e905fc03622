"""Reader of records: attached or as a file; each record with an address of a source becomes a finding."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sekimori.reports.common import categories, strictjson, xml
from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import Document, documents, has_files
from sekimori.reports.common.sniff import kind_of
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read
from sekimori.reports.formats.records import flat

_LISTS = ("data", "events", "results", "items", "records", "entries", "reports", "incidents", "rows", "list", "alerts", "Event", "response", "output")
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp"}
MAX_LINE = 1_000_000


class Records:
    """Reader of generic JSON and XML records."""

    name = "records"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Low; JSON and XML documents only."""
        if item.mail is None:
            kind = item.cache.setdefault("kind", kind_of(item.head))
            return 28 if kind in ("json", "xml") else 24 if kind in ("zip", "gzip") and self._any(item) else None
        return 26 if has_files(item) and self._any(item) else None

    @staticmethod
    def _any(item: Item) -> bool:
        try:
            return any(d.kind in ("json", "xml") and not (d.shown and d.type == "text/html") for d in documents(item))
        except Refused:
            return False

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read all documents; a record without an address is a broken row, a document without any is not mine."""
        out = Read()
        streams: list[Iterable[FindingData]] = []
        words = item.mail.subject if item.mail is not None else re.sub(r"[_\-./]", " ", item.filename.rsplit("/", 1)[-1])
        fault: Declined | None = None
        try:
            for d in documents(item):
                if d.kind == "json":
                    got = _json(d)
                elif d.kind == "xml":
                    got = _xml(d)
                else:
                    continue
                if isinstance(got, Declined):
                    fault = fault or got
                else:
                    streams.append(_findings(got, words, out))
        except Refused as e:
            return Declined(e.code, "attachment")
        first: list[FindingData] = []
        for s in streams:
            stream = iter(s)
            f = next(stream, None)
            if f is not None:
                first.append(f)
                rest = streams[streams.index(s) + 1:]
                out.findings = _chain(first, stream, rest)
                if f.time is None and f.category == "reputation":
                    out.kind, out.reason = "review", "time: none stated"
                return out
        return fault if fault is not None and fault.field else Declined("no record with an address")


def _chain(first: list[FindingData], stream: Iterator[FindingData], rest: list[Iterable[FindingData]]) -> Iterator[FindingData]:
    yield from first
    yield from stream
    for s in rest:
        yield from s


def _json(document: Document) -> Iterable[Any] | Declined:
    head = document.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    first_line, _, rest = head.partition(b"\n")
    if head[:1] == b"{" and first_line.rstrip()[-1:] == b"}" and rest.lstrip()[:1] == b"{":
        return _lines(document)
    data = document.data()
    if data is None:
        return Declined("over_limit:json: more than 32 MB in one document", "json")
    try:
        value = strictjson.loads(data)
    except strictjson.BadJson as e:
        return Declined(str(e), "json")
    return _list_of(value)


def _lines(document: Document) -> Iterator[Any]:
    with document.open() as f:
        while line := f.readline(MAX_LINE):
            if not line.strip():
                continue
            try:
                yield strictjson.loads(line)
            except strictjson.BadJson as e:
                yield e


def _list_of(value: Any) -> list[Any]:
    if isinstance(value, list):
        # A list of pulses, each with its own indicators.
        return [x for v in value for x in (v["indicators"] if isinstance(v, dict) and isinstance(v.get("indicators"), list) and v["indicators"] else [v])]
    if isinstance(value, dict):
        for name in _LISTS:
            inner = value.get(name)
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                return inner
            if isinstance(inner, dict):
                deeper = _list_of(inner)
                if deeper and deeper[0] is not inner:
                    return deeper
        return [value]
    return []


def _xml(document: Document) -> Iterable[Any] | Declined:
    data = document.data()
    if data is None:
        return Declined("over_limit:xml", "xml")
    try:
        return xml.records(data, sides=True)
    except xml.BadXml as e:
        return Declined(str(e), "xml")


def _findings(records: Iterable[Any], words: str, out: Read) -> Iterator[FindingData]:
    fallback = categories.in_words(words)
    for n, record in enumerate(records, 1):
        if isinstance(record, strictjson.BadJson):
            out.fault(n, str(record))
            continue
        if not isinstance(record, dict):
            continue
        pairs = flat.flatten(record)
        sources = flat.addresses(pairs)
        text = flat.value_of(pairs, "class")
        kind = categories.service(text) if text else None
        kind = kind or _by_values(pairs) or fallback
        if not sources:
            one = flat.indicator(record) or (flat.host(pairs) if kind is not None and kind[0] == "content" and flat.value_of(pairs, "url") else None)
            sources = [one] if one is not None else []
        if not sources:
            out.fault(n, "address: none", json.dumps(record, default=str)[:500])
            continue
        when = flat.time_of(pairs)
        port = flat.value_of(pairs, "port", source_only=True) or flat.value_of([p for p in pairs if flat._side(p[0]) > 0], "plain_port")
        proto = flat.value_of(pairs, "proto").lower()
        for address, special, _ in sources[:100]:
            f = FindingData(*(kind or categories.UNKNOWN), source_ip=address, special=special, confidence=0.9 if kind else 0.5, time_error_s=1.0, has_original=True)
            f.reporter_class = text[:80]
            if when is not None:
                f.time, f.time_raw, f.zone = when[0].value, when[1][:120], "stated" if when[0].zoned else "none"
                f.time_error_s = when[2]
            if port.isdecimal() and 0 < int(port) < 65536 and len(sources) == 1:
                f.source_port = int(port)
            f.proto = _PROTOCOLS.get(proto, proto if proto.isalpha() and len(proto) <= 8 else "") or None
            url = flat.value_of(pairs, "url")
            f.url = url[:2048] or None
            yield f


def _by_values(pairs: flat.Pairs) -> tuple[str, str] | None:
    """Return the category that the record's own words name (keys such as DataFeed or Malware are not in any list)."""
    text = " ".join(f"{'.'.join(p)[-40:]} {v[:80]}" for p, v in pairs[:80] if isinstance(v, str) and not v.startswith(("http", "{")))
    return categories.in_words(text)
