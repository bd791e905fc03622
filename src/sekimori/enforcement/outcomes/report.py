"""Outcomes from rows: one answer for the figures page and the command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sekimori.cases.models import Case
from sekimori.enforcement.caseevents import of_case
from sekimori.enforcement.ladder.grades import grades
from sekimori.enforcement.models import Delivery, Saying
from sekimori.enforcement.outcomes.rules import HORIZONS, CaseOutcome, Share, share, variant
from sekimori.policy import ladder
from sekimori.values.clock import iso


def outcomes(now: datetime, policy: str = "", experiment: str = "", names: Sequence[str] = ()) -> list[CaseOutcome]:
    """Return what became of every case, of one policy or all; with an experiment, each with its variant."""
    arrived = Delivery.objects.filter(letter__kind="warn", delivered_at__isnull=False, recalled_at__isnull=True).order_by("-delivered_at")
    first = {of: at for of, at in arrived.values_list("letter__case_id", "delivered_at") if at is not None}
    appealed = set(Saying.objects.filter(kind="appeal").values_list("case_id", flat=True))
    rows = Case.objects.exclude(state="merged").select_related("contract").order_by("id")
    out = []
    for case in (rows.filter(policy=policy) if policy else rows).iterator(chunk_size=500):
        facts = of_case(case.pk)
        proven = tuple(e.time for e, g in zip(facts, grades(facts, ladder()), strict=True) if g != "D")
        if proven:
            out.append(CaseOutcome(
                case=case.ref, told=case.id in first, start=first.get(case.id, case.opened_at), events=proven, watched_until=case.closed_at or now,
                appealed=case.id in appealed, variant=variant(case.ref, experiment, names) if experiment and names else ""))
    return out


def summary(found: Sequence[CaseOutcome], now: datetime) -> dict[str, Any]:
    """Return the shares as JSON values: told, not told (the natural rate), and per variant."""
    told, untold = [c for c in found if c.told], [c for c in found if not c.told]
    names = sorted({c.variant for c in told} - {""})
    return {
        "at": iso(now), "cases": len(found), "told": _shares(told), "natural": _shares(untold),
        "appealed": _json(Share(sum(c.appealed for c in told), len(told))),
        "variants": {name: _shares([c for c in told if c.variant == name]) for name in names},
    }


def _shares(cases: Sequence[CaseOutcome]) -> dict[str, Any]:
    return {f"clean_{days}d": _json(share(cases, days)) for days in HORIZONS}


def _json(value: Share) -> dict[str, Any]:
    interval = value.interval
    return {"hits": value.hits, "of": value.of, "share": None if value.value is None else round(value.value, 4),
            "interval": None if interval is None else [round(x, 4) for x in interval]}
