"""The same act on many cases: shown first, confirmed as shown, done once.

Never in bulk: restrictions, suspensions, terminations, disclosures, hearings, appeals, incidents. They are not among `ACTS`, and the one
approval that is (`warn`) takes informational warnings only, of kinds that policy lets go without a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sekimori.cases.models import Case, CaseFinding
from sekimori.enforcement import casework, decisions, measures
from sekimori.enforcement.models import MassAct, MassItem, Measure
from sekimori.enforcement.subject import evidence_hash
from sekimori.ledger.chain import canonical
from sekimori.ledger.service import write
from sekimori.policy import for_type
from sekimori.staff.models import Officer
from sekimori.values.actors import Actor
from sekimori.values.ids import reference
from sekimori.values.outcomes import Refused

ACTS = ("assign", "snooze", "note", "settle", "unfounded", "merge", "warn")
MOST = 300
CASE_ROLES = ("handler", "approver")

Parameters = dict[str, Any]
Plan = list[tuple[Case, str, dict[str, Any], str]]
"""Each case with why it is left out, what the preview says of it, and how it stands."""


def preview(act: str, parameters: Parameters, refs: Sequence[str], officer: str, now: datetime) -> MassAct:
    """Keep and return what an act would do to each case. Nothing is done to any of them.

    Raises Refused: `not_chosen`, `too_many` (beyond 300), `unknown_officer`, `days`, `nothing` (an empty note). Raises ValueError for
    an act that is not in `ACTS`.
    """
    if act not in ACTS:
        raise ValueError(act)
    wanted = list(dict.fromkeys(refs))
    if len(wanted) > MOST:
        raise Refused("too_many", f"{MOST} at most")
    parameters = _checked(act, parameters)
    plan = _plan(act, parameters, wanted, Actor("officer", officer), now)
    if not plan:
        raise Refused("not_chosen", "no case was chosen")
    with transaction.atomic():
        mass = MassAct.objects.create(ref=reference("B"), act=act, parameters=parameters, by=officer, at=now, hash=_hash(act, parameters, plan))
        MassItem.objects.bulk_create([MassItem(mass=mass, case=c, refused=why, detail=detail, stood=stood) for c, why, detail, stood in plan])
    return mass


def confirm(mass: MassAct, officer: str, seen: str, now: datetime) -> None:
    """Do what the preview showed, each case in a transaction of its own. A second confirmation does what is left, and nothing twice.

    Raises Refused: `role_missing` (another officer's preview), `void`, `changed` (a case is no longer as it was shown: nothing was done,
    and the preview is void).
    """
    if mass.by != officer:
        raise Refused("role_missing", "who saw the preview confirms it")
    if mass.state == "void":
        raise Refused("void", mass.ref)
    if seen != mass.hash:
        raise Refused("changed", mass.ref)
    by = Actor("officer", officer)
    if mass.state == "shown":
        refs = list(mass.items.order_by("id").values_list("case__ref", flat=True))
        fresh = _hash(mass.act, mass.parameters, _plan(mass.act, mass.parameters, refs, by, now))
        with transaction.atomic():
            state = "confirmed" if fresh == mass.hash else "void"
            if MassAct.objects.filter(pk=mass.pk, state="shown").update(state=state, confirmed_at=now):
                done = {"act": mass.act, "cases": mass.items.filter(refused="").count(), "hash": mass.hash}
                if state == "confirmed":
                    write(by, "mass.confirmed", f"mass:{mass.ref}", done, now)
                else:
                    write(by, "mass.void", f"mass:{mass.ref}", done, now)
        mass.refresh_from_db()
        if mass.state == "void":
            raise Refused("changed", mass.ref)
    for item in mass.items.filter(refused="", result="").select_related("case__contract").order_by("id"):
        _one(mass, item, by, now)


def _one(mass: MassAct, item: MassItem, by: Actor, now: datetime) -> None:
    """Do one case, unless it was done or has changed since the preview was confirmed."""
    try:
        with transaction.atomic():
            if not MassItem.objects.filter(pk=item.pk, result="").update(result="done"):
                return
            if stands(item.case) != item.stood:
                raise Refused("changed", item.case.ref)
            _act(mass.act, mass.parameters, item.detail, by, now)(item.case)
    except Refused as e:
        MassItem.objects.filter(pk=item.pk, result="").update(result=e.code)


def stands(case: Case) -> str:
    """Return the SHA-256 of everything about a case that an officer's judgement rests on."""
    live = Measure.objects.filter(case=case, rehearsal=False, state__in=(*measures.OPEN, *measures.IN_FORCE)).order_by("id")
    body = canonical({"ref": case.ref, "state": case.state, "closed": case.closed_at is not None, "officer": case.officer, "grade": case.grade,
                      "evidence": evidence_hash(case), "snoozed": case.snoozed_until.isoformat() if case.snoozed_until else "",
                      "measures": [list(m) for m in live.values_list("ref", "state", "subject_hash")]})
    return hashlib.sha256(body.encode()).hexdigest()


def _checked(act: str, given: Parameters) -> Parameters:
    if act == "assign":
        name = str(given.get("officer", ""))
        found = Officer.objects.filter(name=name, is_active=True).first()
        if name and (found is None or not any(found.has_role(r) for r in CASE_ROLES)):
            raise Refused("unknown_officer", name)
        return {"officer": name}
    if act == "snooze":
        days = str(given.get("days", ""))
        if not days.isdecimal() or int(days) not in casework.SNOOZE_DAYS:
            raise Refused("days", days)
        return {"days": int(days)}
    if act == "note":
        text = str(given.get("text", "")).strip()[:casework.NOTE_CHARS]
        if not text:
            raise Refused("nothing", "the note is empty")
        return {"text": text}
    return {}


def _plan(act: str, parameters: Parameters, refs: Sequence[str], by: Actor, now: datetime) -> Plan:
    cases = list(Case.objects.filter(ref__in=refs).select_related("contract").order_by("id"))
    into = _targets(cases) if act == "merge" else {}
    out: Plan = []
    for case in cases:
        why, detail = _look(act, case, into)
        if not why:
            why = casework.many([case], _act(act, parameters, detail, by, now), really=False)[0].refused
        out.append((case, why, detail, stands(case)))
    return out


def _look(act: str, case: Case, into: dict[int, Case]) -> tuple[str, dict[str, Any]]:
    """Return why a case is left out before it is even tried, and what the preview says of it."""
    if act == "assign":
        return "", {"was": case.officer}
    if act == "warn":
        return _informational(case)
    if case.closed_at is not None and act != "note":
        return "closed", {}
    if act == "merge":
        target = into.get(case.contract_id)
        if target is None:
            return "alone", {}
        return ("target_of_merge", {}) if target.pk == case.pk else ("", {"into": target.ref})
    return "", {}


def _targets(cases: Sequence[Case]) -> dict[int, Case]:
    """Return contract → the oldest of its chosen open cases, where more than one was chosen."""
    of: dict[int, list[Case]] = {}
    for case in cases:
        if case.closed_at is None:
            of.setdefault(case.contract_id, []).append(case)
    return {contract: rows[0] for contract, rows in of.items() if len(rows) > 1}


def _informational(case: Case) -> tuple[str, dict[str, Any]]:
    """A proposed warning may be approved among many where it only informs, its kind may go without a person, and nobody protected gets it."""
    measure = Measure.objects.filter(case=case, step="warn", state="proposed", rehearsal=False).order_by("id").first()
    if measure is None:
        return "not_proposed", {}
    if case.contract.protected:
        return "protected_member", {}
    counted = CaseFinding.objects.filter(case=case, withdrawn_at__isnull=True)
    kinds = set(counted.values_list("finding__category", "finding__type"))
    rows = [for_type(*kind) for kind in kinds]
    if measure.grade != "C" or measure.path != "ladder" or measure.approvals_needed > 1 or not all(r is not None and r.automatic for r in rows):
        return "not_informational", {}
    return "", {"measure": measure.ref, "subject": measure.subject_hash}


def _act(act: str, parameters: Parameters, detail: dict[str, Any], by: Actor, now: datetime) -> Callable[[Case], None]:
    """Return the act as it is done to one case."""
    if act == "merge":
        return lambda case: casework.merge(case, Case.objects.get(ref=detail["into"]), by, now)
    if act == "warn":
        return lambda case: _approve(case, detail["subject"], by, now)
    return {
        "assign": lambda case: casework.reassign(case, parameters["officer"], by, now),
        "snooze": lambda case: casework.snooze(case, parameters["days"], by, now),
        "note": lambda case: casework.note(case, parameters["text"], by, now),
        "settle": lambda case: casework.close_settled(case, by, now),
        "unfounded": lambda case: casework.close_unfounded(case, by, now),
    }[act]


def _approve(case: Case, subject: str, by: Actor, now: datetime) -> None:
    decisions.approve(by.id, case.contract, "warn", now, seen=subject)


def _hash(act: str, parameters: Parameters, plan: Plan) -> str:
    body = canonical({"act": act, "parameters": parameters, "cases": [[c.ref, why, detail, stood] for c, why, detail, stood in plan]})
    return hashlib.sha256(body.encode()).hexdigest()
