"""Evidence grades, as the rulings word them."""

from ladder_facts import DAY, LADDER, MONDAY, event, replace
from sekimori.enforcement.ladder.grades import FUTURE, at_least, grades, highest, refuted_percent


def of(*events):
    return "".join(grades(events, LADDER))


def test_a_needs_our_own_log_and_an_authenticated_report():
    assert of(event(own=True)) == "A"
    assert of(event(own=True, authenticated=False)) == "D"


def test_three_domains_within_seven_days_of_event_time():
    three = [event(d, domain=x) for d, x in ((0, "a.example"), (3, "b.example"), (7, "c.example"))]
    assert of(*three) == "BBB"
    assert of(*three[:2], event(7.01, domain="c.example")) == "CCC"
    assert of(*three[:2], event(5, domain="a.example")) == "CCC"


def test_receipt_does_not_matter_for_the_span():
    late = [replace(event(d, domain=x), received=MONDAY) for d, x in ((0, "a.example"), (3, "b.example"), (6, "c.example"))]
    assert of(*late) == "BBB"


def test_one_event_told_by_three_domains_counts_as_three():
    assert of(*(event(1, domain=x) for x in ("a.example", "b.example", "c.example"))) == "BBB"


def test_reporters_must_have_a_record():
    base = [event(1, domain="a.example"), event(1, domain="b.example")]
    assert of(*base, event(1, domain="c.example", confirmed=19)) == "CCC"
    assert of(*base, event(1, domain="c.example", confirmed=20, refuted=1)) == "BBB"
    assert of(*base, event(1, domain="c.example", confirmed=20, refuted=2)) == "CCC"
    assert refuted_percent(95, 5) == 5.0
    assert refuted_percent(0, 0) == 0.0


def test_b_needs_no_headers_but_authentication():
    plain = [event(1, domain=x, original=False) for x in ("a.example", "b.example", "c.example")]
    assert of(*plain) == "BBB"
    assert of(*plain[:2], event(1, domain="c.example", authenticated=False)) == "DDD"


def test_c_is_one_fresh_report_with_headers():
    assert of(event(1)) == "C"
    assert of(event(1, original=False)) == "D"
    assert of(replace(event(14), received=MONDAY)) == "C"
    assert of(replace(event(14.01), received=MONDAY)) == "D"


def test_free_text_alone_proves_nothing_until_an_officer_read_it():
    assert of(event(1, free_text=True)) == "D"
    assert of(event(1, free_text=True, read_by_officer=True)) == "C"
    assert of(event(1, free_text=True, own=True)) == "A"


def test_what_names_nobody_for_certain_proves_nothing():
    assert of(event(1, own=True, exact=False)) == "D"


def test_the_window_slides():
    found = [event(d, domain=x) for d, x in ((20, "a.example"), (19, "b.example"), (2, "c.example"), (1, "a.example"), (0, "b.example"))]
    assert of(*found) == "CCBBB"
    assert DAY.days == 1


def test_limits_are_included():
    exactly = [event(1, domain=x, confirmed=95, refuted=5) for x in ("a.example", "b.example", "c.example")]
    assert of(*exactly) == "BBB"
    assert of(replace(event(0), time=MONDAY + FUTURE, received=MONDAY)) == "C"
    assert of(replace(event(0), time=MONDAY + 2 * FUTURE, received=MONDAY)) == "D"


def test_the_highest_grade_is_the_best():
    assert highest(["D", "B", "C"]) == "B"
    assert highest([]) == "D"
    assert at_least("A", "B")
    assert at_least("B", "B")
    assert not at_least("C", "B")
