"""Everything that the page of a case shows, in a handful of queries."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sekimori.cases.models import Case, CaseFinding, Freeze
from sekimori.enforcement import whynot
from sekimori.enforcement.casework import SNOOZE_DAYS, repeat_score
from sekimori.enforcement.hearings import hearings
from sekimori.enforcement.models import Hold, Incident, Measure
from sekimori.notices.models import Notice
from sekimori.policy import policy
from sekimori.values.clock import JST

SHOWN_FINDINGS = 100


def casefile(case: Case, now: datetime, language: str) -> dict[str, Any]:
    """Return the parts of a case's page, in a language. Holder data are not among them: revealing is an act of its own."""
    entries = list(CaseFinding.objects.filter(case=case).select_related("finding__report__reporter", "finding__report__message", "attribution")
                   .order_by("-finding__time")[:SHOWN_FINDINGS])
    measures = list(Measure.objects.filter(case=case).prefetch_related("approvals").order_by("proposed_at"))
    done = {m.step for m in measures if m.executed_at and not m.reverted_at}
    siblings = list(Case.objects.filter(contract=case.contract).exclude(pk=case.pk).order_by("-id"))
    return {
        "case": case,
        "others": [c for c in siblings if c.closed_at is None],
        "earlier": siblings,
        "repeats": repeat_score([c.opened_at for c in siblings if c.outcome != "unfounded"], now),
        "incidents": list(Incident.objects.filter(case=case).order_by("at")),
        "snooze_days": SNOOZE_DAYS,
        "hidden": case.snoozed_until is not None and case.snoozed_until > now,
        "entries": entries,
        "more": max(0, case.findings_count - len(entries)),
        "measures": measures,
        "proposed": [{"m": m, "ground": policy().ground(case.policy, m.step)} for m in measures if m.state == "proposed"],
        "hearings": hearings([case.pk]),
        "holds": list(Hold.objects.filter(contract=case.contract, lifted_at=None).order_by("at")),
        "in_force": [m for m in measures if m.executed_at and not m.reverted_at and m.step != "warn" and m.state in ("executed", "verified")],
        "by_hand": [m for m in measures if m.by_hand and not m.rehearsal],
        "frozen": list(Freeze.objects.filter(lifted_at=None, source__in={e.source for e in entries if e.source})),
        "notices": list(Notice.objects.filter(case=case, audience="member").order_by("written_at")),
        "sayings": list(case.sayings.order_by("at")),
        "events": list(case.events.order_by("at", "id")),
        "notes": list(case.notes.order_by("at")),
        "per_day": per_day([e.finding.time for e in entries if e.finding.time]),
        "why_not": [{"step": w["step"], "unmet": whynot.conditions(w, language), "earliest": whynot.earliest(w, language)}
                    for w in case.why_not if w.get("step") not in done],
    }


def per_day(times: list[datetime]) -> list[tuple[str, float]]:
    """Return (day in JST, number of findings) in order of days. Pure."""
    counted = Counter(t.astimezone(JST).date() for t in times)
    return [(f"{d.month}/{d.day}", float(counted[d])) for d in sorted(counted)]
