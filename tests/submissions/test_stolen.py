"""The rules of a stolen password."""

import pytest

from sekimori.submissions.stolen import DAY_US, HOUR_US, Use, suspicion

MINUTE = HOUR_US // 60
AT = 400 * DAY_US


def use(time, country="JP", recipients=1, network="c612", ours=True):
    return Use(AT + time, country, network, ours, recipients)


def test_an_ordinary_member_at_home_is_fine():
    assert suspicion([use(-n * DAY_US, recipients=50) for n in range(20)], AT) == ""


def test_a_burst_from_a_country_not_seen_in_thirty_days():
    burst = [use(n * MINUTE, "RU", 5, "5f00", False) for n in range(4)]
    assert suspicion([use(-DAY_US), *burst], AT) == "new_country_burst"
    assert suspicion([use(-DAY_US), *burst[:3]], AT) == ""
    seen = use(-29 * DAY_US, "RU", 1, "5f00", False)
    assert suspicion([seen, *burst], AT) == ""
    long_ago = use(-31 * DAY_US, "RU", 1, "5f00", False)
    assert suspicion([long_ago, *burst], AT) == "new_country_burst"


def test_twenty_recipients_must_fall_into_one_hour():
    slow = [use(n * 40 * MINUTE, "RU", 9, "5f00", False) for n in range(3)]
    assert suspicion(slow, AT) == ""
    assert suspicion([use(0, "RU", 10, "5f00", False), use(59 * MINUTE, "RU", 10, "5f00", False)], AT) == "new_country_burst"


def test_the_home_country_is_never_new():
    assert suspicion([use(0, "JP", 500)], AT) == ""


def test_an_hour_and_a_day_include_their_ends():
    assert suspicion([use(0, "RU", 10, "5f00", False), use(60 * MINUTE, "RU", 10, "5f00", False)], AT) == "new_country_burst"
    assert suspicion([use(0, "RU", 10, "5f00", False), use(60 * MINUTE + 1, "RU", 10, "5f00", False)], AT) == ""
    assert suspicion([use(24 * HOUR_US, "RU", 20, "5f00", False)], AT) == "new_country_burst"
    assert suspicion([use(24 * HOUR_US + 1, "RU", 20, "5f00", False)], AT) == ""


@pytest.mark.parametrize(("hours", "want"), [(23, "three_countries"), (24, "three_countries"), (26, "")])
def test_three_countries_within_a_day(hours, want):
    uses = [use(-hours * HOUR_US // 2, "US"), use(0, "BR"), use(hours * HOUR_US // 2, "VN")]
    assert suspicion(uses, AT) == want


def test_many_networks_without_known_country():
    uses = [use(n * HOUR_US, "", 1, f"{n:04x}", False) for n in range(10)]
    assert suspicion(uses, AT) == "many_networks"
    assert suspicion(uses[:9], AT) == ""
    assert suspicion([u._replace(ours=True) for u in uses], AT) == ""


def test_nothing_known_is_no_suspicion():
    assert suspicion([], AT) == ""
