"""What works: judged only when it can be, with honest intervals, beside the natural rate."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import story
from sekimori.enforcement.outcomes.report import outcomes, summary
from sekimori.enforcement.outcomes.rules import CaseOutcome, Share, share, variant

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def case(*events, watched=60, told=True):
    return CaseOutcome("K", told, START, tuple(START + d * DAY for d in events), START + watched * DAY)


@pytest.mark.parametrize(("made", "days", "clean"), [
    (case(-1), 1, True), (case(-1, 0.5), 1, True), (case(-1, 2), 1, False), (case(-1, 2), 7, True), (case(-1, watched=7), 1, None), (case(-1, watched=8), 1, True),
    (case(-1, 20, watched=21), 14, False), (case(-1, 3, watched=21), 30, None)])
def test_clean(made, days, clean):
    assert made.clean(days) is clean


def test_shares_have_intervals():
    found = share([case(-1), case(-1), case(-1, 40), case(-1, watched=3)], 30)
    assert (found.hits, found.of) == (2, 3)
    low, high = found.interval
    assert 0.15 < low < 0.35
    assert 0.9 < high < 1
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert Share(10, 10).interval[1] == 1


def test_variants_are_even_and_stable():
    names = [variant(f"K-{n}", "letter-or-mail", ("a", "b")) for n in range(2000)]
    assert 900 < Counter(names)["a"] < 1100
    assert names[:5] == [variant(f"K-{n}", "letter-or-mail", ("a", "b")) for n in range(5)]
    assert names != [variant(f"K-{n}", "another", ("a", "b")) for n in range(2000)]


@pytest.mark.django_db
def test_from_rows(folder):
    story.tell(folder, story.WARNED)
    now = datetime(2027, 1, 1, tzinfo=UTC)
    found = summary(outcomes(now, experiment="x", names=("a", "b")), now)
    assert found["cases"] == 1
    assert found["told"]["clean_1d"] == {"hits": 0, "of": 1, "share": 0.0, "interval": [0.0, 0.7935]}
    assert found["told"]["clean_7d"]["hits"] == 1
    assert found["natural"]["clean_7d"]["of"] == 0
    assert len(found["variants"]) == 1
