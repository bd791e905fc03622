"""The same again: same octets, same report id, same act told twice. Counted and linked; nothing is thrown away.

Four layers: the same octets (intake merges equal envelopes, here the other envelopes), the same report id, the same act
told by several reporters, and the same incident (cases group by contract and policy).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sekimori.reports import track
from sekimori.reports.models import Finding, Report
from sekimori.work.columns import DONE

AT_ONCE = 1_000
"""Keys in one query."""


def repeats(reports: Sequence[Report]) -> dict[int, tuple[int, str]]:
    """Return, by the id of a stored report, (the earlier report that it repeats, layer `bytes` or `report_id`).

    `bytes`: the same octets by another envelope. `report_id`: the reporter's own number again, in the same format and by
    the same proven reporter (without a proven one an id links nothing: strangers can state any).
    """
    out: dict[int, tuple[int, str]] = {}
    by_bytes: dict[str, list[tuple[int, int]]] = {}
    for pk, message, sha in Report.objects.filter(message__sha256__in={r.message.sha256 for r in reports}).order_by("id").values_list("id", "message_id", "message__sha256"):
        by_bytes.setdefault(sha, []).append((pk, message))
    named = {r.report_id for r in reports if r.report_id and r.reporter_id is not None}
    by_id: dict[tuple[str, str, int], list[tuple[int, int]]] = {}
    if named:
        rows = Report.objects.filter(report_id__in=named, reporter__isnull=False, kind="report").order_by("id")
        for pk, message, name, fmt, reporter in rows.values_list("id", "message_id", "report_id", "format", "reporter_id"):
            by_id.setdefault((name, fmt, reporter or 0), []).append((pk, message))
    for r in reports:
        same = [(by_bytes.get(r.message.sha256, []), "bytes"), (by_id.get((r.report_id, r.format, r.reporter_id or 0), []), "report_id")]
        for rows_, layer in same:
            first = next((pk for pk, message in rows_ if message != r.message_id and pk < r.pk), None)
            if first is not None and r.pk not in out:
                out[r.pk] = first, layer
    return out


@dataclass(slots=True)
class Told:
    """Which acts were told before, by whom: of the database, and of the batch that is being written."""

    first: dict[str, int] = field(default_factory=dict)
    by: dict[str, set[int]] = field(default_factory=dict)
    here: dict[str, Finding] = field(default_factory=dict)
    late: list[tuple[Finding, Finding]] = field(default_factory=list)
    """Pairs of this batch whose link needs the first one's id."""

    @classmethod
    def of(cls, findings: Sequence[Finding], messages: set[int]) -> Told:
        """Load what the database knows of these acts, told in other messages than these."""
        out = cls()
        keys = sorted({f.event_key for f in findings})
        for i in range(0, len(keys), AT_ONCE):
            rows = Finding.objects.filter(event_key__in=keys[i:i + AT_ONCE]).exclude(report__message__in=messages).order_by("id")
            for key, pk, earlier, reporter, kind in rows.values_list("event_key", "id", "duplicate_of_id", "report__reporter_id", "report__kind"):
                if earlier is None:
                    out.first.setdefault(key, pk)
                # A telling that went to a person goes no further by itself: its corrected form must not be lost behind it.
                if reporter is not None and kind == "report":
                    out.by.setdefault(key, set()).add(reporter)
        return out

    def link(self, report: Report, findings: Sequence[Finding], *, repeated: bool) -> int:
        """Mark which of a report's findings were told before; returns how many go no further.

        Told by another reporter: linked, and goes its way (three domains count as three). Told by the same proven reporter,
        or in a repeated report: linked, stored, and goes no further (one act is one strike).
        """
        stored = 0
        own: list[str] = []
        for f in findings:
            f.duplicate_of_id = self.first.get(f.event_key)
            if f.duplicate_of_id is None and f.event_key in self.here:
                self.late.append((f, self.here[f.event_key]))
            if repeated or (report.reporter_id is not None and report.reporter_id in self.by.get(f.event_key, ())):
                f.work, f.state = DONE, "stored"
                stored += 1
            own.append(f.event_key)
        for f in findings:
            # Rows of one report are different acts even where their keys agree; other reports of the batch come after.
            self.here.setdefault(f.event_key, f)
        if report.reporter_id is not None and report.kind == "report":
            for key in own:
                self.by.setdefault(key, set()).add(report.reporter_id)
        return stored

    def finish(self) -> None:
        """Write the links inside the batch, when all its findings have ids."""
        for f, first in self.late:
            f.duplicate_of_id = first.pk
        Finding.objects.bulk_update([f for f, _ in self.late], ["duplicate_of"])


def count(stored: Sequence[Finding]) -> None:
    """Count these findings as duplicates in their reporters' records."""
    track.duplicates((f.report, f.category) for f in stored if f.state == "stored")
