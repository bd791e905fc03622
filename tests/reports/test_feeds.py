"""Fetched feeds: configuration, conditional requests, Shadowserver's API, and alarms; against a server on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import transaction

import dovecot
from reports.formats.mails import attached, plain
from sekimori.intake.doors import imap
from sekimori.intake.models import Message
from sekimori.reports.feeds import rules
from sekimori.reports.feeds.config import FeedConfig, FeedError, load
from sekimori.reports.feeds.service import alarm, poll, status
from sekimori.reports.models import Feed, Finding, Report, Review
from sekimori.reports.stages import ReadStage
from sekimori.settings.types import Imap
from sekimori.values.clock import SetClock
from sekimori.work.stage import Context
from support import need

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
CSV = b"timestamp,ip,asn,geo,region,port,tag\n2026-11-23 00:10:11,198.51.100.7,64500,JP,TOKYO,123,ntp\n"


class Server(HTTPServer):
    """What the feeds' servers do."""

    etag, hits, status, secret = '"1"', 0, 200, "s3cret"
    paths: list[str]
    body = b"source_ip,timestamp,type\n198.51.100.7,2026-11-23T00:10:11Z,ssh\n"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.hits += 1
        self.server.paths.append(self.path)
        if self.headers.get("If-None-Match") == self.server.etag and not self.path.startswith("/dl/"):
            self.send_response(304)
            self.end_headers()
            return
        self._send(self.server.status, CSV if self.path.startswith("/dl/") else self.server.body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        good = hmac.new(self.server.secret.encode(), body, hashlib.sha256).hexdigest() == self.headers["HMAC2"]
        self._send(200 if good else 401, json.dumps([{"id": "abc", "file": "2026-11-23-scan_ntp-isp-geo.csv"}]).encode())

    def _send(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("ETag", self.server.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    s = Server(("127.0.0.1", 0), Handler)
    s.paths = []
    t = threading.Thread(target=s.serve_forever, daemon=True)
    t.start()
    yield s
    s.shutdown()
    s.server_close()


def https(server: Server) -> FeedConfig:
    return FeedConfig("list", "https", "feed.example", f"http://127.0.0.1:{server.server_port}/list.csv")


def read_all(at: datetime = NOW) -> None:
    ids = list(Message.objects.filter(state="received").values_list("pk", flat=True))
    got = ReadStage().work(ids, Context(now=at, clock=SetClock(at), lease="x"))
    with transaction.atomic():
        got.write()


@pytest.mark.django_db
def test_a_list_comes_once_until_it_changes(server: Server) -> None:
    feed = https(server)
    assert poll([feed], NOW) == {"list": 1}
    assert poll([feed], NOW + timedelta(minutes=5)) == {}
    assert poll([feed], NOW + timedelta(hours=2)) == {"list": 0}
    server.etag = '"2"'
    server.body += b"198.51.100.8,2026-11-23T00:10:11Z,ssh\n"
    assert poll([feed], NOW + timedelta(hours=4)) == {"list": 1}
    assert Message.objects.count() == 2
    read_all()
    r = Report.objects.order_by("id")[0]
    assert r.reporter is not None
    assert (r.kind, r.authenticity, r.reporter.domain) == ("report", "pass", "feed.example")
    # The second list repeats the first one's row: the same act by the same reporter is one strike.
    assert sorted(Finding.objects.values_list("source_ip", "state")) == [("198.51.100.7", "new"), ("198.51.100.7", "stored"), ("198.51.100.8", "new")]


@pytest.mark.django_db
def test_shadowserver_by_its_api(server: Server, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k")
    (tmp_path / "secret").write_text("s3cret\n")
    feed = FeedConfig("sh", "shadowserver", "shadowserver.org", f"http://127.0.0.1:{server.server_port}", key_file=str(tmp_path / "key"), secret_file=str(tmp_path / "secret"))
    assert poll([feed], NOW) == {"sh": 1}
    assert poll([feed], NOW + timedelta(hours=2)) == {"sh": 0}
    read_all()
    assert Finding.objects.get().zone == "feed"
    assert Report.objects.get().format == "shadowserver"
    (tmp_path / "secret").write_text("wrong")
    assert "401" in str(poll([feed], NOW + timedelta(hours=4))["sh"])


SNDS = b"198.51.100.7,11/22/2026 8:00 AM,11/22/2026 9:00 PM,141,141,130,RED,0.5%,11/22/2026 8:07 AM,11/22/2026 12:03 PM,41,mail.isp.example,x@shop.example,\r\n"


@pytest.mark.django_db
def test_snds_by_its_key_which_is_kept_nowhere(server: Server, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k+/ey 1\n")
    feed = FeedConfig("snds", "snds", "microsoft.com", f"http://127.0.0.1:{server.server_port}/snds/data.aspx", key_file=str(tmp_path / "key"))
    server.body = SNDS
    assert poll([feed], NOW) == {"snds": 1}
    assert server.paths == ["/snds/data.aspx?key=k%2B%2Fey%201"]
    read_all()
    m = Message.objects.get()
    assert (m.rcpt_to, m.peer) == (["data.aspx"], "feed:snds")
    assert (Report.objects.get().format, Finding.objects.get().source_ip, Finding.objects.get().count) == ("snds", "198.51.100.7", 41)
    server.etag, server.body = '"2"', b"\r\n"
    assert poll([feed], NOW + timedelta(hours=2)) == {"snds": 0}, "an empty list is an answer"
    server.status, server.etag = 500, '"3"'
    assert "k+/ey" not in str(poll([feed], NOW + timedelta(hours=4)))
    # A day on which nobody stands out is no change of format.
    server.status, server.body = 200, SNDS.replace(b"RED,0.5%", b"GREEN,< 0.1%").replace(b",41,", b",0,")
    assert poll([feed], NOW + timedelta(hours=12)) == {"snds": 1}
    read_all()
    assert Report.objects.order_by("-id")[0].kind == "not_abuse"
    assert status([feed], NOW + timedelta(hours=12))[0]["alarms"] == []


@pytest.mark.django_db
def test_what_could_not_be_kept_is_asked_for_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = https(server)
    with monkeypatch.context() as m:
        m.setattr("sekimori.reports.feeds.pull.receive", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
        assert "disk full" in str(poll([feed], NOW)["list"])
    assert poll([feed], NOW + timedelta(hours=5)) == {"list": 1}


@pytest.mark.servers
@pytest.mark.django_db
def test_folders_of_a_mailbox_by_a_real_server(tmp_path: Path) -> None:
    need("dovecot", dovecot.usable())
    (tmp_path / "password").write_text("secret\n")
    running = dovecot.Dovecot()
    try:
        feed = FeedConfig("cert", "imap", host="127.0.0.1", port=running.port, tls=False, user="feeds", password_file=str(tmp_path / "password"), folders=("Shadow", "Cert"))
        box = imap.connect(Imap("127.0.0.1", running.port, "feeds", "secret", tls=False), max_bytes=1_000_000)
        for name in feed.folders:
            box.create_folder(name)
        box.append("Shadow", attached("2026-11-23-scan_ntp-isp-geo.csv", CSV, "text/csv"))
        box.append("Cert", plain("scan", "Attacker IP: 198.51.100.9\nTime: 2026-11-24 03:04:05 UTC\nport scan of 203.0.113.5\n"))
        assert poll([feed], NOW) == {"cert": 2}
        assert poll([feed], NOW + timedelta(hours=2)) == {"cert": 0}
        box.select_folder("Processed")
        assert len(box.search()) == 2, "moved, nothing deleted"
        read_all()
        assert sorted(Finding.objects.values_list("source_ip", flat=True)) == ["198.51.100.7", "198.51.100.9"]
        # Anybody may write to a mailbox: being there proves no sender.
        assert set(Report.objects.values_list("authenticity", flat=True)) == {"none"}
        assert set(Message.objects.values_list("door", "peer")) == {("imap", "feed:cert")}
        assert status([feed], NOW + timedelta(hours=2))[0]["alarms"] == []
        assert status([feed], NOW + timedelta(hours=60))[0]["alarms"] == ["silent"]
        (tmp_path / "password").write_text("wrong\n")
        assert "IMAP 127.0.0.1" in str(poll([feed], NOW + timedelta(hours=4))["cert"])
        imap.leave(box)
    finally:
        running.close()


@pytest.mark.django_db
def test_faults_back_off_and_alarm(server: Server) -> None:
    feed = https(server)
    server.status = 503
    at = NOW
    for n in range(1, 4):
        assert "503" in str(poll([feed], at)["list"])
        row = Feed.objects.get()
        assert row.faults == n
        assert row.next_at == rules.next_at(at, 60, n)
        at = row.next_at
    assert status([feed], at)[0]["alarms"] == ["fault"]
    server.status = 200
    poll([feed], at)
    assert Feed.objects.get().fault == ""


@pytest.mark.django_db
def test_a_silent_feed_and_a_changed_format_alarm(server: Server) -> None:
    feed = https(server)
    poll([feed], NOW)
    read_all()
    assert status([feed], NOW)[0]["alarms"] == []
    assert status([feed], NOW + timedelta(hours=49))[0]["alarms"] == ["silent"]
    server.etag, server.body = '"3"', b"completely different words, nothing that can be read"
    poll([feed], NOW + timedelta(hours=2))
    read_all()
    assert status([feed], NOW + timedelta(hours=2))[0]["alarms"] == ["changed_unreadable"]


@pytest.mark.parametrize(("text", "word"), [
    ("[[feed]]\nname='x'", "kind is missing"), ("[[feed]]\nname='x'\nkind='ftp'\ndomain='a.example'\nurl='https://a.example'", "kind is one of"),
    ("[[feed]]\nname='x'\nkind='https'\ndomain='a.example'\nurl='http://a.example'", "must be https"), ("[[feed]]\nname='X Y'\nkind='https'\ndomain='a.example'\nurl='https://a.example'", "other letters"),
    ("[[feed]]\nname='x'\nkind='shadowserver'\ndomain='a.example'\nurl='https://a.example'", "secret_file"), ("[feeds]\nx=1", "only [[feed]]"), ("[[feed]\n", "feeds.toml"),
    ("[[feed]]\nname='x'\nkind='https'\ndomain='a.example'\nurl='https://a.example'\ncolour='red'", "unknown field colour"),
    ("[[feed]]\nname='x'\nkind='snds'\ndomain='microsoft.com'\nurl='https://a.example/data.aspx?key=1'\nkey_file='/k'", "no key in the url"),
    ("[[feed]]\nname='x'\nkind='imap'\nhost='h.example'\nuser='u'\npassword_file='/p'", "folders are needed"),
    ("[[feed]]\nname='x'\nkind='imap'\nhost='h.example'\nuser='u'\npassword_file='/p'\nfolders=['A']\ntls=false", "tls is switched off only"),
    ("[[feed]]\nname='x'\nkind='imap'\nhost='h.example'\nuser='u'\npassword_file='/p'\nfolders=['Processed']", "another folder"),
    ("[[feed]]\nname='x'\nkind='imap'\nhost='h.example'\nuser='u'\npassword_file='/p'\nfolders='A'", "folders is no list"),
    ("[[feed]]\nname='x'\nkind='imap'\nhost=1\nuser='u'\npassword_file='/p'\nfolders=['A']", "text is expected"),
    ("[[feed]]\nname='x'\nkind='imap'\nhost='h.example'\nport=0\nuser='u'\npassword_file='/p'\nfolders=['A']", "port is no port"),
])
def test_wrong_settings_are_one_clear_line(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(text)
    with pytest.raises(FeedError, match=word.replace("[", r"\[")) as e:
        load(path)
    assert "\n" not in str(e.value)


def test_settings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    assert load(path) == ()
    path.write_text("[[feed]]\nname='x'\nkind='https'\ndomain='a.example'\nurl='https://a.example/l.csv'\nevery_minutes=10\n")
    assert load(path)[0].every_minutes == 10


def test_silence_is_measured_by_the_feeds_own_interval() -> None:
    weekly = [NOW - timedelta(days=7 * n) for n in range(8, 0, -1)]
    assert not rules.silent(weekly, NOW + timedelta(days=3), timedelta(hours=48), weekly[0])
    assert rules.silent(weekly, NOW + timedelta(days=15), timedelta(hours=48), weekly[0])
    assert not rules.silent([], NOW, timedelta(hours=48), NOW - timedelta(hours=1))


def test_changes_of_format() -> None:
    def a(fmt: str = "table", kind: str = "report", broken: int = 0) -> rules.Arrival:
        return rules.Arrival(NOW, fmt, kind, 100, broken)

    assert rules.changed([a(), a()]) == ""
    assert rules.changed([a(), a("records")]) == "format"
    assert rules.changed([a(), a(kind="review")]) == "unreadable"
    assert rules.changed([a(), a(), a(broken=50)]) == "broken_rows"
    assert rules.changed([a(broken=50), a(broken=50), a(broken=50)]) == ""
    assert rules.changed([a()]) == ""
    assert rules.changed([a(), a(kind="not_abuse")]) == ""
    assert rules.changed([a(), replace(a("records"), sender="other@feed.example")]) == "", "another feed in the same folder"
    assert rules.changed([replace(a(), sender="x"), a("records"), replace(a("records"), sender="x")]) == "format"


@pytest.mark.django_db
def test_an_alarm_is_one_item_before_a_person(server: Server) -> None:
    feed = https(server)
    late = NOW + timedelta(hours=49)
    assert alarm([feed], NOW) == [], "it never brought anything: nothing to stand beside"
    poll([feed], NOW)
    read_all()
    assert alarm([feed], NOW + timedelta(hours=1)) == []
    assert alarm([feed], late) == ["list"]
    assert alarm([feed], late + timedelta(hours=1)) == []
    item = Review.objects.get(reason="feed_alarm")
    assert (item.detail, item.message.peer) == ("list: silent", "feed:list")
    Review.objects.update(closed_at=late)
    assert alarm([feed], late + timedelta(hours=2)) == ["list"]
