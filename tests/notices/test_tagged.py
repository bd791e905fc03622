"""Notices leave tagged (BATV, ENVID), and only a bounce that brings tag or id back says what became of them."""

import dataclasses
import socketserver
import threading
from datetime import timedelta

import pytest

from notices_rows import DSN, answer, case, notice_for, run
from sekimori import settings as house
from sekimori.bounces.models import NoticeBounce
from sekimori.bounces.stages import JudgeStage
from sekimori.enforcement.models import Switch
from sekimori.intake.ours import Ours
from sekimori.intake.receive import receive
from sekimori.intake.wire import UNKNOWN, WireReceiver
from sekimori.mailauth.batv import Tag, Tagger, is_tagged, untag
from sekimori.notices.models import Notice
from sekimori.notices.senders.mail import envelope_sender
from sekimori.notices.stages import AnswerStage, BouncedStage, MemberLetterStage, SendStage
from sekimori.reports.models import Review
from sekimori.settings.types import Tags

pytestmark = pytest.mark.django_db


class Relay(socketserver.StreamRequestHandler):
    """Our outgoing relay: offers DSN, writes down the envelope."""

    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")  # noqa: E731
        say("220 relay.isp.example")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                say("250-relay.isp.example\r\n250 DSN")
            elif verb == b"DATA":
                say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                say("250 2.0.0 Ok: queued as 4ABCDE12345")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                if verb in (b"MAIL", b"RCPT"):
                    self.server.heard.append(line.decode().strip())
                say("250 ok")


@pytest.fixture
def relay(folder):
    """A relay on loopback, and settings with tags that send over it."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay)
    server.daemon_threads, server.block_on_close, server.heard = True, False, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.settings = with_tags(dataclasses.replace(folder, mail=dataclasses.replace(folder.mail, relay_host="127.0.0.1", relay_port=server.server_address[1])))
    house.use(server.settings)
    yield server
    server.shutdown()
    server.server_close()
    house.use(folder)


def with_tags(settings, key="k" * 32):
    return dataclasses.replace(settings, tags=Tags(key=key))


def sent_over(relay, now):
    n = notice_for(case(now), now)
    run(SendStage(), now)
    n.refresh_from_db()
    assert n.state == "sent"
    mail_from = next(line for line in reversed(relay.heard) if line.startswith("mail FROM"))
    options = dict(w.split("=", 1) for w in mail_from.split(" ")[2:] if "=" in w)
    return n, mail_from.partition("<")[2].partition(">")[0], options["ENVID"]


def comes_back(now, n, to, *, envid="", action="failed", returned="", door="lmtp"):
    """Let a delivery report in by the door, and the stages work."""
    raw = DSN.format(to=to, rcpt=n.to, ref=envid or "x", action=action, status="5.1.1" if action == "failed" else "2.0.0",
                     code="550 5.1.1 User unknown" if action == "failed" else "250 2.0.0 Ok", mid=n.message_id)
    if returned:
        raw = raw.replace("From: desk@isp.example\r\n", f"Return-Path: <{returned}>\r\nFrom: desk@isp.example\r\n")
    row = receive(raw.encode(), mail_from="", rcpt_to=(to,), door=door, peer="127.0.0.1", now=now)
    assert row.route == "bounce"
    run(JudgeStage(), now)
    run(BouncedStage(), now)
    run(MemberLetterStage(), now)
    n.refresh_from_db()
    return n.state


def flagged():
    return [r.reason for r in Review.objects.all()]


def test_out_with_tag_and_id_and_back_again(relay, now):
    n, sender, envid = sent_over(relay, now)
    tagger = Tagger.of(relay.settings)
    assert n.tagged and tagger.check(sender, now) is Tag.VALID and tagger.envelope_ref(envid) == n.ref
    assert untag(sender) == envelope_sender(n, dataclasses.replace(relay.settings, tags=Tags()), now)
    assert any(f"ORCPT=rfc822;{n.to}" in line and "NOTIFY=SUCCESS,FAILURE" in line for line in relay.heard)
    assert comes_back(now, n, sender, envid=envid) == "undelivered"
    assert NoticeBounce.objects.get().provenance == "genuine" and Notice.objects.filter(letter=n.letter, channel="alt_mail").exists() and not flagged()


@pytest.mark.parametrize("action", ["failed", "delivered"])
def test_a_forged_report_changes_nothing_and_is_seen(relay, now, action):
    """Who knows the token (it stands in Reply-To) but not the tag can neither make a notice come back nor arrive."""
    n, sender, _ = sent_over(relay, now)
    assert comes_back(now, n, untag(sender), action=action) == "sent"
    assert flagged() == ["bounce_untagged"] and not Notice.objects.filter(letter=n.letter, channel="alt_mail").exists()
    forged = Tagger({0: b"guess"}).sign(untag(sender), now)
    assert comes_back(now, n, forged, action=action) == "sent" and flagged() == ["bounce_untagged"] * 2
    other = Tagger.of(relay.settings).sign("desk+" + "a" * 26 + "@isp.example", now)  # a good tag beside another token
    assert comes_back(now, n, untag(sender), action=action, returned=other) == "sent" and flagged() == ["bounce_untagged"] * 3
    # The true report still counts afterwards.
    assert comes_back(now, n, sender, action=action) == ("undelivered" if action == "failed" else "delivered")


def test_a_report_to_the_reply_address_needs_the_tag_too(relay, now):
    n, sender, _ = sent_over(relay, now)
    assert comes_back(now, n, untag(sender).replace("desk+", "abuse+")) == "sent" and flagged() == ["bounce_untagged"]


def test_too_late_a_person_looks(relay, now):
    n, sender, _ = sent_over(relay, now)
    assert comes_back(now + timedelta(days=8), n, sender) == "sent" and flagged() == ["bounce_untagged"]


def test_the_id_proves_it_where_the_tag_got_lost(relay, now):
    n, sender, envid = sent_over(relay, now)
    assert comes_back(now, n, untag(sender), envid=envid) == "undelivered" and not flagged()


def test_a_server_that_bounces_to_from_is_understood(relay, now):
    n, _, envid = sent_over(relay, now)
    assert comes_back(now, n, "desk@isp.example", envid=Tagger({0: b"x"}).envelope_id(n.ref)) == "sent" and flagged() == ["bounce_without_token"]
    assert comes_back(now, n, "desk@isp.example", envid=envid) == "undelivered"
    assert NoticeBounce.objects.get().notice_ref == n.ref


def test_a_valid_tag_in_the_returned_path_names_the_notice(relay, now):
    n, sender, _ = sent_over(relay, now)
    assert comes_back(now, n, "desk@isp.example", returned=sender) == "undelivered"


def test_a_returned_path_without_a_valid_tag_names_nothing(relay, folder, now):
    n, sender, _ = sent_over(relay, now)
    for returned in (untag(sender), Tagger({0: b"x"}).sign(untag(sender), now)):
        assert comes_back(now, n, "desk@isp.example", returned=returned) == "sent"
    house.use(folder)
    Notice.objects.update(tagged=False)
    assert comes_back(now, n, "desk@isp.example", returned=sender) == "sent"
    assert flagged() == ["bounce_without_token"] * 3


def test_a_border_that_untags_costs_nothing_where_the_report_shows_the_tag(relay, now):
    n, sender, _ = sent_over(relay, now)
    assert comes_back(now, n, untag(sender), returned=sender) == "undelivered"


def test_what_left_before_tagging_is_believed_as_before(folder, now):
    n = notice_for(case(now), now)
    run(SendStage(), now)
    house.use(with_tags(folder))
    n.refresh_from_db()
    assert not n.tagged
    assert comes_back(now, n, envelope_sender(n, folder, now)) == "undelivered"


def test_tagging_switched_off_again(relay, folder, now):
    n, sender, _ = sent_over(relay, now)
    house.use(folder)
    assert comes_back(now, n, sender) == "sent" and flagged() == ["bounce_untagged"], "no key, no proof: a person looks"


def test_a_new_key_takes_the_old_ones_tags(relay, now):
    n, sender, _ = sent_over(relay, now)
    house.use(dataclasses.replace(relay.settings, tags=Tags(key="n" * 32, key_number=1, previous_key="k" * 32)))
    assert comes_back(now, n, sender) == "undelivered"


def test_automatic_answers_keep_the_null_sender(relay, now):
    """RFC 3834 §3.3: no tag, no envelope id, no report is asked for."""
    Switch.objects.create(name="live:*", on=True, by="x", at=now)
    answer(now)
    run(AnswerStage(), now)
    run(SendStage(), now)
    n = Notice.objects.get(audience="reporter")
    assert envelope_sender(n, relay.settings, now) == "" and not n.tagged
    assert not [line for line in relay.heard if line.startswith("mail FROM") and not line.startswith("mail FROM:<>")]
    assert relay.heard and not any("ENVID" in line for line in relay.heard)


def test_a_local_part_too_long_for_a_tag_leaves_untagged_and_is_believed(relay, now):
    house.use(dataclasses.replace(relay.settings, mail=dataclasses.replace(relay.settings.mail, noreply_localpart="d" * 24)))
    n, sender, _ = sent_over(relay, now)
    assert not is_tagged(sender) and not n.tagged
    assert comes_back(now, n, sender) == "undelivered"


@pytest.mark.parametrize("address", ["prvs=0123abcdef=desk+" + "a" * 26 + "@isp.example", "PRVS=0123ABCDEF=DESK@ISP.EXAMPLE"])
def test_the_doors_know_the_desk_behind_a_tag(folder, address):
    ours = Ours.of(folder)
    for door in ("lmtp", "smtp"):
        receiver = WireReceiver(None, ours, None, door=door)
        assert receiver.recipient(address) is None and receiver.recipient("prvs=0123abcdef=hanako@isp.example") == UNKNOWN
    assert ours.purpose(address).kind == "noreply" and ours.is_self(address) and ours.is_sender_of_notices(address)
    assert ours.purpose(address.replace("isp", "other").replace("ISP", "OTHER")) is None and ours.purpose("prvs=0123abcdef=hanako@isp.example") is None
