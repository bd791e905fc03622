"""What is kept, what goes, and that the ledger says so."""

import json
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from assignment_rows import DAY, HOUR, NAT, NOW, RADIUS, STATIC, T0, new

from sekimori.assignments.expiry import expire, limits
from sekimori.assignments.models import FeedGap, FrozenRow, Interval
from sekimori.assignments.preserve import freeze, freeze_probes, frozen, release, rows_of
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import Probe, proof
from sekimori.ledger.models import Entry
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db
WHO = Actor("command", "test")
K = (198 << 24 | 7) << 16


@pytest.fixture
def store():
    return open_store()


def last_entry():
    entry = Entry.objects.order_by("-seq").first()
    return entry.act, json.loads(entry.body)["detail"]


def test_limits_by_class():
    assert limits(180, {"nat": 90}, NOW) == {"connection": NOW - 180 * DAY, "nat": NOW - 90 * DAY, "static": NOW - 180 * DAY}
    with pytest.raises(ValueError, match="no retention class 'dns'"):
        limits(180, {"dns": 1}, NOW)
    with pytest.raises(ValueError, match="at least one day"):
        limits(180, {"nat": 0}, NOW)


def test_expiry_deletes_on_time_and_is_in_the_ledger(store, tmp_path):
    store.append([new(K, T0 - 300 * DAY, T0 - 200 * DAY), new(K, T0, T0 + HOUR), new(K, T0 - 120 * DAY, T0 - 100 * DAY, origin=NAT),
                  new(K, T0 - 300 * DAY, None, origin=STATIC, closed=False)], NOW)
    FeedGap.objects.create(feed="f", lo=T0 - 300 * DAY, hi=T0 - 299 * DAY)
    (tmp_path / "old.jsonl").write_text("{}")
    os.utime(tmp_path / "old.jsonl", (T0 / 1e6 - 400 * 86400,) * 2)
    (tmp_path / "new.jsonl").write_text("{}")
    done = expire(store, limits(180, {"nat": 90}, T0), tmp_path, WHO, T0)
    assert (done.rows, done.by_class) == (2, {"connection": 1, "nat": 1, "static": 0})
    assert Interval.objects.count() == 2 and not FeedGap.objects.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["new.jsonl"]
    act, detail = last_entry()
    assert (act, detail["rows"], detail["by_class"], len(detail["sha256"])) == ("assignments.expired", 2, {"connection": 1, "nat": 1, "static": 0}, 64)
    assert detail["last_end"] == "2026-06-13T14:13:20Z"
    assert "198" not in json.dumps(detail["by_class"]) and "login" not in json.dumps(detail)


def test_a_cases_rows_outlive_their_log_and_nothing_else_does(store, tmp_path):
    store.append([new(K, T0, T0 + HOUR, "login:case"), new(K + 1, T0, T0 + HOUR, "login:other")], NOW)
    [[row]] = store.lookup([Probe("", K, T0, T0)])
    assert freeze("K-1", [row, row], NOW + 1000 * DAY, WHO, NOW) == 1
    assert freeze("K-1", [row], NOW + 1000 * DAY, WHO, NOW) == 0
    act, detail = last_entry()
    assert act == "assignments.frozen" and "login" not in json.dumps(detail)
    assert expire(store, limits(180, {}, NOW + 300 * DAY), tmp_path, WHO, NOW + 300 * DAY).rows == 2
    assert frozen("K-1") == [row]
    expire(store, limits(180, {}, NOW + 1001 * DAY), tmp_path, WHO, NOW + 1001 * DAY)
    assert frozen("K-1") == [] and last_entry()[1]["copies"] == 1


def test_a_row_that_changed_since_is_copied_again(store):
    store.append([new(K, T0, None, last_seen=T0)], NOW)
    probe = Probe("", K, T0, T0)
    assert freeze_probes(store, "K-1", [probe], None, WHO, NOW) == 1
    from sekimori.assignments.store.interface import Change

    [[row]] = store.lookup([probe])
    store.change([Change(row.id, T0 + HOUR, True, False, 1, T0 + HOUR)], NOW + 1)
    assert freeze_probes(store, "K-1", [probe], None, WHO, NOW) == 1
    assert [r.closed for r in frozen("K-1")] == [False, True]
    assert release("K-1", WHO, NOW) == 2 and not FrozenRow.objects.exists()


def test_rows_are_found_in_a_proof_wherever_they_are(store):
    store.append([new(K, T0, T0 + HOUR, origin=RADIUS)], NOW)
    [[row]] = store.lookup([Probe("", K, T0, T0)])
    deep = {"readings": [{"verdict": {"trails": [{"steps": [{"kind": "row", "detail": proof(row)}, {"kind": "owner", "detail": {"id": 1}}]}]}}]}
    assert list(rows_of(json.loads(json.dumps(deep)))) == [row]
    assert list(rows_of({"kind": "row", "detail": None})) == []
