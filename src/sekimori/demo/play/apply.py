"""Do what a line of a scenario says, through the same services that doors, pages and commands use."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sekimori.contracts.models import Contract
from sekimori.demo.play import build, provider
from sekimori.demo.play.fields import instant
from sekimori.demo.play.scenario import Line
from sekimori.demo.play.timeline import Timeline
from sekimori.demo.play.ways import NotTaken
from sekimori.disclosure import service as disclosure
from sekimori.enforcement import appeals, decisions, incident, member, switches
from sekimori.enforcement.sensor.look import look
from sekimori.network.store import current as networks
from sekimori.notices import service as notices
from sekimori.notices.models import Notice
from sekimori.policy import PolicyError
from sekimori.policy.files import place
from sekimori.policy.load import load_ladder, load_policy
from sekimori.settings import current
from sekimori.submissions.models import Submission
from sekimori.submissions.record import record
from sekimori.values.actors import Actor
from sekimori.values.addresses import parse_address
from sekimori.values.clock import micros

BY = Actor("command", "play")


def apply(line: Line, timeline: Timeline) -> None:
    """Apply one line (not `expect`). Raises values.outcomes.Refused for acts that the rules do not allow, ScenarioError for wrong values."""
    ACTS[line.event](line, timeline, timeline.clock.now())


def contract_of(line: Line) -> Contract:
    """Return the contract that a line names. Raises ScenarioError."""
    found = Contract.objects.filter(key=str(line.fields["contract"])).first()
    if found is None:
        raise line.error(f"no contract {line.fields['contract']!r}")
    return found


def _policy(line: Line, timeline: Timeline, now: datetime) -> None:
    folder = current().data / "policy"
    folder.mkdir(exist_ok=True)
    for name, target, load in (("ladder", "ladder.toml", load_ladder), ("policy", "jp.toml", load_policy)):
        if name not in line.fields:
            (folder / target).unlink(missing_ok=True)
            continue
        source = _path(line, str(line.fields[name]))
        try:
            load(source)
        except PolicyError as e:
            raise line.error(str(e)) from e
        shutil.copyfile(source, folder / target)
    assert place("jp.toml").exists()
    switches.set_live(line.fields.get("live", ["*"]), BY, now)


def _path(line: Line, name: str) -> Path:
    """Return a file named in a scenario: beside the scenario, or from where the command runs."""
    beside = line.path.parent / name
    found = beside if beside.exists() else Path(name)
    if not found.exists():
        raise line.error(f"{name}: no such file")
    return found


def _report(line: Line, timeline: Timeline, now: datetime) -> None:
    fields = line.fields
    to = current().abuse_address
    authenticated = bool(fields.get("authenticated", False))
    sender: str | None = None
    if "make" in fields:
        make = fields["make"]
        if make.get("queue_id"):
            make = {**make, "queue_id": timeline.ways.named(str(make["queue_id"]))}
        authenticated = bool(make.get("authenticated", authenticated))
        sender = str(make.get("reporter", ""))
        try:
            raw = build.message(make, line.at, line.number, to, _relay(line, make))
        except ValueError as e:
            raise line.error(str(e)) from e
    elif "raw" in fields:
        raw = str(fields["raw"]).encode("utf-8", "surrogatepass")
    else:
        raw = _path(line, str(fields["file"])).read_bytes()
    try:
        timeline.ways.report(raw, sender, authenticated, now)
    except NotTaken as e:
        raise line.error(str(e)) from e


def _relay(line: Line, make: dict[str, Any]) -> build.Relay | None:
    """Return the relay that gave the queue id (`make.host`, or the only one known): the mail went through it."""
    queue_id = make.get("queue_id")
    if not queue_id and (make.get("source_ip") or not make.get("message_id")):
        return None
    host = make.get("host")
    if host is None:
        hosts = sorted(set(Submission.objects.exclude(host="").values_list("host", flat=True)))
        if len(hosts) > 1:
            raise line.error("make.host: more than one relay is known")
        host = hosts[0] if hosts else f"relay.{current().provider.domains[0]}"
    address = provider.ensure_relay(line.at).prefix.partition("/")[0]
    stated = parse_address(str(make.get("source_ip") or ""))
    if stated is not None and networks().match(stated, at := micros(line.at), at).kind("relay") is not None:
        address = str(stated)  # one of a range of relays
    known = Submission.objects.filter(queue_id=queue_id, host=host).order_by("-time").first() if queue_id else None
    client = provider.address_text(known.client_family, known.client) if known is not None and known.client is not None else "192.0.2.77"
    return build.Relay(str(host), address, client)


def _submission(line: Line, timeline: Timeline, now: datetime) -> None:
    provider.ensure_relay(now)
    time = instant(line.fields["time"]) if "time" in line.fields else line.at
    if time is None:
        raise line.error("submission.time must be ISO 8601 with offset")
    fields = line.fields
    try:
        queue_id = timeline.ways.submit(str(fields["queue_id"]), str(fields["login"]), fields.get("recipients", 1))
        record({"event": "submission", **fields, "queue_id": queue_id}, time.astimezone(UTC))
    except (ValueError, NotTaken) as e:
        raise line.error(str(e)) from e
    look(now, [str(line.fields["login"])])


def _notice(line: Line) -> Notice:
    wanted = str(line.fields.get("notice", "last"))
    sent = Notice.objects.filter(audience="member", case__contract=contract_of(line)).exclude(state="rehearsal")
    found = sent.order_by("-id").first() if wanted == "last" else sent.filter(ref=wanted).first()
    if found is None:
        raise line.error(f"no notice {wanted!r} went to {line.fields['contract']}")
    return found


def _delivered(line: Line, timeline: Timeline, now: datetime) -> None:
    notice = _notice(line)
    if notice.channel == "manual" and notice.state == "written":
        notices.handed_over(notice.ref, now, BY)
    else:
        notices.delivered(notice.ref, now, str(line.fields.get("channel") or notice.channel), BY)


def _undelivered(line: Line, timeline: Timeline, now: datetime) -> None:
    notices.undelivered(_notice(line).ref, now, BY)


def _approve(line: Line, timeline: Timeline, now: datetime) -> None:
    decisions.approve(line.fields["officer"], contract_of(line), line.fields["step"], now)


def _refuse(line: Line, timeline: Timeline, now: datetime) -> None:
    decisions.refuse(line.fields["officer"], contract_of(line), line.fields["step"], now)


def _hold(line: Line, timeline: Timeline, now: datetime) -> None:
    decisions.hold(line.fields["officer"], contract_of(line), line.fields["step"], now)


def _go(line: Line, timeline: Timeline, now: datetime) -> None:
    contract = contract_of(line) if line.fields.get("contract") else None
    decisions.go(line.fields["officer"], contract, str(line.fields.get("step", "")), now)


def _clock(line: Line, timeline: Timeline, now: datetime) -> None:
    seconds = line.fields.get("jump", 0)
    if not isinstance(seconds, (int, float)):
        raise line.error("clock.jump must be seconds")
    if seconds:
        timeline.jump(timedelta(seconds=seconds))


def _text(line: Line) -> str:
    return str(line.fields.get("text", ""))


def _halt(line: Line, timeline: Timeline, now: datetime) -> None:
    switches.halt(Actor("officer", line.fields["officer"]), now)


def _resume(line: Line, timeline: Timeline, now: datetime) -> None:
    switches.resume(Actor("officer", line.fields["officer"]), now)


def _answer_appeal(line: Line, timeline: Timeline, now: datetime) -> None:
    appeals.answer(line.fields["officer"], contract_of(line), line.fields["outcome"], now)


def _incident(line: Line, timeline: Timeline, now: datetime) -> None:
    incident.declare(line.fields["officer"], contract_of(line), now)


def _statement(line: Line, timeline: Timeline, now: datetime) -> None:
    member.statement(contract_of(line), _text(line), now)


def _done(line: Line, timeline: Timeline, now: datetime) -> None:
    member.done(contract_of(line), _text(line), now)


def _unlock(line: Line, timeline: Timeline, now: datetime) -> None:
    member.unlock(contract_of(line), _text(line), now)


def _appeal(line: Line, timeline: Timeline, now: datetime) -> None:
    member.appeal(contract_of(line), _text(line), now)


def _request(line: Line, timeline: Timeline, now: datetime) -> None:
    fields = line.fields
    due = fields.get("due")
    answer_by = instant(due) if due is not None else None
    if due is not None and answer_by is None:
        raise line.error("request.due must be ISO 8601 with offset")
    disclosure.receive(
        str(fields["kind"]), now, Actor("officer", str(fields["officer"])), contract=contract_of(line) if fields.get("contract") else None,
        window=fields.get("window"), due=answer_by)


LOADS: dict[str, Callable[[Sequence[Line], datetime], None]] = {
    "network": provider.network, "contract": provider.contract, "login": provider.key, "circuit": provider.key, "assignment": provider.assignment,
}
"""Rows of the provider's own tables: lines of one kind and moment are loaded together, as a file of them would be."""

ACTS: dict[str, Callable[[Line, Timeline, datetime], None]] = {
    "policy": _policy, "mape_rule": provider.mape_rule, "submission": _submission, "reporter": provider.reporter,
    "report": _report, "delivered": _delivered, "undelivered": _undelivered, "statement": _statement, "done": _done, "unlock": _unlock,
    "appeal": _appeal, "approve": _approve, "refuse": _refuse, "hold": _hold, "go": _go, "answer_appeal": _answer_appeal,
    "incident": _incident, "request": _request, "halt": _halt, "resume": _resume, "clock": _clock,
}

__all__ = ["ACTS", "LOADS", "apply", "contract_of"]
