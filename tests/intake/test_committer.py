"""One COMMIT for all that wait; every fault is a temporary answer, and one bad message does not hurt the others."""

from __future__ import annotations

import errno
import threading

import pytest
from django.db import IntegrityError, OperationalError

from sekimori.intake import committer as module
from sekimori.intake.arrival import Arrival, prepare
from sekimori.intake.committer import Busy, Committer
from sekimori.intake.ours import Ours
from sekimori.settings import current
from support import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def ready(number):
    return prepare(Arrival(b"From: a@b\r\n\r\n%d" % number, "a@b", ("abuse@isp.example",), "lmtp", "", NOW), Ours.of(current()))


class Disk:
    """Stands for the database: remembers groups, waits at a gate, fails on demand."""

    def __init__(self):
        self.groups = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.fault = None
        self.poison = ""

    def write(self, rows):
        self.entered.set()
        assert self.gate.wait(10)
        if self.fault:
            raise self.fault
        if any(r.body.sha256 == self.poison for r in rows):
            raise IntegrityError("one bad row")
        self.groups.append(len(rows))


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def make(tmp_path, disk):
    made = []

    def build(queue_max=1000, min_free_bytes=0, **kw):
        c = Committer(tmp_path, queue_max=queue_max, min_free_bytes=min_free_bytes, write=disk.write, **kw)
        c.start()
        made.append(c)
        return c

    yield build
    disk.gate.set()
    for c in made:
        if c.is_alive():
            c.close(10)


def test_all_that_wait_go_into_one_commit(make, disk):
    committer = make()
    disk.gate.clear()
    first = committer.submit(ready(0))
    assert disk.entered.wait(5)
    rest = [committer.submit(ready(i)) for i in range(1, 250)]
    assert not any(f.done() for f in (first, *rest))
    disk.gate.set()
    for future in (first, *rest):
        assert future.result(5) is None
    assert disk.groups == [1, 100, 100, 49]


def test_a_full_queue_is_busy_and_empties_again(make, disk):
    committer = make(queue_max=2)
    disk.gate.clear()
    futures = [committer.submit(ready(0))]
    assert disk.entered.wait(5)
    futures += [committer.submit(ready(i)) for i in (1, 2)]
    with pytest.raises(Busy) as busy:
        committer.submit(ready(3))
    assert busy.value.reply == "451 4.3.1 Too many messages are waiting, try again later"
    disk.gate.set()
    for future in futures:
        future.result(5)
    committer.submit(ready(3)).result(5)


@pytest.mark.parametrize(("fault", "reply"), [
    (OperationalError("database is locked"), module.NOT_STORED), (OperationalError("database or disk is full"), module.DISK_FULL),
    (OSError(errno.ENOSPC, "No space left"), module.DISK_FULL), (FileNotFoundError("swept"), module.NOT_STORED)])
def test_an_outage_is_temporary_for_all_and_over_when_it_is_over(make, disk, fault, reply):
    committer = make()
    disk.fault = fault
    disk.gate.clear()
    futures = [committer.submit(ready(i)) for i in range(5)]
    disk.gate.set()
    for future in futures:
        with pytest.raises(Busy) as busy:
            future.result(5)
        assert busy.value.reply == reply
        assert busy.value.reply[0] == "4"
    disk.fault = None
    assert committer.submit(ready(9)).result(5) is None


def test_one_bad_message_does_not_hurt_the_others(make, disk):
    committer = make()
    disk.poison = ready(3).body.sha256
    disk.gate.clear()
    head = committer.submit(ready(100))
    assert disk.entered.wait(5)
    futures = [committer.submit(ready(i)) for i in range(6)]
    disk.gate.set()
    head.result(5)
    for number, future in enumerate(futures):
        if number == 3:
            with pytest.raises(Busy):
                future.result(5)
        else:
            assert future.result(5) is None


@pytest.mark.parametrize("fault", [OSError(errno.EIO, "I/O error"), OperationalError("disk I/O error")])
def test_after_an_io_error_nothing_is_taken_until_a_restart(make, disk, fault):
    committer = make()
    disk.fault = fault
    with pytest.raises(Busy):
        committer.submit(ready(0)).result(5)
    assert committer.broken
    disk.fault = None
    with pytest.raises(Busy):
        committer.submit(ready(1))


def test_below_the_watermark_nothing_is_taken(make, monkeypatch):
    committer = make(min_free_bytes=1000)
    monkeypatch.setattr(module, "FREE_CHECK_S", -1)
    monkeypatch.setattr(module, "free_bytes", lambda _: 999)
    with pytest.raises(Busy) as busy:
        committer.submit(ready(0))
    assert busy.value.reply.startswith("452 4.3.1 ")
    monkeypatch.setattr(module, "free_bytes", lambda _: 1000)
    committer.submit(ready(0)).result(5)


def test_a_client_that_went_away_changes_nothing_for_the_others(make, disk):
    committer = make()
    disk.gate.clear()
    first = committer.submit(ready(0))
    assert disk.entered.wait(5)
    gone, stays = committer.submit(ready(1)), committer.submit(ready(2))
    gone.cancel()
    disk.gate.set()
    assert first.result(5) is None
    assert stays.result(5) is None


def test_closing_commits_what_waits(make, disk):
    committer = make()
    disk.gate.clear()
    futures = [committer.submit(ready(i)) for i in range(20)]
    closing = threading.Thread(target=committer.close, args=(10,))
    closing.start()
    disk.gate.set()
    closing.join(10)
    assert all(f.result(0) is None for f in futures)
    with pytest.raises(Busy) as busy:
        committer.submit(ready(1))
    assert busy.value.reply.startswith("421 ")
