"""Questions against a small provider in the database: every class of answer, every form of address."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from sekimori.assignments.events import RuleRow
from sekimori.assignments.keys import key_of, key_v4
from sekimori.assignments.models import ClockJump, Feed, FeedGap
from sekimori.assignments.rules.store import add_rules
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import NewRow, Origin
from sekimori.attribution.ask import ask
from sekimori.attribution.knowledge import Stored
from sekimori.attribution.proof import build, decide
from sekimori.attribution.questions import from_mapping
from sekimori.contracts.models import Contract
from sekimori.contracts.store import load_contracts, load_keys
from sekimori.network.store import load as load_network
from sekimori.submissions.record import record
from sekimori.values.actors import Actor
from sekimori.values.clock import iso, micros
from sekimori.values.loads import Tally

pytestmark = pytest.mark.django_db
BY = Actor("command", "test")
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
T = datetime(2026, 11, 2, tzinfo=UTC)
SECOND = 1_000_000
RADIUS, NAT, TABLE = Origin("bng", "radius-detail", "bng1"), Origin("nat", "pba-juniper", "nat1"), Origin("table", "static-csv")


def load(what, *rows):
    tally = Tally()
    what(list(enumerate(rows, 1)), tally, NOW, BY)
    assert not tally.reasons, tally.reasons


def network(*rows):
    load(load_network, *rows)


def login(key, contract, **more):
    load(lambda r, t, n, a: load_keys("login", r, t, n, a), {"key": key, "contract": contract} | more)


def hold(where, holder, start, end=None, *, origin=RADIUS, ports=None, closed=None, realm="", last_seen=None, inferred=False, error=0):
    net = ipaddress.ip_network(where)
    key, size = (key_v4(net.network_address, ports[0]), ports[1]) if ports else key_of(net)
    open_store().append([NewRow(realm, key, micros(start), None if end is None else micros(end), holder, origin,
                                end is not None and not inferred if closed is None else closed, inferred, error, error,
                                None if last_seen is None else micros(last_seen), size)], micros(NOW))


@pytest.fixture(autouse=True)
def provider(db):
    network(
        {"prefix": "198.18.0.0/16", "kind": "radius"}, {"prefix": "198.19.0.0/16", "kind": "cgnat"}, {"prefix": "203.0.113.0/24", "kind": "mape"},
        {"prefix": "198.51.100.0/28", "kind": "relay"}, {"prefix": "198.51.100.16/28", "kind": "infrastructure"},
        {"prefix": "198.51.100.32/28", "kind": "delegated", "contact": "abuse@down.example"}, {"prefix": "198.51.100.64/28", "kind": "dslite", "contact": "noc@vne.example"},
        {"prefix": "2001:db8::/40", "kind": "pd", "pd_length": "56"})
    load(load_contracts, *({"contract": f"C{n}"} for n in range(1, 6)))
    for n in range(1, 4):
        login(f"u{n}", f"C{n}")


def asked(**query):
    return one(query)


def one(query):
    (answer,) = ask([from_mapping(query)], Stored(micros(NOW)))
    names = dict(Contract.objects.values_list("pk", "key"))
    again = decide(build(answer))
    assert (again.certainty, again.contract) == (answer.certainty, answer.contract), "the proof decides otherwise"
    return str(answer.certainty), names.get(answer.contract), answer.candidates, answer.why, answer


def certainty(at=T, error=2, **query):
    return asked(time=iso(at), error_s=error, **query)[:4]


def test_a_session_and_its_edges():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2))
    hold("198.18.0.7", "login:u2", T + timedelta(hours=2, seconds=20), T + timedelta(hours=3))
    assert certainty(T + timedelta(hours=1), ip="198.18.0.7") == ("exact", "C1", 1, "")
    assert certainty(T + timedelta(hours=1), ip="::ffff:198.18.0.7") == ("exact", "C1", 1, "")
    assert certainty(T + timedelta(hours=2), ip="198.18.0.7") == ("boundary", None, 1, "window_at_edge")
    assert certainty(T + timedelta(hours=2, seconds=10), 30, ip="198.18.0.7") == ("boundary", None, 2, "window_at_edge")
    assert certainty(T + timedelta(hours=2, seconds=10), 1, ip="198.18.0.7")[:2] == ("none", None)


def test_the_error_of_a_devices_clock_reaches_beyond_the_nominal_edge():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2), error=30 * SECOND)
    assert certainty(T + timedelta(hours=2, seconds=20), ip="198.18.0.7")[0] == "boundary"
    assert certainty(T + timedelta(hours=2, seconds=40), ip="198.18.0.7")[0] == "none"


def test_open_inferred_and_not_seen():
    hold("198.18.0.7", "login:u1", T, last_seen=T + timedelta(hours=2))
    hold("198.18.0.8", "login:u2", T, T + timedelta(hours=9), inferred=True, last_seen=T + timedelta(hours=2))
    assert certainty(T + timedelta(hours=1), ip="198.18.0.7") == ("exact_open", "C1", 1, "")
    assert certainty(T + timedelta(hours=3), ip="198.18.0.7") == ("inferred", None, 1, "not_seen_since")
    assert certainty(T + timedelta(hours=1), ip="198.18.0.8") == ("exact_open", "C2", 1, "")
    assert certainty(T + timedelta(hours=3), ip="198.18.0.8") == ("inferred", None, 1, "end_inferred")


def test_two_records_at_once_name_nobody():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2))
    hold("198.18.0.7", "login:u2", T + timedelta(hours=1), T + timedelta(hours=3), origin=Origin("dhcp", "kea-legal", "k1"))
    assert certainty(T + timedelta(minutes=90), ip="198.18.0.7") == ("several", None, 2, "overlapping_records")
    hold("198.18.0.9", "login:u1", T, T + timedelta(hours=2))
    hold("198.18.0.9", "contract:C1", T, origin=TABLE)
    assert certainty(T + timedelta(minutes=90), ip="198.18.0.9") == ("exact", "C1", 1, "")


def test_a_holder_that_stands_for_no_contract():
    hold("198.18.0.7", "login:stranger", T, T + timedelta(hours=2))
    assert certainty(T + timedelta(hours=1), ip="198.18.0.7") == ("none", None, 0, "holder_without_contract")


def test_a_reused_login_within_and_at_the_change():
    login("u9", "C4", valid_to=iso(T + timedelta(hours=1)))
    login("u9", "C5", valid_from=iso(T + timedelta(hours=1)))
    hold("198.18.0.7", "login:u9", T, T + timedelta(hours=2))
    assert certainty(T + timedelta(minutes=30), ip="198.18.0.7")[:2] == ("exact", "C4")
    assert certainty(T + timedelta(minutes=90), ip="198.18.0.7")[:2] == ("exact", "C5")
    assert certainty(T + timedelta(hours=1), ip="198.18.0.7") == ("boundary", None, 2, "window_at_edge")


def test_ports_of_a_shared_address_and_the_second_hop():
    hold("198.19.0.1", "inside:cgn:100.64.0.7", T, T + timedelta(hours=2), origin=NAT, ports=(1024, 1024))
    hold("198.19.0.1", "inside:cgn:100.64.0.8", T, T + timedelta(hours=2), origin=NAT, ports=(2048, 1024))
    hold("100.64.0.7", "login:u1", T, T + timedelta(hours=3), realm="cgn")
    hold("100.64.0.8", "login:u2", T + timedelta(hours=1), realm="cgn", last_seen=T + timedelta(hours=5))
    at = T + timedelta(minutes=90)
    assert asked(ip="198.19.0.1", port=1500, time=iso(at))[:4] == ("exact", "C1", 1, "")
    found = asked(ip="198.19.0.1", port=2048, time=iso(at))
    assert found[:4] == ("exact_open", "C2", 1, "") and found[4].how == "cgnat"
    assert certainty(T + timedelta(minutes=30), ip="198.19.0.1", port=2048)[0] == "none"
    assert certainty(at, ip="198.19.0.1") == ("several", None, 2, "port_missing")
    assert certainty(at, ip="198.19.0.1", port=4000)[:2] == ("none", None)


def test_map_e_port_missing_unusable_and_a_change_of_the_line():
    add_rules([RuleRow("mape", "203.0.113.0/24", {"ipv6": "2001:db8::/40", "ea_length": 16, "psid_offset": 6}, None, None, "")], "rules", micros(NOW))
    hold("2001:db8:12:3400::/56", "contract:C1", T, T + timedelta(days=1), origin=TABLE)
    hold("2001:db8:12:3400::/56", "contract:C2", T + timedelta(days=1), origin=TABLE)
    at = T + timedelta(hours=1)
    found = asked(ip="203.0.113.18", port=1232, time=iso(at))  # RFC 7597 appendix A, example 1
    assert found[:4] == ("exact", "C1", 1, "") and found[4].how == "mape"
    assert certainty(at + timedelta(days=2), ip="203.0.113.18", port=1232)[:2] == ("exact_open", "C2")
    assert certainty(at, ip="203.0.113.18") == ("several", None, 256, "port_missing")
    assert certainty(at, ip="203.0.113.18", port=80) == ("several", None, 256, "port_unusable")
    assert certainty(T + timedelta(days=1), ip="203.0.113.18", port=1232)[:3] == ("boundary", None, 2)


@pytest.mark.parametrize("ea_length", [16, 14])
def test_rules_of_another_database_are_not_remembered(ea_length):
    add_rules([RuleRow("mape", "203.0.113.0/24", {"ipv6": "2001:db8::/40", "ea_length": ea_length, "psid_offset": 6}, None, None, "")], "rules", micros(NOW))
    assert certainty(ip="203.0.113.18")[2] == 2 ** (ea_length - 8)


def test_ipv6_by_delegated_prefix():
    hold("2001:db8:12:3400::/56", "login:u1", T, T + timedelta(days=1))
    assert certainty(T + timedelta(hours=1), ip="2001:db8:12:34ff::1")[:2] == ("exact", "C1")
    assert certainty(T + timedelta(hours=1), ip="2001:db8:12:3500::1")[:2] == ("none", None)


def test_addresses_inside_addresses():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2))
    at = T + timedelta(hours=1)
    teredo = ipaddress.IPv6Address(0x20010000 << 96 | 0xCB007105 << 64 | (0xFFFF ^ 40000) << 32 | 0xFFFFFFFF ^ int(ipaddress.ip_address("198.18.0.7")))
    six = ipaddress.IPv6Address(0x2002 << 112 | int(ipaddress.ip_address("198.18.0.7")) << 80 | 1)
    for text in (str(teredo), str(six), "64:ff9b::198.18.0.7"):
        assert certainty(at, ip=text)[:2] == ("exact", "C1"), text
    assert certainty(at, ip="64:ff9b::192.0.2.1") == ("none", None, 0, "not_ours")


def teredo(client, port):
    return str(ipaddress.IPv6Address(0x20010000 << 96 | 0xCB007105 << 64 | (0xFFFF ^ port) << 32 | 0xFFFFFFFF ^ int(ipaddress.ip_address(client))))


def test_a_teredo_address_holds_the_port_of_its_client():
    hold("198.19.0.1", "inside:cgn:100.64.0.7", T, T + timedelta(hours=2), origin=NAT, ports=(1024, 1024))
    hold("100.64.0.7", "login:u1", T, T + timedelta(hours=3), realm="cgn")
    assert certainty(T + timedelta(hours=1), ip=teredo("198.19.0.1", 1500))[:2] == ("exact", "C1")
    assert certainty(T + timedelta(hours=1), ip=teredo("198.19.0.1", 1500), port=9)[:2] == ("exact", "C1")
    assert certainty(T + timedelta(hours=1), ip=teredo("198.19.0.1", 3500))[:2] == ("none", None)
    # 6to4 and NAT64 hold none: the stated port counts.
    assert certainty(T + timedelta(hours=1), ip="64:ff9b::198.19.0.1", port=1500)[:2] == ("exact", "C1")
    assert certainty(T + timedelta(hours=1), ip="64:ff9b::198.19.0.1")[0::3] == ("several", "port_missing")


def test_how_the_answer_was_found():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2))
    hold("198.18.0.8", "contract:C2", T, T + timedelta(hours=2), origin=TABLE)
    hold("2001:db8:12:3400::/56", "contract:C1", T, T + timedelta(days=1), origin=TABLE)
    hold("198.18.0.9", "login:u3", T, T + timedelta(hours=2), origin=Origin("kea", "kea-legal", "kea1"))
    hold("198.18.0.10", "login:u3", T, T + timedelta(hours=2), origin=Origin("own", "house-made", "x"))
    at = iso(T + timedelta(hours=1))
    assert [asked(ip=ip, time=at)[4].how for ip in ("198.18.0.7", "198.18.0.8", "2001:db8:12:34ff::1", "198.18.0.9", "198.18.0.10", "198.18.0.11", "198.51.100.65")] == [
        "radius", "static", "pd", "dhcp", "house-made", "radius", "dslite"]


def test_ranges_that_lead_to_no_member():
    assert certainty(ip="192.0.2.1") == ("none", None, 0, "not_ours")
    assert not asked(ip="192.0.2.1", time=iso(T))[4].ours
    assert certainty(ip="198.51.100.1") == ("none", None, 0, "own_relay")
    assert certainty(ip="198.51.100.17") == ("none", None, 0, "infrastructure")
    found = asked(ip="198.51.100.33", time=iso(T))
    assert found[0] == "delegated" and found[4].contact == "abuse@down.example"


def test_ds_lite_gives_the_exact_question_to_ask():
    found = asked(ip="198.51.100.65", port=40000, time="2026-11-02T00:00:00Z", error_s=2)
    assert found[:2] == ("upstream", None)
    assert found[4].contact == "noc@vne.example"
    missing = asked(ip="198.51.100.65", time="2026-11-02T00:00:00Z", error_s=0)
    assert (missing[0], missing[3]) == ("upstream", "port_missing") and "port ? at" in missing[4].query
    assert found[4].query == "softwire IPv6 source of 198.51.100.65 port 40000 at 2026-11-02T00:00:00.499999Z ± 2.5 s"


def test_outside_our_prefixes_at_that_time():
    network({"prefix": "198.18.200.0/24", "kind": "delegated", "contact": "abuse@down.example", "valid_to": iso(T)}, {"prefix": "192.0.2.0/24", "kind": "radius", "valid_from": iso(T)})
    hold("192.0.2.1", "login:u1", T - timedelta(days=1), T + timedelta(days=1))
    assert certainty(T - timedelta(hours=1), ip="192.0.2.1")[3] == "not_ours"
    assert certainty(T + timedelta(hours=1), ip="192.0.2.1")[:2] == ("exact", "C1")
    assert certainty(T, ip="192.0.2.1")[0::3] == ("boundary", "network_changed")
    assert certainty(T - timedelta(hours=1), ip="198.18.200.1")[0] == "delegated"
    assert certainty(T, ip="198.18.200.1")[0::3] == ("boundary", "network_changed")


def test_why_nothing_was_found():
    at = T + timedelta(hours=5)
    assert certainty(at, ip="198.18.0.7")[3] == "feed_never_loaded"
    feed = Feed.objects.create(name="bng", source="radius-detail", continuous=True, first_record=micros(T), last_record=micros(T + timedelta(days=1)))
    assert certainty(at, ip="198.18.0.7")[3] == "no_record"
    assert certainty(T - timedelta(hours=1), ip="198.18.0.7")[3] == "before_first_record"
    assert certainty(T + timedelta(days=2), ip="198.18.0.7")[3] == "feed_lag"
    FeedGap.objects.create(feed=feed.name, lo=micros(T + timedelta(hours=4)), hi=micros(T + timedelta(hours=6)))
    assert certainty(at, ip="198.18.0.7")[3] == "feed_gap"


def test_a_clock_that_jumped_makes_its_records_doubtful():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2))
    jump = ClockJump.objects.create(feed="bng", device="bng1", at=micros(T + timedelta(minutes=30)), before=0, after=60 * SECOND)
    assert certainty(T + timedelta(minutes=10), ip="198.18.0.7")[:2] == ("exact", "C1")
    assert certainty(T + timedelta(hours=1), ip="198.18.0.7") == ("boundary", None, 1, "clock_jumped")
    ClockJump.objects.filter(pk=jump.pk).update(confirmed=micros(NOW))
    assert certainty(T + timedelta(hours=1), ip="198.18.0.7")[:2] == ("exact", "C1")


def test_times_without_zone_or_missing():
    hold("198.18.0.7", "login:u1", T, T + timedelta(days=2))
    hold("198.18.0.7", "login:u2", T + timedelta(days=2, seconds=9), T + timedelta(days=4))
    local = lambda h: (T + timedelta(hours=h)).strftime("%Y-%m-%dT%H:%M:%S")  # noqa: E731
    assert asked(ip="198.18.0.7", time=local(30), zone="none")[:4] == ("exact", "C1", 1, "")
    assert asked(ip="198.18.0.7", time=local(50), zone="none")[:4] == ("zone_ambiguous", None, 2, "zone_missing")
    assert asked(ip="198.18.0.7", time=local(5), zone="none")[:4] == ("zone_ambiguous", None, 1, "zone_missing")
    assert asked(ip="198.18.0.7")[:4] == ("none", None, 0, "time_missing")
    assert asked(time=local(5))[:4] == ("none", None, 0, "nothing_to_look_up")


def test_logins():
    login("u9", "C4", valid_to=iso(T))
    login("u9", "C5", valid_from=iso(T))
    assert certainty(login="u1") == ("exact", "C1", 1, "")
    assert asked(login="u1")[:2] == ("exact", "C1")
    assert certainty(T + timedelta(hours=1), login="u9")[:2] == ("exact", "C5")
    assert certainty(T, login="u9") == ("boundary", None, 2, "window_at_edge")
    assert asked(login="u9")[:4] == ("boundary", None, 2, "time_missing")
    assert certainty(login="nobody")[3] == "unknown_login"
    assert asked(login="u1", time=iso(T))[4].login == "u1" and asked(login="nobody", time=iso(T))[4].login == ""


def mail(n, login="u1", **more):
    record({"queue_id": f"4{n:09d}zKxYz", "host": "smtp1", "message_id": f"m{n}@isp.example", "login": login, "client": "203.0.113.200", "recipients": 1} | more, T)


def test_our_own_relay_leads_on_by_queue_id_or_message_id():
    mail(1)
    for query in ({"queue_id": "4000000001zKxYz", "host": "smtp1.isp.example"}, {"message_id": "<m1@isp.example>"}, {"queue_id": "4000000001zKxYz", "message_id": "m1@isp.example"}):
        found = one(query | {"ip": "198.51.100.1", "time": iso(T)})
        assert found[:4] == ("exact", "C1", 1, "") and found[4].own_log and found[4].login == "u1", query
        assert one(query)[:2] == ("exact", "C1")
        assert one(query | {"ip": "198.51.100.1"})[:2] == ("exact", "C1")
    assert certainty(ip="198.51.100.1", queue_id="4000000002zKxYz") == ("none", None, 0, "own_relay")
    assert certainty(queue_id="4000000002zKxYz") == ("none", None, 0, "no_submission")
    assert asked(queue_id="AB12CD34EF", host="smtp1")[3] == "time_missing"


def test_a_short_queue_id_needs_its_host_or_our_relay():
    mail(1, queue_id="AB12CD34EF")
    assert certainty(queue_id="AB12CD34EF") == ("none", None, 0, "host_missing")
    assert certainty(queue_id="AB12CD34EF", host="smtp1")[:2] == ("exact", "C1")
    assert certainty(queue_id="AB12CD34EF", host="mx.example.net")[:2] == ("none", None)
    assert certainty(queue_id="AB12CD34EF", ip="198.51.100.1")[:2] == ("exact", "C1")
    assert certainty(T + timedelta(days=30), queue_id="AB12CD34EF", host="smtp1")[3] == "no_submission"


def test_the_login_is_the_hit_whatever_address_it_was_used_from():
    hold("198.18.0.7", "login:u2", T - timedelta(days=1), T + timedelta(days=1))
    mail(1, client="198.18.0.7")
    # The traced address is the line of C2, the mail was handed in there with the password of C1.
    assert certainty(ip="198.18.0.7", message_id="m1@isp.example")[:2] == ("exact", "C1")
    # Handed in from abroad: the address is not ours, the mail is.
    mail(2, client="192.0.2.77")
    assert certainty(ip="192.0.2.77", message_id="m2@isp.example")[:2] == ("exact", "C1")


def test_a_copied_message_id_never_names_its_author():
    mail(1)
    # Sent by a stranger's server with the message id of C1's mail:
    assert certainty(ip="192.0.2.1", message_id="m1@isp.example") == ("none", None, 0, "not_ours")
    # Sent from the line of C2, past our relays, with the message id of C1's mail:
    hold("198.18.0.7", "login:u2", T - timedelta(days=1), T + timedelta(days=1))
    assert certainty(ip="198.18.0.7", message_id="m1@isp.example") == ("several", None, 2, "keys_disagree")
    # The same from C1's own line agrees.
    hold("198.18.0.9", "login:u1", T - timedelta(days=1), T + timedelta(days=1))
    agreed = asked(ip="198.18.0.9", message_id="m1@isp.example", time=iso(T))
    assert agreed[:2] == ("exact", "C1") and agreed[4].own_log


def test_one_message_id_of_two_members_names_nobody():
    mail(1)
    mail(2, login="u2", message_id="m1@isp.example")
    assert certainty(message_id="m1@isp.example") == ("several", None, 2, "overlapping_records")


def test_a_mail_without_login_goes_by_the_line_that_handed_it_in():
    hold("198.18.0.7", "login:u2", T - timedelta(days=1), T + timedelta(days=1))
    mail(1, login="", client="198.18.0.7")
    found = asked(ip="198.51.100.1", message_id="m1@isp.example", time=iso(T))
    assert found[:2] == ("exact", "C2") and found[4].how == "submission" and not found[4].own_log
    mail(3, login="", client="198.18.0.7", message_id="m1@isp.example")
    assert certainty(ip="198.51.100.1", message_id="m1@isp.example") == ("several", None, 2, "overlapping_records")  # two mails: which of them?
    mail(2, login="", client="198.51.100.2")
    assert certainty(message_id="m2@isp.example")[3] == "no_login"


def test_events_of_one_report_are_intersected():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2))
    hold("198.18.0.7", "login:u2", T + timedelta(hours=2, seconds=5), T + timedelta(hours=3))
    lines = [{"ip": "198.18.0.7", "time": iso(T + timedelta(hours=h)), "error_s": 30, "group": "report:1"} for h in (2, 1)]
    answers = ask([from_mapping(v) for v in lines], Stored(micros(NOW)))
    assert [(a.certainty, a.why) for a in answers] == [("exact", "events_intersected"), ("exact", "")]
    assert len({a.contract for a in answers}) == 1
    alone = ask([from_mapping(v | {"group": ""}) for v in lines], Stored(micros(NOW)))
    assert alone[0].certainty == "boundary"
    assert decide(build(answers[0])).contract == answers[0].contract


def test_a_proof_changed_afterwards_decides_otherwise():
    hold("198.18.0.7", "login:u1", T, T + timedelta(hours=2))
    answer = asked(ip="198.18.0.7", time=iso(T + timedelta(hours=1)))[4]
    proof = build(answer)
    assert decide(proof).certainty == "exact"
    row = proof["readings"][0]["verdict"]["trails"][0]["steps"][0]["detail"]
    row["end"] = micros(T + timedelta(hours=1))
    assert decide(proof).certainty == "boundary"
    with pytest.raises(ValueError, match="version"):
        decide(proof | {"version": 99})
