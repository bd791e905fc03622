from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

import pytest

from sekimori.assignments.events import ALIVE, LOST, RESET, START, STOP, Context, Key
from sekimori.assignments.keys import key_v4, key_v6
from sekimori.assignments.sources.radacct_csv import parser as radacct
from sekimori.assignments.sources.radius_detail.parser import parse


def us(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def record(**attributes):
    base = {"Acct-Status-Type": "Start", "Acct-Session-Id": '"0001"', "Acct-Unique-Session-Id": '"abc"', "User-Name": '"u1@isp.example"',
            "NAS-IP-Address": "192.0.2.1", "NAS-Port": "7", "Framed-IP-Address": "198.18.0.7", "Event-Timestamp": '"Oct  1 2026 00:01:02 UTC"',
            "Timestamp": "1790812865"}
    base |= {k.replace("_", "-"): v for k, v in attributes.items()}
    lines = "".join(f"\t{k} = {v}\n" for k, v in base.items() if v is not None)
    return f"Thu Oct  1 09:01:05 2026\n{lines}\n".encode()


def one(options=None, **attributes):
    read = parse(record(**attributes), Context(options or {}))
    assert read.records == 1
    return read.events[0] if read.events else [r.reason for r in read.refused]


def test_a_start_with_both_clocks():
    event = one()
    assert (event.act, event.time, event.seen) == (START, us("2026-10-01T00:01:02"), 1790812865_000_000)
    assert (event.holder, event.device, event.session, event.realm) == ("login:u1@isp.example", "192.0.2.1", "abc", "")
    assert event.keys == (Key(key_v4(IPv4Address("198.18.0.7"))),)
    assert event.line == "192.0.2.1\x007\x00u1@isp.example"
    assert event.began is None


def test_interim_and_stop_state_their_beginning():
    event = one(Acct_Status_Type="Interim-Update", Acct_Session_Time="62")
    assert (event.act, event.began) == (ALIVE, us("2026-10-01T00:00:00"))
    assert one(Acct_Status_Type="Stop", Acct_Session_Time="60").act == STOP


def test_delay_is_taken_off_the_servers_time_only():
    event = one(Acct_Delay_Time="30")
    assert (event.time, event.seen) == (us("2026-10-01T00:01:02"), 1790812835_000_000)


def test_without_an_event_time_the_servers_less_the_delay():
    assert one(Event_Timestamp=None, Acct_Delay_Time="5").time == 1790812860_000_000


@pytest.mark.parametrize(("text", "time"), [
    ('"Oct  1 2026 09:01:02 JST"', "2026-10-01T00:01:02"), ('"Oct  1 2026 09:01:02 +0900"', "2026-10-01T00:01:02"), ("1790812862", "2026-10-01T00:01:02"),
    ('"2026-10-01T09:01:02+09:00"', "2026-10-01T00:01:02"),
    ('"Oct  1 2026 09:01:02 CST"', "2026-10-01T00:01:05"),  # means several zones: the server's time instead
    ('"Oct  1 2026 09:01:02"', "2026-10-01T00:01:05"),
    ('"Xxx 99 2026 99:01:02 UTC"', "2026-10-01T00:01:05"),
])
def test_event_times(text, time):
    assert one(Event_Timestamp=text).time == us(time)


def test_a_zone_of_several_meanings_may_be_given():
    assert one({"zone": "+08:00"}, Event_Timestamp='"Oct  1 2026 08:01:02 CST"').time == us("2026-10-01T00:01:02")


def test_ipv6_delegation_and_prefix():
    event = one(Delegated_IPv6_Prefix="2001:db8:1:200::/56", Framed_IPv6_Prefix='"2001:db8:9::/64"', Framed_IPv6_Address="2001:db8:9::5")
    assert event.keys == (
        Key(key_v4(IPv4Address("198.18.0.7"))), Key(key_v6(IPv6Address("2001:db8:9::5"), 128), 128), Key(0x20010DB800010200, 56), Key(0x20010DB800090000, 64))


def test_an_address_of_zeros_is_none():
    assert one(Framed_IP_Address="0.0.0.0") == []  # a Start that says nothing yet
    assert one(Framed_IP_Address="0.0.0.0", Acct_Status_Type="Stop").keys == ()
    assert one(Framed_IP_Address="255.255.255.254", Delegated_IPv6_Prefix="2001:db8::/48").keys == (Key(0x20010DB800000000, 48),)


@pytest.mark.parametrize(("attributes", "reason"), [
    ({"User_Name": None}, "no_holder"), ({"Framed_IP_Address": "192.0.2.300"}, "bad_address"), ({"Delegated_IPv6_Prefix": "2001:db8::1/56"}, "bad_prefix"),
    ({"Timestamp": None, "Event_Timestamp": None}, "no_time"), ({"Acct_Status_Type": None}, "no_status"),
    ({"Acct_Session_Id": None, "Acct_Unique_Session_Id": None}, "no_session"), ({"Acct_Status_Type": "Accounting-On", "NAS_IP_Address": None}, "no_device"),
])
def test_what_cannot_be_used_is_refused_with_a_reason(attributes, reason):
    assert one(**attributes) == [reason]


def test_reboots_and_other_status_types():
    event = one(Acct_Status_Type="Accounting-On")
    assert (event.act, event.device) == (RESET, "192.0.2.1")
    assert one(Acct_Status_Type="Tunnel-Start") == []


def test_escapes_in_names():
    assert one(User_Name=r'"\344\275\220\"x\\y"').holder == 'login:佐"x\\y'


def test_realms():
    assert one({"realm": "r", "realm@192.0.2.1": "vrf-a"}).realm == "vrf-a"
    assert one({"realm": "r"}).realm == "r"
    assert one({"realm-attribute": "ERX-Virtual-Router-Name"}, ERX_Virtual_Router_Name='"vrf-b"').realm == "vrf-b"
    assert one({"holder": "Calling-Station-Id"}, Calling_Station_Id='"line-9"').holder == "circuit:line-9"


def test_records_in_dos_line_ends_and_unknown_attributes():
    block = (record(Attr_26="0x0a0b") + record(Acct_Status_Type="Stop")).replace(b"\n", b"\r\n")
    read = parse(block, Context())
    assert [e.act for e in read.events] == [START, STOP] and read.records == 2


HEADER = "acctsessionid,acctuniqueid,username,nasipaddress,acctstarttime,acctupdatetime,acctstoptime,acctterminatecause,framedipaddress,delegatedipv6prefix\n"


def rad(line, options=None):
    return radacct.parse((HEADER + line + "\n").encode(), Context(options or {}))


def test_radacct_closed_open_and_invented_ends():
    [event] = rad("1,u1,user,192.0.2.1/32,2026-10-01 09:00:00+09,2026-10-01 10:00:00+09,2026-10-01 10:30:00+09,User-Request,198.18.0.7,").events
    assert (event.act, event.time, event.began) == (STOP, us("2026-10-01T01:30:00"), us("2026-10-01T00:00:00"))
    [event] = rad("1,u1,user,192.0.2.1,2026-10-01 09:00:00+09,2026-10-01 10:00:00+09,,,198.18.0.7,2001:db8::/56").events
    assert (event.act, event.time, len(event.keys)) == (ALIVE, us("2026-10-01T01:00:00"), 2)
    seen, lost = rad("1,u1,user,192.0.2.1,2026-10-01 09:00:00+09,2026-10-01 10:00:00+09,2026-10-02 09:00:00+09,NAS-Reboot,198.18.0.7,").events
    assert (seen.act, lost.act, lost.time) == (ALIVE, LOST, us("2026-10-02T00:00:00"))


def test_radacct_never_guesses_a_zone():
    line = "1,u1,user,192.0.2.1,2026-10-01 09:00:00,,,,198.18.0.7,"
    assert [r.reason for r in rad(line).refused] == ["no_zone"]
    assert rad(line, {"zone": "JST"}).events[0].time == us("2026-10-01T00:00:00")
