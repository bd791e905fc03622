"""Play a scenario: line by line, the clock moved to each, acts applied, expectations checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sekimori.demo.play import apply, expect, scenario
from sekimori.demo.play.changes import Changes
from sekimori.demo.play.timeline import Timeline
from sekimori.enforcement.switches import set_live
from sekimori.values.actors import Actor
from sekimori.values.clock import JST, SetClock
from sekimori.values.outcomes import Refused


@dataclass(slots=True)
class Result:
    """What came of a scenario."""

    lines: int = 0
    expectations: int = 0
    failed: int = 0


def play(path: Path, out: Callable[[str], None], *, changes: bool = True) -> Result:
    """Play one scenario in the (empty, synthetic) folder of this process. Raises ScenarioError.

    `out` gets one JSON line per change and per expectation.
    """
    result = Result()
    timeline: Timeline | None = None
    teller = Changes(out)
    for lines in _together(scenario.read(path)):
        line = lines[0]
        if timeline is None:
            clock = SetClock(line.at)
            set_live(["*"], Actor("command", "play"), line.at)
            timeline = Timeline(clock, teller.tell if changes else lambda _: None)
        timeline.move(line.at)
        result.lines += len(lines)
        if line.event == "expect":
            ok, found = expect.check(line, timeline.clock.now())
            result.expectations += 1
            result.failed += not ok
            out(json.dumps({"at": line.at.isoformat(), "file": str(path), "line": line.number, "expect": line.fields, "ok": ok, "found": found}, ensure_ascii=False))
        elif line.event in apply.LOADS:
            apply.LOADS[line.event](lines, timeline.clock.now())
        else:
            try:
                apply.apply(line, timeline)
            except Refused as e:
                out(json.dumps({"at": timeline.clock.now().astimezone(JST).isoformat(), "file": str(path), "event": line.event,
                                "line": line.number, "refused": e.code, "why": e.why}, ensure_ascii=False))
            timeline.run()
    return result


def _together(lines: Iterable[scenario.Line]) -> Iterator[list[scenario.Line]]:
    """Yield lines one by one, but rows of one table at one moment together."""
    def key(line: scenario.Line) -> tuple[object, ...]:
        return (line.event, line.at) if line.event in apply.LOADS else (line.number,)

    for _, group in groupby(lines, key=key):
        yield list(group)
