"""A small provider whose truth is known, damaged as real records are, and questions about it.

Lost Stops, device clocks off by up to 5 s, reused logins, lost NAT allocations, releases that come late, times without zone,
ports removed, evidence that names only our relay. `truth` is what really was; the database holds only what the records say.
"""

from __future__ import annotations

import heapq
import ipaddress
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection

from sekimori.assignments.keys import key_v4
from sekimori.assignments.loader import Loader
from sekimori.assignments.sources.registry import SOURCES
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import NewRow, Origin
from sekimori.attribution.ask import ask
from sekimori.attribution.knowledge import Stored
from sekimori.attribution.questions import from_mapping
from sekimori.attribution.rules import ALL
from sekimori.contracts.models import Contract
from sekimori.contracts.store import load_contracts, load_keys
from sekimori.network.store import load as load_network
from sekimori.submissions.models import Submission
from sekimori.values.actors import Actor
from sekimori.values.addresses import packed
from sekimori.values.clock import micros
from sekimori.values.loads import Tally

BY = Actor("command", "test")
START = datetime(2026, 10, 1, tzinfo=UTC)
SECOND = 1_000_000
RELAY = "192.0.2.25"


def load(what, rows, now):
    what(list(enumerate(rows, 1)), Tally(), now, BY)


@dataclass
class World:
    """Truth and questions."""

    seed: int
    members: int
    days: int
    now: datetime = datetime(2026, 11, 24, tzinfo=UTC)
    sessions: list = field(default_factory=list)  # (address, start, end, contract)
    blocks: list = field(default_factory=list)  # (address, first port, start, end, contract)
    mails: list = field(default_factory=list)  # (queue id, message id, time, contract)

    def __post_init__(self):
        self.rnd = random.Random(self.seed)
        self.end = START + timedelta(days=self.days)
        self.swap = START + timedelta(days=self.days / 2)
        self.reused = {m for m in range(self.members) if self.rnd.random() < 0.05}

    def owner(self, m, at):
        return f"R{m}" if m in self.reused and at >= self.swap else f"C{m}"

    def login(self, m):
        return f"u{m}@isp.example"

    def plant(self, tmp_path):
        """Store everything that the provider's records say."""
        self._book()
        self._radius(tmp_path)
        self._nat()
        self._mape()
        self._mail()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what the server's own autovacuum does after a load
        return self

    def _book(self):
        load(load_network, [
            {"prefix": "198.18.0.0/15", "kind": "radius"}, {"prefix": "203.0.113.0/24", "kind": "cgnat"}, {"prefix": "198.51.100.0/24", "kind": "mape"},
            {"prefix": "2001:db8::/40", "kind": "pd", "pd_length": "56"}, {"prefix": f"{RELAY}/32", "kind": "relay"}], self.now)
        load(load_contracts, [{"contract": f"{k}{m}"} for m in range(self.members) for k in ("CR" if m in self.reused else "C")], self.now)
        swap = self.swap.isoformat()
        keys = []
        for m in range(self.members):
            if m in self.reused:
                keys += [{"key": self.login(m), "contract": f"C{m}", "valid_to": swap}, {"key": self.login(m), "contract": f"R{m}", "valid_from": swap}]
            else:
                keys.append({"key": self.login(m), "contract": f"C{m}"})
        load(lambda r, t, n, a: load_keys("login", r, t, n, a), keys, self.now)

    def _handed_on(self, places, people, mean_s, gap_s):
        """Yield (place, member, start, end): every place goes from member to member, nobody has two, nobody stays over the swap."""
        rnd = self.rnd
        heap = [(START + timedelta(seconds=rnd.uniform(0, 600)), p) for p in places]
        heapq.heapify(heap)
        idle = [(START, m) for m in people]
        heapq.heapify(idle)
        while heap:
            at, place = heapq.heappop(heap)
            ready, m = heapq.heappop(idle)
            at = max(at, ready)
            if at >= self.end:
                continue
            stop = at + timedelta(seconds=max(120, rnd.expovariate(1 / mean_s)))
            if m in self.reused and at < self.swap < stop:
                stop = max(at + timedelta(seconds=1), self.swap - timedelta(seconds=60))
            yield place, m, at, stop
            heapq.heappush(idle, (stop + timedelta(seconds=rnd.uniform(5, 3600)), m))
            heapq.heappush(heap, (stop + timedelta(seconds=rnd.expovariate(1 / gap_s)), place))

    def _radius(self, tmp_path):
        rnd, events = self.rnd, []
        devices = {f"192.0.2.{i}": rnd.uniform(-5, 5) for i in range(1, 5)}
        people = range(self.members // 2)
        pool = [str(ipaddress.ip_address("198.18.0.0") + i) for i in range(int(len(people) * 0.9))]

        def record(kind, at, nas, n, m, ip, secs):
            device = at + timedelta(seconds=devices[nas])
            events.append((at, (f"{at:%a %b %e %H:%M:%S %Y}\n\tAcct-Status-Type = {kind}\n\tAcct-Session-Id = \"S{n}\"\n\tAcct-Unique-Session-Id = \"S{n}\"\n"
                               f"\tUser-Name = \"{self.login(m)}\"\n\tNAS-IP-Address = {nas}\n\tNAS-Port = {m}\n\tFramed-IP-Address = {ip}\n\tAcct-Session-Time = {secs}\n"
                               f"\tEvent-Timestamp = \"{device:%b %e %Y %H:%M:%S} UTC\"\n\tTimestamp = {int(at.timestamp())}\n\n")))

        for n, (ip, m, at, stop) in enumerate(self._handed_on(pool, people, 40_000, 120)):
            nas = rnd.choice(list(devices))
            record("Start", at, nas, n, m, ip, 0)
            k = at + timedelta(hours=1)
            while k < min(stop, self.end):
                record("Interim-Update", k, nas, n, m, ip, int((k - at).total_seconds()))
                k += timedelta(hours=3)
            if stop < self.end and rnd.random() >= 0.03:
                record("Stop", stop, nas, n, m, ip, int((stop - at).total_seconds()))
            self.sessions.append((ip, at, min(stop, self.end), self.owner(m, at)))
        events.sort(key=lambda e: e[0])
        detail = tmp_path / "detail"
        detail.write_text("".join(t for _, t in events))
        Loader(open_store(), SOURCES["radius-detail"], {}, tmp_path, lambda: micros(self.now)).load(detail)

    def _nat(self):
        """Blocks of 1,024 ports; inside addresses are held for good. The device's clock is off, and nobody has measured by how much."""
        rnd, new = self.rnd, []
        people = list(range(self.members // 2, self.members * 3 // 4))
        inside = {m: ipaddress.ip_address("100.64.0.0") + m for m in people}
        radius, nat = Origin("bng", "radius-detail", "bng1"), Origin("nat", "pba-juniper", "nat1")
        new += [NewRow("cgn", key_v4(inside[m]), 0, None, f"login:{self.login(m)}", radius, False, last_seen=micros(self.now)) for m in people]
        outside = [ipaddress.ip_address("203.0.113.0") + i for i in range(4)]
        places = [(a, p) for a in range(len(outside)) for p in range(1024, 65536, 1024)][:len(people) * 4 // 5]
        skew, held = timedelta(seconds=rnd.uniform(3, 5)), defaultdict(list)
        for place, m, at, stop in self._handed_on(places, people, 20_000, 20):
            held[place].append((m, at, stop))
        for (a, port), spans in held.items():
            late = False
            for i, (m, at, stop) in enumerate(spans):
                following = spans[i + 1][1] if i + 1 < len(spans) else None
                lost, draw = rnd.random() < 0.02 and not late, rnd.random()
                late = following is not None and not lost and 0.02 <= draw < 0.05
                if late:
                    stop = following  # handed on at once, and the release logged a minute after the next allocation
                self.blocks.append((str(outside[a]), port, at, stop, self.owner(m, at)))
                if lost:
                    continue  # the allocation's record
                begin, over = micros(at + skew), micros(stop + skew)
                key, holder = key_v4(outside[a], port), f"inside:cgn:{inside[m]}"
                if draw < 0.02:  # the release's record was lost
                    bound = None if following is None else micros(following + skew)
                    new.append(NewRow("", key, begin, bound, holder, nat, False, True, 5 * SECOND, 5 * SECOND, last_seen=begin, size=1024))
                else:
                    new.append(NewRow("", key, begin, over + 60 * SECOND * late, holder, nat, True, False, 5 * SECOND, 5 * SECOND, size=1024))
        open_store().append(sorted(new, key=lambda r: (r.realm, r.key)), micros(self.now))

    def _mape(self):
        from sekimori.assignments.events import RuleRow
        from sekimori.assignments.rules.mape import MapRule
        from sekimori.assignments.rules.store import add_rules

        add_rules([RuleRow("mape", "198.51.100.0/24", {"ipv6": "2001:db8::/40", "ea_length": 16, "psid_offset": 6}, None, None, "")], "rules", micros(self.now))
        rule = MapRule(ipaddress.ip_network("2001:db8::/40"), ipaddress.ip_network("198.51.100.0/24"), 16, 6)
        static, new, self.lines = Origin("static", "static-csv"), [], {}
        for n, m in enumerate(range(self.members * 3 // 4, self.members)):
            address, psid = ipaddress.ip_address("198.51.100.0") + (n >> 8), n & 255
            prefix = rule.prefix(address, psid)
            new.append(NewRow("", int(prefix.network_address) >> 64, micros(START), None, f"contract:C{m}", static, False, size=56))
            self.lines[str(address), psid] = f"C{m}"
        open_store().append(sorted(new, key=lambda r: (r.realm, r.key)), micros(self.now))

    def _mail(self):
        rnd, rows = self.rnd, []
        ids = [f"{rnd.getrandbits(40):010X}" for _ in range(200)]  # short ids, used again and again
        free = {}
        for n in range(self.members * 4):
            at = START + (self.end - START) * rnd.random()
            m, short = rnd.randrange(self.members), rnd.random() < 0.5
            queue_id = rnd.choice(ids) if short else f"4{n:09d}zKxYz"
            if short and any(abs((at - t).total_seconds()) < 120 for t in free.get(queue_id, ())):
                continue
            free.setdefault(queue_id, []).append(at)
            client = rnd.choice([s[0] for s in self.sessions[:50]]) if rnd.random() < 0.7 else "192.0.2.200"
            rows.append(Submission(host="smtp1", queue_id=queue_id, message_id=f"m{n}@isp.example", login=self.login(m), client_family=4,
                                   client=packed(ipaddress.ip_address(client)), time=at, ended_at=at + timedelta(seconds=30), source="smtpd"))
            if rnd.random() >= 0.02:  # 2 % of the log is lost
                rows[-1].recipients = 1
            else:
                lost = rows.pop()
                self.mails.append((lost.queue_id, lost.message_id, at, None))
                continue
            self.mails.append((queue_id, f"m{n}@isp.example", at, self.owner(m, at)))
        Submission.objects.bulk_create(rows)

    def truth(self, kind, place, at):
        """Return whose it really was."""
        spans = self._spans[kind].get(place, ())
        return next((c for s, e, c in spans if s <= at < e), None)

    def questions(self, count):
        """Yield (kind, query, true contract or None)."""
        self._spans = {"radius": defaultdict(list), "cgnat": defaultdict(list)}
        for ip, s, e, c in self.sessions:
            self._spans["radius"][ip].append((s, e, c))
        for ip, p, s, e, c in self.blocks:
            self._spans["cgnat"][ip, p].append((s, e, c))
        for _ in range(count):
            yield self._question()

    def _when(self, lo, hi):
        """Half of the questions are about the critical moments around a change."""
        rnd = self.rnd
        if rnd.random() < 0.5:
            return rnd.choice((lo, hi)) + timedelta(seconds=rnd.uniform(-40, 40))
        return lo + (hi - lo) * rnd.random()

    def _question(self):
        rnd = self.rnd
        error = rnd.choice((1, 2, 5, 30))
        q = {"error_s": error, "proto": "tcp"}
        draw = rnd.random()
        if draw < 0.45:
            ip, lo, hi, _ = rnd.choice(self.sessions)
            at, kind, place = self._when(lo, hi), "radius", ip
            q |= {"ip": ip, "port": rnd.randint(1024, 65535)}
            true = self.truth("radius", place, at)
        elif draw < 0.75:
            ip, port, lo, hi, _ = rnd.choice(self.blocks)
            at, kind = self._when(lo, hi), "cgnat"
            q |= {"ip": ip, "port": port + rnd.randrange(1024)}
            true = self.truth("cgnat", (ip, port), at)
        elif draw < 0.85:
            (ip, psid), true = rnd.choice(list(self.lines.items()))
            at, kind = START + (self.end - START) * rnd.random(), "mape"
            q |= {"ip": ip, "port": rnd.randint(1, 63) << 10 | psid << 2 | rnd.randint(0, 3)}
        else:
            queue_id, message_id, at, true = rnd.choice(self.mails)
            kind = "relay"
            q |= {"ip": RELAY}
            if rnd.random() < 0.4:
                q |= {"queue_id": queue_id, "host": "smtp1"}
            elif rnd.random() < 0.7:
                q |= {"message_id": message_id}
            else:
                true, kind = None, "relay alone"
        if kind in ("cgnat", "mape") and rnd.random() < 0.2:
            del q["port"]
            kind, true = f"{kind} without port", None
        said = at + timedelta(seconds=rnd.uniform(-error, error))
        if rnd.random() < 0.1:
            q |= {"time": (said + timedelta(hours=rnd.choice((0, 9)))).strftime("%Y-%m-%dT%H:%M:%S"), "zone": "none"}
            kind += ", no zone"
        else:
            q |= {"time": said.strftime("%Y-%m-%dT%H:%M:%SZ"), "zone": "stated"}
        return kind, q, true


@dataclass
class Score:
    """How a run went."""

    named: int = 0
    wrong: int = 0
    table: dict = field(default_factory=lambda: defaultdict(Counter))
    examples: list = field(default_factory=list)

    @property
    def rate(self):
        return self.wrong / self.named if self.named else 0.0


def score(world, asked, guards=ALL):
    """Ask everything and compare with the truth."""
    keys = dict(Contract.objects.values_list("pk", "key"))
    out = Score()
    answers = ask([from_mapping(q) for _, q, _ in asked], Stored(micros(world.now)), guards)
    for (kind, query, true), answer in zip(asked, answers, strict=True):
        out.table[kind][str(answer.certainty)] += 1
        if answer.contract is not None:
            out.named += 1
            if keys[answer.contract] != true:
                out.wrong += 1
                out.table[kind]["WRONG"] += 1
                out.examples.append((kind, query, true, keys[answer.contract], answer))
    return out
