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

OFF_PATH = frozenset({"category"})


def of_contract(contract: Contract, step: str, now: datetime) -> frozenset[str]:
    """Return the names of a step's unmet conditions over a contract's open cases, those on whose path it is, if there are any."""
    answers = [unmet(facts, step) for facts in all_facts(contract, now, casefacts.world()) if step == "brake" or step in facts.ladder.paths.get(facts.path, ())]
    return frozenset().union(*answers) if answers else OFF_PATH


def all_facts(contract: Contract, now: datetime, about: World) -> list[Facts]:
    """Return the facts of each open case; for a contract that no finding names with certainty, those of an empty case."""
    cases = list(Case.objects.filter(contract=contract, closed_at__isnull=True).select_related("contract").order_by("id"))
    if cases:
        return list(casefacts.load_all(cases, now, about).values())
    return [casefacts.without_case(path, contract.protected, contract.consents, now, about) for path in ladder().paths]


def unmet(facts: Facts, step: str) -> frozenset[str]:
    """Return the names of a step's unmet conditions in a case; a step that is not on its path is none for this category."""
    if step == "brake":
        return lanes.standing(facts, "brake").names
    if step not in facts.ladder.paths.get(facts.path, ()):
        return OFF_PATH
    return position(facts).of(step).names
