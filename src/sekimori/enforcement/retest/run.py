"""Ask the services of the address that a contract holds now; whose address it is is checked before and after."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sekimori.attribution.questions import windows
from sekimori.attribution.service import attribute
from sekimori.attribution.types import Question
from sekimori.cases.events import record
from sekimori.cases.models import Case
from sekimori.enforcement.retest.probes import PROBES, Probe
from sekimori.ledger.service import write
from sekimori.network.store import current as networks
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.addresses import Address
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import micros
from sekimori.values.outcomes import Refused

WAIT_S = 3.0
ERROR_S = 5.0
CERTAIN = frozenset({"exact", "exact_open"})


@dataclass(frozen=True, slots=True)
class Result:
    """What a re-test showed."""

    clean: bool
    open: tuple[str, ...]
    """Names of the services that still answer."""


def retest(case: Case, address: Address, names: Iterable[str], now: Callable[[], datetime], ask: Callable[[Probe, Address], bool] | None = None) -> Result:
    """Test services of `address`, which the member's own connection came from, for a case of the member's contract.

    Call outside any transaction. Raises Refused: `not_ours` (outside our prefixes), `not_yours` (the contract does not hold it
    now, for certain), `changed` (it changed hands meanwhile: the result is thrown away), `unknown_test`.
    """
    wanted = [PROBES[n] for n in names if n in PROBES]
    if not wanted:
        raise Refused("unknown_test", f"there are: {', '.join(PROBES)}")
    by = Actor("member", case.contract.handle)
    started = now()
    if not networks().match(address, micros(started), micros(started)).ours:
        raise Refused("not_ours", "only addresses of this provider are tested")
    if not _holds(case, address, by, started):
        raise Refused("not_yours", "it is not certain that the contract holds this address now")
    question = ask or answers
    with ThreadPoolExecutor(max_workers=len(wanted)) as pool:
        found = list(pool.map(lambda p: question(p, address), wanted))
    ended = now()
    if not _holds(case, address, by, ended):
        raise Refused("changed", "the address changed hands during the test")
    result = Result(not any(found), tuple(p.name for p, is_open in zip(wanted, found, strict=True) if is_open))
    with transaction.atomic():
        record(case, ended, "member.retested", by, {"clean": result.clean, "open": list(result.open)})
        write(by, "member.retested", case.ref, {"clean": result.clean, "open": list(result.open)}, ended)
    return result


def _holds(case: Case, address: Address, by: Actor, at: datetime) -> bool:
    basis = Basis.SYNTHETIC if current().synthetic else Basis.CONSENT_CONTRACT
    question = Question(windows=windows(at, True, ERROR_S), address=address)
    answer, = attribute([question], by, Purpose(f"case:{case.ref}", basis), hashlib.sha256(repr(question).encode()).hexdigest(), at)
    return str(answer.certainty) in CERTAIN and answer.contract == case.contract_id


def answers(probe: Probe, address: Address) -> bool:
    """Ask one service once; returns whether it is open. Silence and refusal are closed."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    kind = socket.SOCK_DGRAM if probe.transport == "udp" else socket.SOCK_STREAM
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(WAIT_S)
            s.connect((str(address), probe.port))
            if probe.transport == "tcp":
                return True
            s.send(probe.payload)
            return probe.is_open(s.recv(4096))
    except OSError:
        return False
