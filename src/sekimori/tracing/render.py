"""A trace as JSON: the answer of `sekimori trace --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sekimori.values.clock import iso, jst
from sekimori.values.text import one_line

from .chain import Trace


def as_json(trace: Trace) -> dict[str, Any]:
    """Return the trace with the keys of the command's contract: times in UTC, or local without offset where no zone is known."""
    return {
        "injected_by": str(trace.injected_by) if trace.injected_by is not None else None,
        "port": trace.port,
        "time": _time(trace.time),
        "zone": trace.stamp.zone if trace.stamp is not None else "none",
        "time_error_s": trace.time_error_s,
        "hops": [
            {"by": hop.by or None, "from": hop.name or None, "ip": str(hop.address) if hop.address is not None else None, "time": _time(hop.stamp.at if hop.stamp else None),
             "trusted": number < trace.believed, "helo": hop.helo or None, "rdns": hop.rdns or None, "id": hop.id or None, "with": hop.protocol or None}
            for number, hop in enumerate(trace.hops)],
        "claimed": [
            {"field": c.field, "ip": str(c.address) if c.address is not None else None, "by": c.by or None, "from": c.name or None, "id": c.id or None, "time": _time(c.time), "text": c.text}
            for c in trace.claimed],
        "flags": [{"code": f.code, "why": f.why("en"), "why_ja": f.why("ja")} for f in trace.flags],
        "relay": None if trace.relay is None else {
            "host": trace.relay.host, "queue_id": trace.relay.queue_id or None, "message_id": trace.relay.message_id or None, "login": trace.relay.login or None,
            "time": _time(trace.relay.stamp.at if trace.relay.stamp else None)},
        "message_id": trace.message_id or None,
    }


def _time(at: datetime | None) -> str | None:
    if at is None:
        return None
    return iso(at) if at.tzinfo is not None else at.isoformat()


def as_text(trace: Trace, language: str = "ja") -> str:
    """Return the trace for a person at a terminal, in `ja` or `en`."""
    ja = language == "ja"
    lines = [("送信元アドレス: " if ja else "Entered from:  ") + (str(trace.injected_by) if trace.injected_by is not None else ("特定できません" if ja else "not established")),
             ("時刻:           " if ja else "At:            ") + (_shown(trace.time) or ("不明" if ja else "unknown"))]
    if trace.relay is not None and trace.relay.queue_id:
        lines.append(("受付番号:       " if ja else "Queue id:      ") + f"{trace.relay.queue_id} ({trace.relay.host})")
    for number, hop in enumerate(trace.hops):
        mark = ("信頼" if ja else "trusted") if number < trace.believed else ("自称" if ja else "claimed")
        lines.append(f"  [{mark}] {hop.by or '?'} <- {hop.name or '?'} {hop.address or ''} {_shown(hop.stamp.at if hop.stamp else None)}".rstrip())
    lines += [f"  ! {flag.why(language)}" for flag in trace.flags]
    return "\n".join(one_line(line, 1000) for line in lines)


def _shown(at: datetime | None) -> str:
    if at is None:
        return ""
    return jst(at) if at.tzinfo is not None else f"{at:%Y-%m-%d %H:%M:%S} (?)"
