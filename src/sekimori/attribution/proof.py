"""The proof of an answer: everything that it was decided from, as JSON, and the decision made again from it. Pure.

A proof holds the windows, the prefixes, every trail with its rows, rules, logins' owners and mails, and the device clocks'
errors. `decide` gives the same certainty and contract from the proof alone: rows may be long expired.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sekimori.assignments.rules.resolve import Resolved
from sekimori.assignments.types import Row, from_proof
from sekimori.assignments.types import proof as row_proof
from sekimori.attribution.rules import combine, cover, doubtful, verdict, within
from sekimori.attribution.types import Answer, Certainty, Owner, Step, Trail, Verdict, Window
from sekimori.submissions.lookup import Hand

VERSION = 1


def build(answer: Answer) -> dict[str, Any]:
    """Return the proof of an answer as JSON values."""
    trails = [t for _, v in answer.windows for t in v.trails]
    rows = [s.detail for t in trails for s in t.steps if isinstance(s.detail, Row)]
    rules = [s.detail for t in trails for s in t.steps if isinstance(s.detail, Resolved)]
    return {
        "version": VERSION,
        "certainty": str(answer.certainty), "contract": answer.contract, "candidates": answer.candidates, "how": answer.how, "why": answer.why,
        "feed": rows[0].feed if rows else "", "rule": rules[0].rule if rules else "",
        "networks": [asdict(n) for n in answer.networks],
        "readings": [{"window": None if w is None else list(w), "verdict": _verdict(v)} for w, v in answer.windows],
    }


def _verdict(v: Verdict) -> dict[str, Any]:
    return {"certainty": str(v.certainty), "contract": v.contract, "candidates": v.candidates, "how": v.how, "why": v.why, "ours": v.ours,
            "contact": v.contact, "query": v.query,
            "trails": [{"contract": t.contract, "holder": t.holder, "how": t.how, "steps": [_step(s) for s in t.steps]} for t in v.trails]}


def _step(step: Step) -> dict[str, Any]:
    detail = step.detail
    if isinstance(detail, Row):
        value: Any = row_proof(detail)
    elif isinstance(detail, Resolved):
        value = detail._asdict()
    elif isinstance(detail, Hand):
        value = asdict(detail) | {"client": None if detail.client is None else detail.client.hex()}
    else:
        value = None if detail is None else asdict(detail)
    return {"kind": step.kind, "rank": step.rank, "why": step.why, "detail": value}


def decide(proof: Mapping[str, Any]) -> Answer:
    """Decide again from a proof. Raises KeyError, TypeError or ValueError where it is none of this version."""
    if proof["version"] != VERSION:
        raise ValueError(f"proof of version {proof['version']}")
    if proof["why"] in ("events_intersected", "keys_disagree", "span_over_change"):
        # Decided from several answers: what each reading came to is checked, the rest stands as recorded.
        for reading in proof["readings"]:
            _reading(reading)
        return Answer(Certainty(proof["certainty"]), proof["contract"], proof["candidates"], proof["how"], proof["why"])
    readings = [_reading(r) for r in proof["readings"]]
    if not readings:
        return Answer(Certainty(proof["certainty"]), None, proof["candidates"], proof["how"], proof["why"])
    return combine(readings)


def _reading(value: Mapping[str, Any]) -> tuple[Window | None, Verdict]:
    window = None if value["window"] is None else Window(*value["window"])
    stated = value["verdict"]
    trails = [_trail(t, window) for t in stated["trails"]]
    if not trails:
        if stated["contract"] is not None:
            raise ValueError("a contract without a trail")
        return window, Verdict(Certainty(stated["certainty"]), None, stated["candidates"], stated["how"], stated["why"], (), stated["ours"],
                               stated["contact"], stated["query"])
    found = verdict(trails, stated["why"], stated["how"])
    if stated["why"] == "network_changed":
        found = doubtful(found, "network_changed")
    return window, found


def _trail(value: Mapping[str, Any], window: Window | None) -> Trail:
    return Trail(tuple(_regrade(s, window) for s in value["steps"]), value["contract"], value["holder"], value["how"])


def _regrade(value: Mapping[str, Any], window: Window | None) -> Step:
    kind, detail = value["kind"], value["detail"]
    stated = Step(kind, value["rank"], value["why"], detail)
    if window is None or detail is None or value["why"] == "clock_jumped":
        return stated
    if kind == "row":
        row = from_proof(detail)
        grade = cover(row, window)
        stated = stated._replace(detail=row)
    elif kind == "rule":
        grade = within(detail["valid_from"], detail["valid_to"], window)
    elif kind == "owner":
        owner = Owner(**detail)
        grade = within(owner.lo, owner.hi, window)
    else:
        return stated
    if grade is None:
        raise ValueError(f"a {kind} that does not touch the window")
    return stated._replace(rank=grade.rank, why=grade.why)
