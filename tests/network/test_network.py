"""Our own prefixes: rows, tries with history, loads."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.network import rows as network_rows
from sekimori.network.models import Network
from sekimori.network.rows import NetworkRow, parse
from sekimori.network.store import current, load
from sekimori.network.table import Table
from sekimori.values.actors import Actor
from sekimori.values.addresses import parse_address
from sekimori.values.clock import micros
from sekimori.values.loads import BadRow, Tally, csv_rows

BY = Actor("command", "test")
T0 = datetime(2026, 10, 1, tzinfo=UTC)


def day(n):
    return micros(T0 + timedelta(days=n))


def row(prefix, kind="radius", lo=None, hi=None, **more):
    net = ipaddress.ip_network(prefix)
    return NetworkRow(prefix, net.version, net.prefixlen, kind, more.get("pd_length"), more.get("realm", ""),
                      None if lo is None else T0 + timedelta(days=lo), None if hi is None else T0 + timedelta(days=hi), more.get("contact", ""))


def test_the_most_specific_prefix_that_holds_wins():
    table = Table([row("198.18.0.0/15"), row("198.18.4.0/24", "relay"), row("2001:db8::/32", "pd", pd_length=56)])
    assert table.match(parse_address("198.18.4.25"), day(0), day(0)).rows[0].kind == "relay"
    assert table.match(parse_address("198.18.5.25"), day(0), day(0)).rows[0].kind == "radius"
    assert table.match(parse_address("::ffff:198.18.4.25"), day(0), day(0)).rows[0].kind == "relay"
    assert table.match(parse_address("2001:db8:1::1"), day(0), day(0)).rows[0].pd_length == 56
    assert not table.match(parse_address("2001:db9::1"), day(0), day(0)).ours
    assert not table.match(parse_address("192.0.2.1"), day(0), day(0)).ours


def test_history_decides_what_an_address_was_at_that_time():
    table = Table([row("198.18.0.0/16", "radius", 0, 10), row("198.18.0.0/16", "delegated", 10, None, contact="abuse@down.example")])
    a = parse_address("198.18.0.1")
    assert not table.match(a, day(-1), day(-1)).ours
    assert table.match(a, day(5), day(5)).rows[0].kind == "radius"
    assert table.match(a, day(10), day(10)).rows[0].kind == "delegated"
    across = table.match(a, day(10) - 1, day(10))
    assert across.partial and {r.kind for r in across.rows} == {"radius", "delegated"}


def test_a_hole_in_a_longer_prefix_falls_back_to_the_shorter_one():
    table = Table([row("198.18.0.0/15"), row("198.18.4.0/24", "relay", 5, 6)])
    a = parse_address("198.18.4.1")
    assert table.match(a, day(1), day(1)).rows[0].kind == "radius"
    both = table.match(a, day(5) - 1, day(5) + 1)
    assert both.partial and [r.kind for r in both.rows] == ["relay", "radius"]


def test_relays_at_a_time():
    table = Table([row("198.51.100.25/32", "relay", 0, 5), row("198.51.100.26/32", "relay")])
    assert [str(p) for p in table.relays(day(1))] == ["198.51.100.25/32", "198.51.100.26/32"]
    assert [str(p) for p in table.relays(day(6))] == ["198.51.100.26/32"]
    assert len(table.relays(day(0))) == 2 and len(table.relays(day(5))) == 1


def test_the_end_of_a_validity_is_its_first_instant_without():
    table = Table([row("198.18.0.0/16", "radius", 0, 10)])
    a = parse_address("198.18.0.1")
    assert not table.match(a, day(9), day(10) - 1).partial
    assert table.match(a, day(9), day(10)).partial
    found = table.match(a, day(1), day(1))
    assert found.kind("relay", "radius").prefix == "198.18.0.0/16" and found.kind("relay") is None


prefixes = st.builds(lambda a, n: ipaddress.ip_network((a >> (32 - n) << (32 - n), n)), st.integers(0xC6120000, 0xC6120FFF), st.integers(20, 32))


@given(st.lists(st.tuples(prefixes, st.integers(0, 6), st.integers(1, 6)), max_size=8), st.integers(0xC6120000, 0xC6120FFF), st.integers(0, 8))
def test_at_an_instant_the_trie_agrees_with_a_naive_search(given_rows, address, at):
    table = Table([row(str(p), lo=lo, hi=lo + length) for p, lo, length in given_rows])
    a = ipaddress.IPv4Address(address)
    holding = [p for p, lo, length in given_rows if a in p and lo <= at < lo + length]
    best = max((p.prefixlen for p in holding), default=None)
    match = table.match(a, day(at), day(at))
    assert match.ours == bool(holding)
    assert not match.partial
    if holding:
        assert {ipaddress.ip_network(r.prefix).prefixlen for r in match.rows} == {best}


@pytest.mark.parametrize(("raw", "code"), [
    ({"prefix": "198.18.0.1/15", "kind": "radius"}, "bad_prefix"),
    ({"prefix": "", "kind": "radius"}, "prefix_missing"),
    ({"prefix": "198.18.0.0/15", "kind": "wifi"}, "bad_kind"),
    ({"prefix": "198.18.0.0/15", "kind": "pd", "pd_length": "56"}, "bad_pd_length"),
    ({"prefix": "2001:db8::/40", "kind": "pd", "pd_length": "32"}, "bad_pd_length"),
    ({"prefix": "198.18.0.0/15", "kind": "delegated"}, "contact_missing"),
    ({"prefix": "198.18.0.0/15", "kind": "radius", "valid_from": "yesterday"}, "bad_time"),
    ({"prefix": "198.18.0.0/15", "kind": "radius", "valid_from": "2026-01-02", "valid_to": "2026-01-01"}, "ends_before_start"),
])
def test_bad_rows_are_refused_by_name(raw, code):
    with pytest.raises(BadRow) as e:
        parse(raw)
    assert e.value.code == code


@given(st.dictionaries(st.sampled_from(network_rows.COLUMNS), st.text(max_size=60)))
def test_no_row_raises_anything_else(raw):
    try:
        parse(raw)
    except BadRow:
        pass


def load_text(text, now):
    tally = Tally()
    return load(csv_rows(text.splitlines(), tally, ("prefix", "kind")), tally, now, BY)


CSV = """prefix,kind,pd_length,realm,valid_from,valid_to,contact
198.18.0.0/15,radius,,,,,
2001:db8::/40,pd,56,,,,
198.51.100.25/32,relay,,,2026-10-01T00:00:00Z,,
nonsense,radius,,,,,
"""


@pytest.mark.django_db
def test_a_load_is_idempotent_and_tells_what_it_refused(now):
    first = load_text(CSV, now)
    assert (first.read, first.stored, first.refused, dict(first.reasons)) == (4, 3, 1, {"bad_prefix": 1})
    assert "nonsense" in first.refused_csv()
    again = load_text(CSV, now)
    assert (again.stored, again.unchanged, Network.objects.count()) == (0, 3, 3)


@pytest.mark.django_db
def test_a_correction_replaces_the_row_and_the_tries(now):
    load_text(CSV, now)
    at = micros(now)
    assert current().match(parse_address("198.51.100.25"), at, at).ours
    load_text("prefix,kind,valid_from,valid_to\n198.51.100.25/32,relay,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z\n", now)
    assert Network.objects.count() == 3
    assert not current().match(parse_address("198.51.100.25"), at, at).ours
