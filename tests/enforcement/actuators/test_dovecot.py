"""A real Dovecot: a suspended login is refused and its open session cut within a minute, and restored afterwards."""

import time

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

import dovecot
from sekimori.enforcement.actuators.dovecot.actuator import Dovecot
from support import need

from .conftest import order

pytestmark = [pytest.mark.servers, pytest.mark.slow]


@pytest.fixture
def server(equipment):
    need("dovecot", dovecot.usable())
    folder = equipment()
    (folder / "dovecot").mkdir(mode=0o755)
    (folder / "dovecot" / "deny").touch()
    deny = f"passdb {{\n  driver = passwd-file\n  deny = yes\n  args = {folder}/dovecot/deny\n}}\nauth_cache_size = 1M\nauth_cache_ttl = 1 hour\n"
    running = dovecot.Dovecot("", before=deny)
    (folder / "helper.conf").write_text(f"dovecot_conf = {running.folder}/dovecot.conf\n")
    yield running
    running.close()


def sign_in(server, login):
    client = IMAPClient("127.0.0.1", server.port, ssl=False, timeout=20)
    try:
        client.login(login, "secret")
    except LoginError:
        client.shutdown()
        raise
    client.select_folder("INBOX")
    return client


def test_refused_cut_and_restored(server):
    open_session, other = sign_in(server, "u1@isp.example"), sign_in(server, "u2@isp.example")
    began = time.monotonic()
    done = Dovecot().apply(order("suspend_line", "u1@isp.example"))
    assert done.verified, done
    with pytest.raises((IMAPClientError, OSError)):
        for _ in range(20):
            open_session.noop()
            time.sleep(0.2)
    with pytest.raises(LoginError):
        sign_in(server, "u1@isp.example")
    assert time.monotonic() - began < 60
    open_session.shutdown()
    other.noop()
    other.logout()
    assert Dovecot().apply(order("suspend_line", "u1@isp.example")).verified  # the same order again changes nothing
    Dovecot().undo(order("suspend_line", "u1@isp.example"))
    sign_in(server, "u1@isp.example").logout()


def test_what_it_is_for():
    assert Dovecot().handles(order("terminate", "u"))
    assert not Dovecot().handles(order("restrict_mail", "u"))
    assert Dovecot().handles(order("restrict_mail", "u", stolen=True))
    assert not Dovecot().handles(order("brake", "u"))
    assert not Dovecot().handles(order("suspend_line"))
