"""Receive, preserve, hear, agree, answer: each act one transaction with its ledger entry.

Two different officers of the role `legal` agree to an answer (the faces check the role); what an answer may hold is the
kind's, never more. The member's "who looked at my data" shows only kinds that are told.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sekimori.cases.models import Case
from sekimori.contracts.models import Contract
from sekimori.disclosure import hearing
from sekimori.disclosure.freeze import copy_rows, parse_window
from sekimori.disclosure.kinds import Kind, kinds
from sekimori.disclosure.masking import masked
from sekimori.disclosure.models import Consent, Frozen, Request
from sekimori.enforcement.models import Measure, Saying
from sekimori.ledger.chain import canonical
from sekimori.ledger.service import read_protected, write
from sekimori.values.actors import Actor
from sekimori.values.basis import Purpose
from sekimori.values.clock import iso, micros
from sekimori.values.ids import reference
from sekimori.values.outcomes import Refused
from sekimori.values.text import storable

CONSENTS = 2
RECORDS = frozenset({"connection", "submission"})
"""Yields that are rows of our logs."""


def receive(kind: str, now: datetime, by: Actor, *, contract: Contract | None = None, window: dict[str, Any] | None = None,
            due: datetime | None = None, asker: str = "", document: str = "") -> Request:
    """File a request; rows are frozen by the stage within a minute where the kind preserves.

    Raises Refused: `unknown_kind`, `nothing_named` (neither contract nor window), `window` (unusable).
    """
    rule = kinds().get(kind)
    if rule is None:
        raise Refused("unknown_kind", kind[:40])
    if contract is None and not window:
        raise Refused("nothing_named", "a contract or a window")
    if window:
        try:
            parse_window(window)
        except ValueError as e:
            raise Refused("window", str(e)) from e
    with transaction.atomic():
        request = Request.objects.create(
            ref=reference("Q"), kind=kind, contract=contract, window=window, asker=storable(asker, 2000), document=document,
            received_at=now, received_by=str(by), answer_by=due or now + timedelta(days=rule.due_days),
            heard_until=now + timedelta(days=rule.hearing_days) if rule.hearing_days else None,
            state="hearing" if rule.hearing_days else "received", due_at=micros(now))
        write(by, "request.received", f"request:{request.ref}", {"kind": kind, "article": rule.article}, now)
    return request


def preserve(request: Request, now: datetime) -> int:
    """Copy the rows of the window for this request; returns how many. Inside the caller's transaction; repeatable."""
    until = preserved_until(request, now)
    if until is None:
        return 0
    count = copy_rows(request)
    Request.objects.filter(pk=request.pk, preserved_at=None).update(preserved_at=now, preserved_until=until, state="preserved")
    Request.objects.filter(pk=request.pk).update(frozen_rows=count)
    return count


def preserved_until(request: Request, now: datetime) -> datetime | None:
    """Return when rows that are copied now are deleted again; None where nothing is copied (no window, or a kind that preserves nothing)."""
    days = kinds()[request.kind].preserve_days
    return now + timedelta(days=days) if request.window and days else None


def extend(request: Request, now: datetime, by: Actor) -> datetime:
    """Extend a preservation once more by its period, at most to the kind's limit; returns its new end. Raises Refused: `limit`."""
    rule = kinds()[request.kind]
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if row.preserved_at is None or row.preserved_until is None:
            raise Refused("not_preserved")
        end = min(row.preserved_until + timedelta(days=rule.preserve_days), row.preserved_at + timedelta(days=rule.preserve_most))
        if end <= row.preserved_until:
            raise Refused("limit", f"{rule.preserve_most} days in all")
        row.preserved_until, row.work, row.due_at = end, "due", micros(end)
        row.save(update_fields=["preserved_until", "work", "due_at"])
        write(by, "request.extended", f"request:{row.ref}", {"days": rule.preserve_most}, now)
    return end


def scope_hash(request: Request) -> str:
    """Return the hash of what an answer would cover: consents are bound to it and void when it changes."""
    frozen = list(Frozen.objects.filter(request=request).order_by("sha256").values_list("sha256", flat=True))
    return hashlib.sha256(canonical({"kind": request.kind, "contract": request.contract_id, "window": request.window,
                                     "document": request.document, "frozen": frozen, "heard": hearing.answered(request)}).encode()).hexdigest()


def consent(request: Request, officer: str, now: datetime) -> Request:
    """Agree to answer. The second, different officer's consent approves it.

    Raises Refused: `no_paper` (an oral request yields nothing), `own_approval`, `closed`, and what `hearing.wait` does.
    """
    with transaction.atomic():
        row = Request.objects.select_for_update().get(pk=request.pk)
        if row.state in ("answered", "refused", "expired"):
            raise Refused("closed")
        if not row.document and row.kind not in ("emergency", "access"):
            raise Refused("no_paper", "the request on paper comes first")
        hearing.wait(row, now)
        digest = scope_hash(row)
        Consent.objects.filter(request=row).exclude(scope_hash=digest).delete()
        _, made = Consent.objects.get_or_create(request=row, officer=officer, defaults={"scope_hash": digest, "at": now})
        if not made:
            raise Refused("own_approval", "a second person must agree")
        if Consent.objects.filter(request=row).count() >= CONSENTS:
            row.state = "approved"
            row.save(update_fields=["state"])
        write(Actor("officer", officer), "request.agreed", f"request:{row.ref}", {"scope": digest, "state": row.state}, now)
    return row


def answer(request: Request, by: Actor, now: datetime) -> dict[str, Any]:
    """Return what may be handed over, and close the request. The ledger has the reading before anything is returned.

    A masked copy stays with the request. Raises Refused: `not_approved`, `nothing_to_yield`, `not_preserved` (its rows are not copied yet).
    """
    rule = kinds()[request.kind]
    with transaction.atomic():
        row = Request.objects.select_for_update(of=("self",)).select_related("contract").get(pk=request.pk)
        if row.state != "approved" or Consent.objects.filter(request=row, scope_hash=scope_hash(row)).count() < CONSENTS:
            raise Refused("not_approved", "two officers must agree to this very answer")
        if not rule.yields:
            raise Refused("nothing_to_yield", "this kind only preserves")
        if row.window and rule.yields & RECORDS and row.preserved_at is None:
            raise Refused("not_preserved", "the rows of the window are copied within a minute")
        read_protected(by, Purpose(f"request:{row.ref}", rule.basis), "disclosure.answer", 1, scope_hash(row), now)
        row.state, row.answered_at = "answered", now
        row.save(update_fields=["state", "answered_at"])
        write(by, "request.answered", f"request:{row.ref}", {"kind": row.kind, "yields": sorted(rule.yields)}, now)
    found = assemble(row, rule, by, now)
    Request.objects.filter(pk=row.pk).update(masked_copy=canonical(masked(found)))
    return found


def assemble(row: Request, rule: Kind, by: Actor, now: datetime) -> dict[str, Any]:
    """Put together an answer from the kind's yields; anything else is left out, not masked."""
    out: dict[str, Any] = {"request": row.ref, "kind": row.kind, "article": rule.article}
    if row.contract and rule.yields & {"holder", "own"}:
        from sekimori.contracts import holders

        fields = ("holder", "postal", "phone", "email", "alt_email") if "own" in rule.yields else ("holder", "postal")
        found = holders.read(by, Purpose(f"request:{row.ref}", rule.basis), [row.contract.pk], fields, now).get(row.contract.pk)
        out["holder"] = {f: getattr(found, f) for f in fields} if found else {}
    if row.contract and "own" in rule.yields:
        out |= _own(row.contract)
    for source, name in (("assignment", "connection"), ("submission", "submission")):
        if name in rule.yields:
            out[name] = [json.loads(r) for r in Frozen.objects.filter(request=row, source=source).order_by("id").values_list("row", flat=True)]
    return out


def _own(contract: Contract) -> dict[str, Any]:
    """Return what the desk keeps about a person besides the contact data: cases, measures, what they told us. Nothing of a reporter."""
    return {
        "cases": [{"case": c.ref, "category": c.category, "opened": iso(c.opened_at), "state": c.state}
                  for c in Case.objects.filter(contract=contract).order_by("id")],
        "measures": [{"measure": m.ref, "case": m.case.ref, "step": m.step, "state": m.state, "executed": iso(m.executed_at) if m.executed_at else None}
                     for m in Measure.objects.filter(contract=contract, executed_at__isnull=False).select_related("case").order_by("id")],
        "said": [{"time": iso(s.at), "case": s.case.ref, "kind": s.kind, "text": s.text}
                 for s in Saying.objects.filter(case__contract=contract).select_related("case").order_by("id")],
        "heard": [{"time": iso(h.answered_at), "request": h.request.ref, "kind": h.answer, "text": h.reasons} for h in hearing.answers(contract) if h.answered_at],
    }


def refuse(request: Request, by: Actor, why: str, now: datetime) -> None:
    """Refuse a request with a reason; frozen rows go with it."""
    with transaction.atomic():
        Frozen.objects.filter(request=request).delete()
        Request.objects.filter(pk=request.pk).update(state="refused", refused_why=storable(why, 2000), work="done")
        write(by, "request.refused", f"request:{request.ref}", {}, now)


def expire(request: Request, now: datetime, by: Actor) -> None:
    """End a preservation whose time is over: the copies are deleted, and the ledger says how many there were. An answer stays answered."""
    count = Frozen.objects.filter(request=request).delete()[0]
    Request.objects.filter(pk=request.pk).exclude(state__in=("answered", "refused")).update(state="expired")
    write(by, "request.expired", f"request:{request.ref}", {"rows": count}, now)


def shown_to_member(contract: Contract) -> list[Request]:
    """Return the requests about a contract that its holder may see: never one under an authority's silence."""
    told = [k.name for k in kinds().values() if k.told]
    return list(Request.objects.filter(contract=contract, kind__in=told).order_by("received_at"))
