"""Lines of a letter: nothing lost, none too wide, and no line begins with what may not stand there."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sekimori.notices.wrapping import _CLOSING, wrapped


def width(text):
    """Wide characters count two."""
    return float(sum(1 if c.isascii() else 2 for c in text))


def test_an_address_stays_whole_and_the_text_goes_on_behind_it():
    assert wrapped("メールアドレス a@isp.example からの送信を制限します。", 33, width) == ["メールアドレス a@isp.example から", "の送信を制限します。"]


def test_punctuation_stays_with_its_word():
    assert wrapped("あいう。えお", 6, width) == ["あい", "う。え", "お"]
    assert wrapped("あ「いう」え", 6, width) == ["あ「い", "う」え"]


def test_english_breaks_between_words():
    assert wrapped("Please change your password now.", 12, width) == ["Please", "change your", "password", "now."]


def test_a_word_longer_than_the_line_is_cut():
    assert wrapped("ab" + "x" * 10, 5, width) == ["abxxx", "xxxxx", "xx"]
    assert wrapped("", 5, width) == [""]


@given(st.text(alphabet="あいう。、「」ー ab.@()", max_size=60), st.integers(2, 20))
def test_nothing_is_lost(text, room):
    lines = wrapped(text, room, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= max(room, 2) or len(line) == 1 for line in lines)


@given(st.text(alphabet="あいう。、」", min_size=1, max_size=60), st.integers(8, 20))
def test_no_line_begins_with_closing_punctuation(text, room):
    lines = wrapped(text.lstrip(_CLOSING), room, width)
    runs = max((len(r) for r in re.findall(f"[{_CLOSING}]+", text)), default=0)
    if 2 * (runs + 1) <= room:
        assert not [line for line in lines[1:] if line[:1] in _CLOSING]
