"""Which actuators there are, and which of them an order goes to."""

from __future__ import annotations

from collections.abc import Callable

from sekimori.contracts.models import Key
from sekimori.enforcement.actuators.contract import Actuator, Done, Order
from sekimori.enforcement.actuators.dryrun import DryRun
from sekimori.enforcement.actuators.manual import Manual
from sekimori.enforcement.models import Measure
from sekimori.settings import current

NOTHING_TO_DO = frozenset({"warn"})


def order(measure: Measure) -> Order:
    """Return the order that carries a measure out."""
    logins = (measure.target,) if measure.target else tuple(
        Key.objects.filter(contract_id=measure.contract_id, kind="login", valid_to__isnull=True).order_by("key").values_list("key", flat=True))
    contract = measure.case.contract
    return Order(key=measure.key, step=measure.step, access=contract.access, logins=logins, contract=contract.handle)


def actuators() -> list[Actuator]:
    """Return the actuators in force: in a folder of made-up data only the dry run; without any configured, a person."""
    if current().synthetic:
        return [DryRun()]
    return [Manual()]


def apply(measure: Measure) -> list[Done]:
    """Carry a measure out on all equipment concerned. Raises Outage where some is away: the stage comes again."""
    return _all(measure, lambda actuator, wanted: actuator.apply(wanted))


def undo(measure: Measure) -> list[Done]:
    """Take a measure back on all equipment concerned. Raises Outage."""
    return _all(measure, lambda actuator, wanted: actuator.undo(wanted))


def _all(measure: Measure, act: Callable[[Actuator, Order], Done]) -> list[Done]:
    if measure.step in NOTHING_TO_DO:
        return [Done("notice", True)]
    wanted = order(measure)
    return [act(a, wanted) for a in actuators() if a.handles(wanted)]
