"""The name is masked exactly where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from sekimori.notices.masking import masked, spans


def test_a_name_is_masked_wherever_it_stands():
    text = "山田 花子 様\n\n山田 花子様の回線"
    assert masked(text, spans(text, "山田 花子"), "ja") == "(契約者名) 様\n\n(契約者名)様の回線"
    assert masked("Dear Ann,", spans("Dear Ann,", "Ann"), "en") == "Dear (holder's name),"


def test_no_name_no_mask():
    assert spans("text", "") == spans("text", " ") == []
    assert masked("text", [[2, 99], [1], [-1, 2]], "en") == "text"


@given(st.text(max_size=40), st.text(min_size=1, max_size=5))
def test_no_name_is_left(text, name):
    if name.strip() and name not in "(契約者名)" and not any(c in "(契約者名)" for c in name):
        assert name not in masked(text, spans(text, name), "ja")
