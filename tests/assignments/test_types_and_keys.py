import itertools
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.assignments.keys import (
    aligned_blocks,
    block_keys,
    key_of,
    key_v4,
    key_v6,
    probes_for,
    probes_for_prefix,
    session_hash,
)

ports = st.integers(0, 65535)


@given(a=ports, b=ports)
def test_aligned_blocks_partition_the_range(a, b):
    first, last = sorted((a, b))
    blocks = aligned_blocks(first, last)
    if blocks == [(0, 0)]:
        assert (first, last) == (0, 65535)
        return
    covered = [port for start, size in blocks for port in (start, start + size - 1)]
    assert covered[0] == first and covered[-1] == last and covered == sorted(covered)
    assert all(start % size == 0 and size & (size - 1) == 0 for start, size in blocks)
    assert all(a[0] + a[1] == b[0] for a, b in itertools.pairwise(blocks))
    assert len(blocks) <= 32


@given(address=st.integers(0, 2**32 - 1), a=ports, b=ports, port=ports)
def test_a_port_is_found_exactly_where_its_block_is(address, a, b, port):
    first, last = sorted((a, b))
    held = set(block_keys(IPv4Address(address), first, last))
    sizes = {size for _, size in held}
    found = [p for p in probes_for(IPv4Address(address), port, sizes, 1, 2) if (p.key, p.size) in held]
    assert len(found) == (1 if first <= port <= last else 0)


def test_a_64_and_a_56_of_the_same_beginning_are_told_apart():
    address = IPv6Address("2001:db8:0:5::1")
    assert [(p.key, p.size) for p in probes_for(address, None, [48, 56, 64], 0, 1)] == [
        (0x20010DB800000000, 48), (0x20010DB800000000, 56), (0x20010DB800000005, 64)]


def test_two_hosts_in_one_64_have_different_keys():
    assert key_v6(IPv6Address("2001:db8::1"), 128) != key_v6(IPv6Address("2001:db8::2"), 128)
    assert key_v6(IPv6Address("2001:db8::1"), 64) == key_v6(IPv6Address("2001:db8::2"), 64)


def test_without_a_port_only_the_whole_address_is_asked_for():
    assert [p.size for p in probes_for(IPv4Address("192.0.2.1"), None, [0, 64, 1024], 0, 1)] == [0]


def test_probes_of_a_computed_prefix_find_the_64_that_it_begins():
    probes = probes_for_prefix(IPv6Network("2001:db8:12:3400::/56"), [48, 56, 64], 0, 1)
    assert {(p.key, p.size) for p in probes} == {(0x20010DB800120000, 48), (0x20010DB800123400, 56), (0x20010DB800123400, 64)}


def test_key_of_prefixes():
    assert key_of(ip_network("192.0.2.1/32")) == (key_v4(IPv4Address("192.0.2.1")), 0)
    assert key_of(ip_network("2001:db8::/56")) == (0x20010DB800000000, 56)
    with pytest.raises(ValueError, match="address by address"):
        key_of(ip_network("192.0.2.0/24"))


def test_session_hashes_are_signed_64_bit_and_tell_parts_apart():
    assert session_hash("a", "bc") != session_hash("ab", "c")
    assert -(2**63) <= session_hash("x", "y") < 2**63
