"""A real Postfix with the shipped fragments: members' mail leaves tagged, its bounces come home untagged and noted."""

import re
import shutil
import smtplib
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import postfix
from sekimori.bounces import parse
from sekimori.bounces.proof import OwnerProof
from sekimori.mailauth.batv import Tag, Tagger
from sekimori.mime import read
from sekimori.settings import Settings
from sekimori.settings.types import Tags
from sekimori.smtp import socketmap
from sekimori.values.actors import Actor
from sekimori.values.clock import SystemClock
from support import need
from wire import Wire, free_port

pytestmark = [pytest.mark.servers, pytest.mark.slow]
DEPLOY = Path(__file__).parents[2] / "deploy/postfix"
KEY = "k" * 64
SETTINGS = Settings(Path("/nowhere"), tags=Tags(key=KEY, since="2026-01-01"))
TAGGER = Tagger.of(SETTINGS)
MEMBER = "u1@isp.example"
BOUNCE = b"From: MAILER-DAEMON@far.example\r\nTo: u1@isp.example\r\nSubject: Undelivered Mail %s\r\n\r\nx\r\n"


class World(socketserver.StreamRequestHandler):
    """Mail servers outside and mailboxes inside, in one: keeps (sender, recipients, octets), knows no `nobody@`."""

    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")  # noqa: E731
        say("220 far.example")
        sender, recipients = "", []
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"MAIL":
                sender, recipients = line.decode().partition("<")[2].partition(">")[0], []
            if verb == b"RCPT":
                if b"nobody@" in line:
                    say("550 5.1.1 no such user")
                    continue
                recipients.append(line.decode().partition("<")[2].partition(">")[0])
            if verb == b"DATA":
                say("354 go on")
                body = b""
                while (row := self.rfile.readline()) != b".\r\n":
                    body += row
                self.server.kept.append((sender, recipients, body))
                say("250 2.0.0 Ok")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


@pytest.fixture
def world():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), World)
    server.daemon_threads, server.block_on_close, server.kept = True, False, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Service:
    """`sekimori tags serve` as `up` starts it."""

    def __init__(self, env):
        self.env, self.port, self.process = env, free_port(), None

    def start(self):
        self.process = subprocess.Popen([sys.executable, "-m", "sekimori", "tags", "serve", "--listen", f"127.0.0.1:{self.port}"], env=self.env)
        assert until(self.answers)

    def answers(self):
        try:
            return socketmap.ask(f"127.0.0.1:{self.port}", "sign", MEMBER)
        except OSError:
            return None

    def end(self):
        self.process.terminate()
        return self.process.wait(10)


@pytest.fixture
def maps(data_folder, tmp_path):
    (tmp_path / "tag.key").write_text(KEY)
    service = Service(data_folder | {"SEKIMORI_TAGS_KEY_FILE": str(tmp_path / "tag.key"), "SEKIMORI_TAGS_SINCE": "2026-01-01"})
    service.start()
    yield service
    assert service.end() == 0


@pytest.fixture
def server(world, maps):
    need("postfix", postfix.usable())
    port, submission, queued, again = maps.port, free_port(), free_port(), free_port()
    sink = f"smtp:[127.0.0.1]:{world.server_address[1]}"
    here = lambda name: (DEPLOY / name).read_text().replace("127.0.0.1:2431", f"127.0.0.1:{port}")  # noqa: E731
    tables = Path(tempfile.mkdtemp(prefix="skm-tags-", dir="/tmp"))
    tables.chmod(0o755)
    for name in ("tags_transport", "tags_form"):
        (tables / name).write_text((DEPLOY / name).read_text().replace("lmtp:inet:127.0.0.1:2424", sink))
    more = here("tags.cf").replace("/etc/postfix/", f"{tables}/") + f"""
default_transport = {sink}
relay_recipient_maps = inline:{{{MEMBER}=x, u2@isp.example=x}}
recipient_delimiter = +
"""
    # The submission services of a test: whoever comes from loopback is signed in. The second tags behind the queue.
    services = f"""
127.0.0.1:{submission} inet n - n - - smtpd
  -o mynetworks=127.0.0.0/8
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o cleanup_service_name=tagging
127.0.0.1:{queued} inet n - n - - smtpd
  -o mynetworks=127.0.0.0/8
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o content_filter=smtp:[127.0.0.1]:{again}
127.0.0.1:{again} inet n - n - - smtpd
  -o mynetworks=127.0.0.0/8
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o cleanup_service_name=tagging
""" + here("tags.master.cf")
    running = postfix.Postfix(sink, more=more, services=services)
    running.submission, running.queued = submission, queued
    yield running
    running.close()
    shutil.rmtree(tables)


def until(true, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.1)
    return None


def submit(server, to, sender=MEMBER, port=0):
    with smtplib.SMTP("127.0.0.1", port or server.submission, timeout=20) as client:
        client.sendmail(sender, [to], f"From: {sender}\r\nTo: {to}\r\nSubject: hi\r\nMessage-ID: <m1@isp.example>\r\n\r\nhello\r\n")


def arrives(server, world, count=1):
    assert until(lambda: len(world.kept) >= count), server.log()
    return world.kept[count - 1]


def test_out_tagged_and_home_untagged(server, world):
    now = datetime.now(UTC)
    submit(server, "friend@far.example")
    sender, recipients, body = arrives(server, world)
    assert TAGGER.check(sender, now) is Tag.VALID and sender.endswith(f"={MEMBER}") and recipients == ["friend@far.example"]
    assert b"From: u1@isp.example\r\n" in body and b"prvs" not in body.partition(b"\r\n\r\n")[0].partition(b"From:")[2], "headers stay as they were"
    # It cannot be delivered: our own Postfix writes the notice, which goes to the member's own address.
    submit(server, "nobody@far.example")
    sender, recipients, body = arrives(server, world, 2)
    assert sender == "" and recipients == [MEMBER]
    mail = read(body)
    found = parse(mail)
    assert found.failures[0].recipient == "nobody@far.example"
    assert OwnerProof(MEMBER, SETTINGS, SystemClock(), Actor("member", "h1")).tag(mail, found) is Tag.VALID
    assert OwnerProof("u2@isp.example", SETTINGS, SystemClock(), Actor("member", "h2")).tag(mail, found) is Tag.NOT_USED


def bounce(server, to, sender=b"", name=b"a"):
    """Send a mail from outside; returns the answer to RCPT."""
    with Wire(server.port) as client:
        answer = client.envelope(to.encode(), mail_from=sender, hello=b"EHLO")[-1]
        if answer.startswith(b"250"):
            assert client.data(BOUNCE % name)[0].startswith(b"250 ")
        return answer


def noted(body):
    return re.findall(rb"^X-Sekimori-Tag: (.*)\r$", body, re.MULTILINE)


def test_what_comes_from_outside(server, world):
    now = datetime.now(UTC)
    tagged = TAGGER.sign(MEMBER, now)
    assert bounce(server, tagged).startswith(b"250")
    _, recipients, body = arrives(server, world)
    assert recipients == [MEMBER] and noted(body) == [tagged.encode()]
    assert OwnerProof(MEMBER, SETTINGS, SystemClock(), Actor("member", "h1")).tag(read(body), parse(body)) is Tag.VALID
    assert bounce(server, MEMBER, name=b"b").startswith(b"250"), "a bounce without a tag is taken: it may be an honest one"
    assert noted(arrives(server, world, 2)[2]) == [b"none"]
    assert bounce(server, MEMBER, sender=b"friend@far.example", name=b"c").startswith(b"250")
    assert noted(arrives(server, world, 3)[2]) == [], "ordinary mail is left alone"
    assert bounce(server, tagged, sender=b"friend@far.example", name=b"d").startswith(b"250")
    sender, recipients, body = arrives(server, world, 4)
    assert recipients == [MEMBER] and noted(body) == [] and sender == "friend@far.example"
    forged = Tagger({0: b"x"}).sign(MEMBER, now)
    assert bounce(server, forged).startswith(b"550 5.1.1"), "a mark that is not ours is an unknown recipient"
    assert not bounce(server, TAGGER.sign("x@other.example", now)).startswith(b"250"), "no relay by a tag"
    assert len(world.kept) == 4


def test_the_desks_own_bounces_keep_their_tag(server, world):
    desk = TAGGER.sign("desk+" + "a" * 26 + "@isp.example", datetime.now(UTC))
    assert bounce(server, desk).startswith(b"250")
    assert arrives(server, world)[1] == [desk]
    assert "status=sent" in until(lambda: server.log() if "status=sent" in server.log() else "")


def test_other_senders_leave_untagged(server, world):
    submit(server, "friend@far.example", sender="somebody@other.example")
    assert arrives(server, world)[0] == "somebody@other.example"
    desk = TAGGER.sign("desk+" + "a" * 26 + "@isp.example", datetime.now(UTC))
    submit(server, "friend@far.example", sender=desk)
    assert arrives(server, world, 2)[0] == desk, "a notice of the desk is tagged once"
    with Wire(server.port) as client:  # port 25 does not tag
        assert client.envelope(MEMBER.encode(), mail_from=b"u2@isp.example", hello=b"EHLO")[-1].startswith(b"250")
        client.data(b"Subject: x\r\n\r\nx\r\n")
    assert arrives(server, world, 3)[0] == "u2@isp.example"


def test_without_the_service_tagged_mail_waits_and_none_is_lost(server, world, maps):
    """Ordinary mail from outside never asks it; behind the queue, members do not notice either."""
    maps.end()
    tagged = TAGGER.sign(MEMBER, datetime.now(UTC))
    assert bounce(server, tagged).startswith(b"451") and bounce(server, MEMBER).startswith(b"451"), "it comes again"
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        submit(server, "friend@far.example")
    assert not world.kept
    assert bounce(server, MEMBER, sender=b"friend@far.example").startswith(b"250")
    assert arrives(server, world)[1] == [MEMBER]
    submit(server, "friend@far.example", port=server.queued)
    assert until(lambda: "status=deferred" in server.log()), server.log()
    maps.start()
    server.flush()
    assert TAGGER.check(arrives(server, world, 2)[0], datetime.now(UTC)) is Tag.VALID
