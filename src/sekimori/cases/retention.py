"""How long a case keeps its evidence: held from the day a finding is filed, let go when the period after its close is over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction

from sekimori.evidence import store as evidence
from sekimori.policy.files import retention

YEAR = timedelta(days=365.25)


def keep(case_ref: str, sha256: str) -> None:
    """Hold the message of a finding for its case: without this it would expire as a report without a case."""
    evidence.hold([sha256], f"case:{case_ref}")


def keep_all(bodies: Mapping[str, Collection[str]]) -> None:
    """Hold the messages of many cases: reference of the case → SHA-256 of its messages."""
    evidence.hold_all({f"case:{ref}": names for ref, names in bodies.items()})


def release_over(now: datetime) -> int:
    """End the holds of cases that were closed longer ago than `case_years`; returns how many holds ended.

    What nobody else holds then expires. The caller must know that its clock is right.
    """
    edge = connection.ops.adapt_datetimefield_value(now - retention().case_years * YEAR)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_hold WHERE reference IN (SELECT 'case:' || ref FROM cases_case WHERE closed_at < %s)", [edge])
        return int(cursor.rowcount)
