"""One source at 95 % of the volume: how much later the others' reports are done, counted in batches, not in seconds."""

import random

import pytest

from notices_rows import report
from sekimori.ledger.service import write
from sekimori.reports.models import Finding
from sekimori.values.clock import SetClock, micros
from sekimori.work import batch
from sekimori.work.columns import lane_of
from sekimori.work.runner import FIRST_BATCH, resize
from sekimori.work.stage import Context, Prepared

pytestmark = [pytest.mark.django_db(transaction=True)]

OTHERS = [f"reporter{n}.example" for n in range(40)]
FLOODER = next(f"flood{n}.example" for n in range(100) if lane_of(f"flood{n}.example") not in {lane_of(d) for d in OTHERS[:25]})


class Counting:
    """A stage over findings that only notes in which batch each row was worked."""

    name, model, where, acts_on_persons = "attribution.find", Finding, "", False

    def __init__(self):
        self.batches = []

    def work(self, ids, ctx: Context) -> Prepared:
        self.batches.append(list(ids))
        return Prepared(write=lambda: None)


def delays(now, flood: int, others: int, limit=None):
    """Return for each finding of the others after how many worked rows it was done."""
    Finding.objects.all().delete()
    told = {}
    domains = [FLOODER] * flood + [random.Random(n).choice(OTHERS[:25]) for n in range(others)]
    random.Random(5).shuffle(domains)
    rows = []
    for n, domain in enumerate(domains):
        told.setdefault(domain, report(now, domain=domain))
        rows.append(Finding(report=told[domain], index=n, category="messaging", type="spam", event_key=f"{n:064x}", lane=lane_of(domain), due_at=micros(now) - 10_000 + n))
    Finding.objects.bulk_create(rows)
    flooder = set(Finding.objects.filter(report=told.get(FLOODER)).values_list("id", flat=True)) if flood else set()
    stage, size, lane = Counting(), FIRST_BATCH, -1
    while (out := batch.run(stage, SetClock(now), write, limit or size, lane)).claimed:
        lane = out.last_lane
        size = resize(size, out.claimed, 0.1)
    done, worked = [], 0
    for ids in stage.batches:
        worked += len(ids)
        done += [worked for i in ids if i not in flooder]
    return sorted(done)


def p95(values):
    return values[int(len(values) * 0.95)]


@pytest.mark.parametrize("limit", [None, 50])
def test_the_others_wait_at_most_twice_as_long(now, limit):
    alone = delays(now, 0, 100, limit)
    beside = delays(now, 1900, 100, limit)
    assert len(alone) == len(beside) == 100
    assert p95(beside) <= 2 * p95(alone), (p95(beside), p95(alone))


def test_without_lanes_they_would_wait_for_nearly_all(now, monkeypatch):
    """The control: everybody in one lane, and the same flood delays the others many times over."""
    import sys

    monkeypatch.setattr(sys.modules[__name__], "lane_of", lambda _: 3)
    beside = delays(now, 1900, 100, 50)
    assert p95(beside) > 10 * 100
