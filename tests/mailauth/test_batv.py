"""Tags on the way out: valid for their days, bound to key and address, never raising on what comes back."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.mailauth.batv import Tag, Tagger, is_tagged, untag
from sekimori.settings import Settings
from sekimori.settings.types import TAG_DAYS_MAX, Tags
from support import NOW

KEYS = {0: b"k" * 32, 1: b"l" * 32}
ONE = Tagger(KEYS, number=1)
OFF = Tagger()


def test_a_tag_holds_for_its_days(now):
    tagged = ONE.sign("hanako@ISP.example", now)
    assert tagged.startswith("prvs=1") and untag(tagged) == "hanako@ISP.example" and is_tagged(tagged)
    for days in range(8):
        assert ONE.check(f"<{tagged}>", now + timedelta(days=days)) is Tag.VALID
    assert ONE.check(tagged, now + timedelta(days=8)) is Tag.EXPIRED and ONE.check(tagged, now + timedelta(days=400)) is Tag.EXPIRED
    assert ONE.check(tagged, now - timedelta(days=TAG_DAYS_MAX)) is Tag.EXPIRED, "a day further off than any life was never given"


def test_tags_are_bound_to_key_number_and_address(now):
    tagged = ONE.sign("hanako@isp.example", now)
    for other in (Tagger({1: b"x" * 32}, 1), Tagger({0: KEYS[0]}, 0), Tagger({0: KEYS[1]}, 0)):
        assert other.check(tagged, now) is Tag.INVALID
    for changed in (tagged.replace("hanako", "hanaka"), tagged.replace("isp.example", "isp.test"), tagged.replace("prvs=1", "prvs=0")):
        assert ONE.check(changed, now) is Tag.INVALID
    day = int(tagged[6:9])
    assert ONE.check(f"{tagged[:6]}{(day + 5) % 1000:03d}{tagged[9:]}", now) is Tag.INVALID, "nobody lengthens a life"


def test_servers_that_change_the_case_break_nothing(now):
    tagged = ONE.sign("Hanako@ISP.example", now)
    assert ONE.check(tagged.upper(), now) is ONE.check(tagged.lower(), now) is Tag.VALID


def test_the_day_turns_over_a_thousand(now):
    for shift in range(0, 1200, 97):
        at = now + timedelta(days=shift)
        assert ONE.check(ONE.sign("a@b.example", at), at + timedelta(days=7)) is Tag.VALID


def test_a_new_key_while_the_old_ones_tags_come_back(now):
    def tagger(**tags):
        return Tagger.of(Settings(Path("/nowhere"), tags=Tags(**tags)))

    before = tagger(key="a" * 32, key_number=9).sign("hanako@isp.example", now)
    both = tagger(key="b" * 32, key_number=0, previous_key="a" * 32)
    assert both.check(before, now) is Tag.VALID and both.sign("hanako@isp.example", now).startswith("prvs=0")
    after = tagger(key="b" * 32, key_number=0)
    assert after.check(before, now) is Tag.INVALID and after.check(both.sign("hanako@isp.example", now), now) is Tag.VALID
    assert both.envelope_ref(tagger(key="a" * 32, key_number=9).envelope_id("N-1")) == "N-1" and after.envelope_ref(tagger(key="a" * 32).envelope_id("N-1")) == ""


def test_off_nothing_is_tagged_and_nothing_expected(now):
    assert OFF.sign("hanako@isp.example", now) == "hanako@isp.example" and OFF.envelope_id("N-1") == "N-1"
    assert OFF.check("hanako@isp.example", now) is Tag.NOT_USED and OFF.check(ONE.sign("hanako@isp.example", now), now) is Tag.NOT_USED
    assert not OFF.on and not OFF.awaited(now) and OFF.envelope_ref(ONE.envelope_id("N-1")) == ""


@pytest.mark.parametrize("address", ["", "nobody", "@isp.example", "two words@isp.example", '"a@b"@isp.example', "prvs=0123abcdef=hanako@isp.example",
                                     "btv1==1234==hanako@isp.example", "x" * 49 + "@isp.example"])
def test_what_cannot_bear_a_tag_stays_as_it_is(address, now):
    assert ONE.sign(address, now) == address


def test_the_longest_local_part_that_bears_one(now):
    tagged = ONE.sign("x" * 48 + "@isp.example", now)
    assert len(tagged.rpartition("@")[0]) == 64 and ONE.check(tagged, now) is Tag.VALID


def test_a_missing_tag_counts_only_after_the_life_of_a_tag(now):
    settings = Settings(Path("/nowhere"), tags=Tags(key="k" * 32, days=7, since="2026-11-17"))
    tagger = Tagger.of(settings)
    assert tagger.awaited(now) and not tagger.awaited(now - timedelta(hours=13))  # 24 November, 00:00 in Tokyo
    assert not Tagger.of(dataclasses.replace(settings, tags=Tags(key="k" * 32))).awaited(now)
    assert tagger.check("hanako@isp.example", now) is Tag.MISSING


def test_variants_of_others_are_undone():
    assert untag("prvs=hanako=0123456789@isp.example") == "hanako@isp.example"
    assert untag("btv1==1234==hanako@isp.example") == "hanako@isp.example" and untag("msprvs1=17abc=hanako@isp.example") == "hanako@isp.example"
    assert untag("hanako@isp.example") == "hanako@isp.example" and untag("prvs=hanako@isp.example") == "prvs=hanako@isp.example"


def test_envelope_ids():
    mine = ONE.envelope_id("N-7QF3-9MZA-H2WP")
    assert ONE.envelope_ref(f" {mine} ") == "N-7QF3-9MZA-H2WP" and len(mine) <= 100
    for wrong in (mine[:-1] + "Q", mine.replace("sk1.", "sk2."), "N-7QF3-9MZA-H2WP", "QQ314159", ""):
        assert ONE.envelope_ref(wrong) == ""


def test_keys_stay_out_of_what_is_printed():
    assert "llll" not in repr(ONE)


@given(st.text(max_size=400) | st.from_regex(r"prvs=[0-9]{4}[0-9a-f]{6}=.{0,70}@.{0,20}", fullmatch=True) | st.from_regex(r"sk1\.[a-z2-7]{16}\..{0,70}", fullmatch=True))
def test_nothing_that_comes_back_raises_and_nothing_guessed_is_valid(text):
    assert ONE.check(text, NOW) in (Tag.INVALID, Tag.MISSING) and ONE.envelope_ref(text) == ""
    assert untag(text) == text or "=" in text
    OFF.check(text, NOW), is_tagged(text), ONE.sign(text, NOW)


@given(st.from_regex(r"[A-Za-z0-9._+-]{1,48}@[a-z0-9.-]{1,60}", fullmatch=True), st.integers(0, 2000))
def test_every_tag_that_was_given_holds(address, days):
    at = NOW + timedelta(days=days)
    tagged = ONE.sign(address, at)
    if tagged != address:
        assert untag(tagged) == address and ONE.check(tagged, at) is Tag.VALID
    else:
        assert untag(address) != address or len(address.rpartition("@")[0]) > 48
