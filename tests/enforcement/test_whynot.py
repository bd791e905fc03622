"""Why not yet: one text for the page of a case, the ledger and the statement of reasons."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladder_facts import ready, replace
from sekimori import words
from sekimori.enforcement import whynot
from sekimori.enforcement.ladder.position import position

ROW = {"step": "restrict_mail", "unmet": ["grade", "grace", "new_events"], "earliest": None, "values": {
    "grade": {"has": "C", "needs": "B", "earliest": None},
    "grace": {"has": "2026-11-02T12:00:00+09:00", "needs": "2026-11-05T12:00:00+09:00", "earliest": "2026-11-05T12:00:00+09:00"},
    "new_events": {"has": "1", "needs": "2", "earliest": None}}}
TIMED = {**ROW, "unmet": ["grace"], "earliest": "2026-11-05T12:00:00+09:00"}
MET = {"step": "warn", "unmet": [], "earliest": None, "values": {}}


def test_each_condition_has_its_values_and_its_date():
    assert whynot.conditions(ROW, "en") == ["the evidence grade is too low (now C, needs B)",
                                            "the period of grace is still running (until Thu 5 Nov 2026, 12:00:00 JST)",
                                            "too few new events after the grace (1 of 2 days)"]
    assert whynot.conditions(ROW, "ja") == ["証拠の等級が足りません(B 以上が必要、いま C)", "対策のための猶予期間中です(2026年11月5日(木) 12:00:00 JST まで)",
                                            "猶予後の新たな検知が足りません(2日必要、いま 1日)"]


@pytest.mark.parametrize("wanted", sorted(whynot.BECAUSE))
def test_a_condition_without_figures_says_what_stands_behind_it(wanted):
    code, has = wanted
    row = {"step": "warn", "unmet": [code], "earliest": None, "values": {code: {"has": has, "needs": "reset", "earliest": None}}}
    for n, language in enumerate(("ja", "en")):
        assert whynot.BECAUSE[wanted][n] in whynot.sentence(row, language)


def test_what_stands_behind_a_condition_is_what_the_ladder_says():
    assert position(replace(ready("suspend_line"), policy=replace(ready("warn").policy, grounds={}))).of("suspend_line").unmet[0].has == "no ground"
    assert [u.has for u in position(ready("suspend_line")).of("restrict_mail").unmet if u.condition == "max_reached"] == ["done"]
    assert [u.has for u in position(ready("suspend_line")).of("warn").unmet if u.condition == "max_reached"] == ["warned"]
    assert [u.has for u in position(ready("terminate")).of("suspend_line").unmet if u.condition == "max_reached"] == ["suspensions"]


def test_the_earliest_date_or_that_time_alone_does_not_bring_it():
    assert whynot.earliest(TIMED, "en") == "Thu 5 Nov 2026, 12:00:00 JST at the earliest"
    assert whynot.earliest(ROW, "ja") == "時間の経過だけでは行われません"


def test_nothing_further_names_only_later_steps():
    rows = [MET, TIMED, {**ROW, "step": "suspend_line"}]
    said = whynot.beyond(rows, "restrict_mail", "en")
    assert said == "Why nothing further is done yet: " + whynot.sentence(rows[2], "en")
    assert whynot.beyond(rows, "suspend_line", "ja") == ""
    assert whynot.beyond(rows, "port_filter", "ja") == ""


def test_a_step_without_anything_missing():
    assert whynot.sentence(MET, "ja").endswith("条件を満たしています。")
    assert whynot.sentence(MET, "en").endswith("all its conditions hold.")


@given(st.fixed_dictionaries({"step": st.text(max_size=12), "unmet": st.lists(st.sampled_from(sorted(words.ids("unmet")))), "earliest": st.none() | st.text(max_size=30),
                              "values": st.dictionaries(st.sampled_from(sorted(words.ids("unmet"))), st.dictionaries(
                                  st.sampled_from(["has", "needs", "earliest"]), st.none() | st.text(max_size=30)))}))
def test_no_row_is_too_odd_for_words(row):
    for language in words.LANGUAGES:
        assert whynot.sentence(row, language)
