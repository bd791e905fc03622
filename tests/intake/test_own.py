"""Our own lines are cut, the reporter's are not."""


from hypothesis import given
from hypothesis import strategies as st

from sekimori.intake import own
from sekimori.values.ids import reference
from support import cpu

REF = "N-7QF3-9MZA-H2WP"
NOTICE = "\n".join([own.start_line(REF), "198.51.100.7 2026-11-24 12:00 JST", "", "お知らせ", own.end_line(REF)])


def quote(text, mark="> "):
    return "\n".join(mark + line for line in text.split("\n"))


def test_a_notice_is_cut_whole_or_quoted():
    for copy in (NOTICE, quote(NOTICE), quote(quote(NOTICE)), quote(NOTICE, ">"), quote(NOTICE, "| "), quote(NOTICE, "＞")):
        cut = own.cut(f"before\n{copy}\nafter 192.0.2.1")
        assert cut == own.Cut("before\nafter 192.0.2.1", (REF,)), copy


def test_quoting_that_loses_the_end_marker_is_cut_as_far_as_it_is_quoted():
    lost = quote("\n".join(NOTICE.split("\n")[:-1]))
    assert own.cut(f"a\n{lost}\nnew report 192.0.2.1").text == "a\nnew report 192.0.2.1"


def test_an_unquoted_marker_without_an_end_cuts_nothing_else():
    assert own.cut(f"{own.start_line(REF)}\n192.0.2.1 attacked us").text == "192.0.2.1 attacked us"


def test_two_notices_and_a_foreign_end():
    other = reference("N")
    second = "\n".join([own.start_line(other), "x", own.end_line(other)])
    cut = own.cut(f"{NOTICE}\nmine\n{quote(second)}\nmine too\n{own.end_line(REF)}")
    assert cut.refs == (REF, other)
    assert cut.text == f"mine\nmine too\n{own.end_line(REF)}"


def test_other_text_is_untouched():
    text = "plain [ x ] text\n---- [ not a ref ] ----\n---- [ n-7qf3-9mza-h2wp ] ----"
    assert own.cut(text) == own.Cut(text, ())


@given(st.lists(st.sampled_from([own.start_line(REF), own.end_line(REF), "> " + own.start_line(REF), "> " + own.end_line(REF), "> x", "x", ""])))
def test_nothing_is_invented(lines):
    text = "\n".join(lines)
    kept = own.cut(text).text.split("\n")
    rest = iter(lines)
    assert all(any(k == line for line in rest) for k in kept if k)


def test_time_grows_with_length_not_faster():
    for line in (own.start_line(REF), "> " + own.start_line(REF), own.end_line(REF), ">" * 300, "- [ " * 60):
        assert cpu(own.cut, "\n".join([line] * 20_000)) < 2
