"""Tags on the way out: valid for a week, bound to key and address, never raising on what comes back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.bounces.provenance.model import Tag
from sekimori.bounces.provenance.tagging import check_tag, envelope_id, envelope_id_ours, tag_sender, untag

KEYS = {0: b"k" * 32, 1: b"l" * 32}


def test_a_tag_holds_for_its_days(now):
    tagged = tag_sender("hanako@ISP.example", KEYS[1], now, number=1)
    assert tagged.startswith("prvs=1") and untag(tagged) == "hanako@ISP.example"
    assert check_tag(tagged, KEYS, now) is Tag.VALID and check_tag(f"<{tagged}>", KEYS, now + timedelta(days=7)) is Tag.VALID
    assert check_tag(tagged, KEYS, now + timedelta(days=8)) is Tag.INVALID and check_tag(tagged, KEYS, now - timedelta(days=30)) is Tag.INVALID


def test_tags_are_bound_to_key_number_and_address(now):
    tagged = tag_sender("hanako@isp.example", KEYS[0], now)
    assert check_tag(tagged, {0: b"x" * 32}, now) is Tag.INVALID and check_tag(tagged, {1: KEYS[1]}, now) is Tag.INVALID
    assert check_tag(tagged.replace("hanako", "hanaka"), KEYS, now) is Tag.INVALID and check_tag(tagged.replace("isp.example", "isp.test"), KEYS, now) is Tag.INVALID


def test_the_day_turns_over_a_thousand(now):
    for shift in range(0, 1200, 97):
        at = now + timedelta(days=shift)
        assert check_tag(tag_sender("a@b.example", KEYS[0], at), KEYS, at) is Tag.VALID


def test_no_tag_and_no_keys(now):
    assert check_tag("hanako@isp.example", KEYS, now) is Tag.MISSING and check_tag("hanako@isp.example", {}, now) is Tag.NOT_USED
    with pytest.raises(ValueError, match="address"):
        tag_sender("nobody", KEYS[0], now)


def test_variants_of_others_are_undone():
    assert untag("prvs=hanako=0123456789@isp.example") == "hanako@isp.example"
    assert untag("btv1==1234==hanako@isp.example") == "hanako@isp.example" and untag("msprvs1=17abc=hanako@isp.example") == "hanako@isp.example"
    assert untag("hanako@isp.example") == "hanako@isp.example"


def test_envelope_ids():
    mine = envelope_id("4ABCDEF0123", KEYS[0])
    assert envelope_id_ours(mine, KEYS[0]) and not envelope_id_ours(mine, KEYS[1]) and not envelope_id_ours(mine[:-1] + "4", KEYS[0]) and not envelope_id_ours("QQ314159", KEYS[0])


@given(st.text(max_size=400))
def test_nothing_that_comes_back_raises(text):
    from support import NOW

    assert check_tag(text, KEYS, NOW) in set(Tag)
    untag(text)
    envelope_id_ours(text, KEYS[0])
