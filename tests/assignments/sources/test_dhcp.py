from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

import pytest

from sekimori.assignments.events import ALIVE, LOST, STOP, Context, Key
from sekimori.assignments.keys import key_v4, key_v6
from sekimori.assignments.leases import hex_text, holder_of
from sekimori.assignments.sources.dhcpd_leases import parser as dhcpd
from sekimori.assignments.sources.kea_leases import parser as leases
from sekimori.assignments.sources.kea_legal import parser as legal


def us(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


V4 = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"
V6 = ("address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,"
      "hwtype,hwaddr_source,pool_id\n")


def kea(header, *lines, **options):
    return leases.parse((header + "".join(f"{x}\n" for x in lines)).encode(), Context(options))


def test_kea_v4_renewals_begin_at_the_last_contact():
    [event] = kea(V4, "192.0.2.57,02:00:00:00:00:57,01:02,7200,1790478902,1,0,0,laptop,0,,0").events
    assert (event.act, event.time, event.until) == (ALIVE, 1790471702_000_000, 1790478902_000_000)
    assert (event.holder, event.keys) == ("circuit:02:00:00:00:00:57", (Key(key_v4(IPv4Address("192.0.2.57"))),))


def test_kea_option_82_is_the_line():
    context = '{ "ISC": { "relay-agent-info": { "sub-options": "0x0105686f7764790204f67977ef"&#x2c "remote-id": "f67977ef" } } }'
    line = f'192.0.2.57,02:00:00:00:00:57,,7200,1790478902,1,0,0,,0,{context},0'
    # Kea writes its user context without quoting; quotes inside a field are kept as they are
    [event] = kea(V4, line).events
    assert event.holder == "circuit:howdy"
    assert kea(V4, line, key="remote-id").events[0].holder == "circuit:f6:79:77:ef"
    assert kea(V4, line, key="circuit-id+remote-id").events[0].holder == "circuit:howdy/f6:79:77:ef"
    assert [r.reason for r in kea(V4, line, key="subscriber-id").refused] == ["no_holder"]


def test_kea_v6_addresses_and_prefixes():
    found = kea(V6, "2001:db8::5,00:03:00:01:02,3600,1790478902,1,1800,0,7,128,0,0,,02:00:00:00:00:57,0,,1,2,0",
                "2001:db8:1:200::,00:03:00:01:02,3600,1790478902,1,1800,2,7,56,0,0,,,0,,1,2,0", key="duid")
    assert [e.keys for e in found.events] == [(Key(key_v6(IPv6Address("2001:db8::5"), 128), 128),), (Key(0x20010DB800010200, 56),)]
    assert {e.holder for e in found.events} == {"circuit:00:03:00:01:02"}


def test_kea_leases_given_up_are_bounded_only():
    found = kea(V4, "192.0.2.57,02:00:00:00:00:57,,0,1790471702,1,0,0,,0,,0", "192.0.2.58,02:00:00:00:00:58,,7200,1790478902,1,0,0,,2,,0",
                "192.0.2.59,,,86400,1790478902,1,0,0,,1,,0")
    assert [(e.act, bool(e.holder)) for e in found.events] == [(LOST, True), (LOST, True), (LOST, False)]


def test_kea_infinite_lease():
    [event] = kea(V4, f"192.0.2.57,02:00:00:00:00:57,,4294967295,{(1790471702 + 4294967295) % 2**32},1,0,0,,0,,0").events
    assert (event.time, event.until) == (1790471702_000_000, None)


@pytest.mark.parametrize(("line", "reason"), [
    ("192.0.2.x,02:00,,7200,1790478902,1,0,0,,0,,0", "bad_address"), ("192.0.2.5,02:00,,x,1790478902,1,0,0,,0,,0", "bad_number"),
    ("192.0.2.5,,,7200,1790478902,1,0,0,,0,,0", "no_holder"), ("192.0.2.5,02:00,,7200,100,1,0,0,,0,,0", "bad_time"),
])
def test_kea_rows_that_cannot_be_used(line, reason):
    assert [r.reason for r in kea(V4, line).refused] == [reason]


def log(line, **options):
    return legal.parse(line.encode() + b"\n", Context(options))


RENEWED = ("2026-01-06 01:02:03 CET Address: 192.0.2.100 has been renewed for 1 hrs 52 min 15 secs to a device with hardware address: hwtype=1 "
           "08:00:2b:02:3f:4e, client-id: 17:34:e2:ff:09:92:54 connected via relay at address: 192.0.2.33, identified by circuit-id: 68:6f:77:64:79 "
           "(howdy) and remote-id: 87:f6:79:77:ef")


def test_legal_log_renewal():
    [event] = log(RENEWED, zone="+01:00").events
    assert (event.act, event.time, event.until) == (ALIVE, us("2026-01-06T00:02:03"), us("2026-01-06T01:54:18"))
    assert event.holder == "circuit:howdy"
    assert log(RENEWED, zone="+01:00", key="hwaddr").events[0].holder == "circuit:08:00:2b:02:3f:4e"


def test_legal_log_zone_abbreviations_are_not_trusted():
    assert [r.reason for r in log(RENEWED).refused] == ["no_zone"]
    assert log(RENEWED.replace("CET", "JST")).events[0].time == us("2026-01-05T16:02:03")
    assert log(RENEWED.replace("03 CET", "03.250000 +0100")).events[0].time == us("2026-01-06T00:02:03") + 250_000


@pytest.mark.parametrize(("text", "act", "address", "holder", "seconds"), [
    ("Address: 192.0.2.100 has been released from a device with hardware address: hwtype=1 08:00:2b:02:3f:4e", STOP, "192.0.2.100", "circuit:08:00:2b:02:3f:4e", None),
    (("Address:2001:db8:1:: has been assigned for 0 hrs 11 mins 53 secs to a device with DUID: 17:34:e2:ff:09:92:54 and hardware address: hwtype=1 08:00:2b:02:3f:4e "
     "(from Raw Socket) connected via relay at address: fe80::abcd for client on link address: 3001::1, hop count: 1, identified by remote-id: 01:02:03:04:0a:0b "
     "and subscriber-id: 1a:2b:3c:4d"), ALIVE, "2001:db8:1::", "circuit:1a:2b:3c:4d", 713),
    ("Prefix: 2001:db8:1::/56 has been assigned for 713 seconds to a device with DUID: 17:34:e2:ff:09:92:54", ALIVE, "2001:db8:1::/56", "circuit:17:34:e2:ff:09:92:54", 713),
    ("Administrator added a lease of address: 192.0.2.202 to a device with hardware address: 1a:1b:1c:1d:1e:1f for 1 days 0 hrs 0 mins 0 secs", ALIVE, "192.0.2.202",
     "circuit:1a:1b:1c:1d:1e:1f", 86400),
    ("HA partner updated information on the lease of address: 192.0.2.202 to a device with hardware address: 1a:1b:1c:1d:1e:1f, client-id: 12:34", ALIVE, "192.0.2.202",
     "circuit:1a:1b:1c:1d:1e:1f", None),
    ("Administrator deleted the lease for address: 192.0.2.202", LOST, "192.0.2.202", "", None),
    ("Address: 192.0.2.9 has been assigned for infinite duration to a device with hardware address: hwtype=1 08:00:2b:02:3f:4e", ALIVE, "192.0.2.9",
     "circuit:08:00:2b:02:3f:4e", None),
])
def test_legal_log_texts(text, act, address, holder, seconds):
    [event] = log(f"2026-01-06 01:02:03 UTC {text}").events
    from sekimori.assignments.leases import lease_key

    assert (event.act, event.holder, event.keys) == (act, holder, (lease_key(address),))
    assert event.until == (None if seconds is None else event.time + seconds * 1_000_000)


def test_legal_log_own_format_and_continuation_lines():
    pattern = r"(?P<act>LEASE|FREE) (?P<address>\S+) (?P<seconds>\d+)? line=(?P<circuit>\S+)"
    found = log("2026-01-06 01:02:03 UTC LEASE 192.0.2.7 600 line=686f776479\n2026-01-06 01:02:03 UTC - rest of an entry\n2026-01-06 01:02:04 UTC other", pattern=pattern)
    [event] = found.events
    assert (event.holder, event.until - event.time) == ("circuit:howdy", 600_000_000)
    released = r"(?P<act>released) (?P<address>\S+) (?P<hwaddr>\S+)"
    assert log("2026-01-06 01:02:03 UTC released 192.0.2.7 02:00:00:00:00:07", pattern=released).events[0].act == STOP
    assert [r.reason for r in log(RENEWED, pattern="(").refused] == ["bad_pattern"]


DHCPD = """# The format of this file is documented in the dhcpd.leases(5) manual page.
server-duid "\\000\\001\\000\\001";

lease 192.0.2.21 {
  starts 2 2026/11/24 01:00:00;
  ends 2 2026/11/24 02:00:00;
  cltt 2 2026/11/24 01:30:00;
  binding state active;
  hardware ethernet 02:00:00:00:00:21;
  uid "\\001\\002";
  option agent.circuit-id "line-21";
}
lease 192.0.2.21 {
  starts 2 2026/11/24 01:00:00;
  ends 2 2026/11/24 01:45:00;
  binding state free;
  hardware ethernet 02:00:00:00:00:21;
  option agent.circuit-id 6c:69:6e:65:2d:32:31;
}
lease 192.0.2.22 {
  starts epoch 1790471702; # Sun
  ends never;
  binding state active;
  hardware ethernet 02:00:00:00:00:22;
}
ia-pd "\\007\\000\\000\\000\\000\\003\\000\\001\\002\\000" {
  cltt 2 2026/11/24 01:30:00;
  iaprefix 2001:db8:5:600::/56 {
    binding state active;
    preferred-life 3600;
    max-life 7200;
    ends 2 2026/11/24 03:30:00;
  }
}
"""


def test_dhcpd_leases():
    found = dhcpd.parse(DHCPD.encode(), Context())
    assert found.refused == []
    one, free, never, prefix = found.events
    assert (one.act, one.time, one.began, one.until) == (ALIVE, us("2026-11-24T01:30:00"), us("2026-11-24T01:00:00"), us("2026-11-24T02:00:00"))
    assert one.holder == free.holder == "circuit:line-21" and one.session == free.session
    assert (free.act, free.time) == (STOP, us("2026-11-24T01:45:00"))
    assert (never.time, never.until, never.holder) == (1790471702_000_000, None, "circuit:02:00:00:00:00:22")
    assert (prefix.holder, prefix.keys, prefix.until) == ("circuit:00:03:00:01:02:00", (Key(0x20010DB800050600, 56),), us("2026-11-24T03:30:00"))


def test_identifiers_are_written_as_people_write_them():
    assert hex_text("68:6f:77:64:79") == "howdy"
    assert hex_text("0x0001ff") == "00:01:ff"
    assert hex_text("not hex") == "not hex"
    assert holder_of({"hwaddr": "a", "subscriber-id": "s"}, {}) == "circuit:s"
    assert holder_of({}, {}) == ""
