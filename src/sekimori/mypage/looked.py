"""Who looked at my data: the ledger's entries about one contract, in words. Never those under an authority's silence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from sekimori.cases.models import CaseFinding
from sekimori.contracts.guard import READ_ACT
from sekimori.contracts.models import Contract
from sekimori.disclosure.service import shown_to_member
from sekimori.ledger.models import Entry
from sekimori.policy import for_type

SHOWN = 100
SILENT_BASES = frozenset({"WARRANT", "COURT_ORDER"})


@dataclass(frozen=True, slots=True)
class Look:
    """One reading: when, by what kind of actor (never which officer), what, for which case, on which basis."""

    at: datetime
    who: str
    """`officer`, `stage`, `command` or `member`."""
    act: str
    reference: str
    basis: str


def looks(contract: Contract) -> list[Look]:
    """Return the newest readings of a contract's protected data, newest first.

    Readings for a request are shown only where the law lets the member know of that request.
    """
    told = {f"request:{r.ref}" for r in shown_to_member(contract)}
    mine = {f"case:{ref}" for ref in contract.cases.values_list("ref", flat=True)}
    entries = Entry.objects.filter(
        Q(act=READ_ACT, body__contains=f'"{contract.handle}"') | Q(act="protected.read", subject__in=sorted(mine))).order_by("-seq")[:SHOWN * 3]
    out = []
    for entry in entries:
        detail = json.loads(entry.body).get("detail", {})
        if entry.act == READ_ACT and contract.handle not in detail.get("contracts", ()):
            continue
        if entry.subject.startswith("request:") and entry.subject not in told:
            continue
        basis = str(detail.get("basis", ""))
        if basis in SILENT_BASES and entry.subject not in told:
            continue
        out.append(Look(datetime.fromisoformat(entry.at), entry.actor.partition(":")[0], entry.act, _shown(entry.subject, mine), basis))
    out += _attributions(contract)
    return sorted(out, key=lambda x: x.at, reverse=True)[:SHOWN]


def _attributions(contract: Contract) -> list[Look]:
    """Return the comparisons of connection or submission records that ended at this contract, one for each finding."""
    rows = CaseFinding.objects.filter(case__contract=contract).order_by("-attribution__at")[:SHOWN].values_list(
        "attribution__at", "case__ref", "finding__category", "finding__type")
    return [Look(at, "stage", "attribution.found", ref, _basis(category, type_)) for at, ref, category, type_ in rows]


def _basis(category: str, type_: str) -> str:
    row = for_type(category, type_)
    return row.basis if row is not None else ""


def _shown(subject: str, mine: set[str]) -> str:
    """A case of the member's own is named; anything else is only its kind."""
    return subject.partition(":")[2] if subject in mine or subject.startswith("request:") else ""
