"""`sekimori assignments`: see the health of feeds, take back, expire, freeze; `load` and `pull` stand in files of their own."""

from __future__ import annotations

import json

import click

from sekimori.cli.assignments_load import load
from sekimori.cli.radacct import pull
from sekimori.values.actors import Actor


@click.group()
def assignments() -> None:
    """Who held which address, from when to when."""


assignments.add_command(load)
assignments.add_command(pull)


@assignments.command()
@click.argument("feed")
@click.option("--reason", required=True, help="For the ledger: what was wrong.")
def retract(feed: str, reason: str) -> None:
    """Take back everything that FEED was loaded as (a wrong zone or realm), so that its files can be loaded anew."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.assignments.locks import feed_lock
    from sekimori.assignments.models import Feed
    from sekimori.assignments.retract import retract as take_back
    from sekimori.assignments.store.factory import open_store
    from sekimori.settings import current

    if not Feed.objects.filter(name=feed).exists():
        raise click.ClickException(f"there is no feed {feed} (see `assignments status`)")
    with feed_lock(current().data / "locks", feed):
        count = take_back(open_store(), feed, reason, _actor(), _now())
    click.echo(json.dumps({"feed": feed, "retracted": count}))


@assignments.command()
@click.option("--days", multiple=True, metavar="CLASS=N", help="Another period for a class (connection, nat, static) than the policy's.")
def expire(days: tuple[str, ...]) -> None:
    """Delete what is older than its retention, with a record in the ledger. Run it daily."""
    from sekimori.cli.django import setup

    own = {}
    for setting in days:
        name, _, value = setting.partition("=")
        if not value.isdecimal():
            raise click.UsageError(f"--days {setting}: CLASS=N, such as nat=90")
        own[name] = int(value)
    setup()
    from sekimori.assignments import expiry
    from sekimori.assignments.store.factory import open_store
    from sekimori.policy import PolicyError, retention
    from sekimori.settings import current
    from sekimori.values.clock import from_micros
    from sekimori.work import clockmark

    now = _now()
    doubt = clockmark.observe(from_micros(now))
    if doubt:
        raise click.ClickException(f"the clock is in doubt ({doubt}); nothing was deleted")
    try:
        before = expiry.limits(retention().connection_logs_days, own, now)
    except (ValueError, PolicyError) as e:
        raise click.ClickException(str(e)) from e
    done = expiry.expire(open_store(), before, current().data / "refused", _actor(), now)
    click.echo(json.dumps({
        "expired": done.rows, "by_class": dict(done.by_class), "sha256": done.sha256, "first_end": _iso(done.first_end),
        "last_end": _iso(done.last_end), "before": {k: _iso(v) for k, v in before.items()},
    }))


@assignments.command()
@click.argument("case")
@click.option("--until", metavar="DATE", help="Keep the copies until then (ISO 8601; Japanese time without an offset). Default: the policy's period for cases.")
def freeze(case: str, until: str | None) -> None:
    """Copy the rows that CASE stands on, so that they outlive the retention of the logs. Nothing else is kept longer."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.assignments.preserve import freeze as copy
    from sekimori.assignments.preserve import rows_of
    from sekimori.attribution.models import Attribution
    from sekimori.cases.models import Case
    from sekimori.policy import retention
    from sekimori.values.clock import micros
    from sekimori.values.loads import BadRow, instant

    if not Case.objects.filter(ref=case).exists():
        raise click.ClickException(f"there is no case {case}")
    now = _now()
    try:
        stated = instant(until)
    except BadRow as e:
        raise click.UsageError(f"--until {until}: no date") from e
    deadline = now + retention().case_years * 365 * 86_400_000_000 if stated is None else micros(stated)
    if deadline <= now:
        raise click.UsageError(f"--until {until}: in the past")
    proofs = Attribution.objects.filter(casefinding__case__ref=case).values_list("proof", flat=True)
    rows = [row for proof in proofs for row in rows_of(proof)]
    click.echo(json.dumps({"case": case, "rows": len({r.id for r in rows}), "copied": copy(case, rows, deadline, _actor(), now), "until": _iso(deadline)}))


@assignments.command()
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def status(as_json: bool) -> None:
    """Show every feed: last record, lag, gaps, clock offsets, jumps that wait for a person."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.assignments.health import feeds
    from sekimori.cli.check_unread import last_day
    from sekimori.values.clock import from_micros

    now = _now()
    for feed in feeds():
        lines = last_day(f"feed:{feed['feed']}", from_micros(now))
        last = feed["last_record"]
        line = {
            "feed": feed["feed"], "source": feed["source"], "realm": feed["realm"], "records": feed["records"], "first_record": _iso(feed["first_record"]),
            "last_record": _iso(last), "lag_s": None if last is None or not feed["continuous"] else max(0, (now - last) // 1_000_000),
            "late": feed["late_after"] is not None and last is not None and now - last > feed["late_after"],
            "last_24h": {"read": lines.read, "refused": lines.refused, "ignored": lines.ignored, "reasons": dict(lines.reasons.most_common())},
            "gaps": [{"from": _iso(lo), "to": _iso(hi), "reason": reason} for lo, hi, reason in feed["gaps"]],
            "clocks": [{"device": c["device"], "offset_s": c["offset"] / 1e6, "spread_s": c["spread"] / 1e6} for c in feed["clocks"]],
            "jumps": [
                {"id": j["id"], "device": j["device"], "at": _iso(j["at"]), "before_s": j["before"] / 1e6, "after_s": j["after"] / 1e6,
                 "confirmed": _iso(j["confirmed"])} for j in feed["jumps"]],
        }
        if as_json:
            click.echo(json.dumps(line, ensure_ascii=False))
            continue
        waiting = sum(j["confirmed"] is None for j in line["jumps"])
        click.echo(f"{line['feed']} ({line['source']}): last record {line['last_record'] or '-'}{', LATE' if line['late'] else ''};"
                   f" of {lines.read} lines in 24 h {lines.refused} refused, {lines.ignored} of other things; gaps {len(line['gaps'])}; devices {len(line['clocks'])}; clock jumps to confirm {waiting}")


@assignments.command("confirm-clock")
@click.argument("jump", type=int)
def confirm_clock(jump: int) -> None:
    """Confirm that the times of a device are right again after its clock jumped (JUMP from `status --json`)."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.assignments.health import confirm_jump

    if not confirm_jump(jump, _actor(), _now()):
        raise click.ClickException(f"no clock jump {jump} waits for confirmation")
    click.echo(json.dumps({"confirmed": jump}))


def _now() -> int:
    from sekimori.values.clock import SystemClock, micros

    return micros(SystemClock().now())


def _iso(value: int | None) -> str | None:
    from sekimori.values.clock import from_micros, iso

    return None if value is None else iso(from_micros(value))


def _actor() -> Actor:
    from sekimori.cli.purpose import actor

    return actor()
