"""Play a scenario: line by line, the clock moved to each, acts applied, expectations checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from sekimori.contracts.models import Contract
from sekimori.demo.play import apply, expect, scenario
from sekimori.demo.play.changes import Changes
from sekimori.demo.play.timeline import Timeline
from sekimori.demo.play.ways import Ways
from sekimori.enforcement.switches import set_live
from sekimori.values.actors import Actor
from sekimori.values.clock import JST, Clock, SetClock
from sekimori.values.outcomes import Refused


@dataclass(slots=True)
class Result:
    """What came of a scenario."""

    lines: int = 0
    expectations: int = 0
    failed: int = 0


class Around(Protocol):
    """Real equipment around the desk (demo.live.desk)."""

    ways: Ways

    def members(self, contract: Contract, now: datetime) -> list[dict[str, Any]]:
        """Return what the servers let each login of a contract do, with `ok`."""
        ...

    def letters(self) -> dict[str, Any]:
        """Return whether the desk's letters arrived, with `ok`."""
        ...


Live = Callable[[Clock], AbstractContextManager[Around]]


def play(path: Path, out: Callable[[str], None], *, changes: bool = True, live: Live | None = None) -> Result:
    """Play one scenario in the (empty, synthetic) folder of this process. Raises ScenarioError.

    `out` gets one JSON line per change and per expectation; with `live` equipment, also one per login of a contract that an
    expectation names, which fails with it.
    """
    lines = _together(scenario.read(path))
    first = next(lines, None)
    if first is None:
        return Result()
    clock = SetClock(first[0].at)
    with live(clock) if live is not None else nullcontext() as around:
        return _Player(path, out, clock, changes, around).whole(first, lines)


class _Player:
    def __init__(self, path: Path, out: Callable[[str], None], clock: SetClock, changes: bool, around: Around | None) -> None:
        self._path, self._out, self._around = path, out, around
        teller = Changes(out)
        set_live(["*"], Actor("command", "play"), clock.at)
        self._timeline = Timeline(clock, teller.tell if changes else lambda _: None, around.ways if around is not None else None)
        self._result = Result()

    def whole(self, first: list[scenario.Line], others: Iterable[list[scenario.Line]]) -> Result:
        """Play all lines."""
        self._lines(first)
        for lines in others:
            self._lines(lines)
        if self._around is not None:
            self._seen(self._around.letters())
        return self._result

    def _lines(self, lines: list[scenario.Line]) -> None:
        line, timeline = lines[0], self._timeline
        timeline.move(line.at)
        self._result.lines += len(lines)
        if line.event == "expect":
            self._expect(line)
        elif line.event in apply.LOADS:
            apply.LOADS[line.event](lines, timeline.clock.now())
        else:
            try:
                apply.apply(line, timeline)
            except Refused as e:
                self._say({"at": self._now(), "file": str(self._path), "event": line.event, "line": line.number, "refused": e.code, "why": e.why})
            timeline.run()
        while timeline.ways.notes:
            self._say({"at": self._now(), **timeline.ways.notes.pop(0)})

    def _expect(self, line: scenario.Line) -> None:
        now = self._timeline.clock.now()
        ok, found = expect.check(line, now)
        self._result.expectations += 1
        self._result.failed += not ok
        self._say({"at": line.at.isoformat(), "file": str(self._path), "line": line.number, "expect": line.fields, "ok": ok, "found": found})
        if self._around is not None and "contract" in line.fields:
            for seen in self._around.members(apply.contract_of(line), now):
                self._seen(seen)

    def _seen(self, seen: dict[str, Any]) -> None:
        self._result.failed += not seen["ok"]
        self._say({"at": self._now(), "file": str(self._path), **seen})

    def _now(self) -> str:
        return self._timeline.clock.now().astimezone(JST).isoformat()

    def _say(self, line: dict[str, Any]) -> None:
        self._out(json.dumps(line, ensure_ascii=False))


def _together(lines: Iterable[scenario.Line]) -> Iterator[list[scenario.Line]]:
    """Yield lines one by one, but rows of one table at one moment together."""
    def key(line: scenario.Line) -> tuple[object, ...]:
        return (line.event, line.at) if line.event in apply.LOADS else (line.number,)

    for _, group in groupby(lines, key=key):
        yield list(group)
