"""Check expectations against the desk: what was found, and whether it is what the scenario says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case, CaseFinding
from sekimori.contracts.models import Contract
from sekimori.demo.play.scenario import Line
from sekimori.disclosure.models import Request
from sekimori.enforcement import queue, standing
from sekimori.enforcement.measures import IN_FORCE
from sekimori.enforcement.models import Measure
from sekimori.notices.models import Notice
from sekimori.policy.types import STEPS
from sekimori.reports.models import Finding


def check(line: Line, now: datetime) -> tuple[bool, dict[str, Any]]:
    """Return (all as expected, what was found under each expected name). Raises ScenarioError for an unknown contract."""
    wanted = {k: v for k, v in line.fields.items() if k != "contract"}
    found: dict[str, Any] = {}
    if "contract" in line.fields:
        contract = Contract.objects.filter(key=str(line.fields["contract"])).first()
        if contract is None:
            raise line.error(f"no contract {line.fields['contract']!r}")
        for name, value in wanted.items():
            found[name] = why_not(contract, value, now) if name == "why_not" else OF_CONTRACT[name](contract)
    else:
        for name in wanted:
            found[name] = OVERALL[name]()
    return all(_same(name, wanted[name], found[name]) for name in wanted), found


def _same(name: str, wanted: object, found: object) -> bool:
    if name == "why_not":
        assert isinstance(wanted, dict) and isinstance(found, dict)
        names = wanted.get("unmet", [])
        return {names} <= set(found["unmet"]) if isinstance(names, str) else set(names) <= set(found["unmet"])
    return wanted == found


def _executed(contract: Contract) -> list[Measure]:
    return list(Measure.objects.filter(contract=contract, rehearsal=False, executed_at__isnull=False).order_by("executed_at", "id"))


def _in_force(contract: Contract) -> list[str]:
    found = {m.step for m in _executed(contract) if m.state in IN_FORCE and m.step != "warn"}
    return sorted(found, key=STEPS.index)


def _proposed(contract: Contract) -> list[str]:
    steps = Measure.objects.filter(contract=contract, rehearsal=False, state="proposed").values_list("step", flat=True)
    return sorted(steps, key=STEPS.index)


def _grade(contract: Contract) -> str | None:
    now_open = Case.objects.filter(contract=contract, closed_at__isnull=True)
    return min((c.grade for c in now_open), default=None)


def _certainty(contract: Contract) -> list[str]:
    return list(CaseFinding.objects.filter(case__contract=contract).order_by("finding_id").values_list("attribution__certainty", flat=True))


def _certainties() -> list[str]:
    latest = dict(Attribution.objects.order_by("finding_id", "revision").values_list("finding_id", "certainty"))
    return list(latest.values())


def _sent() -> int:
    return Notice.objects.filter(audience="member", sent_at__isnull=False).count()


def _not_ours() -> int:
    """Reports with an address outside our prefixes at that time."""
    outside = Attribution.objects.filter(ours=False).exclude(certainty="delegated").values_list("finding__report_id", flat=True)
    return len(set(outside) | set(Finding.objects.filter(state="not_ours").values_list("report_id", flat=True)))


def _queue() -> int:
    """The officers' open items: those of the desk, and requests that still need an answer."""
    return queue.count() + Request.objects.exclude(state__in=("answered", "refused", "expired")).count()


def why_not(contract: Contract, wanted: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the unmet conditions of a step over the contract's open cases, computed for this moment."""
    step = str(wanted.get("step"))
    return {"step": step, "unmet": sorted(standing.of_contract(contract, step, now))}


OF_CONTRACT: dict[str, Callable[[Contract], Any]] = {
    "cases": lambda c: Case.objects.filter(contract=c).count(),
    "in_force": _in_force,
    "ever": lambda c: [m.step for m in _executed(c)],
    "proposed": _proposed,
    "notices": lambda c: Notice.objects.filter(audience="member", case__contract=c, sent_at__isnull=False).count(),
    "certainty": _certainty,
    "grade": _grade,
}
OVERALL: dict[str, Callable[[], Any]] = {
    "measures": lambda: Measure.objects.filter(rehearsal=False, executed_at__isnull=False).count(),
    "notices": _sent,
    "review": queue.review_groups,
    "not_ours": _not_ours,
    "queue": _queue,
    "certainty": _certainties,
}
