"""MAP-E and deterministic NAT: the published vectors, and the partition property for every rule."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sekimori.assignments.rules.detnat import DetNat
from sekimori.assignments.rules.mape import MapRule
from sekimori.assignments.rules.resolve import Rule, Rules, overlapping

RFC7597_A1 = MapRule(IPv6Network("2001:db8::/40"), IPv4Network("192.0.2.0/24"), 16, 6)
V6PLUS_LIKE = MapRule(IPv6Network("240b:10::/31"), IPv4Network("106.72.0.0/15"), 25, 4)
OCN_LIKE = MapRule(IPv6Network("2400:4050::/34"), IPv4Network("153.240.0.0/16"), 22, 6)


@pytest.mark.parametrize(("rule", "address", "port", "psid", "prefix"), [
    (RFC7597_A1, "192.0.2.18", 1232, 0x34, "2001:db8:12:3400::/56"),
    (V6PLUS_LIKE, "106.73.18.52", 0x1567, 0x56, "240b:11:1234:5600::/56"),
    (OCN_LIKE, "153.240.1.2", 5000, 56, "2400:4050:40:b800::/56"),
])
def test_vectors(rule, address, port, psid, prefix):
    assert rule.psid(port) == psid
    assert str(rule.prefix(IPv4Address(address), psid)) == prefix


def test_port_ranges_of_rfc_7597_appendix_a():
    ranges = RFC7597_A1.ports(0x34)
    assert ranges[:2] == [(1232, 1235), (2256, 2259)]
    assert ranges[-1] == (64720, 64723)
    assert len(ranges) == 63


def test_how_many_ports_and_members():
    assert sum(hi - lo + 1 for lo, hi in V6PLUS_LIKE.ports(1)) == 240
    assert (len(V6PLUS_LIKE.ports(1)), V6PLUS_LIKE.sharing, V6PLUS_LIKE.first_usable_port) == (15, 256, 4096)
    assert sum(hi - lo + 1 for lo, hi in OCN_LIKE.ports(1)) == 1008
    assert (OCN_LIKE.sharing, OCN_LIKE.first_usable_port) == (64, 1024)


rules = st.builds(
    lambda r, q, a: MapRule(IPv6Network("2001:db8::/32"), IPv4Network((0xC0000200 >> (32 - r) << (32 - r), r)), 32 - r + q, a),
    st.integers(16, 32), st.integers(0, 8), st.integers(0, 8))


@given(rule=rules)
def test_every_usable_port_belongs_to_exactly_one_psid(rule):
    owner = {}
    for psid in range(rule.sharing):
        for lo, hi in rule.ports(psid):
            for port in range(lo, hi + 1):
                assert port not in owner
                owner[port] = psid
    assert set(owner) == set(range(rule.first_usable_port, 65536))
    assert all(rule.psid(port) == psid for port, psid in owner.items())
    assert all(rule.psid(port) is None for port in range(rule.first_usable_port))


@given(rule=rules, one=st.integers(0, 2**16 - 1), two=st.integers(0, 2**16 - 1))
def test_two_members_never_share_a_prefix(rule, one, two):
    pairs = []
    for draw in (one, two):
        address = IPv4Address(int(rule.ipv4.network_address) + draw % rule.ipv4.num_addresses)
        pairs.append((address, draw % rule.sharing))
    assert (rule.prefix(*pairs[0]) == rule.prefix(*pairs[1])) == (pairs[0] == pairs[1])
    assert rule.prefix(*pairs[0]).subnet_of(rule.ipv6)


@pytest.mark.parametrize(("v6", "v4", "ea", "a"), [
    ("2001:db8::/40", "192.0.2.0/24", 7, 6),    # a member would get a whole IPv4 prefix
    ("2001:db8::/40", "192.0.2.0/24", 25, 6),   # longer than 64
    ("2001:db8::/32", "192.0.2.0/24", 20, 6),   # PSID 12 + offset 6 > 16
    ("2001:db8::/40", "192.0.2.0/24", 16, 16),
    ("2001:db8::/40", "192.0.2.0/24", 49, 6),
])
def test_rules_that_do_not_fit_are_refused(v6, v4, ea, a):
    with pytest.raises(ValueError):
        MapRule(IPv6Network(v6), IPv4Network(v4), ea, a)


pools = st.builds(lambda out, inside, n, first, alg: (out, inside, n, first, alg), st.integers(24, 32), st.integers(20, 30),
                  st.sampled_from([64, 100, 252, 1000, 2016, 4096]), st.sampled_from([0, 1024, 4096]), st.sampled_from(["sequential", "striped"]))


@given(pool=pools)
def test_deterministic_nat_gives_every_port_to_at_most_one_member(pool):
    out, inside, n, first, algorithm = pool
    try:
        nat = DetNat(IPv4Network((0x64400000, inside)), IPv4Network((0xC0000200, out)), n, first, 65535, algorithm)
    except ValueError:
        assume(False)
    member = nat.inside[min(nat.inside.num_addresses - 1, 7)]
    outside, lo, hi = nat.outside_of(member)
    assert hi - lo + 1 == n
    assert nat.member(outside, lo) == nat.member(outside, hi) == member
    owners = [nat.member(outside, port) for port in range(0, 65536, 32)]
    assert all(o is None for o in owners[: first // 32])
    seen = {o for o in owners if o is not None}
    assert len(seen) <= nat.sharing(outside) <= nat.blocks
    for other in list(seen)[:5]:
        assert nat.outside_of(other)[0] == outside


def test_deterministic_nat_refuses_a_pool_that_is_too_small():
    with pytest.raises(ValueError, match="too few ports"):
        DetNat(IPv4Network("100.64.0.0/22"), IPv4Network("192.0.2.0/30"), 2016)


def rule(n, how, **more):
    return Rule(n, "mape", "", how.ipv4, how, **more)


def test_a_rule_that_changes_within_the_window_gives_both_answers():
    new = MapRule(IPv6Network("2001:db8:100::/40"), IPv4Network("192.0.2.0/24"), 16, 6)
    book = Rules([rule(1, RFC7597_A1, valid_to=1000), rule(2, new, valid_from=1000)])
    at = IPv4Address("192.0.2.18")
    assert [r.holder for r in book.resolve(at, 1232, 10, 20)] == ["prefix:2001:db8:12:3400::/56"]
    assert [r.holder for r in book.resolve(at, 1232, 990, 1010)] == ["prefix:2001:db8:12:3400::/56", "prefix:2001:db8:112:3400::/56"]
    assert book.resolve(IPv4Address("192.0.3.1"), 1232, 10, 20) == []
    assert book.resolve(IPv6Address("2001:db8::1"), None, 10, 20) == []


def test_without_a_usable_port_nobody_is_named():
    book = Rules([rule(1, RFC7597_A1)])
    at = IPv4Address("192.0.2.18")
    assert [(r.state, r.candidates, r.holder) for r in book.resolve(at, None, 1, 2)] == [("several", 256, "")]
    assert [(r.state, r.candidates, r.holder) for r in book.resolve(at, 1023, 1, 2)] == [("unusable", 256, "")]


def test_upstream_gives_the_exact_question():
    book = Rules([Rule(3, "dslite", "", IPv4Network("198.51.100.0/24"), {"operator": "VNE"})])
    [found] = book.resolve(IPv4Address("198.51.100.9"), 4711, 1, 2)
    assert (found.state, found.query) == ("upstream", "VNE: softwire IPv6 source of 198.51.100.9 port 4711")


def test_overlapping_rules_are_seen():
    assert overlapping([rule(1, RFC7597_A1, valid_to=10), rule(2, RFC7597_A1, valid_from=9)]) == [(1, 2)]
    assert overlapping([rule(1, RFC7597_A1, valid_to=10), rule(2, RFC7597_A1, valid_from=10)]) == []
