"""One conformance suite for every backend: run on SQLite, and again with SEKIMORI_TEST_DATABASE on PostgreSQL."""

import itertools
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from assignment_rows import DAY, HOUR, NAT, NOW, RADIUS, STATIC, T0, new

from sekimori.assignments.store.factory import open_store
from sekimori.assignments.store.interface import Change
from sekimori.assignments.store.reach import CLASSES, LIMITS, reach_of
from sekimori.assignments.types import OPEN, Probe, from_proof, proof
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
K = (198 << 24 | 18 << 16 | 7) << 16
REALMS = itertools.count()
V6 = 0x20010DB800123400


@pytest.fixture
def store():
    return open_store()


def holders(found):
    return [r.holder for r in found]


def test_a_row_comes_back_as_it_was_stored(store):
    row = new(V6, T0, T0 + HOUR, "circuit:端末/1", NAT, closed=False, inferred_end=True, start_error_us=3, end_error_us=4,
              last_seen=T0 + 5, size=56, proto=17, session=-7, realm="vrf-a")
    (number,) = store.append([row], NOW)
    [[found]] = store.lookup([Probe("vrf-a", V6, T0, T0, 56, 17)])
    assert found._asdict() == {
        "id": number, "realm": "vrf-a", "key": V6, "start": T0, "end": T0 + HOUR, "holder": "circuit:端末/1",
        "source": "pba-juniper", "closed": False, "inferred_end": True, "start_error_us": 3, "end_error_us": 4, "last_seen": T0 + 5,
        "device": "198.51.100.1", "recorded_at": NOW, "revision": 1, "size": 56, "proto": 17, "feed": "cgn", "record": number, "session": -7,
    }
    assert from_proof(proof(found)) == found == store.rows([number])[0]


@pytest.mark.parametrize("count", [1, 1_899, 1_900, 3_805])
def test_a_long_batch_is_stored_like_single_rows(store, count):
    """SQLite takes 1,900 rows a statement; what is left over goes one by one."""
    rnd = random.Random(count)
    made = [new(K + n if n % 3 else V6 + n, T0 - rnd.randrange(1 << 42), None if n % 7 == 0 else T0 + n, f"login:{n}", rnd.choice([NAT, RADIUS, STATIC]),
                closed=n % 7 != 0, inferred_end=n % 5 == 0, start_error_us=n, end_error_us=2 * n, last_seen=T0 + n if n % 2 else None, size=n % 3,
                proto=rnd.choice([0, 6, 17]), session=n - 5, realm="long") for n in range(count)]
    numbers = store.append(made, NOW)
    assert len(numbers) == count
    found = {r.id: r for r in store.rows(list(numbers))}
    for number, row in zip(numbers, made, strict=True):
        got = found[number]
        assert (got.realm, got.key, got.start, got.end, got.holder, got.feed, got.source, got.device) == (*row[:5], *row.origin)
        assert (got.closed, got.inferred_end, got.start_error_us, got.end_error_us, got.last_seen, got.size, got.proto, got.session) == row[6:14]
        assert (got.recorded_at, got.revision, got.record) == (NOW, 1, number)


def test_touching_is_inclusive_at_both_ends(store):
    store.append([new(K, T0, T0 + HOUR)], NOW)
    windows = [(T0 - 2, T0 - 1), (T0 - 2, T0), (T0 + HOUR, T0 + HOUR + 9), (T0 + HOUR + 1, T0 + HOUR + 9), (T0 - 1, T0 + 2 * HOUR)]
    assert [len(r) for r in store.lookup([Probe("", K, lo, hi) for lo, hi in windows])] == [0, 1, 1, 0, 1]


def test_an_interval_buried_under_later_starts_is_found(store):
    buried = [new(K, T0, T0 + 60 * DAY, "login:long"), new(K, T0 + DAY, None, "login:open", closed=False)]
    short = [new(K, T0 + 2 * DAY + n * HOUR, T0 + 2 * DAY + n * HOUR + HOUR // 2, f"login:{n}") for n in range(200)]
    store.append(buried + short, NOW)
    at = T0 + 2 * DAY + 199 * HOUR
    assert holders(store.lookup([Probe("", K, at, at)])[0]) == ["login:long", "login:open", "login:199"]


def test_realms_sizes_and_protocols_are_kept_apart(store):
    store.append([new(K, T0, None, "a"), new(K, T0, None, "b", realm="vrf-b"), new(K, T0, None, "c", size=64),
                  new(K, T0, None, "d", size=1024, proto=6), new(K, T0, None, "e", size=1024, proto=17)], NOW)
    ask = [Probe("", K, T0, T0, 0), Probe("vrf-b", K, T0, T0), Probe("", K, T0, T0, 64), Probe("", K, T0, T0, 1024, 6),
           Probe("", K, T0, T0, 1024), Probe("vrf-c", K, T0, T0)]
    assert [holders(r) for r in store.lookup(ask)] == [["a"], ["b"], ["c"], ["d"], ["d", "e"], []]
    assert store.sizes("", 4) == [0, 64, 1024]
    assert store.sizes("vrf-b", 4) == [0]
    assert store.sizes("", 6) == []
    assert store.realms() == ["", "vrf-b"]


@given(seed=st.integers(0, 2**32), many=st.booleans())
def test_lookup_equals_a_naive_search(seed, many):
    store, rnd = open_store(), random.Random(seed)
    keys = [K, K + 1, V6, 2**64 - 1, 0]
    base, realm = T0, f"r{next(REALMS)}"  # a realm for every example: the table is not emptied between them
    lengths = [0, 1, HOUR, DAY, 10 * DAY, 100 * DAY, *LIMITS, *(x + 1 for x in LIMITS)]
    rows = []
    for n in range(rnd.randrange(1, 40)):
        start = base + rnd.randrange(0, 3 * DAY)
        end = None if rnd.random() < 0.1 else start + rnd.choice(lengths)
        rows.append(new(rnd.choice(keys), start, end, f"{n}", realm=realm))
    ids = store.append(sorted(rows), NOW)
    stored = dict(zip(ids, sorted(rows), strict=True))
    probes = []
    for _ in range(60 if many else 3):
        lo = base + rnd.randrange(-DAY, 120 * DAY)
        probes.append(Probe(realm, rnd.choice(keys), lo, lo + rnd.choice([0, HOUR, DAY])))
    for probe, found in zip(probes, store.lookup(probes), strict=True):
        want = {i for i, r in stored.items() if r.key == probe.key and r.start <= probe.hi and (r.end is None or r.end >= probe.lo)}
        assert {r.id for r in found} == want
        assert [r.start for r in found] == sorted(r.start for r in found)


def test_singles_and_batches_give_the_same(store):
    rnd = random.Random(3)
    store.append([new(K + (n % 50 << 16), T0 + rnd.randrange(90 * DAY), T0 + 91 * DAY + n, f"l{n}") for n in range(500)], NOW)
    probes = [Probe("", K + (rnd.randrange(60) << 16), T0 + n * DAY, T0 + n * DAY + HOUR) for n in range(90)]
    assert store.lookup(probes) == [store.lookup([p])[0] for p in probes]
    assert any(len(r) > 1 for r in store.lookup(probes))
    assert store.lookup(probes) == store.lookup(probes)


def test_an_open_row_gets_its_end_once(store):
    (number,) = store.append([new(K, T0, None)], NOW)
    assert store.change([Change(number, T0 + DAY, False, True, 5, T0 + HOUR)], NOW + 1) == 1
    assert store.lookup([Probe("", K, T0 + 2 * DAY, T0 + 2 * DAY)]) == [[]]
    store.change([Change(number, None, False, False, 0, T0 + 3 * DAY)], NOW + 2)
    assert store.lookup([Probe("", K, T0 + 4 * DAY, T0 + 4 * DAY)])[0][0].end is None
    store.change([Change(number, T0 + 5 * DAY, True, False, 7, T0 + 5 * DAY)], NOW + 3)
    store.change([Change(number, T0 + 9 * DAY, True, False, 7, T0 + 5 * DAY)], NOW + 4)
    [[row]] = store.lookup([Probe("", K, T0, T0)])
    assert (row.end, row.closed, row.end_error_us, row.recorded_at) == (T0 + 5 * DAY, True, 7, NOW + 3)


def test_ends_of_one_batch_are_set_as_if_one_after_another(store):
    """Open rows, rows with an inferred end (short and long), a row named twice, a closed one and one that there is not."""
    a, b, c, d, e = store.append([new(K, T0, None), new(K + 1, T0, T0 + HOUR, closed=False, inferred_end=True),
                                  new(K + 2, T0, T0 + 50 * DAY, closed=False, inferred_end=True), new(K + 3, T0, T0 + DAY), new(K + 4, T0, None)], NOW)
    ends = [Change(a, T0 + DAY, False, True, 1, T0 + 1), Change(a, T0 + 2 * DAY, True, False, 2, T0 + 2), Change(a, T0 + 3 * DAY, True, False, 3, T0 + 3),
            Change(b, T0 + 40 * DAY, True, False, 4, None), Change(c, T0 - DAY, True, False, 5, T0), Change(d, T0 + 9 * DAY, True, False, 6, T0),
            Change(e, None, False, False, 7, T0 + 7), Change(max(a, b, c, d, e) + 1, T0, True, False, 8, T0)]
    store.change(ends, NOW + 5)
    found = {r.id: (r.end, r.closed, r.inferred_end, r.end_error_us, r.last_seen, r.recorded_at) for r in store.rows([a, b, c, d, e])}
    assert found == {
        a: (T0 + 2 * DAY, True, False, 2, T0 + 2, NOW + 5), b: (T0 + 40 * DAY, True, False, 4, None, NOW + 5), c: (T0, True, False, 5, T0, NOW + 5),
        d: (T0 + DAY, True, False, 0, None, NOW), e: (None, False, False, 7, T0 + 7, NOW + 5),
    }
    for key, at, want in ((K, T0 + 2 * DAY, [a]), (K + 1, T0 + 39 * DAY, [b]), (K + 2, T0, [c]), (K + 2, T0 + 1, []), (K + 4, T0 + 900 * DAY, [e])):
        assert [r.id for r in store.lookup([Probe("", key, at, at)])[0]] == want


def test_a_correction_keeps_what_we_knew(store):
    (number,) = store.append([new(K, T0, T0 + HOUR, "login:wrong")], NOW)
    [[old]] = store.lookup([Probe("", K, T0, T0)])
    (fixed,) = store.correct([(old, new(K, T0, T0 + HOUR // 2, "login:right"))], "collector error", NOW + 10)
    [[now]] = store.lookup([Probe("", K, T0, T0)])
    assert (now.id, now.holder, now.revision, now.record) == (fixed, "login:right", 2, number)
    assert holders(store.lookup([Probe("", K, T0 + HOUR, T0 + HOUR)])[0]) == []
    assert holders(store.lookup([Probe("", K, T0, T0)], as_of=NOW + 9)[0]) == ["login:wrong"]
    assert holders(store.lookup([Probe("", K, T0, T0)], as_of=NOW + 10)[0]) == ["login:right"]
    assert store.lookup([Probe("", K, T0, T0)], as_of=NOW - 1) == [[]]
    with pytest.raises(Refused, match="already_corrected"):
        store.correct([(old, None)], "twice", NOW + 11)
    assert store.correct([(now, None)], "never was", NOW + 12) == []
    assert store.lookup([Probe("", K, T0, T0)]) == [[]]
    assert holders(store.lookup([Probe("", K, T0, T0)], as_of=NOW + 11)[0]) == ["login:right"]


def test_a_correction_may_move_a_row_to_another_key(store):
    store.append([new(K, T0, None, "login:a")], NOW)
    [[old]] = store.lookup([Probe("", K, T0, T0)])
    store.correct([(old, new(K + 1, T0, None, "login:a"))], "typing error", NOW + 1)
    assert [len(r) for r in store.lookup([Probe("", K, T0, T0), Probe("", K + 1, T0, T0)])] == [0, 1]


def test_as_of_an_end_learned_later_is_open(store):
    (number,) = store.append([new(K, T0, None, last_seen=T0)], NOW)
    store.change([Change(number, T0 + HOUR, True, False, 1, T0 + HOUR)], NOW + 50)
    late = Probe("", K, T0 + DAY, T0 + DAY)
    assert store.lookup([late]) == [[]]
    [[then]] = store.lookup([late], as_of=NOW + 49)
    assert (then.end, then.closed, then.last_seen) == (None, False, None)


def test_open_rows_by_session_and_line(store):
    store.append([new(K, T0, None, session=11, line=5), new(K + 1, T0, None, session=12, line=5), new(K + 2, T0, T0 + 1, session=11)], NOW)
    assert [(r.key, line) for r, line in store.open_rows(sessions=[11])] == [(K, 5)]
    assert sorted(r.key for r, _ in store.open_rows(lines=[5])) == [K, K + 1]


def test_stale_rows_of_a_device(store):
    other = RADIUS._replace(device="192.0.2.9")
    store.append([new(K, T0, None, last_seen=T0 + 5), new(K + 1, T0, None, last_seen=T0 + 50), new(K + 2, T0, None, origin=other)], NOW)
    assert [r.key for r in store.stale("radius-detail", "192.0.2.1", T0 + 10)] == [K]
    assert len(store.stale("radius-detail", None, T0 + 100)) == 3


def test_expiry_is_exact_by_class_and_leaves_proof(store):
    limit = T0 + 30 * DAY + 5 * HOUR
    rows = [new(K, T0, limit - 1), new(K, T0, limit), new(K, T0, limit - 40 * DAY, origin=NAT), new(K, T0, limit - 1, origin=STATIC),
            new(K, T0, None, last_seen=limit - 1), new(K, T0, None, last_seen=limit), new(K, T0, None, origin=STATIC, closed=False)]
    rows[2] = rows[2]._replace(start=limit - 41 * DAY)
    ids = store.append(rows, NOW)
    done = store.expire({"connection": limit, "nat": limit})
    assert (done.rows, done.first_end, done.last_end, done.by_class) == (3, limit - 40 * DAY, limit - 1, {"connection": 2, "nat": 1})
    assert len(done.sha256) == 64
    assert [r.id for r in store.rows(ids)] == [ids[1], ids[3], ids[5], ids[6]]
    assert store.expire({"connection": limit, "nat": limit}).rows == 0


def test_expiry_takes_whole_weeks_and_counts_each_row_once(store):
    """Short rows of weeks that are over, long ones that ended in them, and those of the last week before the limit."""
    limit, ends = T0 + 40 * DAY + HOUR, [T0 + n * DAY for n in range(60)]
    short = store.append([new(K + n, end - HOUR, end) for n, end in enumerate(ends)], NOW)
    long = store.append([new(K + n, end - 30 * DAY, end) for n, end in enumerate(ends)], NOW)
    done = store.expire({"connection": limit})
    gone = [number for rows in (short, long) for number, end in zip(rows, ends, strict=True) if end < limit]
    assert (done.rows, done.first_end, done.last_end) == (len(gone), ends[0], T0 + 40 * DAY) == (82, T0, T0 + 40 * DAY)
    assert [r.id for r in store.rows([*short, *long])] == sorted({*short, *long} - set(gone))
    assert [len(r) for r in store.lookup([Probe("", K + 40, ends[40], ends[40]), Probe("", K + 41, ends[41], ends[41])])] == [0, 2]


def test_ids_are_never_used_twice(store):
    first = store.append([new(K, T0, T0 + 1)], NOW)
    store.expire({"connection": NOW})
    assert store.append([new(K, T0, T0 + 1)], NOW)[0] > first[0]


def test_sharers_counts_the_holders_of_an_address(store):
    block = [new(K | port, T0, T0 + HOUR, f"inside:v:{port}", NAT, size=64) for port in range(1024, 2048, 64)]
    store.append([*block, new(K | 4096, T0, T0 + HOUR, "inside:v:1024", NAT, size=64), new((K >> 16) + 1 << 16, T0, None, "x")], NOW)
    assert store.sharers("", K >> 16, T0, T0) == 16
    assert store.sharers("", K >> 16, T0 + 2 * HOUR, T0 + 2 * HOUR) == 0


def test_reach_bounds_the_duration():
    assert [reach_of(5, 5 + limit) for limit in LIMITS] == list(range(CLASSES - 1))
    assert [reach_of(5, 6 + limit) for limit in LIMITS] == list(range(1, CLASSES))
    assert reach_of(5, OPEN) == CLASSES - 1


def test_nothing_to_do(store):
    assert store.lookup([]) == []
    assert list(store.append([], NOW)) == []
    assert store.change([], NOW) == 0
