"""Tables of countries: each format, damage, overlaps, the compact file, its swap."""

import gzip
import json
import os
import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sekimori.cli.check_countries import countries
from sekimori.cli.checks import run
from sekimori.cli.loads import network as network_command
from sekimori.network.countries import store
from sekimori.network.countries.formats import read
from sekimori.network.countries.rows import BadTable, Told, code_of, text_of
from sekimori.network.countries.table import build, sweep, table_of
from sekimori.settings import current as settings
from sekimori.settings import use
from sekimori.submissions.models import SignIn
from sekimori.values.actors import Actor
from sekimori.values.addresses import parse_address

BY = Actor("command", "test")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
APNIC = """\
# made up
2|apnic|20261030|6|19850701|20261029|+1000
apnic|*|asn|*|1|summary
apnic|*|ipv4|*|4|summary
apnic|*|ipv6|*|1|summary
apnic|JP|asn|173|1|20020801|allocated|A1
apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A2
apnic|JP|ipv4|1.0.16.0|4096|20110412|allocated|A3
apnic|JP|ipv4|1.1.64.0|49152|20110412|allocated|A4
apnic||ipv4|1.2.0.0|256||available|
apnic|JP|ipv6|2001:200::|35|19990813|allocated|A5
"""
ARIN = """\
2.3|arin|1793404800|2|19840101|20261028|-0500
arin|*|ipv4|*|2|summary
arin|US|ipv4|3.0.0.0|8388608|19880223|assigned|B1|e-stats
arin||ipv4|2.56.40.0|1024||reserved||
arin|EU|ipv4|2.0.0.0|256|20000101|allocated|B2
"""
DBIP = "1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.3.255,CN\n2001:200::,2001:200:1fff:ffff:ffff:ffff:ffff:ffff,JP\n5.0.0.0,5.0.0.255,ZZ\n"
IP2L = '"0","16777215","-","-"\n"16777216","16777471","AU","Australia"\n"16777472","16778239","CN","China"\n'
IP2L6 = '"281470698520576","281470698520831","AU","Australia"\n"42540528726795050063891204319802818560","42540528806023212578155541913346768895","JP","Japan"\n'
BLOCKS = """\
network,geoname_id,registered_country_geoname_id,represented_country_geoname_id,is_anonymous_proxy,is_satellite_provider,is_anycast
1.0.0.0/24,2077456,2077456,,0,0,
1.0.1.0/24,,1814991,,0,0,
1.0.2.0/24,1814991,1814991,,1,0,
1.0.4.0/22,,,,0,0,
2001:200::/35,1861060,1861060,,0,0,
"""
PLACES = """\
geoname_id,locale_code,continent_code,continent_name,country_iso_code,country_name,is_in_european_union
2077456,en,OC,Oceania,AU,Australia,0
1814991,en,AS,Asia,CN,China,0
1861060,en,AS,Asia,JP,Japan,0
6255148,en,EU,Europe,,,0
"""
NAMED = "network,country,country_code,continent\n1.0.0.0/24,Australia,AU,Oceania\n1.0.1.0/24,China,CN,Asia\n2001:200::/35,Japan,JP,Asia\n"


def rows(text, places=None):
    told = Told("t")
    return list(read(text.splitlines(keepends=True), told, places)), told


def table(text, places=None):
    return build(rows(text, places)[0], {})


def country(of, text):
    return of.country(parse_address(text))


def places():
    told = Told("places")
    assert list(read(PLACES.splitlines(keepends=True), told)) == []
    return told.locations


def test_a_registry_counts_addresses_not_bits():
    found = table(APNIC)
    assert country(found, "1.0.16.0") == country(found, "1.0.31.255") == "JP"
    assert country(found, "1.1.63.255") == "" and country(found, "1.1.255.255") == "JP" and country(found, "1.2.0.0") == ""
    assert country(found, "2001:200:1fff:ffff:ffff:ffff:ffff:ffff") == "JP" and country(found, "2001:200:2000::") == ""
    assert country(found, "::ffff:1.0.0.7") == "AU" and country(found, "0.0.0.0") == "" and country(found, "255.255.255.255") == ""
    _, told = rows(APNIC)
    assert (told.kind, told.dated, told.rows, told.unknown) == ("delegated", "20261029", 4, 1)


def test_a_code_of_a_region_is_no_country():
    found = table(ARIN)
    assert country(found, "2.0.0.1") == "" and country(found, "2.56.40.1") == "" and country(found, "3.127.255.255") == "US"


@pytest.mark.parametrize(("text", "kind"), [(DBIP, "ranges"), (IP2L, "ranges"), (IP2L6, "ranges"), (NAMED, "named"), (BLOCKS, "blocks")])
def test_providers_tables(text, kind):
    got, told = rows(text, places())
    found = build(got, {})
    assert told.kind == kind
    assert country(found, "1.0.0.9") == "AU"
    if text != IP2L6:
        assert country(found, "1.0.1.9") == "CN"
    if text != IP2L:
        assert country(found, "2001:200:1::1") == "JP"
    assert country(found, "5.0.0.1") == "" and country(found, "1.0.4.1") == ""
    if text == BLOCKS:
        assert country(found, "1.0.2.1") == ""  # an anonymous proxy's country is not its user's


@pytest.mark.parametrize(("text", "why"), [
    ("", "is empty"), ("# only a remark\n", "is empty"), ("hello\n", "no known table"), ("a|b|c\n", "no version line"),
    (APNIC.replace("|256|20110811", "|0|20110811"), "impossible range"), (APNIC.replace("|35|", "|129|"), "impossible range"),
    (APNIC.replace("2001:200::|35", "2001:200::1|35"), "impossible range"), (APNIC.replace("|4096|", "|4294967295|"), "impossible range"),
    (APNIC.replace("1.0.16.0", "1.0.16"), "where an address"), (APNIC.replace("1.0.16.0", "2001:db8::"), "impossible range"),
    (APNIC.replace("apnic|JP|ipv4", "apnic|Japan|ipv4"), "no country code"), (APNIC.replace("|ipv6|", "|ipv9|"), "unknown type"),
    ("".join(APNIC.splitlines(keepends=True)[:-2]), "ends too early"), (APNIC.replace("|4096|20110412|allocated|A3", "|4096"), "fewer than seven"),
    (DBIP.replace("1.0.3.255", "1.0.0.255"), "impossible range"), (DBIP.replace("1.0.3.255", "::1"), "one address family"),
    (DBIP.replace(",CN", ""), "too few fields"), (DBIP.replace("CN", "C1"), "no country code"), (IP2L.replace("16778239", "9" * 39), "impossible range"),
    (BLOCKS, "Locations"), (NAMED.replace("country", "land"), "country code"), (NAMED.replace("1.0.1.0/24", "1.0.1.7/24"), "a network"),
    (NAMED.replace("1.0.1.0/24", "1.0.1.0/x"), "a number"), ('"1.0.0.0","1.0.0.255","AU', "unexpected end"), ("01.0.0.0,01.0.0.255,AU\n", "an address"),
])
def test_damage_refuses_the_file_and_says_where(text, why):
    with pytest.raises(BadTable, match=why) as e:
        rows(text)
    assert str(e.value).startswith("t: ") and "\n" not in str(e.value)


def test_a_place_that_the_locations_lack():
    with pytest.raises(BadTable, match="Locations file lacks"):
        rows(BLOCKS, {"1": code_of("JP")})


SAMPLES = [APNIC, ARIN, DBIP, IP2L, IP2L6, BLOCKS, NAMED, PLACES]


@given(st.sampled_from(SAMPLES), st.integers(0, 2**31), st.integers(1, 12))
def test_fuzz_a_damaged_file_is_read_or_refused(text, seed, cuts):
    rnd = random.Random(seed)
    for _ in range(cuts):
        at = rnd.randrange(len(text) + 1)
        text = text[:at] + rnd.choice(["", "|", ",", '"', "\n", "\0", "9" * 50, "::", "/", "é", "-1", "１"]) + text[at + rnd.choice([0, 0, 1, 5, 60]):]
    try:
        got, told = rows(text, places())
    except BadTable as e:
        assert "\n" not in str(e)
        return
    assert all(f in (4, 6) and 0 <= lo <= hi < (1 << (32 if f == 4 else 128)) and 0 < c < 1 << 16 for f, lo, hi, c in got)
    build(got, {})
    assert told.rows >= len(got)


@given(st.binary(max_size=300))
def test_fuzz_octets_are_no_table(octets):
    with pytest.raises(BadTable):
        table_of(octets)
    with pytest.raises(BadTable):
        table_of(b"sekimori countries 1\n" + octets)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12), st.sampled_from(["JP", "US", "DE"])), max_size=12))
def test_overlaps_against_a_naive_count(ranges):
    packed = [lo << 48 | min(lo + n, 63) << 16 | code_of(c) for lo, n, c in ranges]
    swept = sweep(packed, 32)
    naive = []
    for x in range(80):
        held = {c for lo, n, c in ranges if lo <= x <= min(lo + n, 63)}
        naive.append(held.pop() if len(held) == 1 else "")
    got = []
    for x in range(80):
        i = max((k for k, s in enumerate(swept.starts) if s <= x), default=-1)
        got.append(text_of(swept.codes[i]) if i >= 0 else "")
    assert got == naive
    assert swept.starts == sorted(set(swept.starts)) and swept.addresses == sum(map(bool, naive))
    assert all(a != b for a, b in zip(swept.codes, swept.codes[1:], strict=False))


@given(st.lists(st.tuples(st.integers(0, 2**128 - 1), st.integers(1, 128), st.sampled_from(["JP", "US"])), max_size=8), st.integers(0, 2**128 - 1))
def test_ipv6_look_up_against_the_rows(ranges, asked):
    got = [(6, (a >> (128 - n)) << (128 - n), a | ((1 << (128 - n)) - 1), code_of(c)) for a, n, c in ranges]
    found = table_of(build(got, {}).octets())
    for number in [asked, *(x for _, lo, hi, _ in got for x in (lo, hi, max(0, lo - 1), min(hi + 1, 2**128 - 1)))]:
        held = {c for _, lo, hi, c in got if lo <= number <= hi}
        assert found.country(ip_address(number) if number >> 32 else parse_address(f"::{number >> 16:x}:{number & 0xFFFF:x}")) == (text_of(held.pop()) if len(held) == 1 else "")


def test_the_compact_file_is_checked():
    whole = table(APNIC).octets()
    assert country(table_of(whole), "1.0.16.1") == "JP"
    for cut in range(0, len(whole), 7):
        with pytest.raises(BadTable):
            table_of(whole[:cut])
    with pytest.raises(BadTable):
        table_of(whole[:-1] + bytes([whole[-1] ^ 1]))


@pytest.fixture
def folder(tmp_path):
    """A data folder of its own."""
    before = settings()
    (tmp_path / "data" / "keys").mkdir(parents=True, mode=0o700)
    use(replace(before, data=tmp_path / "data"))
    yield
    use(before)


def file(folder, name, text):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.django_db
def test_a_load_swaps_at_once_and_a_bad_one_changes_nothing(tmp_path, folder):
    assert store.current() is None and store.finder(lambda _: True, "JP")(parse_address("1.0.16.1")) == ""
    told = store.load([file(tmp_path, "apnic.gz", APNIC), file(tmp_path, "arin", ARIN)], NOW, BY)
    assert (told["read"], told["stored"], told["unknown"], told["dated"]) == (8, 5, 3, "2026-10-28")
    first = store.current()
    assert store.current() is first and country(first, "3.0.0.1") == "US"
    find = store.finder(lambda a: str(a).startswith("3."), "JP")
    assert find(parse_address("3.0.0.1")) == "JP" and find(parse_address("1.0.0.1")) == "AU"
    for bad in ([file(tmp_path, "cut", APNIC[:-80])], [file(tmp_path, "apnic.gz", APNIC)], [file(tmp_path, "zz", "1.0.0.0,1.0.0.1,ZZ\n")]):
        with pytest.raises(BadTable):
            store.load(bad, NOW, BY)
        assert store.current() is first
    (tmp_path / "broken.gz").write_bytes(gzip.compress(APNIC.encode())[:-20])
    with pytest.raises(BadTable, match=r"broken\.gz"):
        store.load([tmp_path / "broken.gz"], NOW, BY)
    store.load([tmp_path / "apnic.gz"], NOW, BY, shrink=True)
    assert country(store.current(), "3.0.0.1") == ""
    assert [p.name for p in store.path().parent.glob("countries.table*")] == ["countries.table"]
    store.path().write_bytes(b"x")
    with pytest.raises(BadTable):
        store.current()
    store.load([file(tmp_path, "b.csv", BLOCKS), file(tmp_path, "l.csv", PLACES)], NOW, BY)
    assert country(store.current(), "1.0.1.1") == "CN"


@pytest.mark.django_db(transaction=True)
def test_the_commands_and_the_doctor(tmp_path, folder):
    def doctor(now=NOW):
        return next((f.level, f.text) for f in run(settings(), now) if f.id == "countries.table")

    assert "no table of countries" in doctor()[1]
    call = CliRunner()
    assert call.invoke(network_command, ["countries", "load"]).exit_code == 2
    assert json.loads(call.invoke(network_command, ["countries", "status"]).output)["loaded"] is False
    done = call.invoke(network_command, ["countries", "load", str(file(tmp_path, "apnic", APNIC))])
    assert done.exit_code == 0 and json.loads(done.output)["filled"] == 0
    assert json.loads(call.invoke(network_command, ["countries", "of", "1.0.16.9"]).output) == {"address": "1.0.16.9", "country": "JP"}
    assert json.loads(call.invoke(network_command, ["countries", "status"]).output)["files"][0]["rows"] == 4
    bad = call.invoke(network_command, ["countries", "load", str(file(tmp_path, "bad", "hello\n"))])
    assert bad.exit_code == 1 and "the table in force is unchanged" in bad.output
    assert doctor()[0] == "ok" and doctor(NOW + timedelta(days=90))[0] == "warn"
    store.path().write_bytes(b"x")
    assert doctor()[0] == "fail"


@pytest.mark.django_db
def test_the_doctor_says_when_the_logs_are_too_young(tmp_path, folder):
    store.load([file(tmp_path, "apnic", APNIC)], NOW, BY)
    use(replace(settings(), synthetic=False))

    def told(now=NOW):
        return [f.text for f in countries(settings(), now) if f.id == "countries.history"]

    assert told() == []
    SignIn.objects.create(host="h", service="imap", login="u", client_family=4, client=bytes(16), time=NOW - timedelta(days=3))
    assert told()[0].startswith("mail logs reach back 3 days only")
    assert told(NOW + timedelta(days=27)) == []


def test_a_large_table_is_built_and_asked_quickly():
    rnd = random.Random(7)
    lines = [f"{n >> 8 & 255}.{n & 255}.{part * 64}.0,{n >> 8 & 255}.{n & 255}.{part * 64 + 63}.255,{rnd.choice(['JP', 'US', 'DE', 'BR'])}\n"
             for n in range(256, 12_800) for part in range(4)]
    began = time.process_time()
    found = build(read(lines, Told("t")), {})
    rate = len(lines) / (time.process_time() - began)
    asked = [ip_address(rnd.randrange(1 << 32)) for _ in range(20_000)]
    began = time.process_time()
    for a in asked:
        found.country(a)
    each = (time.process_time() - began) / len(asked) * 1e6
    assert rate > 100_000 and each < 20, (rate, each)
    if os.environ.get("SEKIMORI_TEST_PROFILE") == "soak":
        print(f"{rate:,.0f} rows/s, {each:.2f} us, {len(found.octets()) / len(lines):.1f} octets a row")
