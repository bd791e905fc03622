"""Which actuators there are, and which of them an order goes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from sekimori.contracts.models import Key
from sekimori.enforcement.actuators.contract import Actuator, Done, Order
from sekimori.enforcement.actuators.dovecot.actuator import Dovecot
from sekimori.enforcement.actuators.dryrun import DryRun
from sekimori.enforcement.actuators.manual import Manual
from sekimori.enforcement.actuators.postfix.actuator import Postfix
from sekimori.enforcement.actuators.radius.actuator import Radius
from sekimori.enforcement.actuators.webhook.actuator import Webhook
from sekimori.enforcement.models import Measure
from sekimori.settings import current

NOTHING_TO_DO = frozenset({"warn"})


def order(measure: Measure, now: datetime | None = None) -> Order:
    """Return the order that carries a measure out at `now`: the logins that the contract holds then, not those that passed on while it waited.

    Without `now`, the order that takes it back: every login that it was, or may have been, carried out on.
    """
    recorded = measure.carried_out.get("logins")
    if now is None and recorded is not None:  # whatever was loaded about them since
        return _order(measure, tuple(recorded))
    since = now or measure.executed_at or measure.approved_at or measure.proposed_at
    valid = (Q(valid_to__isnull=True) | Q(valid_to__gt=since)) & (Q(valid_from__isnull=True) | Q(valid_from__lte=since))
    held = (measure.target,) if measure.target else tuple(
        Key.objects.filter(valid, contract_id=measure.contract_id, kind="login").order_by("key").values_list("key", flat=True))
    return _order(measure, held)


def _order(measure: Measure, logins: tuple[str, ...]) -> Order:
    contract = measure.case.contract
    return Order(key=measure.key, step=measure.step, access=contract.access, logins=logins, contract=contract.handle,
                 reference=f"case:{measure.case.ref}", stolen=measure.path == "stolen")


KINDS: dict[str, Callable[[], Actuator]] = {"postfix": Postfix, "dovecot": Dovecot, "radius": Radius, "webhook": Webhook}


def actuators(wanted: Order) -> list[Actuator]:
    """Return the actuators that an order goes to: in a folder of made-up data only the dry run (but throw-away servers on loopback);
    where no equipment that is enabled handles it, a person. Raises KeyError for an unknown name in the settings (`doctor` says so first).
    """
    settings = current()
    if settings.synthetic and not settings.loopback:
        return [DryRun()]
    found = [a for a in (KINDS[name]() for name in settings.actuators.enabled) if a.handles(wanted)]
    return found or [Manual()]


def apply(measure: Measure, now: datetime) -> list[Done]:
    """Carry a measure out on all equipment concerned. Raises Outage where some is away: the stage comes again."""
    return _all(measure, lambda actuator, wanted: actuator.apply(wanted), now)


def undo(measure: Measure) -> list[Done]:
    """Take a measure back on all equipment concerned. Raises Outage."""
    return _all(measure, lambda actuator, wanted: actuator.undo(wanted))


def logins(measure: Measure, now: datetime) -> list[str]:
    """Return the logins that carrying a measure out at `now` reaches: none for what needs no equipment."""
    return [] if measure.step in NOTHING_TO_DO else list(order(measure, now).logins)


def let_go(measure: Measure, logins: tuple[str, ...]) -> list[Done]:
    """Take a measure back for some of its logins, that are somebody else's now; it goes on for the rest. Raises Outage."""
    wanted = replace(order(measure), logins=logins, part=True)
    return [a.undo(wanted) for a in actuators(wanted)]


def _all(measure: Measure, act: Callable[[Actuator, Order], Done], now: datetime | None = None) -> list[Done]:
    if measure.step in NOTHING_TO_DO:
        return [Done("notice", True)]
    wanted = order(measure, now)
    return [act(a, wanted) for a in actuators(wanted)]
