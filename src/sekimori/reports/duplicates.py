"""The same again: same octets, same report id, same act told twice. Counted and linked; nothing is thrown away.

Four layers: the same octets (intake merges equal envelopes, here the other envelopes), the same report id, the same act
told by several reporters, and the same incident (cases group by contract and policy).
"""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.reports import track
from sekimori.reports.models import Finding, Report
from sekimori.work.columns import DONE


def earlier_report(report: Report) -> tuple[Report, str] | None:
    """Return (an earlier report that this one repeats, layer `bytes` or `report_id`), or None.

    `bytes`: the same octets by another envelope. `report_id`: the reporter's own number again, in the same format and by
    the same proven reporter (without a proven one an id links nothing: strangers can state any).
    """
    others = Report.objects.exclude(message=report.message).order_by("id")
    same = others.filter(message__sha256=report.message.sha256).first()
    if same is not None:
        return same, "bytes"
    if report.report_id and report.reporter_id is not None:
        same = others.filter(report_id=report.report_id, format=report.format, reporter_id=report.reporter_id, kind="report").first()
        if same is not None:
            return same, "report_id"
    return None


def link(report: Report, findings: Sequence[Finding], repeats: Report | None) -> int:
    """Mark which findings were told before; returns how many go no further. Before they are created, in their transaction.

    Told by another reporter: linked, and goes its way (three domains count as three). Told by the same proven reporter,
    or in a repeated report: linked, stored, and goes no further (one act is one strike).
    """
    wanted = {f.event_key for f in findings}
    told = Finding.objects.filter(event_key__in=wanted).exclude(report__message=report.message)
    first = dict(told.filter(duplicate_of=None).order_by("-id").values_list("event_key", "id"))
    own: set[str] = set()
    if report.reporter_id is not None:
        own = set(told.filter(report__reporter_id=report.reporter_id).values_list("event_key", flat=True))
    counted: list[tuple[Report, str]] = []
    for f in findings:
        f.duplicate_of_id = first.get(f.event_key)
        if repeats is not None or f.event_key in own:
            f.work, f.state = DONE, "stored"
            counted.append((report, f.category))
    if counted:
        track.duplicates(counted)
    return len(counted)
