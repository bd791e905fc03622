"""A real FreeRADIUS: a suspended line is refused, a filtered one gets its Filter-Id, CoA and Disconnect are answered."""

import time

import pytest

import freeradius
from sekimori.enforcement.actuators.radius import coa
from sekimori.enforcement.actuators.radius.actuator import Radius, render_filtered, render_suspended
from sekimori.values.outcomes import Outage
from support import need
from wire import free_port

from .conftest import order

pytestmark = [pytest.mark.servers, pytest.mark.slow]
GOOD = 'u1@isp.example Cleartext-Password := "pw"\n\nu2@isp.example Cleartext-Password := "pw"\n'


@pytest.fixture
def server(equipment):
    need("freeradius", freeradius.usable())
    folder = equipment()
    (folder / "radius").mkdir(mode=0o755)
    for name in ("suspended", "filtered"):
        (folder / "radius" / name).touch()
    running = freeradius.FreeRadius(f"$INCLUDE {folder}/radius/suspended\n$INCLUDE {folder}/radius/filtered\n{GOOD}")
    (folder / "helper.conf").write_text(f"radius_pid = {running.folder}/radius.pid\nradius_users = {running.folder}/users\nradius_stamp = {folder}/stamp\n")
    (folder / "stamp").touch()  # a start counts like a SIGHUP: within 5 s of it another is ignored
    equipment(radius_coa=f"127.0.0.1:{running.coa}", radius_secret="testing123")
    yield running
    running.close()


def within(seconds, check):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_suspended_line_is_refused_and_comes_back(server):
    assert server.ask("u1@isp.example", "pw").startswith("Access-Accept")
    done = Radius().apply(order("suspend_line", "u1@isp.example"))
    assert done.verified, done
    within(20, lambda: server.ask("u1@isp.example", "pw").startswith("Access-Reject"))
    assert server.ask("u2@isp.example", "pw").startswith("Access-Accept")
    Radius().undo(order("suspend_line", "u1@isp.example"))
    within(20, lambda: server.ask("u1@isp.example", "pw").startswith("Access-Accept"))


def test_a_port_filter_goes_to_the_session_and_to_the_next_sign_on(server):
    done = Radius().apply(order("port_filter", "u1@isp.example"))
    assert done.verified, done
    within(20, lambda: 'Filter-Id = "sekimori-block"' in server.ask("u1@isp.example", "pw"))
    assert server.ask("u1@isp.example", "pw").startswith("Access-Accept")
    assert Radius().undo(order("port_filter", "u1@isp.example")).verified
    within(20, lambda: "Filter-Id" not in server.ask("u1@isp.example", "pw"))


def test_equipment_that_is_away_or_has_another_secret_is_an_outage(server, equipment, monkeypatch):
    monkeypatch.setattr(coa, "WAIT_S", 0.3)
    equipment(radius_secret="wrong")
    with pytest.raises(Outage):
        Radius().apply(order("suspend_line", "u1@isp.example"))
    equipment(radius_coa=f"127.0.0.1:{free_port()}", radius_secret="testing123")
    with pytest.raises(Outage):
        Radius().apply(order("suspend_line", "u1@isp.example"))


def test_a_hostile_login_cannot_write_into_the_file():
    text = render_suspended(['x" Auth-Type := Accept\n\ty', "a\\"])
    assert text.count("Auth-Type := Accept") == 1
    assert '"x? Auth-Type := Accept??y" Auth-Type := Reject' in text
    assert render_filtered(["u"]).startswith('"u"\n\tFilter-Id := ')


def test_what_it_is_for():
    assert Radius().handles(order("terminate", "u"))
    assert not Radius().handles(order("suspend_line", "u", access="ipoe"))
    assert not Radius().handles(order("restrict_mail", "u"))
