"""The monthly status file of a national programme (NOTICE, NICTER …): what became of each address that it reported.

The programme learns whether its notices reached somebody and whether the work was reported as done; never who.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TextIO

from sekimori.enforcement.models import Delivery, Saying
from sekimori.reports.models import Finding
from sekimori.values.clock import JST

STATES = {
    "not_ours": ("当社のアドレスではない", "not our address"),
    "not_found": ("契約を特定できない", "contract not established"),
    "waiting": ("確認中", "being looked at"),
    "notified": ("注意喚起済み", "holder warned"),
    "undelivered": ("不達(別の方法で連絡中)", "came back; another channel is tried"),
    "completed": ("対策の報告あり", "holder reported the work as done"),
}
HEADER = ("address", "time_jst", "type", "status", "状況", "notified_on", "completed_on", "deadline")


@dataclass(frozen=True, slots=True)
class Line:
    """One reported address; dates as YYYY-MM-DD in JST, "" where there is none."""

    address: str
    time: datetime | None
    type: str
    state: str
    notified_on: str
    completed_on: str
    deadline: str


def month_of(text: str) -> tuple[datetime, datetime]:
    """Return the first instant of a month `YYYY-MM` in JST and that of the next. Raises ValueError."""
    start = datetime.strptime(text, "%Y-%m").replace(tzinfo=JST)
    return start, (start + timedelta(days=32)).replace(day=1)


def lines(programme: str, start: datetime, end: datetime) -> Iterator[Line]:
    """Yield a line for each finding that the programme reported in [start, end), in order of receipt."""
    rows = (Finding.objects.filter(report__detail__programme=programme.lower(), report__received_at__gte=start, report__received_at__lt=end)
            .select_related("report", "case_entry").prefetch_related("attributions").order_by("id"))
    for f in rows.iterator(chunk_size=500):
        yield _line(f)


def _line(f: Finding) -> Line:
    entry = getattr(f, "case_entry", None)
    notified = completed = ""
    if entry is None:
        newest = max(f.attributions.all(), key=lambda a: a.revision, default=None)
        state = "waiting" if newest is None or newest.contract_id else "not_found" if newest.ours else "not_ours"
    else:
        sent = Delivery.objects.filter(letter__case_id=entry.case_id, recalled_at=None, sent_at__gte=f.report.received_at).order_by("sent_at")
        first, arrived = sent.first(), sent.exclude(delivered_at=None).first()
        done = Saying.objects.filter(case_id=entry.case_id, kind="done", at__gte=f.report.received_at).order_by("at").first()
        notified, completed = _day(first.sent_at if first else None), _day(done.at if done else None)
        came_back = first is not None and arrived is None and not sent.filter(undelivered_at=None).exists()
        state = "completed" if done else "waiting" if first is None else "undelivered" if came_back else "notified"
    return Line(f.source_ip, f.time, f"{f.category}/{f.type}", state, notified, completed, str(f.report.detail.get("deadline", "")))


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d}" if at else ""


def write(found: Iterator[Line], out: TextIO) -> int:
    """Write the status file (CSV with header); returns the number of lines. Cells never begin a formula (CSV injection)."""
    writer = csv.writer(out)
    writer.writerow(HEADER)
    count = 0
    for line in found:
        when = f"{line.time.astimezone(JST):%Y-%m-%d %H:%M:%S}" if line.time else ""
        cells = (line.address, when, line.type, line.state, STATES[line.state][0], line.notified_on, line.completed_on, line.deadline)
        writer.writerow([f"'{c}" if c[:1] in "=+-@\t\r" else c for c in cells])
        count += 1
    return count
