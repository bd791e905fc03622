"""Notices as the machine interface words them (interfaces.md)."""

from __future__ import annotations

from typing import Any

from sekimori.notices.models import Notice
from sekimori.values.clock import iso


def notice_line(notice: Notice) -> dict[str, Any]:
    """Return one line of `notices --jsonl`."""
    return {
        "id": notice.ref, "case": notice.case.ref if notice.case is not None else None, "audience": notice.audience,
        "to": notice.to, "channel": notice.channel, "state": notice.state,
        "sent_at": iso(notice.sent_at) if notice.sent_at else None,
        "delivered_at": iso(notice.delivered_at) if notice.delivered_at else None,
        "template": notice.template, "language": notice.language,
        "measure": notice.measure or None, "template_version": notice.template_version, "subject": notice.subject,
        "written_at": iso(notice.written_at), "undelivered_at": iso(notice.undelivered_at) if notice.undelivered_at else None,
    }
