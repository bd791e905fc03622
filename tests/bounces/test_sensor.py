"""Unknown-user rates: bad lists are abuse, a dead forwarding is innocent."""

from hypothesis import given
from hypothesis import strategies as st

from sekimori.bounces.sensor import FEWEST, Handed, suspicions

MINUTE = 60_000_000


def run(login, count, recipients, unknown, *, distinct="", step=MINUTE):
    return [Handed(login, n * step, recipients, unknown, distinct if unknown else "") for n in range(count)]


def test_mass_unknown_users_are_suspected():
    (s,) = suspicions(run("u1", 20, 10, 4))
    assert (s.login, s.kind, s.unknown_users, s.recipients) == ("u1", "mass_unknown", 80, 200) and s.share == 0.4


def test_a_forwarding_to_a_dead_address_is_innocent():
    (s,) = suspicions(run("u1", 50, 1, 1, distinct="h1"))
    assert s.kind == "dead_forwarding"
    assert suspicions([Handed("u1", n * MINUTE, 1, 1, f"h{n}") for n in range(50)])[0].kind == "mass_unknown"


def test_few_or_thin_failures_are_nothing():
    assert not suspicions(run("u1", 20, 100, 1)) and not suspicions(run("u1", FEWEST - 1, 1, 1)) and not suspicions(run("", 100, 1, 1))


def test_failures_far_apart_do_not_add_up():
    assert not suspicions(run("u1", 40, 1, 1, step=20 * MINUTE))


@given(st.lists(st.builds(Handed, st.sampled_from(["a", "b", ""]), st.integers(0, 10**13), st.integers(0, 50), st.integers(0, 50), st.sampled_from(["", "h"])), max_size=60))
def test_order_does_not_matter_and_shares_are_shares(rows):
    rows = [Handed(r.login, r.time, r.recipients, min(r.unknown_users, r.recipients), r.distinct) for r in rows]
    a = suspicions(rows, fewest=5)
    assert {(s.login, s.unknown_users) for s in a} == {(s.login, s.unknown_users) for s in suspicions(list(reversed(rows)), fewest=5)}
    assert all(0 < s.share <= 1 and s.first <= s.last for s in a)
