"""The conditions of each step: what holds, what does not, and when time alone would mend it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sekimori.enforcement.ladder.answers import Standing, Unmet, iso
from sekimori.enforcement.ladder.facts import EventFact, MeasureFact
from sekimori.enforcement.ladder.grades import at_least
from sekimori.enforcement.ladder.guard import CONDITIONS
from sekimori.enforcement.ladder.history import History
from sekimori.policy.calendar import day_of, grace_end, in_window, next_window
from sekimori.policy.types import RESTRICTIONS, STEPS, TypePolicy
from sekimori.values.clock import JST

WITHOUT_WINDOW = frozenset({"warn", "brake"})


class Conditions(History):
    """The conditions of a case's steps."""

    def standing(self, step: str) -> Standing:
        """Return the unmet conditions of a step."""
        needed = self.approvals_needed(step)
        unmet: list[Unmet | None] = [
            self._grade(step), self._delivered(step), self._grace(step), self._new_events(step), self._category(step),
            None if any(e.exact for e in self.facts.events) else Unmet("certainty", "none", "exact"),
            self._protected(step, needed), self._window(step), *self._approvals(step, needed), self._hearing(step),
            self._suspensions(step), self._max_reached(step), self._rehearsal(),
            Unmet("held", "clock" if self.facts.doubt else step, "go") if step in self.facts.held or self.facts.doubt else None,
            Unmet("halt", "halted", "resume") if self.facts.halted else None,
        ]
        present = sorted((u for u in unmet if u is not None), key=lambda u: CONDITIONS.index(u.condition))
        return Standing(step, tuple(present), needed)

    def _grade(self, step: str) -> Unmet | None:
        wanted = "C" if step == "warn" else "B"
        return None if at_least(self.grade, wanted) else Unmet("grade", self.grade, wanted)

    def _delivered(self, step: str) -> Unmet | None:
        return Unmet("delivered", "no", "a delivered warning") if step != "warn" and self.warning() is None else None

    def _grace(self, step: str) -> Unmet | None:
        if step == "warn":
            return None
        warning = self.warning()
        if warning is None:
            return Unmet("grace", "not begun", "a delivered warning")
        end = grace_end(*warning, self.facts.ladder)
        return None if end <= self.facts.now else Unmet("grace", iso(warning[0]), iso(end), end)

    def _new_events(self, step: str) -> Unmet | None:
        if step == "warn":
            return None if any(self._calls_for_warning(e) for e in self.counted) else Unmet("new_events", "0", "1")
        since = self._since(step)
        needs = self.facts.ladder.continuing_days
        if since is None:
            return Unmet("new_events", "0", str(needs))
        days = len({day_of(e.time) for e in self.counted if e.time >= since and e.time <= self.facts.now})
        return None if days >= needs else Unmet("new_events", str(days), str(needs), None)

    def _calls_for_warning(self, event: EventFact) -> bool:
        """An event is no news when it was answered before: by a decision, a brake, the victim lane, a warning at C."""
        answered = [m.executed_at or self.facts.now for m in self.facts.measures
                    if m.path != "ladder" and (m.executed_at or m.state in {"approved", "notified"})]
        decision = self.decided("warn")
        if any(event.time <= at for at in [*answered, *([decision] if decision else [])]):
            return False
        again = self._informed_until()
        return again is None or event.received >= again

    def _informed_until(self) -> datetime | None:
        """At grade C a new warning needs a report received so many days after the last one was sent."""
        sent = [m.executed_at for m in self.done("warn") if m.executed_at]
        last = max([*sent, *([self.facts.informational] if self.facts.informational else [])], default=None)
        if self.grade != "C" or last is None:
            return None
        return last + timedelta(days=self.facts.ladder.informational_every_days)

    def _since(self, step: str) -> datetime | None:
        """Return the instant from which events count for a step, or None where the step before it is not done."""
        warning = self.warning()
        if warning is None:
            return None
        since = [grace_end(*warning, self.facts.ladder)]
        before = self._before(step)
        if before is not None:
            if not before:
                return None
            since.append((before[-1].executed_at or self.facts.now) + timedelta(hours=self.facts.ladder.between_steps_hours))
        decision = self.decided(step)
        if decision is not None:
            since.append(decision + timedelta(microseconds=1))
        return max(since)

    def _before(self, step: str) -> list[MeasureFact] | None:
        """Return the measures after which a step may come (empty: none yet), or None for the first step after warn."""
        index = self.path.index(step)
        if step == "terminate":
            rungs = [self.done(s) for s in self.path if s in RESTRICTIONS]
            return sorted([*self.suspensions(), *(m for r in rungs for m in r)], key=self._began) if all(rungs) else []
        if step == "suspend_line" and self.done("suspend_line"):
            return self.done("suspend_line")
        return None if index <= 1 else self.done(self.path[index - 1])

    def _category(self, step: str) -> Unmet | None:
        rows = self.rows()
        if not any(r.notice != "never" for r in rows):
            return Unmet("category", "never" if rows else "no row", "auto or person")
        if not any(not r.consent or r.consent in self.facts.consents for r in rows if r.notice != "never"):
            return Unmet("category", "no consent", next(r.consent for r in rows if r.consent))
        if self.facts.policy.ground(self.facts.path, step) is None:
            return Unmet("category", "no ground", step)
        return None

    def rows(self) -> list[TypePolicy]:
        """Return the policy rows of the events that count (of all, where none does)."""
        return self._rows(self.counted or self.facts.events)

    def _rows(self, events: Sequence[EventFact]) -> list[TypePolicy]:
        names = {e.category for e in events}
        return [self.facts.policy.types[n] for n in sorted(names) if n in self.facts.policy.types]

    def _given(self, step: str) -> int:
        return self.facts.approvals.get(step, 0)

    def _protected(self, step: str, needed: int) -> Unmet | None:
        open_question = self.facts.protected and self._given(step) < max(1, needed)
        return Unmet("protected", self.facts.protected, "officer") if open_question else None

    def _window(self, step: str) -> Unmet | None:
        if step in WITHOUT_WINDOW or in_window(self.facts.now, self.facts.ladder):
            return None
        opens = next_window(self.facts.now, self.facts.ladder)
        return Unmet("window", iso(self.facts.now), iso(opens), opens)

    def approvals_needed(self, step: str) -> int:
        """Return how many officers must agree to a step at the present grade."""
        table = self.facts.ladder.approvals
        if step == "warn":
            alone = self._warn_alone() and not self.facts.protected
            return 0 if alone else table["person"]
        if step in RESTRICTIONS:
            return table["restrict_a"] if self.grade == "A" else table["restrict_b"]
        return table[step]

    def _warn_alone(self) -> bool:
        calling = [e for e in self.counted if self._calls_for_warning(e)] or list(self.counted)
        if not any(r.automatic for r in self._rows(calling)):
            return False
        known = self.facts.ladder.informational_confirmed
        return self.grade != "C" or any(e.confirmed >= known for e in calling)

    def _approvals(self, step: str, needed: int) -> list[Unmet]:
        given = self._given(step)
        out = []
        if needed >= 1 and given < 1:
            out.append(Unmet("approval", str(given), str(needed)))
        if needed >= 2 and given < needed:
            out.append(Unmet("second_approval", str(given), str(needed)))
        return out

    def _hearing(self, step: str) -> Unmet | None:
        if step != "terminate" or self.heard():
            return None
        letter = self._hearing_letter()
        if letter is None:
            return Unmet("hearing", "not held", "a statement, or a recorded letter and 14 days")
        end = letter + timedelta(days=self.facts.ladder.hearing_letter_days)
        return Unmet("hearing", iso(letter), iso(end), end)

    def heard(self) -> bool:
        """Tell whether the member was heard, or had the chance to be, after the last suspension."""
        last = self._last_suspension()
        if last is None:
            return False
        if any(s > last for s in self.facts.statements):
            return True
        letter = self._hearing_letter()
        return letter is not None and self.facts.now >= letter + timedelta(days=self.facts.ladder.hearing_letter_days)

    def _last_suspension(self) -> datetime | None:
        return max((m.executed_at for m in self.suspensions() if m.executed_at), default=None)

    def _hearing_letter(self) -> datetime | None:
        last = self._last_suspension()
        if last is None:
            return None
        return min((d.delivered_at for d in self.facts.deliveries if d.channel == "letter" and d.delivered_at > last), default=None)

    def _suspensions(self, step: str) -> Unmet | None:
        if step != "terminate" or self.enough_suspensions():
            return None
        return Unmet("suspensions", str(len(self.suspensions())), str(self.facts.ladder.suspensions_before_termination))

    def _max_reached(self, step: str) -> Unmet | None:
        top = max((STEPS.index(r.highest) for r in self.rows() if r.highest), default=-1)
        if STEPS.index(step) > top:
            return Unmet("max_reached", STEPS[top] if top >= 0 else "none", step)
        if step == "warn":
            again = self._informed_until()
            if again is not None and again > self.facts.now:
                return Unmet("max_reached", "warned", iso(again), again)
            return Unmet("max_reached", "warned", "reset") if self.done("warn") and self.grade != "C" else None
        done = self.done(step)
        if step == "suspend_line":
            running = [m for m in self.facts.suspensions if m.in_force]
            if running:
                return Unmet("max_reached", "in force", iso(running[-1].ends_at or self.facts.now), running[-1].ends_at)
            return Unmet("max_reached", "suspensions", "terminate") if "terminate" in self.path and self.enough_suspensions() else None
        return Unmet("max_reached", "done", "reset") if done else None

    def _rehearsal(self) -> Unmet | None:
        names = [r.name for r in self.rows()]
        return None if any(self.facts.live.get(n) for n in names) else Unmet("rehearsal", "rehearsal", "go-live")

    def reset_at(self) -> datetime | None:
        """Return the start of the day after so many clean days."""
        if not self.counted:
            return None
        day = day_of(self.counted[-1].time) + timedelta(days=self.facts.ladder.reset_clean_days + 1)
        return datetime.combine(day, time(0), JST).astimezone(UTC)

    def waits(self) -> tuple[datetime, ...]:
        """Return the future instants at which the answer changes without anybody's doing."""
        dates = {u.earliest for step in self.path for u in self.standing(step).unmet if u.condition != "window"}
        dates.add(self.reset_at())
        return tuple(sorted(d for d in dates if d is not None and d > self.facts.now))
