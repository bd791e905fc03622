"""How a contract stands now, for pages and scenarios: computed at the moment of asking, over all its open cases."""

from __future__ import annotations

from datetime import datetime

from sekimori.cases.models import Case
from sekimori.contracts.models import Contract
from sekimori.enforcement import casefacts
from sekimori.enforcement.casefacts import World
from sekimori.enforcement.ladder import lanes
from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.ladder.position import position
from sekimori.policy import ladder


def all_facts(contract: Contract, now: datetime, about: World) -> list[Facts]:
    """Return the facts of each open case; for a contract that no finding names with certainty, those of an empty case."""
    cases = list(Case.objects.filter(contract=contract, closed_at__isnull=True).select_related("contract").order_by("id"))
    if cases:
        return [casefacts.load(c, now, about) for c in cases]
    return [casefacts.without_case(path, contract.protected, contract.consents, now, about) for path in ladder().paths]


def unmet(facts: Facts, step: str) -> frozenset[str]:
    """Return the names of a step's unmet conditions in a case; nothing for a step that is not on its path."""
    if step == "brake":
        return lanes.standing(facts, "brake").names
    if step not in facts.ladder.paths.get(facts.path, ()):
        return frozenset()
    return position(facts).of(step).names
