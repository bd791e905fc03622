"""From lines of mail logs and a table of countries to the suspicion of a stolen password, and to the alarm of our own sensor."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sekimori.attribution.stolen import suspicions
from sekimori.enforcement.sensor.look import look
from sekimori.network.countries import store as countries
from sekimori.network.store import load as load_network
from sekimori.reports.models import Finding
from sekimori.settings import current as settings
from sekimori.settings import use
from sekimori.submissions.countries import fill
from sekimori.submissions.loading import load
from sekimori.submissions.models import SignIn, Submission
from sekimori.submissions.ours import finder, text_is_ours
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.loads import Tally

pytestmark = pytest.mark.django_db
BY = Actor("command", "test")
T0 = datetime(2026, 10, 1, 3, tzinfo=UTC)
NOW = T0 + timedelta(minutes=50)
# Made-up registrations of addresses for documentation and benchmarks.
TABLE = """\
2|apnic|20260930|6|19850701|20260929|+1000
apnic|JP|ipv4|198.18.0.0|131072|20000101|allocated|A1
apnic|JP|ipv4|192.0.2.0|256|20000101|allocated|A2
apnic|BR|ipv4|198.51.100.0|128|20000101|allocated|A3
apnic|VN|ipv4|203.0.113.0|256|20000101|allocated|A4
apnic|NL|ipv6|2001:db8:ff00::|40|20000101|allocated|A5
"""
POSTFIX = """\
2026-10-01T{at}+09:00 smtp1 postfix/submission/smtpd[1]: {id}: client=unknown[{ip}], sasl_method=PLAIN, sasl_username={u}
2026-10-01T{at}+09:00 smtp1 postfix/qmgr[1]: {id}: from=<{u}>, size=900, nrcpt={n} (queue active)
"""
DOVECOT = "Oct 01 {at} imap-login: Info: Login: user=<{u}>, method=PLAIN, rip={ip}, lip=198.18.4.25, mpid=41, TLS, session=<{id}>\n"


@pytest.fixture(autouse=True)
def provider(tmp_path):
    before = settings()
    (tmp_path / "data").mkdir()
    use(replace(before, data=tmp_path / "data"))
    load_network([(1, {"prefix": "198.18.0.0/16", "kind": "radius"})], Tally(), T0, BY)
    yield
    use(before)


def with_table(tmp_path):
    (tmp_path / "delegated").write_text(TABLE)
    return countries.load([tmp_path / "delegated"], NOW, BY)


def read(tmp_path, kind, *lines):
    from zoneinfo import ZoneInfo

    path = tmp_path / f"{kind}-{len(list(tmp_path.iterdir()))}"
    path.write_text("".join(lines))
    tally = load(kind, [path], text_is_ours(NOW), ZoneInfo("Asia/Tokyo"), NOW, BY, Tally(), "mail1", finder(NOW))
    assert tally.refused == 0
    return tally


def stolen(login):
    return suspicions([(login, micros(NOW))])[login, micros(NOW)]


def test_two_foreign_networks_within_an_hour_besides_the_member_at_home(tmp_path):
    with_table(tmp_path)
    read(tmp_path, "dovecot-log", DOVECOT.format(at="11:05:00", u="u1", ip="198.18.0.7", id="s1"))
    read(tmp_path, "postfix-log", POSTFIX.format(at="12:10:00", id="A1B2C3D4E5", u="u1", ip="198.51.100.9", n=1),
         POSTFIX.format(at="12:40:00", id="A1B2C3D4E6", u="u1", ip="203.0.113.9", n=1))
    assert stolen("u1") == "three_countries"
    assert dict(Submission.objects.values_list("queue_id", "country")) == {"A1B2C3D4E5": "BR", "A1B2C3D4E6": "VN"}
    assert SignIn.objects.get().country == "JP"


def test_a_burst_from_a_country_never_seen(tmp_path):
    with_table(tmp_path)
    read(tmp_path, "postfix-log", POSTFIX.format(at="12:10:00", id="A1B2C3D4E5", u="u1", ip="2001:db8:ff00::9", n=30))
    assert stolen("u1") == "new_country_burst"
    assert look(NOW) == 1
    assert Finding.objects.get().report.detail["countries"] == ["NL"]


def test_a_member_who_roams_at_home_is_no_suspect(tmp_path):
    with_table(tmp_path)
    ips = ["198.18.0.7", "192.0.2.9", "198.18.9.9", "192.0.2.77"]  # own line, another Japanese network, mobile, an office
    read(tmp_path, "postfix-log", *[POSTFIX.format(at=f"12:{n:02}:00", id=f"A1B2C3D4{n:02}", u="u2", ip=ips[n % 4], n=40) for n in range(10, 40, 3)])
    read(tmp_path, "dovecot-log", *[DOVECOT.format(at=f"12:{n:02}:30", u="u2", ip=ips[n % 4], id=f"s{n}") for n in range(10, 40, 3)])
    assert stolen("u2") == ""
    assert set(Submission.objects.values_list("country", flat=True)) == {"JP"}


def test_one_journey_abroad_is_no_suspicion(tmp_path):
    with_table(tmp_path)
    read(tmp_path, "dovecot-log", DOVECOT.format(at="11:05:00", u="u3", ip="198.18.0.7", id="s1"))
    read(tmp_path, "postfix-log", POSTFIX.format(at="12:10:00", id="A1B2C3D4E5", u="u3", ip="198.51.100.9", n=3))
    assert stolen("u3") == "" and look(NOW) == 0


def test_without_a_table_nothing_is_known_and_nothing_more_is_stored(tmp_path):
    read(tmp_path, "postfix-log", POSTFIX.format(at="12:10:00", id="A1B2C3D4E5", u="u1", ip="198.51.100.9", n=30))
    assert stolen("u1") == "" and Submission.objects.get().country == ""


def test_the_first_table_fills_what_was_read_before_it(tmp_path):
    for day in (1, 3, 9):
        Submission.objects.create(host="h", queue_id=f"Q{day}", login="u4", client_family=4, client=bytes(10) + b"\xff\xff" + bytes([198, 51, 100, 9]),
                                  time=T0 - timedelta(days=day), recipients=5, source="smtpd")
    Submission.objects.create(host="h", queue_id="R", login="", client_family=4, client=bytes(10) + b"\xff\xff" + bytes([198, 51, 100, 9]),
                              time=T0, source="smtpd")
    with_table(tmp_path)
    assert fill(finder(NOW), NOW, BY) == 3
    assert fill(finder(NOW), NOW, BY) == 0
    read(tmp_path, "postfix-log", POSTFIX.format(at="12:10:00", id="A1B2C3D4E5", u="u4", ip="198.51.100.9", n=30))
    assert stolen("u4") == ""  # lives there
    assert Submission.objects.get(queue_id="R").country == ""  # a relay's mail: nobody's password


def test_an_address_of_our_own_is_at_home_whatever_its_registry_says(tmp_path):
    with_table(tmp_path)
    load_network([(1, {"prefix": "203.0.113.0/24", "kind": "radius"})], Tally(), T0, BY)
    read(tmp_path, "postfix-log", POSTFIX.format(at="12:10:00", id="A1B2C3D4E5", u="u5", ip="203.0.113.9", n=30))
    assert Submission.objects.get().country == "JP" and stolen("u5") == ""


def test_mail_between_our_own_servers_gets_no_country(tmp_path):
    with_table(tmp_path)
    read(tmp_path, "postfix-log", "2026-10-01T12:10:00+09:00 out1 postfix/smtpd[2]: C1B2C3D4E5: client=smtp1.isp.example[198.18.4.25]\n")
    row = Submission.objects.get()
    assert (row.login, row.country) == ("", "")
