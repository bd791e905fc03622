from sekimori.assignments.events import HELD, Context, Key
from sekimori.assignments.sources.registry import SOURCES


def read(source, text, **options):
    return SOURCES[source].parse(text.encode(), Context(options))


STATIC = "prefix,ports,valid_from,valid_to,contract,realm\n"


def test_static_addresses_prefixes_and_port_ranges():
    found = read("static-csv", STATIC + "192.0.2.0/30,,2026-10-01T00:00:00Z,,C1,\n192.0.2.9,1024-2047,,,C2,vrf\n2001:db8::/56,,,2026-10-02,C3,\n")
    assert found.refused == [] and [len(e.keys) for e in found.events] == [4, 1, 1]
    first, ports, six = found.events
    assert (first.act, first.began, first.until, first.holder) == (HELD, 1790812800_000_000, None, "contract:C1")
    assert (ports.keys, ports.realm, ports.began) == ((Key((0xC0000209 << 16) + 1024, 1024),), "vrf", 0)
    assert six.until == 1790866800_000_000  # a date without a zone in the provider's own table is Japanese time


def test_static_rows_that_cannot_be_used():
    bad = {"192.0.2.1/24,,,,C,": "bad_prefix", "192.0.2.1,70000,,,C,": "bad_ports", "192.0.2.1,,x,,C,": "bad_time", "192.0.2.1,,,,,": "no_contract",
           "10.0.0.0/8,,,,C,": "prefix_too_wide", "2001:db8::/56,1-2,,,C,": "ports_of_ipv6", "192.0.2.1,,2026-10-02,2026-10-01,C,": "ends_before_it_begins",
           "192.0.2.1,,,,C,r,extra": "too_many_fields", '192.0.2.1,"x': "not_csv"}
    found = read("static-csv", STATIC + "".join(f"{line}\n" for line in bad))
    assert [r.reason for r in found.refused] == list(bad.values())
    assert found.records == len(bad)


def test_a_table_without_its_columns_is_refused_as_a_whole():
    found = read("static-csv", "a,b\n1,2\n")
    assert not found.events and {r.reason for r in found.refused} == {"header_missing_columns"}


def test_the_header_is_remembered_between_blocks():
    context = Context()
    SOURCES["static-csv"].parse(STATIC.encode(), context)
    assert len(SOURCES["static-csv"].parse(b"192.0.2.1,,,,C1,\n", context).events) == 1


def test_mape_rules():
    head = "rule_ipv6,rule_ipv4,ea_length,psid_offset,valid_from,valid_to\n"
    found = read("mape-rules", head + "2001:db8::/40,192.0.2.0/24,16,6,2026-10-01T00:00:00Z,\n2001:db8::/40,192.0.2.0/24,6,6,,\n2001:db8::/40,192.0.2.0/24,x,6,,\n192.0.2.0/24,192.0.2.0/24,16,6,,\n")
    [rule] = found.rules
    assert (rule.kind, rule.prefix, rule.params) == ("mape", "192.0.2.0/24", {"ipv6": "2001:db8::/40", "ea_length": 16, "psid_offset": 6})
    assert [r.reason for r in found.refused] == ["bad_rule", "bad_number", "bad_prefix"]


def test_deterministic_nat():
    found = read("det-nat", "inside,outside,ports_per_user,first_port,last_port,algorithm,realm,inside_realm,valid_from,valid_to\n"
                 "100.64.0.0/24,203.0.113.0/28,2016,1024,65535,,,bng,,\n100.64.0.0/16,203.0.113.0/28,2016,,,,,,,\n")
    [rule] = found.rules
    assert rule.params["inside_realm"] == "bng" and rule.params["algorithm"] == "sequential"
    assert [r.reason for r in found.refused] == ["bad_rule"]


def test_lw4o6_bindings_are_rows_of_ports():
    found = read("lw4o6-table", "ipv6,ipv4,psid,psid_length,psid_offset,valid_from,valid_to\n2001:db8:1::/64,192.0.2.1,3,6,0,,\n2001:db8::9,192.0.2.1,1,6,6,,\n2001:db8::9,192.0.2.1,64,6,0,,\n")
    contiguous, spread = found.events
    assert (contiguous.holder, contiguous.keys) == ("prefix:2001:db8:1::/64", (Key((0xC0000201 << 16) + 3072, 1024),))
    assert spread.holder == "prefix:2001:db8::9/128" and len(spread.keys) == 63 and {k.size for k in spread.keys} == {16}
    assert [r.reason for r in found.refused] == ["bad_rule"]
