"""The river's pace on SQLite: finding → case, single mails end to end, a long Shadowserver feed end to end.

Prints rates per CPU second and the disk's own fdatasync rate; no threshold is asserted. The baseline of the second figure
is Python's `email` merely parsing the same mails in the same run.
Usage: bench_river.py [--findings 5000] [--mails 1000] [--rows 100000] [--members 2000] [--profile find|mails|feed]
"""

from __future__ import annotations

import argparse
import cProfile
import email
import os
import pstats
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
COLUMNS = ("timestamp", "severity", "ip", "protocol", "port", "hostname", "tag", "asn", "geo")


@dataclass(slots=True)
class Spent:
    """CPU and wall seconds of one measurement, and which stage took them."""

    cpu: float = 0.0
    wall: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Make a provider, measure, print."""
    parser = argparse.ArgumentParser()
    for name, default in (("findings", 5_000), ("mails", 1_000), ("rows", 100_000), ("members", 2_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--profile", choices=("find", "mails", "feed"), default="")
    args = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="sekimori-bench-")
    os.environ |= {"SEKIMORI_DATA": folder, "DJANGO_SETTINGS_MODULE": "sekimori.site.django_settings"}
    (Path(folder) / "synthetic").touch()
    try:
        world = provider(Path(folder), args.members)
        from sekimori.evidence.durable import sync_rate

        print(f"{'disk':<52}{sync_rate(Path(folder)):10,.0f} fdatasync/s")
        for name, work in (("find", lambda: finding_to_case(world, args.findings)), ("mails", lambda: single_mails(world, args.mails)),
                           ("feed", lambda: long_feed(world, args.rows))):
            if args.profile in ("", name):
                profiled(work) if args.profile else work()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def provider(folder: Path, members: int) -> Any:
    """Make and load the demo provider, live, with reporters of good record."""
    from sekimori.cli.django import setup

    setup()
    from sekimori.cli import django
    from sekimori.cli.main import root
    from sekimori.demo.logs import write_all
    from sekimori.demo.run import go_live, load, reputations
    from sekimori.demo.world import World, make_members

    django.setup = lambda **_: None
    world = World(now=NOW, rnd=random.Random(7))
    make_members(world, members)
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115 - the loads' own lines are not the bench's
    try:
        load(write_all(world, folder / "provider"), lambda words: root.main(words, standalone_mode=False), lambda _: None)
    finally:
        sys.stdout.close()
        sys.stdout = out
    reputations(NOW)
    go_live(NOW)
    return world


def finding_to_case(world: Any, count: int) -> None:
    """Findings of several feeds as rows, due for attribution; measured until their cases are open."""
    from sekimori.attribution.models import Attribution
    from sekimori.cases.models import CaseFinding
    from sekimori.intake.models import Message
    from sekimori.reports.models import Finding, Report, Reporter
    from sekimori.values.addresses import packed, parse_address
    from sekimori.values.clock import micros
    from sekimori.work.columns import lane_of

    rnd = random.Random(11)
    reporters = list(Reporter.objects.all())
    held = [s for s in world.sessions if (s[2] or NOW) - max(s[1], NOW - timedelta(days=5)) > timedelta(hours=2)]
    reports = []
    for n in range(0, count, 10):
        domain = reporters[n % len(reporters)].domain
        message = Message.objects.create(sha256=f"{n:064x}", envelope=f"{n:064x}", door="lmtp", received_at=NOW, mail_from=f"x@{domain}", size=1, route="report",
                                         work="done", lane=lane_of(domain), due_at=micros(NOW), state="read")
        reports.append(Report(message=message, kind="report", format="xarf4", version="1", reporter=reporters[n % len(reporters)], authenticity="pass", received_at=NOW, confidence=1))
    Report.objects.bulk_create(reports)
    rows = []
    for n in range(count):
        ip, start, stop, _ = rnd.choice(held)
        begin = max(start, NOW - timedelta(days=5)) + timedelta(minutes=20)
        at = begin + ((stop or NOW) - timedelta(minutes=20) - begin) * rnd.random()
        address = parse_address(ip)
        assert address is not None
        told = reports[n // 10]
        rows.append(Finding(report=told, index=n % 10, category="connection", type="login_attack", family=4, address=packed(address), source_ip=ip, source_port=40_000, proto="tcp",
                            time=at, zone="stated", time_error_s=5, confidence=1, has_original=True, event_key=f"{n:064x}", lane=told.message.lane, due_at=micros(NOW)))
    Finding.objects.bulk_create(rows, batch_size=500)
    spent = run("attribution.find", "cases.open")
    filed = CaseFinding.objects.count()
    show(f"finding → attribution → case ({filed} of {Attribution.objects.count()} filed)", count, spent)
    from sekimori.cases.models import Case

    show(f"  then decided, written and sent: {Case.objects.count()} cases", Case.objects.count(), run())


def single_mails(world: Any, count: int) -> None:
    """Distinct ARF and XARF mails, received one by one, through every stage that the desk has."""
    from sekimori.demo.letters import letters
    from sekimori.demo.world import DOMAIN
    from sekimori.intake.receive import receive
    from sekimori.notices.models import Notice

    kinds = [x for x in letters(world) if x.kind in ("arf", "xarf4")]
    raws = [(x.sender, x.raw.replace(b"\r\nSubject:", b"\r\nX-Copy: %d\r\nSubject:" % n, 1)) for n, x in
            ((n, kinds[n % len(kinds)]) for n in range(count))]
    spent = Spent()
    with Timing(spent):
        for sender, raw in raws:
            receive(raw, mail_from=sender, rcpt_to=[f"abuse@{DOMAIN}"], door="lmtp", peer="", now=NOW)
    spent.stages["(receive)"] = spent.cpu
    add(spent, run())
    show(f"single mails, end to end ({Notice.objects.count()} notices)", count, spent)
    bare = Spent()
    with Timing(bare):
        for _, raw in raws:
            email.message_from_bytes(raw)
    show("  baseline: email parses the same mails", count, bare)


def long_feed(world: Any, count: int) -> None:
    """One Shadowserver list of `count` rows about members online: read, attributed, filed."""
    from sekimori.attribution.models import Attribution
    from sekimori.intake.receive import receive

    rnd = random.Random(13)
    lines = [",".join(f'"{c}"' for c in COLUMNS)]
    online = [s for s in world.sessions if (s[2] or NOW) - max(s[1], NOW - timedelta(days=2)) > timedelta(hours=1)]
    for n in range(count):
        ip, start, stop, _ = rnd.choice(online)
        begin = max(start, NOW - timedelta(days=2)) + timedelta(minutes=10)
        at = begin + ((stop or NOW) - timedelta(minutes=10) - begin) * rnd.random()
        lines.append(f'"{at:%Y-%m-%d %H:%M:%S}","medium","{ip}","udp",{1024 + n % 60000},"h{n}.isp.example","ntp",64500,"JP"')
    before = Attribution.objects.count()
    spent = Spent()
    with Timing(spent):
        receive("\n".join(lines).encode(), mail_from="shadowserver@shadow-feed.example", rcpt_to=["2026-11-23-scan_ntp-isp.csv"], door="http", peer="feed:shadowserver", now=NOW, authenticated=True)
    add(spent, run())
    show(f"Shadowserver rows, end to end ({Attribution.objects.count() - before} attributed)", count, spent)
    print(f"  1 M rows: {1_000_000 / count * spent.cpu / 60:.1f} CPU minutes of one core, {1_000_000 / count * spent.wall / 60:.1f} minutes on this machine now")


class Timing:
    """Adds the CPU and wall seconds of its block to a `Spent`."""

    def __init__(self, spent: Spent) -> None:
        self.spent = spent

    def __enter__(self) -> None:
        self.start = time.process_time(), time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.spent.cpu += time.process_time() - self.start[0]
        self.spent.wall += time.perf_counter() - self.start[1]


def run(*names: str) -> Spent:
    """Run stages (all, or these) until nothing is due at NOW."""
    from sekimori.flow.run import runner
    from sekimori.values.clock import SetClock
    from sekimori.work import batch

    worker = runner(SetClock(NOW))
    worker.stages = [s for s in worker.stages if not names or s.name in names]
    spent = Spent()
    whole = batch.run

    def one(stage: Any, *rest: Any) -> Any:
        part = Spent()
        with Timing(part):
            out = whole(stage, *rest)
        spent.stages[stage.name] = spent.stages.get(stage.name, 0.0) + part.cpu
        return out

    batch.run = one
    try:
        with Timing(spent):
            worker.until_idle()
    finally:
        batch.run = whole
    return spent


def add(a: Spent, b: Spent) -> None:
    """Add b to a."""
    a.cpu, a.wall, a.stages = a.cpu + b.cpu, a.wall + b.wall, a.stages | b.stages


def show(name: str, count: int, spent: Spent) -> None:
    """Print one rate, and which stages took the time."""
    print(f"{name:<52}{count / max(spent.cpu, 1e-9):10,.0f} /CPU s {count / max(spent.wall, 1e-9):10,.0f} /s")
    worst = sorted(spent.stages.items(), key=lambda kv: -kv[1])[:6]
    if len(worst) > 1:
        print("  " + "  ".join(f"{k} {100 * v / max(spent.cpu, 1e-9):.0f} %" for k, v in worst))


def profiled(work: Callable[[], None]) -> None:
    """Run under cProfile and print the costliest functions."""
    profile = cProfile.Profile()
    profile.runcall(work)
    stats: Any = pstats.Stats(profile)
    stats.sort_stats("cumulative").print_stats(70)
    stats.sort_stats("tottime").print_stats(30)




if __name__ == "__main__":
    main()
