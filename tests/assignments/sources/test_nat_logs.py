"""Every vendor's line as its documentation prints it, and what it must become."""

from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest

from sekimori.assignments.events import ALIVE, START, STOP, Context
from sekimori.assignments.keys import aligned_blocks, key_v4
from sekimori.assignments.sources.registry import SOURCES

NOW = int(datetime(2026, 11, 24, 3, tzinfo=UTC).timestamp()) * 1_000_000


def us(text):
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def read(source, line, **options):
    return SOURCES[source].parse(line.encode() + b"\n", Context({k.replace("_", "-"): v for k, v in options.items()}, NOW))


def ports(event):
    """Outside address, first and last port, protocol of an event's keys."""
    keys = sorted(event.keys)
    first, last = keys[0].key & 0xFFFF, (keys[-1].key & 0xFFFF) + (keys[-1].size or 65536) - 1
    address = keys[0].key >> 16
    assert [(k.key & 0xFFFF, k.size) for k in keys] == aligned_blocks(first, last)
    assert {k.key >> 16 for k in keys} == {address} and len({k.proto for k in keys}) == 1
    return str(IPv4Address(address)), first, last, keys[0].proto


CASES = [
    ("pba-juniper", ("2026-06-27T17:43:06.123+09:00 mx1 RT_NAT: RT_SRC_NAT_PBA_ALLOC: Subscriber 100.64.60.74 used/maximum [10/15] blocks, allocates port block "
     "[24064-24191] from 203.0.113.100 in source pool P lsys_id: 0 epoch 0x6a3f8e3a"), {},
     START, "2026-06-27T08:43:06+00:00+", "inside::100.64.60.74", ("203.0.113.100", 24064, 24191, 0)),
    ("pba-juniper", "<14>Jun 27 17:43:06 mx1 {p}[jservices-nat]: JSERVICES_NAT_PORT_BLOCK_RELEASE: 100.64.0.1 -> 203.0.113.5:1024-1151 0x6a3f0000", {"zone": "+09:00"},
     STOP, "2026-06-27T08:43:06+00:00", "inside::100.64.0.1", ("203.0.113.5", 1024, 1151, 0)),
    ("pba-juniper-structured", ('<14>1 2026-04-04T15:00:00.5Z srx RT_NAT - RT_SRC_NAT_PBA_INTERIM [internal-ip="10.0.10.10" block-used="1" block-max-per-host="4" '
     'block-port-low="48640" block-port-high="48895" reflexive-ip="198.51.100.172" nat-pool-name="guest" logical-system-id="0" epoch-time-64="69d11c80"]'), {},
     ALIVE, "2026-04-04T15:00:00.5+00:00", "inside::10.0.10.10", ("198.51.100.172", 48640, 48895, 0)),
    ("cgnat-cisco", "<134>1 2026 Jan 4 05:36:21 192.0.2.1 - - NAT44 - [UserbasedA - 10.1.1.1 ivrf - 203.0.113.1 - 1024 1535 - -]", {"zone": "UTC"},
     START, "2026-01-04T05:36:21+00:00", "inside:ivrf:10.1.1.1", ("203.0.113.1", 1024, 1535, 0)),
    ("cgnat-cisco", "<134>1 2026 Jan 4 05:36:21 192.0.2.1 - - DS-LITE - [SessionbasedWD UDP - - 2001:db8::7 203.0.113.1 4711 5678 - 192.0.2.9 53]", {"zone": "UTC"},
     STOP, "2026-01-04T05:36:21+00:00", "prefix:2001:db8::7/128", ("203.0.113.1", 5678, 5678, 17)),
    ("cgnat-a10", "Oct 1 12:00:00 ax1 NAT-TCP-C: 100.64.0.9:3000 -> 203.0.113.9: 10000", {"zone": "JST"},
     START, "2026-10-01T03:00:00+00:00", "inside::100.64.0.9", ("203.0.113.9", 10000, 10000, 6)),
    ("cgnat-a10", "Oct 1 12:00:00 ax1 NAT-UDP-D: 100.64.0.9:3000<-->203.0.113.9:10000 to 192.0.2.1:53", {"zone": "JST"},
     STOP, "2026-10-01T03:00:00+00:00", "inside::100.64.0.9", ("203.0.113.9", 10000, 10000, 17)),
    ("cgnat-a10", "Oct 1 12:00:00 ax1 NAT-TCP-C: 100.64.0.9:3000<->192.0.2.1:80, 203.0.113.9:10001<-->192.0.2.1:80", {"zone": "JST"},
     START, "2026-10-01T03:00:00+00:00", "inside::100.64.0.9", ("203.0.113.9", 10001, 10001, 6)),
    ("cgnat-a10", "Oct 1 12:00:00 ax1 FIXED-NAT-PORTS 10.10.10.172->192.168.9.173:3000-4000", {"zone": "JST"},
     START, "2026-10-01T03:00:00+00:00", "inside::10.10.10.172", ("192.168.9.173", 3000, 4000, 0)),
    ("cgnat-a10", ("2026-10-01T12:00:00+09:00 cgn0.thn2/cgn-demo CEF:0|A10|CFW|6.0.0-P1|CGN 107|Nat Port Batch Pool Freed|5|proto=UDP src=100.65.140.73 "
     "sourceTranslatedAddress=198.51.100.12 sourceTranslatedPort=22016 cn3=22271 cn3Label=Last Nat Port"), {},
     STOP, "2026-10-01T03:00:00+00:00", "inside:cgn-demo:100.65.140.73", ("198.51.100.12", 22016, 22271, 17)),
    ("cgnat-f5", 'Oct 1 12:00:00 10.10.10.200 ip_protocol="TCP",lsn_event="LSN_ADD",start="1790823600000",cli="10.10.10.1%2: 33950",nat="203.0.113.1: 10000"', {"zone": "JST"},
     START, "2026-10-01T03:00:00+00:00", "inside:2:10.10.10.1", ("203.0.113.1", 10000, 10000, 6)),
    ("cgnat-f5", 'Oct 1 12:00:00 bigip lsn_event="LSN_PB_RELEASED",lsn_client="10.10.10.1",lsn_pb="203.0.113.1: 1040-1055"', {"zone": "JST"},
     STOP, "2026-10-01T03:00:00+00:00", "inside::10.10.10.1", ("203.0.113.1", 1040, 1055, 0)),
    ("cgnat-f5", "Oct 1 12:00:00 bigip tmm[1]: LSN_DELETE 10.10.10.1%0:33950 6 203.0.113.1%0:10000 192.0.2.1 80", {"zone": "JST"},
     STOP, "2026-10-01T03:00:00+00:00", "inside::10.10.10.1", ("203.0.113.1", 10000, 10000, 6)),
    ("cgnat-nfware", "2026-10-01T03:00:00Z nfw nat: A VRF 0 INT 10.0.0.1 EXT 198.51.100.1:1024-1535", {},
     START, "2026-10-01T03:00:00+00:00", "inside::10.0.0.1", ("198.51.100.1", 1024, 1535, 0)),
    ("cgnat-nfware", "2026-10-01T03:00:00Z nfw nat: D VRF 3 6 INT 10.0.0.1:57938 EXT 198.51.100.1:28475 DST 192.0.2.206:443 DIR OUT", {},
     STOP, "2026-10-01T03:00:00+00:00", "inside:3:10.0.0.1", ("198.51.100.1", 28475, 28475, 6)),
    ("cgnat-nfware", "2026-10-01T03:00:00Z nfw nat: A VRF 0 INT 10.0.0.1 EXT 198.51.100.1", {},
     START, "2026-10-01T03:00:00+00:00", "inside::10.0.0.1", ("198.51.100.1", 0, 65535, 0)),
    ("cgnat-6wind", 'Jun 11 08:03:09 vsr fp-cgnat[4269]: USER 100.64.0.1 (matching rule 1): NEW BLOCK (pool "mypool", ip public 192.0.2.33, proto 6, port 1 - 512)', {"zone": "UTC"},
     START, "2026-06-11T08:03:09+00:00", "inside::100.64.0.1", ("192.0.2.33", 1, 512, 6)),
    ("cgnat-6wind", "Jun 14 12:19:04 dut fp-cgnat[2484]: DESTROY CONN: fwd proto 6 10.100.0.1:4241 -> 192.0.2.1:33815, back proto 6 192.0.2.1:33815 --> 203.0.113.3:10752", {"zone": "UTC"},
     STOP, "2026-06-14T12:19:04+00:00", "inside::10.100.0.1", ("203.0.113.3", 10752, 10752, 6)),
    ("cgnat-fortigate", ('date=2026-10-01 time=12:00:00 devname="fgt" eventtime=1790823600123456789 tz="+0900" logid="0100022016" type="event" subtype="system" vd="root" '
     'action="ippool-deallocate" nat=203.0.113.10 portbegin=5117 portend=5244 saddr="10.1.100.1" poolname="p" duration=3600'), {},
     STOP, "2026-10-01T03:00:00.123456+00:00", "inside::10.1.100.1", ("203.0.113.10", 5117, 5244, 0)),
    ("cgnat-citrix", ("<134> 10/01/2026:03:00:00 GMT Informational 0-PPE-0 : LSN LSN_ADDRPORT_MAPPING 2581750 : EIM CREATED Client IP:Port:TD 192.0.2.11:15136:0, "
     "NatIP:NatPort 203.0.113.6:6234, Protocol: TCP"), {},
     START, "2026-10-01T03:00:00+00:00", "inside::192.0.2.11", ("203.0.113.6", 6234, 6234, 6)),
    ("ipfix-json", ('{"type":"EVENT","nat_event":16,"ip4_router":"192.0.2.200","t_event":"2026-10-01T12:00:00.000","src4_addr":"100.64.0.5","src4_xlt_ip":"203.0.113.9",'
     '"pblock_start":4096,"pblock_end":4607,"proto":6}'), {"zone": "JST"},
     START, "2026-10-01T03:00:00+00:00", "inside::100.64.0.5", ("203.0.113.9", 4096, 4607, 0)),
    ("ipfix-json", ('{"natEvent":7,"observationTimeMilliseconds":1790823600500,"sourceIPv6Address":"2001:db8::5","postNATSourceIPv4Address":"203.0.113.9",'
     '"postNAPTSourceTransportPort":4711,"protocolIdentifier":17,"ingressVRFID":9}'), {},
     STOP, "2026-10-01T03:00:00.5+00:00", "prefix:2001:db8::5/128", ("203.0.113.9", 4711, 4711, 17)),
]


@pytest.mark.parametrize(("source", "line", "options", "act", "time", "holder", "where"), CASES)
def test_lines(source, line, options, act, time, holder, where):
    found = read(source, line, **options)
    assert found.refused == []
    [event] = found.events
    assert (event.act, event.holder, ports(event)) == (act, holder, where)
    if not time.endswith("+"):
        assert event.time == us(time)


@pytest.mark.parametrize("line", [CASES[1][1], CASES[3][1], CASES[5][1], CASES[10][1], CASES[16][1], CASES[20][1]])
def test_a_time_without_a_zone_is_never_guessed(line):
    source = next(c[0] for c in CASES if c[1] == line)
    assert [r.reason for r in read(source, line).refused] == ["no_zone"]


def test_other_lines_are_ignored_not_refused():
    for source in (s for s in SOURCES if s.startswith(("pba", "cgnat"))):
        found = read(source, "Oct  1 12:00:00 host sshd[1]: Accepted publickey for root", zone="JST")
        assert (found.events, found.refused, found.records) == ([], [], 1), source


def alloc(epoch, head="Oct  1 12:00:00"):
    return (f"{head} mx1 RT_NAT: RT_SRC_NAT_PBA_ALLOC: Subscriber 100.64.60.74 used/maximum [1/15] blocks, allocates port block [24064-24191]"
            f" from 203.0.113.100 in source pool P lsys_id: 0 epoch {epoch:#x}")


def test_juniper_allocation_time_is_its_epoch_and_teaches_the_zone():
    true = us("2026-10-01T03:00:00+00:00") // 1_000_000
    release = alloc(true, "Oct  1 13:00:00").replace("ALLOC", "RELEASE").replace("allocates", "releases")
    found = read("pba-juniper", release + "\n" + alloc(true))
    assert [(e.act, e.time) for e in found.events] == [(STOP, us("2026-10-01T04:00:00+00:00")), (START, true * 1_000_000)]
    assert found.events[0].began == true * 1_000_000
    assert found.events[1].seen == true * 1_000_000


def test_the_learned_zone_is_remembered_between_blocks():
    true = us("2026-10-01T03:00:00+00:00") // 1_000_000
    context = Context({}, NOW)
    SOURCES["pba-juniper"].parse(alloc(true).encode() + b"\n", context)
    release = alloc(true, "Oct  1 13:00:00").replace("ALLOC", "RELEASE").replace("allocates", "releases").encode() + b"\n"
    again = Context({}, NOW, dict(context.state))
    assert SOURCES["pba-juniper"].parse(release, again).events[0].time == us("2026-10-01T04:00:00+00:00")


def test_an_epoch_that_is_the_time_of_release_is_no_beginning():
    line = CASES[2][1].replace("INTERIM", "RELEASE").replace("69d11c80", f"{us('2026-04-04T15:00:01+00:00') // 1_000_000:x}")
    [event] = read("pba-juniper-structured", line).events
    assert event.began is None


def test_cisco_writes_several_records_in_one_packet():
    line = CASES[3][1] + " [UserbasedW - 10.1.1.2 ivrf - 203.0.113.1 - 1536 2047 - -]"
    assert [e.act for e in read("cgnat-cisco", line, zone="UTC").events] == [START, STOP]


def test_a_year_is_the_last_one_that_is_not_ahead():
    line = alloc(1, "Dec 31 23:59:59").replace("ALLOC", "RELEASE").replace("allocates", "releases")
    assert read("pba-juniper", line, zone="UTC").events[0].time == us("2025-12-31T23:59:59+00:00")


def test_the_inside_realm_is_the_records_vrf_or_what_is_set():
    line = CASES[3][1]
    assert read("cgnat-cisco", line, zone="UTC", inside_realm="bng1").events[0].holder == "inside:bng1:10.1.1.1"
    assert SOURCES["cgnat-cisco"].parse(line.encode(), Context({"zone": "UTC", "inside-realm@ivrf": "x"}, NOW)).events[0].holder == "inside:x:10.1.1.1"


def test_the_same_event_number_means_what_its_exporter_means():
    line = ('{"natEvent":14,"observationTimeMilliseconds":1790823600500,"sourceIPv4Address":"10.0.0.5","postNATSourceIPv4Address":"203.0.113.9",'
            '"portRangeStart":1024,"portRangeEnd":1151,"exporter":"192.0.2.1"}')
    assert ports(SOURCES["ipfix-json"].parse(line.encode(), Context({"map@192.0.2.1": "juniper"}, NOW)).events[0]) == ("203.0.113.9", 1024, 1151, 0)
    binding = line.replace('"portRangeStart":1024,"portRangeEnd":1151,', "")
    assert ports(read("ipfix-json", binding).events[0]) == ("203.0.113.9", 0, 65535, 0)
    assert [r.reason for r in read("ipfix-json", binding, map="juniper").refused] == ["bad_ports"]
    assert read("ipfix-json", line, map="14:stop").events[0].act == STOP
    assert [r.reason for r in read("ipfix-json", line, map="what").refused] == ["bad_map"]


def test_nfdump_prints_words_too():
    for word, act in (("ADD", START), ("DELETE", STOP), ("port block de-alloc", STOP), ("NAT translation create", START)):
        line = f'{{"nat_event":"{word}","t_event":"2026-10-01T03:00:00Z","src4_addr":"10.0.0.5","src4_xlt_ip":"203.0.113.9","pblock_start":1024,"pblock_size":128}}'
        assert read("ipfix-json", line).events[0].act == act


def test_blocks_of_any_size_are_found_by_port():
    [event] = read(*CASES[8][:2], zone="JST").events
    held = {(k.key, k.size) for k in event.keys}
    base = key_v4(IPv4Address("192.168.9.173"))
    for port, want in ((2999, 0), (3000, 1), (3500, 1), (4000, 1), (4001, 0)):
        assert sum((base | port // size * size, size) in held for size in {s for _, s in held}) == want
