"""The store keeps octets as they are, says when they are not, and lets go only of what nobody holds."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from sekimori.evidence import body, files, store, sweep, verify
from sekimori.evidence.models import Body, Hold
from sekimori.settings import current, use
from sekimori.values.outcomes import Refused
from support import NOW

pytestmark = pytest.mark.django_db
SMALL = b"From: a@example.com\r\n\r\nbody\r\n" * 20
LARGE = os.urandom(body.IN_ROW_MAX + 1)


@pytest.fixture(autouse=True)
def folder(tmp_path):
    before = current()
    use(replace(before, data=tmp_path))
    yield tmp_path
    use(before)


def put(raw, expires_at=None):
    with transaction.atomic():
        return store.put(raw, now=NOW, expires_at=expires_at)


def old(path):
    then = time.time() - 2 * sweep.AGE_S
    os.utime(path, (then, then))


@given(st.binary(max_size=300))
def test_any_octets_come_back(tmp_path_factory, raw):
    ready = body.prepare(raw, tmp_path_factory.getbasetemp())
    assert body.restore(ready.sha256, ready.size, ready.codec, ready.data, tmp_path_factory.getbasetemp()) == raw


@pytest.mark.parametrize(("raw", "codec"), [(SMALL, "zstd"), (b"", "raw"), (os.urandom(500), "raw"), (LARGE, "file"),
                                            (b"a" * body.IN_ROW_MAX, "zstd"), (b"a" * (body.IN_ROW_MAX + 1), "file")])
def test_put_and_get(raw, codec):
    name = put(raw)
    assert store.get(name) == raw
    assert Body.objects.get(pk=name).codec == codec
    assert (codec == "file") == files.path_of(store.root(), name).exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_put():
    with pytest.raises(RuntimeError):
        store.put_many([store.prepare(SMALL)], now=NOW, expires_at=None)


def test_a_rolled_back_transaction_keeps_nothing():
    name = body.sha256_of(SMALL)
    with pytest.raises(KeyError), transaction.atomic():
        store.put(SMALL, now=NOW, expires_at=None)
        raise KeyError
    with pytest.raises(store.Missing):
        store.get(name)


def test_many_at_once_and_the_same_twice_in_one_group():
    ready = [store.prepare(b"%d" % i) for i in range(200)] + [store.prepare(b"7")]
    with transaction.atomic():
        store.put_many(ready, now=NOW, expires_at=None)
        store.put_many(ready, now=NOW, expires_at=None)
    assert Body.objects.count() == 200


def test_the_longer_need_wins():
    name = put(SMALL, NOW + timedelta(days=3))
    put(SMALL, NOW + timedelta(days=1))
    assert Body.objects.get(pk=name).expires_at == NOW + timedelta(days=3)
    put(SMALL, NOW + timedelta(days=9))
    assert Body.objects.get(pk=name).expires_at == NOW + timedelta(days=9)
    put(SMALL)
    put(SMALL, NOW + timedelta(days=9))
    assert Body.objects.get(pk=name).expires_at is None


def test_changed_octets_are_never_handed_out():
    name, other = put(SMALL), put(b"x")
    Body.objects.filter(pk=name).update(data=body.compress(SMALL.replace(b"body", b"BODY")))
    Body.objects.filter(pk=other).update(data=b"y")
    for changed in (name, other):
        with pytest.raises(body.Changed):
            store.get(changed)
    verdict = verify.verify()
    assert (verdict.checked, verdict.changed, verdict.missing) == (2, tuple(sorted([name, other])), ())
    assert not verdict.whole


def test_a_damaged_or_missing_file_is_named():
    damaged, missing, sound = put(LARGE), put(LARGE + b"1"), put(LARGE + b"2")
    path = files.path_of(store.root(), damaged)
    path.write_bytes(path.read_bytes()[:-5])
    files.path_of(store.root(), missing).unlink()
    with pytest.raises(body.Changed):
        store.get(damaged)
    with pytest.raises(store.Missing):
        store.get(missing)
    verdict = verify.verify()
    assert verdict.changed == (damaged,)
    assert verdict.missing == (missing,)
    assert store.get(sound) == LARGE + b"2"
    assert verify.verify(sample=1).checked == 1


def test_a_frame_that_states_another_size_is_refused_before_it_is_unpacked():
    bomb = body.compress(b"\0" * 50_000_000)
    with pytest.raises(body.Changed):
        body.restore("0" * 64, 100, "zstd", bomb, store.root())


def test_a_sealed_body_is_never_handed_out_but_still_verified():
    name = put(SMALL)
    assert store.seal([name]) == 1
    put(SMALL)
    with pytest.raises(Refused) as refused:
        store.get(name)
    assert refused.value.code == "evidence.sealed"
    assert verify.verify().whole


def test_expiry_takes_what_is_over_and_not_held():
    over, held, later, for_ever = (put(x, t) for x, t in (
        (b"over", NOW - timedelta(days=1)), (b"held", NOW - timedelta(days=1)), (b"later", NOW + timedelta(days=1)), (b"ever", None)))
    assert store.hold([held, held, "f" * 64], "case:K-1") == 1
    store.hold([held], "preservation:1")
    assert store.expire(NOW) == 1
    assert set(Body.objects.values_list("pk", flat=True)) == {held, later, for_ever}
    assert store.release("case:K-1") == 1
    assert store.expire(NOW) == 0
    store.release("preservation:1")
    assert store.expire(NOW) == 1
    assert not Hold.objects.exists()
    with pytest.raises(store.Missing):
        store.get(over)


def test_the_sweeper_takes_leftovers_and_orphans_but_nothing_young_and_nothing_with_a_row():
    kept, orphan, young = put(LARGE), put(LARGE + b"1", NOW), store.prepare(LARGE + b"2").sha256
    assert store.expire(NOW) == 1
    leftover, fresh = store.root() / files.TMP / "a.tmp", store.root() / files.TMP / "b.tmp"
    leftover.write_bytes(b"12345")
    fresh.write_bytes(b"1")
    paths = {name: files.path_of(store.root(), name) for name in (kept, orphan, young)}
    for path in (leftover, paths[kept], paths[orphan]):
        old(path)
    swept = sweep.sweep()
    assert (swept.unfinished, swept.orphans) == (1, 1)
    assert swept.freed > len(LARGE)
    assert [paths[n].exists() for n in (kept, orphan, young)] == [True, False, True]
    assert fresh.exists()
    assert verify.verify().whole


def test_a_put_whose_file_was_swept_fails_instead_of_lying():
    ready = store.prepare(LARGE)
    files.path_of(store.root(), ready.sha256).unlink()
    with pytest.raises(OSError), transaction.atomic():
        store.put_many([ready], now=NOW, expires_at=None)
    assert not Body.objects.exists()


def test_a_failed_write_leaves_no_file(monkeypatch, folder):
    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        files.write(folder, "ab" * 32, b"x")
    assert not [p for p in folder.rglob("*") if p.is_file()]
