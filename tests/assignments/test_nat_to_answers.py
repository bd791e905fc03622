"""From a NAT log and a RADIUS log, both damaged, to answers: port block → inside address → session → login → contract."""

import heapq
import random
import time
from collections import Counter
from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest

from sekimori.assignments.loader import Loader
from sekimori.assignments.sources.registry import SOURCES
from sekimori.assignments.store.factory import open_store
from sekimori.attribution.ask import ask
from sekimori.attribution.knowledge import Stored
from sekimori.attribution.types import Question, Window
from sekimori.contracts.models import Contract
from sekimori.contracts.store import load_contracts, load_keys
from sekimori.network.store import load as load_network
from sekimori.values.actors import Actor
from sekimori.values.loads import Tally

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
START, END, MEMBERS = 1_790_812_800, 1_790_812_800 + 4 * 86_400, 80
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LOST = 0.05


def provider(rnd):
    """(inside address, start, end, member) of sessions; tight hand-overs of fewer addresses than members."""
    addresses = [(START + rnd.random() * 600, f"100.64.0.{n}") for n in range(1, MEMBERS * 9 // 10)]
    idle = [(START, m) for m in range(MEMBERS)]
    while addresses:
        at, address = heapq.heappop(addresses)
        ready, member = heapq.heappop(idle)
        at = max(at, ready)
        if at < END:
            stop = at + max(300, rnd.expovariate(1 / 20_000))
            yield address, at, stop, member
            heapq.heappush(idle, (stop + rnd.uniform(5, 3600), member))
            heapq.heappush(addresses, (stop + rnd.expovariate(1 / 300), address))


def detail(rnd, sessions):
    records = []
    for n, (address, at, stop, member) in enumerate(sessions):
        marks = [("Start", at)] + [("Interim-Update", t) for t in range(int(at) + 1800, int(min(stop, END)), 1800)]
        if stop < END and rnd.random() >= LOST:
            marks.append(("Stop", stop))
        for kind, t in marks:
            clock = time.strftime("%b %e %Y %H:%M:%S UTC", time.gmtime(t))
            records.append((t, (f"x\n\tAcct-Status-Type = {kind}\n\tAcct-Session-Id = \"S{n}\"\n\tUser-Name = \"u{member}\"\n\tNAS-IP-Address = 192.0.2.1\n"
                               f"\tFramed-IP-Address = {address}\n\tAcct-Session-Time = {int(t - at)}\n\tEvent-Timestamp = \"{clock}\"\n\tTimestamp = {int(t)}\n\n")))
    return "".join(text for _, text in sorted(records))


def nat(rnd, sessions):
    """(truth, log): blocks are used again 3 s to 200 s after their release; 5 % of the lines are lost."""
    free, truth, lines = [(START, (f"203.0.113.{a}", 1024 + 128 * b)) for a in (1, 2) for b in range(60)], [], []
    wanted = sorted((at + rnd.random() * (stop - at) * 0.8 + 1, address, stop, member) for address, at, stop, member in sessions for _ in range(4))
    for at, inside, stop, member in wanted:
        ready = [f for f in free if f[0] < at]
        end = min(at + max(60, rnd.expovariate(1 / 4000)), stop - 0.5)
        if at >= END or not ready or end < at + 30:
            continue
        taken = rnd.choice(ready)
        free.remove(taken)
        free.append((end + rnd.uniform(3, 200), taken[1]))
        (outside, first), words = taken[1], {"ALLOC": ("allocates", at), "RELEASE": ("releases", end)}
        truth.append((outside, first, at, min(end, END), member))
        for act, (verb, t) in words.items():
            if t < END and rnd.random() >= LOST:
                head = time.strftime("%b %e %H:%M:%S", time.gmtime(t + 9 * 3600))
                lines.append((t, (f"{head} mx1 RT_NAT: RT_SRC_NAT_PBA_{act}: Subscriber {inside} used/maximum [1/8] blocks, {verb} port block [{first}-{first + 127}]"
                                 f" from {outside} in source pool P lsys_id: 0 epoch {int(at):#x}\n")))
    return truth, "".join(text for _, text in sorted(lines))


def questions(rnd, truth):
    for n in range(4000):
        outside, first, start, end, member = rnd.choice(truth)
        t, right = start + (end - start) * rnd.random(), f"C{member}"
        if n % 8 == 0:  # any time: mostly nobody's
            t = START + (END - START) * rnd.random()
            holders = {f"C{m}" for o, f, a, b, m in truth if (o, f) == (outside, first) and a - 5 <= t <= b + 5}
            right = holders.pop() if len(holders) == 1 else None
        at = int(t) * 1_000_000
        yield Question((Window(at - 2_000_000, at + 3_000_000),), IPv4Address(outside), first + rnd.randrange(128)), right


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_is_named_wrongly(seed, tmp_path):
    rnd, by = random.Random(seed), Actor("command", "test")
    sessions = list(provider(rnd))
    truth, log = nat(rnd, sessions)
    for store, rows in (
        (load_network, [{"prefix": "203.0.113.0/24", "kind": "cgnat"}]), (load_contracts, [{"contract": f"C{m}"} for m in range(MEMBERS)]),
        (lambda r, t, n, a: load_keys("login", r, t, n, a), [{"key": f"u{m}", "contract": f"C{m}"} for m in range(MEMBERS)]),
    ):
        store(list(enumerate(rows, 1)), Tally(), NOW, by)
    for source, text, options in (("radius-detail", detail(rnd, sessions), {"realm": "bng1"}), ("pba-juniper", log, {"inside-realm": "bng1"})):
        path = tmp_path / source
        path.write_text(text)
        loader = Loader(open_store(), SOURCES[source], options, tmp_path, lambda: int(NOW.timestamp() * 1e6))
        loader.load(path)
        assert loader.total.refused == 0 and loader.total.stored > 1000
    asked = list(questions(rnd, truth))
    answers = ask([q for q, _ in asked], Stored(int(NOW.timestamp() * 1e6)))
    names = dict(Contract.objects.values_list("id", "key"))
    kinds, wrong = Counter(), []
    for (question, right), answer in zip(asked, answers, strict=True):
        kinds[str(answer.certainty)] += 1
        if answer.contract is not None and names[answer.contract] != right:
            wrong.append((question, right, answer))
    assert wrong == [] and kinds["exact"] > 2800, kinds
    assert kinds["inferred"] > 50 and kinds["none"] > 200, kinds
