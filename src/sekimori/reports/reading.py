"""One item read whole: the answer as a plain value, whatever the octets were. The command and the stage both start here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sekimori.reports.contract import MEMORY, Context, FindingData, Item, Read
from sekimori.reports.registry import read_item
from sekimori.values.text import storable

SHOWN = 1_000
"""Findings in one line of the command at most (interfaces.md)."""


@dataclass(slots=True)
class Answer:
    """What one item says."""

    format: str
    version: str
    read: Read
    findings: list[FindingData] = field(default_factory=list)
    findings_total: int = 0
    defects: list[str] = field(default_factory=list)


def load(path: Path) -> tuple[Item, str]:
    """Return (item, SHA-256 of its octets) of a file; above 32 MB it is only streamed. Raises OSError."""
    size = path.stat().st_size
    if size <= MEMORY:
        raw = path.read_bytes()
        return Item(raw, filename=path.name), hashlib.sha256(raw).hexdigest()
    with path.open("rb") as f:
        digest = hashlib.file_digest(f, "sha256").hexdigest()
    return Item(filename=path.name, size=size, opener=lambda: path.open("rb")), digest


def answer(item: Item, ctx: Context, *, keep: int = SHOWN) -> Answer:
    """Read an item; at most `keep` findings are kept, all are counted. Never raises for what the octets say."""
    out = begin(item, ctx)
    for f in stream(out):
        if len(out.findings) < keep:
            out.findings.append(f)
    finish(out, item)
    return out


def begin(item: Item, ctx: Context) -> Answer:
    """Choose the format and start reading."""
    got = read_item(item, ctx)
    return Answer(got.format, got.version, got.read)


def stream(out: Answer) -> Iterator[FindingData]:
    """Yield all findings, counting them. A reader that fails on the way ends the stream with a defect, not a trace."""
    try:
        for f in out.read.findings:
            out.findings_total += 1
            yield f
    except Exception as e:  # noqa: BLE001  a bug in one reader must not lose the rest of a feed
        out.read.defects.append(f"reader_failed:{out.format}:{type(e).__name__}")
        out.read.kind = "review"
        out.read.reason = out.read.reason or "the reader failed; what it read until then is listed"


def finish(out: Answer, item: Item) -> None:
    """Complete kind, reason and defects when the stream has ended."""
    read = out.read
    if read.kind == "report" and not out.findings_total:
        read.kind = "review"
        read.reason = read.reason or (f"line {read.broken[0].line}: {read.broken[0].reason}" if read.broken else "nothing could be read")
    elif read.kind == "report" and not any(f.time or f.message_id or f.queue_id or f.type == "blocklist" for f in out.findings):
        # An address alone leads to nobody: who held it is a question of when. Mail is found by its own ids; a list states what is now.
        read.kind, read.reason = "review", read.reason or "time: none stated"
    if item.mail is not None:
        # Of the outer header and of what was read; a full check of every part is the header doctor's business.
        item.mail.headers.check("message")
        out.defects = list(dict.fromkeys(d.code for d in item.mail.reading.defects))
    out.defects += read.defects
    if read.broken_total:
        out.defects.append(f"broken_rows:{read.broken_total}")


def to_json(out: Answer, file: str, sha256: str) -> dict[str, Any]:
    """Return the line that the command prints for one item (interfaces.md)."""
    line: dict[str, Any] = {
        "file": file, "sha256": sha256, "format": out.format, "kind": out.read.kind,
        "findings": [f.to_json() for f in out.findings], "findings_total": out.findings_total,
        "defects": out.defects, "reason": storable(out.read.reason, 500), "version": out.version,
        "report_id": storable(out.read.report_id, 200), "reporter": storable(out.read.reporter, 253), "free_text": out.read.free_text,
    }
    if out.read.broken:
        line["broken"] = [{"line": b.line, "reason": storable(b.reason, 200)} for b in out.read.broken[:20]]
    return line
