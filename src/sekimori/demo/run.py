"""Play the demo: make the provider, load its records, receive the reports, run the stages."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sekimori.demo.deliver import door, send
from sekimori.demo.letters import FEEDS, XARF, letters
from sekimori.demo.logs import write_all
from sekimori.demo.summary import summary
from sekimori.demo.world import World, make_members
from sekimori.values.actors import Actor

SEED = 20261124
Say = Callable[[str], None]
Command = Callable[[list[str]], object]
Progress = Callable[[str, int, int], None]


def play(folder: Path, members: int, now: datetime, command: Command, say: Say, progress: Progress) -> dict[str, Any]:
    """Run the whole demo in a prepared folder; returns the summary with the seconds that each step took."""
    took: dict[str, float] = {}

    def timed(name: str, began: float) -> None:
        took[name] = round(time.monotonic() - began, 1)

    began = time.monotonic()
    world = World(now=now, rnd=random.Random(SEED))
    make_members(world, members)
    files = write_all(world, folder / "provider")
    timed("make", began)
    say(f"{members} contracts, {len(world.sessions)} sessions and {len(world.mails)} mails of 30 days are made up")
    began = time.monotonic()
    load(files, command, say)
    timed("load", began)
    reputations(now)
    go_live(now)
    reports = letters(world)
    began = time.monotonic()
    with door() as port:
        send(port, reports, lambda n: progress("received", n, len(reports)))
    timed("receive", began)
    began = time.monotonic()
    stages(progress)
    timed("stages", began)
    return {**summary(reports), "seconds": took}


def load(files: dict[str, Path], command: Command, say: Say) -> None:
    """Load the provider's records with the commands that an operator uses; `command` runs one (the faces hand it in)."""
    for args in (("network", "load", "network"), ("contracts", "load", "contracts"), ("logins", "load", "logins"), ("assignments", "load", "static-csv", "static"),
                 ("assignments", "load", "mape-rules", "mape"), ("assignments", "load", "radius-detail", "detail"), ("submissions", "load", "postfix-log", "maillog")):
        *words, name = args
        say(f"sekimori {' '.join(words)} {files[name].name}")
        command([*words, str(files[name])])


def reputations(now: datetime) -> None:
    """Give the demo's feeds the track record that they would have earned in a year."""
    from sekimori.reports.models import Reporter, Track

    for n, address in enumerate([*FEEDS, *XARF, "autoreports@shadow-feed.example", "fail2ban@www.shop.example"]):
        reporter = Reporter.objects.create(domain=address.rpartition("@")[2], first_seen=now - timedelta(days=400))
        Track.objects.create(reporter=reporter, category="*", confirmed=60 + 10 * n, refuted=1)


def go_live(now: datetime) -> None:
    """Leave rehearsal in the demo: in a synthetic folder nothing real is ever sent."""
    from sekimori.enforcement.switches import set_live

    set_live(["messaging", "connection", "content", "infrastructure", "vulnerability"], Actor("command", "demo"), now)


def stages(progress: Progress) -> None:
    """Run all stages until nothing is due, telling how many rows were worked."""
    from sekimori.flow.run import runner

    worker, total = runner(), 0
    while claimed := worker.turn():
        total += claimed
        progress("worked", total, 0)
