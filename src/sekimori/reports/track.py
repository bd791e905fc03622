"""Track records of reporters: confirmed, refuted, duplicates, per class of finding. Called by cases and by the officer's acts."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from sekimori.reports.models import Finding, Report

_UPSERT = """
INSERT INTO reports_track (reporter_id, category, confirmed, refuted, duplicates) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (reporter_id, category) DO UPDATE SET confirmed = reports_track.confirmed + excluded.confirmed,
    refuted = reports_track.refuted + excluded.refuted, duplicates = reports_track.duplicates + excluded.duplicates
"""


def confirm(finding: Finding) -> None:
    """Count a finding as confirmed for its reporter, in its class and for all. Inside the caller's transaction."""
    _add([(finding.report, finding.category)], confirmed=1)


def confirm_all(findings: Iterable[Finding]) -> None:
    """Count findings as confirmed, as `confirm` does for one. Inside the caller's transaction."""
    _add([(f.report, f.category) for f in findings], confirmed=1)


def refute(finding: Finding) -> None:
    """Count a finding as refuted (wrong address, no abuse, forged). Inside the caller's transaction."""
    _add([(finding.report, finding.category)], refuted=1)


def duplicates(rows: Iterable[tuple[Report, str]]) -> None:
    """Count findings that their own reporter had told before. Inside the caller's transaction."""
    _add(rows, duplicates=1)


def _add(rows: Iterable[tuple[Report, str]], *, confirmed: int = 0, refuted: int = 0, duplicates: int = 0) -> None:
    sums: dict[tuple[int, str], int] = {}
    for report, category in rows:
        if report.reporter_id is not None:
            for name in (category, "*"):
                sums[report.reporter_id, name] = sums.get((report.reporter_id, name), 0) + 1
    if not sums:
        return
    with connection.cursor() as cursor:
        # Sorted keys: two writers never wait for each other in a circle.
        cursor.executemany(_UPSERT, [(reporter, name, confirmed * n, refuted * n, duplicates * n) for (reporter, name), n in sorted(sums.items())])
