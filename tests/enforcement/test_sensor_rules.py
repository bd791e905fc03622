"""The brake's windows: strictly more than 100 recipients in 60 s or 300 in 300 s, half open, of one login."""

from datetime import timedelta

import pytest

from ladder_facts import LADDER, MONDAY
from sekimori.enforcement.sensor.rules import Burst, burst


def mails(*pairs):
    return [(MONDAY + timedelta(seconds=s), n) for s, n in pairs]


def at(seconds, recipients, window_s):
    return Burst(MONDAY + timedelta(seconds=seconds), recipients, window_s)


@pytest.mark.parametrize(("sent", "found"), [
    ([], None),
    ([(0, 100)], None),
    ([(0, 101)], at(0, 101, 60)),
    ([(0, 60), (59, 41)], at(59, 101, 60)),
    ([(0, 60), (60, 41)], None),  # exactly a minute apart is not within one minute
    ([(0, 1), (30, 60), (89, 40), (90, 1)], None),
    ([(0, 100), (60, 100), (120, 100)], None),  # 300 in five minutes is not over it
    ([(0, 100), (60, 100), (120, 100), (299, 1)], at(299, 301, 300)),
    ([(0, 100), (60, 100), (120, 100), (300, 1)], None),
    ([(0, 50), (60, 90), (120, 90), (180, 90), (240, 20)], at(180, 320, 300)),
    ([(59, 41), (0, 60)], at(59, 101, 60)),  # in any order
    ([(0, 5000)], at(0, 5000, 60)),  # both windows at once: the shorter one tells
    ([(0, 99), (100, 99), (200, 99), (261, 4), (400, 101)], at(261, 301, 300)),  # the first of the two
    ([(0, 10), (1, 10), (2, 10), (61, 90), (61, 1)], at(61, 101, 60)),
])
def test_the_first_window_over_its_limit(sent, found):
    assert burst(mails(*sent), LADDER) == found
