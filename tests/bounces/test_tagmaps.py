"""The three maps: what is tagged on the way out, what is untagged and noted on the way in."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.bounces.tagmaps import TagMaps
from sekimori.mailauth.batv import Tagger, untag
from sekimori.settings import Settings
from sekimori.settings.types import Provider, Tags
from sekimori.smtp.socketmap import NoSuchMap
from support import NOW

SETTINGS = Settings(Path("/nowhere"), provider=Provider(domains=("isp.example", "mail.isp.example")), tags=Tags(key="k" * 32, since="2026-11-01"))
MAPS, TAGGER = TagMaps(SETTINGS), Tagger.of(SETTINGS)
TAGGED = TAGGER.sign("hanako@isp.example", NOW)
DESK = TAGGER.sign("desk+" + "a" * 26 + "@isp.example", NOW)
FOREIGN = Tagger({0: b"other"}).sign("hanako@isp.example", NOW)


@pytest.mark.parametrize(("name", "key", "want"), [
    ("sign", "hanako@isp.example", TAGGED), ("sign", "Hanako@Mail.ISP.example", TAGGER.sign("Hanako@Mail.ISP.example", NOW)),
    ("sign", "hanako@other.example", None), ("sign", TAGGED, None), ("sign", DESK, None), ("sign", "desk+abc@isp.example", None), ("sign", "abuse@isp.example", None),
    ("sign", "", None), ("sign", "@isp.example", None), ("sign", "isp.example", None), ("sign", "hanako", None),
    ("untag", TAGGED, "hanako@isp.example"), ("untag", TAGGED.upper(), "HANAKO@ISP.EXAMPLE"), ("untag", FOREIGN, None), ("untag", "hanako@isp.example", None),
    ("untag", DESK, DESK), ("untag", DESK.replace("prvs=0", "prvs=7"), DESK.replace("prvs=0", "prvs=7")), ("untag", TAGGER.sign("hanako@other.example", NOW), None),
    ("check", TAGGED, f"PREPEND X-Sekimori-Tag: {TAGGED}"), ("check", "hanako@isp.example", "PREPEND X-Sekimori-Tag: none"), ("check", FOREIGN, None),
    ("check", "hanako@other.example", None), ("check", "desk+abc@isp.example", None), ("check", "x" * 49 + "@isp.example", None)])
def test_answers(name, key, want):
    assert MAPS.lookup(name, key, NOW) == want


def test_a_tag_whose_days_are_over_still_reaches_its_member():
    assert MAPS.lookup("untag", TAGGED, NOW + timedelta(days=300)) == "hanako@isp.example"


@pytest.mark.parametrize("tags", [Tags(key="k" * 32), Tags(key="k" * 32, since="2026-11-20"), Tags()])
def test_none_is_noted_only_where_tags_are_awaited(tags):
    assert TagMaps(Settings(Path("/nowhere"), tags=tags)).lookup("check", "hanako@isp.example", NOW) is None


def test_off_the_maps_know_nothing():
    off = TagMaps(Settings(Path("/nowhere")))
    assert [off.lookup(n, k, NOW) for n in ("sign", "untag") for k in ("hanako@isp.example", TAGGED)] == [None] * 4


def test_a_wrong_name():
    with pytest.raises(NoSuchMap):
        MAPS.lookup("signs", "a@isp.example", NOW)


@given(st.sampled_from(["sign", "untag", "check"]), st.text(max_size=120) | st.emails() | st.from_regex(r"(prvs=[0-9]{4}[0-9a-f]{6}=)?\S{0,70}@isp\.example", fullmatch=True))
def test_no_key_raises_or_makes_a_second_line(name, key):
    answer = MAPS.lookup(name, key, NOW)
    assert answer is None or (len(answer.splitlines()) == 1 and answer)
    if name == "sign" and answer:
        assert untag(answer) == key and MAPS.lookup("untag", answer, NOW) == key
