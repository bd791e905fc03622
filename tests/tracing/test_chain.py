"""Who brought the mail in: true chains, forged chains, and chains that say nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.tracing.flags import WORDS, Flag
from sekimori.tracing.trust import line_name
from sekimori.values.addresses import parse_address
from tracing.chains import BY_RELAY, FORGED, INWARD, MEMBER, OURS, codes, follow


def test_by_our_relay_to_the_member_with_queue_id_and_login() -> None:
    found = follow(BY_RELAY, OURS)
    assert str(found.injected_by) == MEMBER
    assert found.relay is not None
    assert (found.relay.host, found.relay.queue_id, found.relay.login, found.relay.message_id) == ("relay1.example.jp", "4YbbbB", "taro", "m1@example.jp")
    assert found.time == datetime(2026, 11, 24, 3, 0, 1, tzinfo=UTC)
    assert (found.time_error_s, found.believed) == (60, 2)
    assert not found.claimed


@pytest.mark.parametrize("trust", [[OURS], ["203.0.113.25"], ["relay1.example.jp"], ["relay1.example.jp", OURS]])
def test_forged_hops_below_never_change_the_answer(trust: list[str]) -> None:
    found = follow(BY_RELAY + FORGED, *trust)
    assert str(found.injected_by) == MEMBER
    assert found.believed == 2
    assert [str(c.address) for c in found.claimed] == ["198.51.100.200", "198.51.100.201"]


def test_a_domain_is_no_trust_because_members_have_names_in_it() -> None:
    assert str(follow(BY_RELAY + FORGED, OURS, ".example.jp", "example.jp").injected_by) == MEMBER


def test_forged_hops_are_named_in_words() -> None:
    found = follow(BY_RELAY + FORGED, "relay1.example.jp", OURS)
    assert {"claims_trusted_host", "time_backwards"} <= codes(found)
    words = " ".join(flag.why("en") for flag in found.flags)
    assert "relay1.example.jp" in words and "1860 s later" in words


def test_without_trust_our_relay_is_only_an_address_outside() -> None:
    found = follow(BY_RELAY + FORGED)
    assert str(found.injected_by) == "203.0.113.25"
    assert found.believed == 1 and "assumed_border" in codes(found) and found.relay is None


def test_our_relay_without_its_own_hop_is_never_the_answer() -> None:
    found = follow(BY_RELAY[:1], OURS)
    assert found.injected_by is None and "relay_unproven" in codes(found)


def test_a_hop_that_the_relay_cannot_have_written_breaks_the_chain() -> None:
    found = follow([BY_RELAY[0], "from x (x [198.51.100.200]) by mail.stranger.example (Postfix) with ESMTP id 4Q; Tue, 24 Nov 2026 12:00:01 +0900"], OURS)
    assert found.injected_by is None and "missing_link" in codes(found)


def test_a_relay_that_hides_its_client_still_gives_the_queue_id() -> None:
    found = follow([BY_RELAY[0], "by relay1.example.jp (Postfix) id 4YbbbB; Tue, 24 Nov 2026 12:00:01 +0900 (JST)"], OURS)
    assert found.injected_by is None
    assert found.relay is not None and found.relay.queue_id == "4YbbbB"
    assert {"relay", "no_address"} <= codes(found)


def test_made_on_the_relay_itself() -> None:
    found = follow([BY_RELAY[0], "by relay1.example.jp (Postfix, from userid 33) id 4Yuser; Tue, 24 Nov 2026 12:00:01 +0900 (JST)"], OURS)
    assert found.injected_by is None and found.relay is not None and found.relay.queue_id == "4Yuser"
    assert "local_submission" in codes(found)


def test_several_own_relays_in_a_row() -> None:
    inner = "from relay1.example.jp (relay1.example.jp [203.0.113.25]) by out2.example.jp (Postfix) with ESMTP id 4Zmid; Tue, 24 Nov 2026 12:00:03 +0900 (JST)"
    top = BY_RELAY[0].replace("relay1.example.jp", "out2.example.jp").replace("203.0.113.25", "203.0.113.26")
    found = follow([top, inner, BY_RELAY[1]], OURS)
    assert str(found.injected_by) == MEMBER and found.relay is not None and found.relay.queue_id == "4YbbbB" and found.believed == 3


def test_content_filter_by_loopback_stays_inside() -> None:
    filtered = "from localhost (localhost [127.0.0.1]) by relay1.example.jp (Postfix) with ESMTP id 4Zfil; Tue, 24 Nov 2026 12:00:02 +0900 (JST)"
    found = follow([BY_RELAY[0], filtered, BY_RELAY[1]], OURS)
    assert str(found.injected_by) == MEMBER and found.relay is not None and found.relay.queue_id == "4YbbbB"


def test_inward_mail_ends_at_the_first_outside_hop() -> None:
    for trust in ([], ["mx1.example.jp"], [OURS]):
        found = follow([INWARD, *BY_RELAY], *trust)
        assert str(found.injected_by) == "192.0.2.66" and found.believed == 1


def test_helo_of_our_relay_from_outside_is_not_believed() -> None:
    top = "from relay1.example.jp (unknown [192.0.2.66]) by mx.victim.example (Postfix) with ESMTP id 4Z; Tue, 24 Nov 2026 12:00:05 +0900 (JST)"
    found = follow([top, *FORGED], OURS, "relay1.example.jp")
    assert str(found.injected_by) == "192.0.2.66"
    assert "helo_claims_trusted" in codes(found)


def test_exim_writes_the_checked_name_after_from() -> None:
    top = "from relay1.example.jp ([203.0.113.25]:40122 helo=foo) by mx.victim.example with esmtps (Exim 4.96) id 1so4V5; Tue, 24 Nov 2026 12:00:05 +0900"
    assert str(follow([top, BY_RELAY[1]], "relay1.example.jp").injected_by) == MEMBER


def test_private_hops_of_the_receiving_side_are_passed_without_trust() -> None:
    inner = "from gw.victim.example (gw.victim.example [10.0.0.3]) by store.victim.example (Postfix) with ESMTP id 4S; Tue, 24 Nov 2026 12:00:09 +0900"
    assert str(follow([inner, BY_RELAY[0], *FORGED]).injected_by) == "203.0.113.25"


STORE = "from mx1.victim.example (mx1.victim.example [192.0.2.10]) by store.victim.example (Postfix) with ESMTP id 4S; Tue, 24 Nov 2026 12:00:09 +0900"
BORDER = "from evil.example (evil.example [192.0.2.66]) by mx1.victim.example (Postfix) with ESMTP id 4Z; Tue, 24 Nov 2026 12:00:05 +0900"


def test_two_servers_of_the_receiver_without_trust() -> None:
    found = follow([STORE, BORDER, *FORGED])
    assert str(found.injected_by) == "192.0.2.66" and "assumed_inside" in codes(found) and found.believed == 2


@pytest.mark.parametrize("top", [
    STORE.replace("(mx1.victim", "(p10-dyn.victim"), STORE.replace("(mx1.victim.example [", "(unknown ["), STORE.replace("victim.example [192", "other.example [192"), STORE.replace("192.0.2.10]", "192.0.2.10] (may be forged)"),
])
def test_a_line_of_the_receiver_s_provider_is_not_its_server(top: str) -> None:
    assert str(follow([top, BORDER]).injected_by) == "192.0.2.10"


def test_named_servers_need_no_assumption() -> None:
    # With the store named as trusted, an unnamed server beside it is a stranger.
    assert str(follow([STORE, BORDER], "store.victim.example").injected_by) == "192.0.2.10"
    found = follow([STORE, BORDER], "store.victim.example", "mx1.victim.example")
    assert str(found.injected_by) == "192.0.2.66" and not codes(found) & {"assumed_inside", "assumed_border"}


def test_lmtp_is_always_inside() -> None:
    lmtp = "from mx1.example.jp ([203.0.113.9]) by store.example.jp with LMTP id XYZ; Tue, 24 Nov 2026 12:00:02 +0900"
    assert str(follow([lmtp, INWARD]).injected_by) == "192.0.2.66"


def test_a_trusted_host_below_an_untrusted_store_is_ours_again() -> None:
    store = "from relay1.example.jp (relay1.example.jp [10.0.0.5]) by store.victim.example (Postfix) with ESMTP id 4S; Tue, 24 Nov 2026 12:00:09 +0900"
    found = follow([store, BY_RELAY[1]], "relay1.example.jp")
    assert str(found.injected_by) == MEMBER and found.relay is not None and found.relay.queue_id == "4YbbbB"


def test_a_member_behind_a_private_address_is_not_a_relay() -> None:
    # The member's carrier-grade NAT address connects to our relay; the hop below is the member's own words.
    hop = "from pc (unknown [100.64.3.9]) by relay1.example.jp (Postfix) with ESMTPSA id 4Ycg; Tue, 24 Nov 2026 12:00:01 +0900 (JST)"
    found = follow([BY_RELAY[0], hop, *FORGED], OURS)
    assert str(found.injected_by) == "100.64.3.9" and "private_origin" in codes(found)


def test_two_addresses_in_one_hop_leave_the_answer_open() -> None:
    hop = "from x (y [192.0.2.9]) (z [192.0.2.10]) by mx.victim.example with SMTP; Tue, 24 Nov 2026 12:00:05 +0900"
    found = follow([hop])
    assert found.injected_by is None and "several_addresses" in codes(found)


def test_gmail_inside_then_border() -> None:
    found = follow([
        "by 2002:a05:6a10:1234:b0:5d1:2:3 with SMTP id x12csp12345pxb;        Mon, 23 Nov 2026 19:00:02 -0800 (PST)",
        "from relay1.example.jp (relay1.example.jp. [203.0.113.25])        by mx.google.com with ESMTPS id u1si123.2026.11.23.19.00.01; Mon, 23 Nov 2026 19:00:01 -0800 (PST)", BY_RELAY[1]], OURS)
    assert str(found.injected_by) == MEMBER


def test_microsoft_inside_then_border() -> None:
    found = follow([
        "from TY2PR01.apcprd01.prod.outlook.com (2603:1096:404:1::1) by OS3PR01.prod.outlook.com with HTTPS; Tue, 24 Nov 2026 03:00:09 +0000",
        "from relay1.example.jp (203.0.113.25) by TY1APC01.mail.protection.outlook.com (10.13.1.2) with Microsoft SMTP Server (version=TLS1_2) id 15.20.1.1 via Frontend Transport; Tue, 24 Nov 2026 03:00:05 +0000",
        BY_RELAY[1]], OURS)
    assert str(found.injected_by) == MEMBER and found.relay is not None and found.relay.queue_id == "4YbbbB"


def test_a_filter_on_the_receiver_s_own_host_is_passed_but_not_one_on_ours() -> None:
    program = "(from list@localhost) by mx1.example.jp (8.15.2/8.15.2/Submit) id q1; Tue, 24 Nov 2026 12:00:02 +0900"
    assert str(follow([program, INWARD]).injected_by) == "192.0.2.66"
    found = follow([program, INWARD], "mx1.example.jp")
    assert found.injected_by is None and "local_submission" in codes(found)


def test_loopback_at_the_end_is_no_answer() -> None:
    found = follow(["from localhost (localhost [127.0.0.1]) by mx.victim.example (Postfix) with ESMTP id 4Z; Tue, 24 Nov 2026 12:00:05 +0900"])
    assert found.injected_by is None and "local_submission" in codes(found)


def test_qmail_writes_two_fields() -> None:
    found = follow(["(qmail 123 invoked from network); 24 Nov 2026 03:00:02 -0000", "from unknown (HELO pc) (198.51.100.77) by mx.victim.example with SMTP; 24 Nov 2026 03:00:02 -0000", *FORGED])
    assert str(found.injected_by) == MEMBER


def test_no_received_at_all() -> None:
    found = follow([])
    assert found.injected_by is None and codes(found) == {"no_received"}


def test_originating_ip_is_only_claimed() -> None:
    found = follow(BY_RELAY, OURS, extra="X-Originating-IP: [198.51.100.200]\r\n")
    assert str(found.injected_by) == MEMBER
    assert [(c.field, str(c.address)) for c in found.claimed] == [("X-Originating-IP", "198.51.100.200")]


@pytest.mark.parametrize(("hop", "code"), [
    (INWARD.replace("+0900 (JST)", ""), "no_zone"),
    (INWARD.replace("+0900 (JST)", "+2900"), "bad_zone"),
    (INWARD.replace("24 Nov", "31 Nov"), "impossible_date"),
    (INWARD.split(";")[0], "no_time"),
    (INWARD.replace("Tue", "Sun"), "weekday"),
    (INWARD.replace("2026", "2027").replace("Tue", "Wed"), "future_time"),
    (INWARD.replace("from evil.example", "from [198.51.100.1]"), "helo_other_address"),
    (INWARD.replace("from evil.example", "from localhost"), "helo_localhost"),
    (INWARD.replace("evil.example [192.0.2.66]", "evil.example [192.0.2.66] (may be forged)"), "rdns_may_be_forged"),
    (INWARD.replace("192.0.2.66", "201.357.369.35"), "impossible_address"),
])
def test_one_strange_hop(hop: str, code: str) -> None:
    now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert code not in codes(follow([INWARD], now=now))
    assert code in codes(follow([hop], now=now))


@pytest.mark.parametrize(("lower", "code"), [
    ("from a.example (a.example [192.0.2.9]) by other.stranger.example with SMTP id QQQQQQ; Tue, 24 Nov 2026 11:59:00 +0900", "by_mismatch"),
    (INWARD, "same_hop_twice"),
    ("from a.example (a.example [192.0.2.9]) by evil.example with SMTP id 4Zin66; Tue, 10 Nov 2026 11:59:00 +0900", "long_delay"),
    ("from a.example (a.example [192.0.2.9]) by evil.example with SMTP id 4Zin66; Tue, 24 Nov 2026 12:59:00 +0900", "time_backwards"),
])
def test_two_strange_hops(lower: str, code: str) -> None:
    assert code in codes(follow([INWARD, lower]))


def test_same_id_at_two_hosts() -> None:
    below = "from a.example (a.example [192.0.2.9]) by evil.example with SMTP id 4ZinABC; Tue, 24 Nov 2026 11:59:00 +0900"
    assert "same_id_twice" in codes(follow([INWARD.replace("4Zin", "4ZinABC"), below]))


def test_private_address_between_strangers() -> None:
    below = "from pc (pc [10.1.1.1]) by evil.example with SMTP id 4Za; Tue, 24 Nov 2026 11:59:00 +0900"
    lowest = "from b (b [192.0.2.10]) by third.example with SMTP id 4Zb; Tue, 24 Nov 2026 11:58:00 +0900"
    assert "private_from_outside" in codes(follow([INWARD, below, lowest]))
    assert "loopback" in codes(follow([INWARD, below.replace("10.1.1.1", "127.0.0.1"), lowest]))


def test_the_time_error_grows_with_what_the_hops_contradict() -> None:
    late = BY_RELAY[1].replace("12:00:01", "12:10:01")
    assert follow([BY_RELAY[0], late], OURS).time_error_s == 596


def test_hundreds_of_hops() -> None:
    found = follow([INWARD] * 300)
    assert len(found.hops) == 100 and "too_many_hops" in codes(found)


def test_every_flag_has_words_in_both_languages() -> None:
    for code, (ja, en) in WORDS.items():
        parts = tuple("ABC"[:en.count("{")])
        assert Flag(code, parts).why("ja") and Flag(code, parts).why("en")
        assert {p for p in ("{0}", "{1}", "{2}") if p in ja} == {p for p in ("{0}", "{1}", "{2}") if p in en}, code


HOST = st.sampled_from(["relay1.example.jp", "mx.victim.example", "evil.example", "localhost", "[198.51.100.1]", "unknown", "by", "x"])
ADDRESS = st.sampled_from(["203.0.113.25", "198.51.100.77", "10.0.0.1", "127.0.0.1", "2001:db8::1", "IPv6:2001:db8::2", "999.1.1.1", ""])
HOP = st.builds(lambda a, b, c, d, e, s: f"from {a} ({b} [{c}]) by {d} (Postfix) with ESMTP id {e}; {s}", HOST, HOST, ADDRESS, HOST, st.sampled_from(["4A", "", "<x@y>"]),
                st.sampled_from(["Tue, 24 Nov 2026 12:00:00 +0900", "yesterday", "Tue, 24 Nov 2026 12:00:00", ""]))


@given(st.lists(HOP, max_size=5), st.lists(HOP, max_size=5))
def test_whatever_stands_below_the_first_stranger_changes_nothing(above: list[str], below: list[str]) -> None:
    """The property that protects the innocent: the believed part alone decides."""
    alone = follow([*above, INWARD], OURS)
    if alone.believed <= len(above) + 1:
        more = follow([*above, INWARD, *below], OURS)
        assert (more.injected_by, more.time, more.believed) == (alone.injected_by, alone.time, alone.believed)
    assert alone.injected_by is None or str(alone.injected_by) != "203.0.113.25"


@given(st.lists(st.one_of(HOP, st.text(max_size=150)), max_size=6), st.lists(st.sampled_from([OURS, "relay1.example.jp", "x y", "10.0.0.0/33"]), max_size=3))
def test_any_chain(hops: list[str], trust: list[str]) -> None:
    found = follow([h.replace("\r", " ").replace("\n", " ") for h in hops], *trust, now=datetime(2026, 11, 24, tzinfo=UTC) + timedelta(days=1))
    assert all(flag.why("ja") and flag.why("en") for flag in found.flags)


@pytest.mark.parametrize(("name", "address", "line"), [
    ("p1077-ipngn100.tokyo.ocn.ne.jp", "198.51.100.77", True), ("KD113151139119.ppp-bb.dion.ne.jp", "113.151.139.119", True), ("ppp-192-216-194-138.tstonramp.com", "192.216.194.138", True),
    ("60-241-138-146.static.tpgi.com.au", "60.241.138.146", True), ("mail-wm1-x33f.google.com", "192.0.2.1", False), ("mx2.example.jp", "198.51.100.2", False), ("adsl.alicedsl.de", "198.51.100.2", True),
    ("softbank126077012034.bbtec.net", "126.77.12.34", True), ("smtp.customs.example", "198.51.100.2", False),
])
def test_names_of_lines(name: str, address: str, line: bool) -> None:
    parsed = parse_address(address)
    assert parsed is not None and line_name(name, parsed) == line
