"""From addresses to holders: network, rules and intervals, hop by hop, a whole batch at each hop.

An inside address (CGNAT), a delegated prefix (MAP-E) and a circuit are further hops through the same intervals. A
holder's word that no hop opens (`login:…`, `circuit:…`, `contract:…`) is looked up at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Network
from typing import NamedTuple

from sekimori.assignments.keys import probes_for, probes_for_prefix
from sekimori.assignments.types import Probe
from sekimori.attribution.knowledge import Knowledge
from sekimori.attribution.rules import ALL, Guards, cover, owners, within
from sekimori.attribution.types import DOUBT, WHOLE, Certainty, Grade, Question, Step, Trail, Verdict, Window
from sekimori.network.rows import SHARED
from sekimori.network.table import Held, Match
from sekimori.values.addresses import Address, embedded, parse_address, parse_prefix
from sekimori.values.clock import from_micros, iso

HOPS_MAX = 4
NO_MEMBERS = frozenset({"relay", "infrastructure", "delegated", "dslite"})
"""Kinds of network that end the way: nobody behind them is our member."""
PROBE_SLACK_US = 120_000_000
"""Records whose nominal edge lies so far outside a window are still looked at: their device's clock may be wrong."""
_METHODS = (("radius", "radius"), ("radacct", "radius"), ("kea", "dhcp"), ("dhcp", "dhcp"), ("lw4o6", "lw4o6"), ("mape", "mape"), ("pba", "cgnat"),
            ("cgnat", "cgnat"), ("ipfix", "cgnat"), ("det", "cgnat"))


class Half(NamedTuple):
    """A trail that has not reached a holder's last word."""

    reading: int
    steps: tuple[Step, ...]
    probe: Probe
    how: str


@dataclass(slots=True)
class Reading:
    """One window of one question on its way."""

    question: int
    window: Window
    match: Match
    how: str = ""
    settled: Verdict | None = None
    fallback: Verdict | None = None
    """The verdict where no trail is found: `several` of a rule, `upstream`."""
    ends: list[tuple[tuple[Step, ...], str, str]] = field(default_factory=list)
    """(steps, holder's word, how) of every trail."""
    trails: list[Trail] = field(default_factory=list)


def follow(asked: Sequence[tuple[int, Question, Window]], known: Knowledge, guards: Guards = ALL) -> list[Reading]:
    """Follow every (number, question, window) about an address to its holders; returns one Reading each, in order."""
    readings: list[Reading] = []
    halves: list[Half] = []
    for number, question, window in asked:
        if not guards.window:
            middle = (window.lo + window.hi) // 2
            window = Window(middle, middle, window.zone)
        assert question.address is not None
        reading = Reading(number, window, known.network(question.address, window.lo, window.hi))
        readings.append(reading)
        halves += _begin(len(readings) - 1, reading, question, question.address, known, guards)
    for _ in range(HOPS_MAX):
        if not halves:
            break
        halves = _hop(halves, readings, known, guards)
    _name(readings, known, guards)
    return readings


def _begin(index: int, reading: Reading, question: Question, address: Address, known: Knowledge, guards: Guards) -> list[Half]:
    window, match, port = reading.window, reading.match, question.port
    if not match.rows:
        inner = embedded(address)
        if inner is not None:
            form, hidden, hidden_port = inner
            match = known.network(hidden, window.lo, window.hi)
            if match.rows:
                reading.match, reading.how, address = match, form, hidden
                port = hidden_port if hidden_port is not None else port
        if not match.rows:
            reading.settled = Verdict(Certainty.NONE, why="not_ours", ours=False)
            return []
    held = match.rows[0]
    if match.partial and len({r.kind for r in match.rows}) > 1 and NO_MEMBERS & {r.kind for r in match.rows}:
        reading.settled = Verdict(Certainty.BOUNDARY, candidates=len(match.rows), how=held.kind, why="network_changed")
        return []
    if held.kind in ("relay", "infrastructure"):
        reading.settled = Verdict(Certainty.NONE, how=held.kind, why="own_relay" if held.kind == "relay" else "infrastructure")
        return []
    if held.kind == "delegated":
        reading.settled = Verdict(Certainty.DELEGATED, candidates=1, how="delegated", why="downstream_operator", contact=held.contact)
        return []
    reading.how = reading.how or held.kind
    halves: list[Half] = []
    for held in match.rows:
        halves += _from_rules(index, reading, address, port, held, known)
        if isinstance(address, IPv4Address) and port is None and held.kind in SHARED and guards.ports:
            continue  # only a rule for whole addresses can name anybody here
        halves += [Half(index, (), p, held.kind) for p in probes_for(
            address, port, known.sizes(held.realm, address.version), window.lo - PROBE_SLACK_US, window.hi + PROBE_SLACK_US, realm=held.realm,
            proto=question.proto)]
        if held.kind in SHARED and port is None and not guards.ports:
            halves += [Half(index, (), Probe(held.realm, int(address) << 16 | 1024, window.lo, window.hi), held.kind)]
    if reading.fallback is None:
        reading.fallback = _without_trail(reading, address, port, match.rows[0], known, guards)
    return halves


def _from_rules(index: int, reading: Reading, address: Address, port: int | None, held: Held, known: Knowledge) -> list[Half]:
    out = []
    window = reading.window
    for said in known.rules(address, port, window.lo, window.hi):
        grade = within(said.valid_from, said.valid_to, window) or Grade(DOUBT, "rule_at_edge")
        how = "cgnat" if said.kind == "detnat" else said.kind
        step = Step("rule", grade.rank, grade.why, said)
        if said.state == "one":
            out += _next(index, (step,), said.holder, held.realm, how, reading, known)
        elif said.state == "upstream":
            reading.fallback = Verdict(Certainty.UPSTREAM, how=how, why="ask_upstream", contact=held.contact, query=_with_time(said.query, window))
        else:
            why = "port_missing" if port is None else "port_unusable"
            reading.fallback = Verdict(Certainty.SEVERAL, None, said.candidates, how, why)
    return out


def _without_trail(reading: Reading, address: Address, port: int | None, held: Held, known: Knowledge, guards: Guards) -> Verdict | None:
    window = reading.window
    if held.kind == "dslite":
        where = f"softwire IPv6 source of {address} port {'?' if port is None else port}"
        return Verdict(Certainty.UPSTREAM, how="dslite", why="ask_upstream" if port is not None else "port_missing", contact=held.contact,
                       query=_with_time(where, window))
    if held.kind in SHARED and port is None and isinstance(address, IPv4Address) and guards.ports:
        return Verdict(Certainty.SEVERAL, None, known.sharers(held.realm, address, window.lo, window.hi), held.kind, "port_missing")
    return None


def _with_time(query: str, window: Window) -> str:
    middle = (window.lo + window.hi) // 2
    return f"{query} at {iso(from_micros(middle))} ± {(window.hi - window.lo + 1) // 2 / 1e6:g} s"


def _hop(halves: Sequence[Half], readings: Sequence[Reading], known: Knowledge, guards: Guards) -> list[Half]:
    out: list[Half] = []
    for half, rows in zip(halves, known.rows([h.probe for h in halves]), strict=True):
        if not rows:
            continue
        reading = readings[half.reading]
        window = reading.window
        for row in rows:
            grade = cover(row, window, guards)
            if grade is None:
                continue
            if guards.clock and known.jumped(row, window.hi):
                grade = Grade(DOUBT, "clock_jumped")
            steps = (*half.steps, Step("row", grade.rank, grade.why, row))
            how = half.how if half.steps else _method(row.source, half.how)
            if row.holder.startswith(("inside:", "prefix:")):
                out += _next(half.reading, steps, row.holder, row.realm, how, reading, known)
            else:
                reading.ends.append((steps, row.holder, how))
    return out


def _next(index: int, steps: tuple[Step, ...], holder: str, realm: str, how: str, reading: Reading, known: Knowledge) -> list[Half]:
    """Return the next hop's halves; a word that opens no hop ends the trail."""
    kind, _, rest = holder.partition(":")
    window = reading.window
    lo, hi = window.lo - PROBE_SLACK_US, window.hi + PROBE_SLACK_US
    probes: list[Probe] = []
    if kind == "prefix":
        try:
            prefix = parse_prefix(rest)
        except ValueError:
            prefix = None
        if isinstance(prefix, IPv6Network):
            for where in dict.fromkeys((realm, "")):
                probes += probes_for_prefix(prefix, known.sizes(where, 6), lo, hi, realm=where)
    elif kind == "inside":
        where, _, text = rest.partition(":")
        address = parse_address(text)
        if address is not None:
            probes += probes_for(address, None, known.sizes(where, address.version), lo, hi, realm=where)
    else:
        reading.ends.append((steps, holder, how))
    return [Half(index, steps, p, how) for p in probes]


def _method(source: str, kind: str) -> str:
    for start, how in _METHODS:
        if source.startswith(start):
            return how
    if source.startswith("static"):
        return "pd" if kind == "pd" else "static"
    return source[:24] or kind


def _name(readings: Sequence[Reading], known: Knowledge, guards: Guards) -> None:
    """Turn the last words of all trails into contracts."""
    book = known.owners({holder for r in readings for _, holder, _ in r.ends})
    for reading in readings:
        for steps, holder, how in reading.ends:
            found = owners(book.owners(holder), reading.window, guards)
            if not found:
                reading.trails.append(Trail((*steps, Step("owner", WHOLE, "", None)), None, holder, how))
            for owner, grade in found:
                reading.trails.append(Trail((*steps, Step("owner", grade.rank, grade.why, owner)), owner.contract, holder, how))
