"""The stage that simulates a draft of the ladder: both ladders replayed on the same findings, a slice at a time.

A slice takes about two seconds, so that a year of cases delays nobody's notice; where it stands is in the row, so a killed worker
goes on from there.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sekimori.enforcement.ladder.facts import Facts
from sekimori.enforcement.models_ladder import LadderVersion, SimulatedCase
from sekimori.enforcement.rulebook import digest, in_force
from sekimori.enforcement.simulate import replay, starts, to_replay
from sekimori.policy.ladderfile import read_ladder
from sekimori.policy.types import Ladder
from sekimori.values.clock import iso
from sekimori.work.stage import Context, Prepared

SLICE_S = 2.0
CHUNK = 50


@dataclass(slots=True)
class _Slice:
    """What one turn found, still to be written."""

    cursor: int
    counts: dict[str, dict[str, list[int]]]
    replayed: int = 0
    ended: bool = False
    changed: list[SimulatedCase] = field(default_factory=list)


class RehearseStage:
    """Replay the findings of a draft's days; writes counts per path and step, and each case that would fare otherwise."""

    name = "enforcement.rehearse"
    model = LadderVersion
    where = ""
    acts_on_persons = False

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Do one slice of the first draft; the others wait for the next turn."""
        row = LadderVersion.objects.get(id=ids[0])
        waiting = dict.fromkeys(ids[1:], ctx.now)
        if row.state != "simulating":
            return Prepared(write=lambda: None, later=waiting)
        text = in_force()
        new, old = read_ladder(row.text)[0], read_ladder(text)[0]
        if new is None or old is None:
            return Prepared(write=lambda: None, later=waiting, failed={row.pk: "the text is no whole ladder any more"})
        if row.baseline != digest(text):  # another ladder came into force meanwhile: the comparison begins anew
            row.baseline, row.cursor, row.replayed, row.counts = digest(text), 0, 0, {}
        found = _slice(row, old, new)
        again = {} if found.ended else {row.pk: ctx.now}

        def write() -> None:
            stale = SimulatedCase.objects.filter(ladder=row)
            (stale if row.cursor == 0 else stale.filter(case_id__gt=row.cursor)).delete()
            SimulatedCase.objects.bulk_create(found.changed)
            LadderVersion.objects.filter(pk=row.pk, state="simulating").update(
                baseline=row.baseline, cursor=found.cursor, counts=found.counts, replayed=row.replayed + found.replayed,
                state="simulated" if found.ended else "simulating")

        if not found.ended:
            return Prepared(write=write, later=waiting | again)
        return Prepared(write=write, act="ladder.simulated", subject=f"ladder:{row.ref}", later=waiting,
                        detail={"sha256": row.sha256, "days": row.days, "cases": row.replayed + found.replayed})


def _slice(row: LadderVersion, old: Ladder, new: Ladder) -> _Slice:
    """Replay cases from the row's cursor on, for about `SLICE_S` seconds."""
    assert row.until is not None
    out = _Slice(row.cursor, copy.deepcopy(row.counts))
    begun = time.monotonic()
    while time.monotonic() - begun < SLICE_S:
        cases = list(to_replay(row.days, row.until).filter(id__gt=out.cursor)[:CHUNK])
        if not cases:
            out.ended = True
            break
        for case, facts in starts(cases, row.days, row.until):
            before, after = _steps(facts, old, row), _steps(facts, new, row)
            for side, steps in enumerate((before, after)):
                for step, *_ in steps:
                    out.counts.setdefault(case.policy, {}).setdefault(step, [0, 0])[side] += 1
            if _to_the_minute(before) != _to_the_minute(after):
                out.changed.append(SimulatedCase(ladder=row, case=case, before=before, after=after))
        out.replayed += len(cases)
        out.cursor = cases[-1].pk
    return out


def _to_the_minute(steps: list[list[Any]]) -> list[tuple[str, str, str]]:
    """Seconds hang on which of two mails came first; whoever reads the comparison wants to know of minutes and more."""
    return [(step, at[:16], grade) for step, at, grade in steps]


def _steps(facts: Facts, ladder: Ladder, row: LadderVersion) -> list[list[Any]]:
    assert row.until is not None
    return [[step, iso(at), grade] for step, at, grade in replay(replace(facts, ladder=ladder), row.until)]
