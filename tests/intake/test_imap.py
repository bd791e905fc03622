"""The IMAP door against a real Dovecot, and against servers that lie: at least once, never deleted, never half."""

from __future__ import annotations

import os
import socket
import threading
from concurrent.futures import Future
from dataclasses import replace

import pytest
from imapclient import IMAPClient

import dovecot
from sekimori.intake.committer import Busy
from sekimori.intake.doors import imap
from sekimori.intake.ours import Ours
from sekimori.settings import current, use
from sekimori.settings.types import Imap
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Outage
from support import NOW, need


def message(number, size=10):
    return b"Return-Path: <r@feed.example>\r\nDelivered-To: abuse@isp.example\r\nSubject: %d\r\n\r\n" % number + b"x" * size + b"\r\n"


class Store:
    """Stands for the committer: keeps by hash, as the real one does."""

    def __init__(self):
        self.rows, self.times, self.busy = {}, 0, False

    def submit(self, ready):
        if self.busy:
            raise Busy("451 4.3.1 full")
        self.times += 1
        self.rows[ready.body.sha256, ready.envelope] = ready
        done = Future()
        done.set_result(None)
        return done


@pytest.fixture(autouse=True)
def folder(tmp_path):
    before = current()
    use(replace(before, data=tmp_path))
    yield
    use(before)


@pytest.fixture
def store():
    return Store()


def collector(store, settings, max_bytes=10_000):
    return imap.Collector(settings, committer=store, ours=Ours.of(current()), clock=SetClock(NOW), max_bytes=max_bytes)


# -- a real server --

@pytest.fixture(scope="module", params=["", "imap_capability = IMAP4rev1 UIDPLUS"], ids=["move", "uidplus"])
def server(request):
    need("dovecot", dovecot.usable())
    running = dovecot.Dovecot(request.param)
    yield running
    running.close()


@pytest.fixture
def box(server):
    settings = Imap(host="127.0.0.1", port=server.port, user=f"desk{os.urandom(4).hex()}", password="secret", tls=False)
    client = imap.connect(settings, max_bytes=1_000_000)
    yield settings, client
    imap.leave(client)


def raws(client, name):
    client.select_folder(name)
    uids = client.search(["NOT", "DELETED"])
    return sorted(d[b"BODY[]"] for d in client.fetch(uids, ["BODY.PEEK[]"]).values()) if uids else []


@pytest.mark.servers
def test_messages_are_stored_then_moved_and_nothing_is_deleted(box, store):
    settings, client = box
    sent = [message(i) for i in range(7)]
    for raw in sent:
        client.append("INBOX", raw)
    got = collector(store, settings).collect(client)
    assert (got.stored, got.vanished, got.more) == (7, 0, False)
    assert raws(client, "INBOX") == []
    assert raws(client, "Processed") == sorted(sent)
    ready = next(iter(store.rows.values()))
    assert (ready.arrival.mail_from, ready.arrival.rcpt_to, ready.arrival.door) == ("r@feed.example", ("abuse@isp.example",), "imap")
    assert sorted(r.arrival.raw for r in store.rows.values()) == sorted(sent)


@pytest.mark.servers
def test_a_crash_between_storing_and_moving_collects_again_and_merges(box, store, monkeypatch):
    settings, client = box
    client.append("INBOX", message(1))
    monkeypatch.setattr(imap.Collector, "_move", lambda *_: (_ for _ in ()).throw(OSError("connection lost")))
    with pytest.raises(Outage):
        collector(store, settings).collect(client)
    monkeypatch.undo()
    assert raws(client, "INBOX") == [message(1)]
    assert collector(store, settings).collect(client).stored == 1
    assert (store.times, len(store.rows)) == (2, 1)
    assert raws(client, "Processed") == [message(1)]


@pytest.mark.servers
def test_what_is_not_stored_stays_where_it_is(box, store):
    settings, client = box
    client.append("INBOX", message(1))
    store.busy = True
    with pytest.raises(Outage):
        collector(store, settings).collect(client)
    assert raws(client, "INBOX") == [message(1)]
    assert not client.folder_exists("Processed") or raws(client, "Processed") == []


@pytest.mark.servers
def test_too_large_a_message_is_left_there_and_not_fetched_again(box, store):
    settings, client = box
    client.append("INBOX", message(1, 20_000))
    client.append("INBOX", message(2))
    door = collector(store, settings)
    first, second = door.collect(client), door.collect(client)
    assert (first.stored, first.too_large, second.too_large) == (1, 1, 0)
    assert raws(client, "INBOX") == [message(1, 20_000)]


@pytest.mark.servers
def test_a_changed_uidvalidity_collects_all_again(box, store):
    settings, client = box
    client.append("INBOX", message(1, 20_000))
    door = collector(store, settings)
    assert door.collect(client).too_large == 1
    door._validity += 1
    assert door.collect(client).too_large == 1


@pytest.mark.servers
def test_more_than_a_batch(box, store):
    settings, client = box
    for i in range(imap.BATCH + 3):
        client.append("INBOX", message(i))
    door = collector(store, settings)
    assert door.collect(client).more
    assert not door.collect(client).more
    assert len(store.rows) == imap.BATCH + 3


@pytest.mark.servers
def test_a_wrong_password_is_an_outage(box):
    settings, _ = box
    with pytest.raises(Outage):
        imap.connect(replace(settings, password="wrong"), max_bytes=10_000)


# -- servers that lie --

class Liar:
    """An IMAP client whose server does odd things."""

    def __init__(self, **answers):
        self.answers, self.moved = answers, []

    def select_folder(self, _):
        return {b"UIDVALIDITY": 1}

    def folder_exists(self, _):
        return True

    def search(self, _):
        return [1, 2]

    def fetch(self, uids, what):
        key = "size" if what == ["RFC822.SIZE"] else "body"
        return self.answers[key](uids[0])

    def has_capability(self, name):
        return name == "MOVE"

    def move(self, uids, _):
        self.moved += uids


SETTINGS = Imap(host="x")


def test_a_message_that_vanishes_between_two_commands_is_passed_over(store):
    for liar in (Liar(size=lambda uid: {} if uid == 1 else {uid: {b"RFC822.SIZE": 5}}, body=lambda uid: {uid: {b"BODY[]": message(uid)}}),
                 Liar(size=lambda uid: {uid: {b"RFC822.SIZE": 5}}, body=lambda uid: {} if uid == 1 else {uid: {b"BODY[]": message(uid)}}),
                 Liar(size=lambda uid: {uid: {b"RFC822.SIZE": 5}}, body=lambda uid: {uid: {b"BODY[]": None if uid == 1 else message(uid)}})):
        got = collector(store, SETTINGS).collect(liar)
        assert (got.stored, got.vanished, liar.moved) == (1, 1, [2])


def test_a_size_that_is_a_lie_is_an_outage_and_nothing_is_moved(store):
    liar = Liar(size=lambda uid: {uid: {b"RFC822.SIZE": 5}}, body=lambda uid: {uid: {b"BODY[]": b"x" * 100_000}})
    with pytest.raises(Outage):
        collector(store, SETTINGS).collect(liar)
    assert not liar.moved
    assert not store.rows


def test_a_connection_that_breaks_is_an_outage(store):
    def broken(uid):
        if uid == 2:
            raise IMAPClient.AbortError("socket error: EOF")
        return {uid: {b"BODY[]": message(uid)}}

    liar = Liar(size=lambda uid: {uid: {b"RFC822.SIZE": 5}}, body=broken)
    with pytest.raises(Outage):
        collector(store, SETTINGS).collect(liar)
    assert liar.moved == [1]


def test_an_announced_literal_of_two_gigabytes_is_not_read(store):
    """A server that announces more than it should is broken off before its octets are read."""
    server = socket.create_server(("127.0.0.1", 0))

    def speak():
        peer, _ = server.accept()
        with peer, peer.makefile("rb") as lines:
            peer.sendall(b"* OK [CAPABILITY IMAP4rev1 MOVE] ready\r\n")
            for line in lines:
                tag, word = line.split()[:2]
                if word == b"CAPABILITY":
                    peer.sendall(b"* CAPABILITY IMAP4rev1 MOVE\r\n")
                elif word == b"SELECT":
                    peer.sendall(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n")
                elif word == b"LIST":
                    peer.sendall(b'* LIST () "/" "Processed"\r\n')
                elif line.split()[1:3] == [b"UID", b"SEARCH"]:
                    peer.sendall(b"* SEARCH 1\r\n")
                elif b"RFC822.SIZE" in line:
                    peer.sendall(b"* 1 FETCH (UID 1 RFC822.SIZE 5)\r\n")
                elif b"BODY.PEEK" in line:
                    peer.sendall(b"* 1 FETCH (UID 1 BODY[] {2000000000}\r\n" + b"x" * 1000)
                peer.sendall(tag + b" OK done\r\n")

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    client = imap.connect(Imap(host="127.0.0.1", port=server.getsockname()[1], user="u", password="p", tls=False), max_bytes=10_000)
    with pytest.raises(Outage):
        collector(store, SETTINGS).collect(client)
    imap.leave(client)
    server.close()
    thread.join(5)
    assert not store.rows
