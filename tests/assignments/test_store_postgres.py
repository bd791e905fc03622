"""What only PostgreSQL can get wrong: plans kept while weeks come, fill and go; waiting for locks; poolers; rights."""

import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

sys.path.insert(0, str(Path(__file__).parent))
from assignment_rows import DAY, HOUR, NAT, NOW, STATIC, T0, new

from sekimori.assignments.schema import TABLE, install, week_of
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.store.touching import FUNCTIONS
from sekimori.assignments.types import Probe
from sekimori.cli.schema import ensure_schema

K = (198 << 24 | 18 << 16 | 7) << 16
WEEK = 7 * DAY


@pytest.fixture(autouse=True)
def postgres(db):
    if connection.vendor != "postgresql":
        pytest.skip("the embedded backend")


@pytest.fixture
def store():
    return open_store()


def found(store, at, key=K):
    return [r.holder for r in store.lookup([Probe("", key, at, at)])[0]]


def scans(kind):
    """Scans of the partitions in this transaction so far."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT relname, {kind}_scan FROM pg_stat_xact_user_tables WHERE relname LIKE %s AND {kind}_scan > 0", [f"{TABLE}%"])
        return dict(cursor.fetchall())


def fill(store, weeks):
    store.append([new(K + n, T0 + n * WEEK, T0 + n * WEEK + HOUR, f"{origin.source}:{n}", origin)
                  for n in range(weeks) for origin in (new(K, 0, 0).origin, NAT, STATIC)], NOW)


@pytest.mark.django_db
def test_only_the_weeks_that_a_window_can_touch_are_read(store):
    fill(store, 30)
    before = scans("idx")
    assert len(found(store, T0 + 20 * WEEK, K + 20)) == 3
    read = {name for name, count in scans("idx").items() if count > before.get(name, 0) and "_w" in name and "_week" not in name}
    first = week_of(T0 + 20 * WEEK)
    assert read <= {f"{TABLE}_w{w}_r{r}" for w in range(first, first + 3) for r in (1, 2, 3)}
    assert {f"{TABLE}_w{first}_r{r}" for r in (1, 2, 3)} <= read


@pytest.mark.django_db
def test_a_batch_reads_no_week_between_its_windows(store):
    fill(store, 30)
    before = scans("idx")
    assert [len(r) for r in store.lookup([Probe("", K + n, T0 + n * WEEK, T0 + n * WEEK) for n in (0, 29)])] == [3, 3]
    after, between = scans("idx"), f"{TABLE}_w{week_of(T0 + 15 * WEEK)}_r1"
    assert after.get(between, 0) == before.get(between, 0)


@pytest.mark.django_db(transaction=True)
def test_weeks_out_of_reach_are_not_even_opened(store):
    """An index that a question opens is locked until its transaction ends, and so is one that planning looks at."""
    fill(store, 30)
    assert len(found(store, T0 + 20 * WEEK, K + 20)) == 3
    with transaction.atomic(), connection.cursor() as cursor:
        assert len(found(store, T0 + 20 * WEEK, K + 20)) == 3
        cursor.execute("SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND c.relkind = 'i'")
        opened = {name for (name,) in cursor.fetchall() if name.startswith(f"{TABLE}_w")}
    assert {name[len(f"{TABLE}_w"):].split("_")[0] for name in opened} <= {str(week_of(T0 + 20 * WEEK) + n) for n in range(3)}
    assert opened


@pytest.mark.django_db
def test_a_question_is_planned_once_and_never_compiled(store):
    """Whatever the session is set to. The server itself tells what it plans, and what it compiles of the statement in the function."""
    fill(store, 8)
    told = []
    with connection.cursor() as cursor:
        cursor.execute("LOAD 'auto_explain'")
        for setting in ("plan_cache_mode = force_custom_plan", "jit = on", "jit_above_cost = 0", "client_min_messages = log", "log_planner_stats = on",
                        "auto_explain.log_min_duration = 0", "auto_explain.log_analyze = on", "auto_explain.log_nested_statements = on"):
            cursor.execute(f"SET LOCAL {setting}")
        for ask in (lambda n: found(store, T0 + n * WEEK, K + n), lambda n: [store.sharers("", K + n >> 16, T0 + n * WEEK, T0 + n * WEEK)]):
            ask(0)
            connection.connection.add_notice_handler(hear := lambda notice: told.append(notice.message_primary))
            for n in range(1, 8):
                assert ask(n)
            connection.connection.remove_notice_handler(hear)
        cursor.execute("RESET log_planner_stats; RESET auto_explain.log_min_duration; RESET client_min_messages")
    inner = [t for t in told if "Append" in t]
    assert len(inner) == 14
    assert not [t for t in inner if "JIT:" in t]
    assert sum(t.startswith("PLANNER STATISTICS") for t in told) == 14  # of the statements that call


@pytest.mark.django_db
def test_a_plan_made_while_a_week_was_small_holds_when_it_has_filled(store):
    """After one row and an ANALYZE, reading the whole week is cheapest: then it fills before anything is planned anew."""
    store.append([new(K, T0, T0 + HOUR, "login:first")], NOW)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE}")
    assert found(store, T0) == ["login:first"]
    assert store.sharers("", K >> 16, T0, T0) == 1
    store.append([new(K + n, T0 + n, T0 + HOUR + n, f"login:{n}") for n in range(1, 20_000)], NOW)
    before = scans("seq")
    assert found(store, T0 + HOUR // 2, K + 15_000) == ["login:15000"]
    assert store.sharers("", K >> 16, T0 + HOUR // 2, T0 + HOUR // 2) == 20_000
    assert scans("seq") == before


@pytest.mark.django_db(transaction=True)
def test_weeks_come_and_go_under_a_kept_plan(store):
    """Another session loads and expires; ours keeps its connection, asks all the time and sees every change."""

    def elsewhere(do):
        def run():
            try:
                done.append(do(open_store()))
            finally:
                connection.close()

        done = []
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(60)
        assert done, "the other session failed"
        return done[0]

    for n in range(6):
        assert found(store, T0 + n * WEEK, K + n) == []
        elsewhere(lambda s, n=n: s.append([new(K + n, T0 + n * WEEK, T0 + n * WEEK + HOUR, f"login:{n}")], NOW))
        assert found(store, T0 + n * WEEK, K + n) == [f"login:{n}"]
    assert elsewhere(lambda s: s.expire({"connection": T0 + 3 * WEEK})).rows == 3
    assert [found(store, T0 + n * WEEK, K + n) for n in range(6)] == [[], [], [], ["login:3"], ["login:4"], ["login:5"]]
    elsewhere(lambda s: s.append([new(K, T0, T0 + HOUR, "login:again")], NOW))
    assert found(store, T0) == ["login:again"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", ["append", "expire"])
def test_questions_do_not_wait_for_loads_and_expiry(store, work):
    """A loader that has made a new week, and a new class in an old one, or an expiry that still reads what it will drop, holds its transaction open."""
    store.append([new(K, T0, T0 + HOUR, "login:a")], NOW)
    assert found(store, T0) == ["login:a"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}_w{week_of(T0)}_r2")  # of an earlier test
    ready, go = threading.Event(), threading.Event()

    def other():
        try:
            with transaction.atomic():
                if work == "append":
                    open_store().append([new(K, T0 + 9 * WEEK, T0 + 9 * WEEK + HOUR, "login:b"), new(K + 1, T0, T0 + HOUR, "inside:b", NAT)], NOW)
                else:
                    with connection.cursor() as cursor:
                        whole = []
                        assert sum(map(len, open_store()._delete(cursor, 1, T0 + 4 * WEEK, whole))) == 1
                        assert f"{TABLE}_w{week_of(T0)}_r1" in whole
                ready.set()
                go.wait(30)
        finally:
            ready.set()
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    assert ready.wait(30)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
        assert found(store, T0) == ["login:a"]
        assert found(store, T0 + 9 * WEEK) == []
    finally:
        go.set()
        thread.join(30)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert found(store, T0 + 9 * WEEK) == (["login:b"] if work == "append" else [])


@pytest.mark.django_db(transaction=True)
def test_every_statement_may_meet_another_session(store):
    """A pooler in transaction mode hands each transaction to any session, and start-up options may be lost on the way."""
    store.append([new(K, T0, T0 + HOUR, "login:a")], NOW)
    for _ in range(3):
        assert found(store, T0) == ["login:a"]
        with connection.cursor() as cursor:
            cursor.execute("DISCARD ALL")
            cursor.execute("SET plan_cache_mode = force_custom_plan")
        assert store.sharers("", K >> 16, T0, T0) == 1
    connection.close()


@pytest.mark.django_db
def test_the_functions_give_nobody_a_right(store):
    store.append([new(K, T0, T0 + HOUR)], NOW)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE sekimori_stranger")
        cursor.execute("SET LOCAL ROLE sekimori_stranger")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        found(store, T0)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        store.sharers("", K >> 16, T0, T0)


@pytest.mark.django_db
def test_functions_of_another_version_are_made_anew(store):
    def oids():
        with connection.cursor() as cursor:
            cursor.execute("SELECT proname, oid FROM pg_proc WHERE proname = ANY(%s)", [list(FUNCTIONS)])
            return dict(cursor.fetchall())

    before = oids()
    install()
    assert oids() == before
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION assignments_sharers; CREATE FUNCTION assignments_sharers(text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'")
    install()
    after = oids()
    assert after["assignments_touching"] == before["assignments_touching"]
    assert store.sharers("", K >> 16, T0, T0) == 0


@pytest.mark.django_db
def test_any_command_brings_the_functions_of_its_version(store, tmp_path):
    """An installation from before them has no migration outstanding."""
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION assignments_sharers, assignments_touching")
    ensure_schema(SimpleNamespace(data=tmp_path))
    assert found(store, T0) == []
    assert store.sharers("", K >> 16, T0, T0) == 0
