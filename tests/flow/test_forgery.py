"""Framing (G10): strangers by the thousand report one member. Nobody is told anything; one item waits for an officer."""

from datetime import UTC, datetime, timedelta

import pytest

import story
from sekimori.cases.models import Case
from sekimori.demo.play import build
from sekimori.enforcement import queue
from sekimori.enforcement.models import Letter, Measure
from sekimori.flow.run import run_until_idle
from sekimori.intake.arrival import Arrival, prepare
from sekimori.intake.ours import Ours
from sekimori.intake.receive import receive_all
from sekimori.notices.models import Notice
from sekimori.settings import current, use
from sekimori.values.clock import SetClock

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat(story.at(2)).astimezone(UTC)


@pytest.fixture
def folder(tmp_path):
    """A synthetic folder of its own."""
    before = story.enter(tmp_path)
    yield tmp_path
    use(before)


def flood(reports, identities):
    """Have `identities` strangers send `reports` reports about one member's address, and run the desk."""
    ours, to = Ours.of(current()), current().abuse_address
    for start in range(0, reports, 500):
        ready = []
        for n in range(start, min(start + 500, reports)):
            make = {"format": ("arf", "xarf4", "text")[n % 3], "reporter": f"soc@bank{n % identities}.example", "category": "messaging/spam",
                    "source_ip": "198.18.0.1", "time": (NOW - timedelta(seconds=n)).isoformat(), "headers": True}
            raw = build.message(make, NOW, n, to, None)
            ready.append(prepare(Arrival(raw, make["reporter"], (to,), "lmtp", "192.0.2.66", NOW), ours))
        receive_all(ready)
    run_until_idle(SetClock(NOW))


def check():
    assert Measure.objects.count() == 0
    assert Letter.objects.count() == 0
    assert Notice.objects.filter(audience="member").count() == 0
    assert queue.review_groups() == 1
    assert queue.count() == 1
    assert Case.objects.get().grade == "D"


def test_200_forged_reports_by_40_identities(folder):
    story.tell(folder, [])
    flood(200, 40)
    check()


@pytest.mark.soak
def test_10000_forged_reports_by_1000_identities(folder):
    story.tell(folder, [])
    flood(10_000, 1_000)
    check()
