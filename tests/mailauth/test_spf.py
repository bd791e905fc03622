"""SPF: the mechanisms, the limits, the macros of RFC 7208."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailauth.world import World
from sekimori.mailauth.spf import check
from sekimori.values.addresses import parse_address

CLIENT = parse_address("192.0.2.3")
assert CLIENT is not None


def result(record: str | list | None, *records: tuple, client: str = "192.0.2.3", sender: str = "strong-bad@email.example.com", helo: str = "mx.example.org") -> str:
    address = parse_address(client)
    assert address is not None
    return check(address, sender, helo, World(("email.example.com", "TXT", record), *records)).result


@pytest.mark.parametrize(("record", "want"), [
    ("v=spf1 +all", "pass"), ("v=spf1 -all", "fail"), ("v=spf1 ~all", "softfail"), ("v=spf1 ?all", "neutral"), ("v=spf1", "neutral"),
    ("v=spf1 ip4:192.0.2.0/24 -all", "pass"), ("v=spf1 ip4:192.0.2.4 -all", "fail"), ("v=spf1 ip6:2001:db8::/32 -all", "fail"), ("V=SPF1 IP4:192.0.2.3 -all", "pass"),
    ("v=spf10 +all", "none"), ("something else", "none"), ([], "none"), (None, "temperror"), (["v=spf1 +all", "v=spf1 -all"], "permerror"),
    ("v=spf1 ip4:999.0.2.0/24 -all", "permerror"), ("v=spf1 ip4:2001:db8::1 -all", "permerror"), ("v=spf1 nonsense -all", "permerror"), ("v=spf1 a/33 -all", "permerror"),
    ("v=spf1 a// -all", "permerror"), ("v=spf1 redirect=a.example redirect=b.example", "permerror"), ("v=spf1 unknown=thing -all", "fail"), ("v=spf1 " + "x" * 5000, "permerror"),
    ("v=spf1 " + "?ip4:192.0.2.9 " * 200, "permerror"),
])
def test_records(record: str | list | None, want: str) -> None:
    assert result(record) == want


@pytest.mark.parametrize("record", [
    "all:x", "all/8", "a:", "a:museum", "a:museum.", "a:example.-com", "a:abc.123", "a:example.com:8080", "a/033", "a:x.example/24/64", "mx:", "ptr:", "ptr/8", "include", "include:x.example/8", "exists", "exists:",
    "exists:x.example/24", "ip4", "ip4:", "ip4:192.0.2.1/032", "ip4:192.0.2.1/33", "ip6:2001:db8::1/129", "ip6", "redirect=", "redirect=-all", "redirect=a.example redirect=b.example", "redirect:a.example", "exp=",
    "exp=a.example exp=b.example", "foo=%abc", "a:%{r}.example.com", "a:%{d0}.example", "a:%{d", "moo", "moo.cow/x=y", "a:x.example\ty", "a:é.example",
])
def test_an_error_anywhere_is_an_error_everywhere(record: str) -> None:
    assert result("v=spf1 +all " + record) == "permerror"


@pytest.mark.parametrize("record", ["moo.cow-far_out=man:dog/cat", "exp=%{i}.x.example", "a:foo:bar/baz.example", "a:x.example/0//0", "a:%{d}", "exists:%{i}._spf.%{d2}", "redirect=x.example", "ip6:::ffff:192.0.2.1/96", "a:x.example."])
def test_unusual_but_right(record: str) -> None:
    assert result("v=spf1 +all " + record) == "pass"


@pytest.mark.parametrize(("record", "records", "want"), [
    ("v=spf1 a -all", [("email.example.com", "A", "192.0.2.3")], "pass"),
    ("v=spf1 a/24 -all", [("email.example.com", "A", "192.0.2.200")], "pass"),
    ("v=spf1 a:other.example -all", [("other.example", "A", "192.0.2.3")], "pass"),
    ("v=spf1 a:other.example/30//64 -all", [("other.example", "A", "192.0.2.1")], "pass"),
    ("v=spf1 mx -all", [("email.example.com", "MX", ["mx1.example", "mx2.example"]), ("mx2.example", "A", "192.0.2.3")], "pass"),
    ("v=spf1 mx -all", [("email.example.com", "MX", [f"mx{i}.example" for i in range(11)])], "permerror"),
    ("v=spf1 include:inc.example -all", [("inc.example", "TXT", "v=spf1 ip4:192.0.2.3 -all")], "pass"),
    ("v=spf1 include:inc.example ~all", [("inc.example", "TXT", "v=spf1 -all")], "softfail"),
    ("v=spf1 include:inc.example -all", [], "permerror"),
    ("v=spf1 include:inc.example -all", [("inc.example", "TXT", None)], "temperror"),
    ("v=spf1 redirect=red.example", [("red.example", "TXT", "v=spf1 ip4:192.0.2.3 -all")], "pass"),
    ("v=spf1 redirect=red.example", [], "permerror"),
    ("v=spf1 exists:%{ir}.%{l1r-}.sbl.example -all", [("3.2.0.192.strong.sbl.example", "A", "127.0.0.2")], "pass"),
    ("v=spf1 exists:%{ir}.%{l1r-}.sbl.example -all", [("3.2.0.192.bad.sbl.example", "A", "127.0.0.2")], "fail"),
    ("v=spf1 exists:%{ir}.%{l1-}.sbl.example -all", [("3.2.0.192.bad.sbl.example", "A", "127.0.0.2")], "pass"),
    ("v=spf1 ptr:example.org -all", [("3.2.0.192.in-addr.arpa", "PTR", "mx.example.org"), ("mx.example.org", "A", "192.0.2.3")], "pass"),
    ("v=spf1 ptr:example.org -all", [("3.2.0.192.in-addr.arpa", "PTR", "mx.example.org"), ("mx.example.org", "A", "192.0.2.9")], "fail"),
    ("v=spf1 include:email.example.com -all", [], "permerror"),
    ("v=spf1 redirect=email.example.com", [], "permerror"),
])
def test_with_dns(record: str, records: list, want: str) -> None:
    assert result(record, *records) == want


@pytest.mark.parametrize(("spec", "name"), [
    # RFC 7208 §7.4, all examples for 192.0.2.3
    ("%{s}", "strong-bad@email.example.com"), ("%{o}", "email.example.com"), ("%{d4}", "email.example.com"), ("%{d2}", "example.com"), ("%{d1}", "com"), ("%{dr}", "com.example.email"),
    ("%{d2r}", "example.email"), ("%{l}", "strong-bad"), ("%{l-}", "strong.bad"), ("%{lr}", "strong-bad"), ("%{lr-}", "bad.strong"), ("%{l1r-}", "strong"),
    ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"), ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"), ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
    ("%{S}", "strong-bad%40email.example.com"), ("%%%_x%-", "% x%20"),
])
def test_macros_of_the_rfc(spec: str, name: str) -> None:
    world = World(("email.example.com", "TXT", f"v=spf1 exists:{spec}.z.example -all"))
    check(CLIENT, "strong-bad@email.example.com", "mx.example.org", world)
    if " " not in name:
        assert world.asked[-1] == (name + ".z.example", "A")


def test_macro_of_an_ipv6_address() -> None:
    world = World(("email.example.com", "TXT", "v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all"))
    address = parse_address("2001:db8::cb01")
    assert address is not None
    check(address, "strong-bad@email.example.com", "", world)
    assert world.asked[-1][0] == "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"


def test_ten_lookups_and_two_void_ones() -> None:
    ten = "v=spf1 " + " ".join(f"a:h{i}.example" for i in range(10)) + " -all"
    names = [(f"h{i}.example", "A", "198.51.100.1") for i in range(11)]
    assert result(ten, *names) == "fail"
    assert result(ten.replace(" -all", " a:h10.example -all"), *names) == "permerror"
    assert result("v=spf1 a:v1.example a:v2.example -all") == "fail"
    assert result("v=spf1 a:v1.example a:v2.example a:v3.example -all") == "permerror"


def test_a_net_of_includes_is_bounded() -> None:
    records = [(f"n{i}.example", "TXT", "v=spf1 " + " ".join(f"include:n{j}.example" for j in range(20)) + " -all") for i in range(20)]
    world = World(("email.example.com", "TXT", "v=spf1 include:n0.example -all"), *records)
    assert check(CLIENT, "a@email.example.com", "", world).result == "permerror"
    assert len(world.asked) < 30


def test_empty_sender_is_judged_by_helo() -> None:
    found = check(CLIENT, "", "mx.example.org", World(("mx.example.org", "TXT", "v=spf1 ip4:192.0.2.3 -all")))
    assert (found.result, found.domain, found.scope) == ("pass", "mx.example.org", "helo")


def test_mapped_ipv6_is_ipv4() -> None:
    assert result("v=spf1 ip4:192.0.2.3 -all", client="::ffff:192.0.2.3") == "pass"


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(
    ["all", "-all", "a", "a:", "a/", "a//", "mx", "ptr", "include:", "include:email.example.com", "exists:%{", "exists:%{i9r.}.x", "redirect=", "ip4:", "ip6:::", "ip4:1.2.3.4/0", "exp=x", "%", "=", ":"]),
    max_size=20).map(" ".join)), st.text(max_size=30), st.text(max_size=30))
def test_any_record(record: str, sender: str, helo: str) -> None:
    assert CLIENT is not None
    check(CLIENT, "a@email.example.com", helo, World(("email.example.com", "TXT", "v=spf1 " + record)))
    check(CLIENT, sender, helo, World())
