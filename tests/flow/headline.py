"""Notices to a wrong contract, of so many planted reports: a month whose truth is known, told to the desk as the world tells it.

    python tests/flow/headline.py [REPORTS [MEMBERS [SEED]]]

Sessions that change hands within seconds, lost Stops, shared addresses with and without port, delegated IPv6 prefixes, reused logins, our own relay with
queue ids, times without zone, old reports, forged ones. Every report is a real message that goes through door, readers, attribution, cases, ladder and notices by the
machinery of `sekimori play`; then each notice that was sent is compared with who really did it.
"""

import json
import random
import resource
import sys
import time
from bisect import bisect_right
from collections import Counter
from datetime import datetime, timedelta, timezone
from itertools import groupby
from math import ceil
from pathlib import Path

JST = timezone(timedelta(hours=9))
HOUR = timedelta(hours=1)
START = datetime(2026, 11, 1, tzinfo=JST)
END = START + timedelta(days=31)
SWAP = START + timedelta(days=15)
FEEDS = [f"feed{n}.example" for n in range(12)]
KINDS = {"session": 40, "handover": 10, "no zone": 6, "port": 10, "no port": 6, "ipv6": 8, "relay": 10, "old": 3, "forged": 7}
SILENT = frozenset({"no port", "old", "forged"})
"""Kinds that must never lead to a notice by themselves. (A time without zone may: where whoever held the address in any zone is the same.)"""


class Month:
    """Truth, and the lines that tell it. `truth` has one (kind, contract or "") for each report, in order of receipt."""

    def __init__(self, reports, members, seed):
        self.draw = random.Random(seed)
        self.reports, self.members = reports, members
        self.reused = {m for m in range(members) if self.draw.random() < 0.03}
        self.truth = []
        self.sessions = []
        self.queue = 0
        self.step = HOUR * max(1, min(24, 30_000 // reports))
        """So often the stages run: some forty reports at a time, as workers take what has come."""

    def owner(self, member, when):
        return f"R{member}" if member in self.reused and when >= SWAP else f"C{member}"

    def lines(self):
        yield from self._provider()
        told = [self._report(kind) for kind in self.draw.choices(list(KINDS), list(KINDS.values()), k=self.reports)]
        for at, kind, contract, before, make in sorted(told, key=lambda t: t[0]):
            self.truth.append((kind, contract))
            if before:
                yield before | {"at": at.isoformat()}
            yield {"at": at.isoformat(), "event": "report", "make": make}
        yield {"at": END.isoformat(), "event": "clock"}

    def _provider(self):
        def line(event, **fields):
            return {"at": START.isoformat(), "event": event, **fields}

        for prefix, kind in (("198.18.0.0/15", "radius"), ("203.0.113.0/24", "cgnat"), ("192.0.2.10/32", "relay")):
            yield line("network", prefix=prefix, kind=kind)
        yield line("network", prefix="2001:db8::/32", kind="pd", pd_length=56)
        for domain in FEEDS:
            yield line("reporter", domain=domain, confirmed=50, refuted=1)
        for m in range(self.members):
            for name in (f"C{m}", f"R{m}") if m in self.reused else (f"C{m}",):
                yield line("contract", contract=name, holder=f"会員{name}", email=f"{name}@member.example".lower(), alt_email=f"{name}@other.example".lower(), access="pppoe")
        for m in range(self.members):
            if m in self.reused:
                yield line("login", key=login(m), contract=f"C{m}", valid_to=SWAP.isoformat())
                yield line("login", key=login(m), contract=f"R{m}", valid_from=SWAP.isoformat())
            else:
                yield line("login", key=login(m), contract=f"C{m}")
        for place in range(self.members // 2):
            address, at = f"198.18.{place >> 8}.{place & 255}", START - timedelta(days=self.draw.uniform(0, 3))
            while at < END:
                end = at + timedelta(hours=self.draw.uniform(6, 120))
                member = self.draw.randrange(self.members)
                lost = self.draw.random() < 0.02
                self.sessions.append((address, at, end, member))
                yield line("assignment", prefix=f"{address}/32", **{"from": stamp(at)}, to=None if lost else stamp(end), login=login(member), source="radius", closed=not lost)
                at = end + timedelta(seconds=self.draw.choice([0, 1, 5, 60, 600]))
        self.blocks = []
        for host in range(1, 33):
            for low in range(1024, 65_536, 2016):
                member = self.draw.randrange(self.members)
                self.blocks.append((f"203.0.113.{host}", low, min(low + 2015, 65_535), member))
                yield line("assignment", prefix=f"203.0.113.{host}/32", ports=f"{low}-{min(low + 2015, 65_535)}", **{"from": stamp(START - timedelta(days=1))}, to=None,
                           contract=f"C{member}", source="cgnat", closed=False)
        self.homes = self.draw.sample(range(self.members), self.members // 4)
        for n, member in enumerate(self.homes):
            yield line("assignment", prefix=f"2001:db8:{n >> 8:x}:{(n & 255) << 8:x}::/56", **{"from": stamp(START - timedelta(days=1))}, to=None, contract=f"C{member}", source="pd", closed=False)

    def _report(self, kind):
        """Return (receipt, kind, who did it or "", the submission before it or None, make)."""
        draw = self.draw
        when = START + timedelta(seconds=draw.randrange(3600, 30 * 86_400))
        make = {"format": "arf", "reporter": f"desk@{draw.choice(FEEDS)}", "authenticated": True, "category": "messaging/spam", "headers": True}
        before, contract = None, ""
        if kind in ("session", "handover", "no zone", "old", "forged"):
            address, begin, end, member = draw.choice(self.sessions)
            if kind == "handover":
                when = (draw.choice((begin, end)) + timedelta(seconds=draw.randint(-20, 20))).replace(microsecond=0)
            else:
                when = (begin + (end - begin) * draw.uniform(0.02, 0.98)).replace(microsecond=0)
            when = min(max(when, START + timedelta(hours=1)), END - (timedelta(days=16) if kind == "old" else timedelta(hours=20)))
            contract = self._holder(address, when)
            if not contract:  # nobody held it then: nothing can have come from it
                return self._report(kind)
            make |= {"source_ip": address}
        elif kind in ("port", "no port"):
            address, low, high, member = draw.choice(self.blocks)
            contract = f"C{member}"
            make |= {"format": "xarf4", "category": "connection/login_attack", "source_ip": address} | ({"source_port": draw.randint(low, high)} if kind == "port" else {})
        elif kind == "ipv6":
            n = draw.randrange(len(self.homes))
            contract = f"C{self.homes[n]}"
            make |= {"format": "xarf4", "category": "connection/infected_host", "source_ip": f"2001:db8:{n >> 8:x}:{(n & 255) << 8 | draw.randrange(256):x}::{draw.randrange(1, 65_536):x}"}
        else:
            member, self.queue = draw.randrange(self.members), self.queue + 1
            contract = self.owner(member, when)
            make |= {"queue_id": f"4Q{self.queue:06X}"}
            before = {"event": "submission", "queue_id": make["queue_id"], "host": "relay1.isp.example", "login": login(member), "time": when.isoformat(), "recipients": 1, "country": "JP"}
        told = when + timedelta(seconds=draw.choice((-1, 0, 0, 1)))
        make["time"] = told.replace(tzinfo=None).isoformat() if kind == "no zone" else told.isoformat()
        if kind == "forged":
            make |= {"reporter": f"x{draw.randrange(1000)}@forged.example", "authenticated": False}
        late = timedelta(days=15) if kind == "old" else timedelta(minutes=draw.randint(5, 600))
        return min(max(when, told) + late, END), kind, contract, before, make

    def _holder(self, address, when):
        """Who really held an address, or "" between two sessions."""
        rows = self._of()[address]
        n = bisect_right([r[0] for r in rows], when) - 1
        return self.owner(rows[n][2], when) if n >= 0 and when < rows[n][1] else ""

    def _of(self):
        if not hasattr(self, "_by"):
            self._by = {}
            for address, begin, end, member in self.sessions:
                self._by.setdefault(address, []).append((begin, end, member))
        return self._by


def login(member):
    return f"u{member}@isp.example"


def stamp(when):
    return when.replace(microsecond=0).isoformat()


def audit(month):
    """Compare what was sent with the truth; returns the figures."""
    from sekimori.cases.models import CaseFinding
    from sekimori.intake.models import Message
    from sekimori.notices.models import Notice

    number = {pk: n for n, pk in enumerate(Message.objects.order_by("id").values_list("id", flat=True))}
    assert len(number) == len(month.truth), "a report was lost or merged"
    told = {}
    for case, contract, message, received in CaseFinding.objects.values_list("case_id", "case__contract__key", "finding__report__message_id", "finding__report__received_at"):
        told.setdefault(case, []).append((contract, number[message], received))
    filed = [(contract, n, month.truth[n]) for rows in told.values() for contract, n, _ in rows]
    misfiled = [row for row in filed if row[0] != row[2][1]]
    wrong, unfounded = [], []
    sent = Notice.objects.filter(audience="member", sent_at__isnull=False).values_list("ref", "case_id", "case__contract__key", "sent_at")
    for ref, case, contract, at in sent:
        before = [month.truth[n] for _, n, received in told.get(case, ()) if received <= at]
        if not any(who == contract for _, who in before):
            wrong.append((ref, contract, before))
        elif not any(who == contract and kind not in SILENT for kind, who in before):
            unfounded.append((ref, contract, before))
    return {"planted": len(month.truth), "kinds": dict(Counter(kind for kind, _ in month.truth)), "filed": len(filed),
            "filed_wrong": len(misfiled), "notices": len(sent), "members_told": len({s[2] for s in sent}),
            "wrong": len(wrong), "unfounded": len(unfounded), "examples": (wrong + unfounded + misfiled)[:3]}


def run(month):
    """Tell the month to the desk of this process and compare; returns the figures."""
    from sekimori.demo.play import apply
    from sekimori.demo.play.scenario import parse
    from sekimori.demo.play.timeline import Timeline
    from sekimori.enforcement.switches import FLOOD, flooded, release, set_live
    from sekimori.values.actors import Actor
    from sekimori.values.clock import SetClock

    timeline = Timeline(SetClock(START), lambda _: None)
    set_live(["*"], Actor("command", "test"), START)
    lines = (parse(json.dumps(line), number, Path("month")) for number, line in enumerate(month.lines(), 1))
    for (step, event), some in groupby(lines, key=lambda line: (ceil((line.at - START) / month.step), line.event if line.event in apply.LOADS else "")):
        timeline.move(START + step * month.step)
        if event:
            apply.LOADS[event](list(some), timeline.clock.now())
        else:
            for line in some:
                apply.apply(line, timeline)
        timeline.run()
        while held := flooded():  # an officer lets them go: what a wrong contract would be sent must be seen
            for source in held:
                release(source.name.removeprefix(FLOOD), Actor("officer", "sato"), timeline.clock.now())
            timeline.run()
    return audit(month)


def main(reports=30_000, members=8_000, seed=7):
    from sekimori.cli.django import setup
    from sekimori.demo.play.folder import fresh

    began = time.monotonic()
    with fresh(setup) as new_folder:
        new_folder()
        figures = run(Month(reports, members, seed))
    cpu = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps(figures | {"cpu_s": round(cpu.ru_utime + cpu.ru_stime), "wall_s": round(time.monotonic() - began)}, ensure_ascii=False))
    return 1 if figures["wrong"] or figures["unfounded"] or not figures["notices"] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:4])))
