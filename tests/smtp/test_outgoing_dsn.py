"""Delivery reports are asked for where the relay offers them (RFC 3461)."""

import dataclasses
import socket
import threading

import pytest

from sekimori.settings import Settings
from sekimori.settings.types import Mail
from sekimori.smtp import outgoing

MAIL = b"From: desk@isp.example\r\nTo: a@b.example\r\nDate: Tue, 24 Nov 2026 03:00:00 +0000\r\nMessage-ID: <1@isp.example>\r\n\r\nx\r\n"


@pytest.fixture
def relay():
    """A relay on loopback that writes down the commands; `offers` are its EHLO lines."""
    heard, offers = [], ["DSN"]
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        try:
            peer, _ = server.accept()
        except OSError:
            return
        with peer, peer.makefile("rwb") as f:
            f.write(b"220 relay\r\n"), f.flush()
            body = False
            for line in f:
                text = line.decode().rstrip("\r\n")
                if body:
                    if text == ".":
                        body = False
                        f.write(b"250 queued as 4ABCDE\r\n"), f.flush()
                    continue
                heard.append(text)
                if text.upper().startswith("EHLO"):
                    f.write(b"250-relay\r\n" + "".join(f"250-{o}\r\n" for o in offers).encode() + b"250 SIZE 1000000\r\n")
                elif text.upper() == "DATA":
                    body = True
                    f.write(b"354 go\r\n")
                else:
                    f.write(b"221 bye\r\n" if text.upper() == "QUIT" else b"250 ok\r\n")
                f.flush()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1], heard, offers
    server.close()
    thread.join(5)


def settings(port, tmp_path):
    return Settings(data=tmp_path, mail=dataclasses.replace(Mail(), relay_host="127.0.0.1", relay_port=port))


@pytest.mark.parametrize(("offered", "envid", "asked"), [(True, "N-2345", True), (False, "N-2345", False), (True, "", False)])
def test_reports_are_asked_for(relay, tmp_path, offered, envid, asked):
    port, heard, offers = relay
    if not offered:
        offers.clear()
    outgoing.send(MAIL, mail_from="desk+t@isp.example", rcpt_to=["a@b.example"], settings=settings(port, tmp_path), envid=envid)
    mail = next(c for c in heard if c.upper().startswith("MAIL"))
    rcpt = next(c for c in heard if c.upper().startswith("RCPT"))
    assert ("RET=HDRS ENVID=N-2345" in mail) == asked and rcpt.endswith("ORCPT=rfc822;a@b.example NOTIFY=SUCCESS,FAILURE") == asked


def test_the_id_is_written_as_xtext():
    assert outgoing._xtext("a+b=c@" + "d" * 300, 254) == "a+2Bb+3Dc@" + "d" * 248
    assert outgoing._xtext("N-2345") == "N-2345" and outgoing._xtext("a+b=c d\r\n") == "a+2Bb+3Dc+20d+0D+0A"
