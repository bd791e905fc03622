"""Sending: what the relay gets, what its answers mean, and what never leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sekimori.settings import current
from sekimori.smtp import outgoing
from sekimori.values.outcomes import Outage, Refused
from wire import Keeper, free_port, running

MAIL = b"From: desk@isp.example\nTo: a@example.com\nSubject: x\nDate: now\nMessage-ID: <1@isp.example>\n\n.dot\nbody\n"


def settings(port=0, **mail):
    now = current()
    return replace(now, mail=replace(now.mail, relay_host="127.0.0.1", relay_port=port, **mail))


def send(port, raw=MAIL, mail_from="desk+t@isp.example", rcpt_to=("a@example.com",), **mail):
    return outgoing.send(raw, mail_from=mail_from, rcpt_to=rcpt_to, settings=settings(port, **mail), timeout_s=5)


class Relay(Keeper):
    answer = ""

    def recipient(self, address):
        return self.answer or None


def test_the_relay_gets_the_octets_with_crlf_and_its_queue_id_is_kept():
    relay = Relay(replies=["250 2.0.0 Ok: queued as 4XyZ12AbCdz"])
    with running(relay, lmtp=False) as port:
        sent = send(port)
    assert sent.queue_id == "4XyZ12AbCdz"
    assert relay.envelopes[0].raw == MAIL.replace(b"\n", b"\r\n")
    assert (relay.envelopes[0].mail_from, relay.envelopes[0].rcpt_to) == ("desk+t@isp.example", ("a@example.com",))


def test_the_null_sender_and_addresses_outside_ascii():
    relay = Relay()
    with running(relay, lmtp=False) as port:
        send(port, mail_from="")
        send(port, rcpt_to=("山田@例え.example",))
    assert relay.envelopes[0].mail_from == ""
    assert relay.envelopes[1].rcpt_to == ("山田@例え.example",)


@pytest.mark.parametrize(("answer", "permanent"), [("550 5.1.1 Unknown user", True), ("552 5.2.2 Full", True), ("450 4.2.1 Greylisted", False),
                                                   ("421 4.3.2 Closing", False)])
def test_a_refused_recipient(answer, permanent):
    relay = Relay()
    relay.answer = answer
    with running(relay, lmtp=False) as port, pytest.raises(Outage) as failure:
        send(port)
    assert failure.value.permanent is permanent
    if permanent:
        assert isinstance(failure.value, outgoing.Rejected)
        assert (failure.value.code, failure.value.status) == (int(answer[:3]), answer.split()[1])


@pytest.mark.parametrize(("answer", "permanent"), [("554 5.7.1 Spam", True), ("451 4.3.0 Later", False)])
def test_a_refused_message(answer, permanent):
    with running(Relay(replies=[answer]), lmtp=False) as port, pytest.raises(Outage) as failure:
        send(port)
    assert failure.value.permanent is permanent


def test_a_relay_that_is_away():
    with pytest.raises(Outage) as failure:
        send(free_port())
    assert not failure.value.permanent


def test_the_password_is_not_sent_in_the_clear():
    relay = Relay()
    with running(relay, lmtp=False) as port, pytest.raises(Outage) as failure:
        send(port, relay_user="desk", relay_password="hunter2")
    assert failure.value.permanent
    assert "hunter2" not in str(failure.value)
    assert not relay.envelopes


@pytest.mark.parametrize("bad", [{"mail_from": "a@b\r\nRCPT TO:<v@x>"}, {"rcpt_to": ("a@b>\r\nDATA",)}, {"raw": MAIL.replace(b"x\n", b"x\rBcc: v@x\n")}])
def test_nothing_hostile_reaches_the_relay(bad):
    relay = Relay()
    with running(relay, lmtp=False) as port, pytest.raises(Refused):
        send(port, **bad)
    assert not relay.envelopes


def test_without_a_relay_the_outbox_gets_it_once(tmp_path):
    here = replace(current(), data=tmp_path)
    for _ in range(2):
        sent = outgoing.send(MAIL, mail_from="", rcpt_to=["a@example.com"], settings=here)
    assert sent.outbox.read_bytes() == MAIL.replace(b"\n", b"\r\n")
    assert len(list((tmp_path / "outbox").iterdir())) == 1
