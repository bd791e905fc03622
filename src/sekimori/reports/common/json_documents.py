"""Where a format's JSON documents stand: the file itself, its lines, attachments, or the text of a mail; and their readings as one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import documents, has_files
from sekimori.reports.contract import Declined, FindingData, Item, Read

HEAD = 65_536
"""Octets of a mail's text in which a document's keys are looked for."""


MAX_DOCUMENTS = 1_000
"""Documents of one item that are read; what lies beyond is told (`over_limit:documents`)."""


def json_document(item: Item, looks: Callable[[bytes], bool]) -> bytes | None:
    """Return the first JSON document whose head `looks` like the format's, or None (see `json_documents`)."""
    return next(json_documents(item, looks), None)


def json_documents(item: Item, looks: Callable[[bytes], bool]) -> Iterator[bytes]:
    """Yield the JSON documents whose head `looks` like the format's.

    A file is taken as it is, or by its lines where each is a document (nothing where it is too large to read whole); of a
    mail the attachments are asked, or, where it has none, its first two texts. A `multipart/report` that never says "xarf" is
    another format's (RFC 5965).
    """
    if item.mail is None:
        if not item.large:
            yield from _lines(item.raw)
        return
    if item.mail.root.type == "multipart/report" and b"xarf" not in item.raw and b"XARF" not in item.raw:
        return
    if not has_files(item):
        text = next((t.encode() for t in item.mail.texts()[:2] if t.lstrip()[:1] == "{" and looks(t[:HEAD].encode())), None)
        if text is not None:
            yield text
        return
    try:
        for d in documents(item):
            if d.kind == "json" and looks(d.head):
                data = d.data()
                if data is not None:
                    yield from _lines(data)
    except Refused:
        return


def _lines(raw: bytes) -> list[bytes]:
    """Return the document alone, or its lines where the first is a whole object and another follows (JSON lines)."""
    first, _, rest = raw.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    if first[:1] == b"{" and first.rstrip()[-1:] == b"}" and rest.lstrip()[:1] == b"{":
        return [line for line in raw.splitlines() if line.strip()]
    return [raw]


def read_each(item: Item, looks: Callable[[bytes], bool], one: Callable[[bytes], Read | Declined]) -> Read | Declined:
    """Return the readings of all of an item's documents as one; equal octets count once.

    One invalid document among several sends all to a person, with its field named and the others' findings listed: a
    sender that errs in one place may err in the next.
    """
    seen: dict[bytes, None] = {}
    for raw in json_documents(item, looks):
        seen.setdefault(raw, None)
        if len(seen) > MAX_DOCUMENTS:
            break
    got = [one(raw) for raw in list(seen)[:MAX_DOCUMENTS]]
    if not got:
        return Declined("no XARF document")
    out = next((r for r in got if isinstance(r, Read)), None)
    if out is None or len(got) == 1:
        return got[0]
    findings: list[FindingData] = []
    for n, r in enumerate(got, 1):
        if isinstance(r, Declined):
            out.kind, out.reason = "review", out.reason or f"document {n}: {r.field}: {r.reason}"
            out.fault(n, f"{r.field}: {r.reason}")
            continue
        findings += r.findings
        if r is not out:
            out.defects += [d for d in r.defects if d not in out.defects]
            out.reason = out.reason or r.reason
            out.kind = "review" if r.kind == "review" else out.kind
            out.detail["sealed"] = bool(out.detail.get("sealed") or r.detail.get("sealed"))
    if len(seen) > MAX_DOCUMENTS:
        out.defects.append("over_limit:documents")
        out.kind, out.reason = "review", out.reason or f"more than {MAX_DOCUMENTS} documents"
    out.findings = findings
    return out
