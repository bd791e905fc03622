"""Reading RDAP answers and choosing the registry: pure."""

import json
import tomllib
from importlib.resources import files
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.network.rdap.answer import read
from sekimori.network.rdap.bootstrap import Bootstrap, shipped
from sekimori.values.addresses import special


def entity(mail, roles=("abuse",), **more):
    return {"objectClassName": "entity", "roles": list(roles), "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["email", {}, "text", mail]]], **more}


def answer(*entities, first="8.8.8.0", last="8.8.8.255"):
    return json.dumps({"objectClassName": "ip network", "startAddress": first, "endAddress": last, "entities": list(entities)}).encode()


GOOGLE = ip_address("8.8.8.8")


def test_the_abuse_contact_is_taken_and_no_other():
    found = read(answer(entity("noc@example.net", ["technical"]), entity("abuse@example.net")), GOOGLE)
    assert found and (str(found.first), str(found.last), found.contact) == ("8.8.8.0", "8.8.8.255", "abuse@example.net")
    assert read(answer(entity("noc@example.net", ["technical"])), GOOGLE).contact == ""


def test_a_contact_inside_another_entity_is_found():
    assert read(answer({"roles": ["registrant"], "entities": [entity("deep@example.net")]}), GOOGLE).contact == "deep@example.net"


@pytest.mark.parametrize("mail", ["", "no address", "a@b", "x@example.net\r\nBcc: y@example.net", "<script>@example.net", "x" * 300 + "@example.net"])
def test_what_is_no_plain_address_is_no_contact(mail):
    assert read(answer(entity(mail)), GOOGLE).contact == ""


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"startAddress": 5}', b"[" * 100_000, answer(first="9.9.9.0", last="9.9.9.255"),
                                  answer(first="0.0.0.0", last="255.255.255.255"), answer(first="::", last="::1")])
def test_what_does_not_answer_about_the_address_is_none(data):
    assert read(data, GOOGLE) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20),
                    lambda c: st.lists(c, max_size=4) | st.dictionaries(st.sampled_from(["entities", "roles", "vcardArray", "startAddress", "x"]), c, max_size=4), max_leaves=30))
def test_any_json_is_read_without_an_exception(value):
    if isinstance(value, dict):
        value = {**value, "startAddress": "8.8.8.0", "endAddress": "8.8.8.255"}
    found = read(json.dumps(value).encode(), GOOGLE)
    assert found is None or isinstance(found.contact, str)


def test_too_many_entities_end_the_search():
    assert read(answer(*[entity("", ["technical"]) for _ in range(300)], entity("abuse@example.net")), GOOGLE).contact == ""


@pytest.mark.parametrize(("ip", "host"), [("8.8.8.8", "rdap.arin.net"), ("1.1.1.1", "rdap.apnic.net"), ("133.11.0.1", "rdap.apnic.net"), ("193.0.6.139", "rdap.db.ripe.net"),
                                          ("200.3.13.10", "rdap.lacnic.net"), ("196.216.2.1", "rdap.afrinic.net"), ("2001:200::1", "rdap.apnic.net"),
                                          ("2a00:1450::1", "rdap.db.ripe.net"), ("2620:0:1::1", "rdap.arin.net")])
def test_the_shipped_list_knows_the_registry(ip, host):
    assert host in shipped().server(ip_address(ip))


def test_the_shipped_list_covers_every_public_block_once():
    data = tomllib.loads((files("sekimori.network.rdap") / "bootstrap.toml").read_text(encoding="utf-8"))
    blocks = [p for s in data["service"] for p in s["prefixes"]]
    assert len(blocks) == len(set(blocks))
    missing = [n for n in range(1, 224) if not special(ip_address(f"{n}.1.1.1")) and not shipped().server(ip_address(f"{n}.1.1.1"))]
    assert missing == []
    assert shipped().server(ip_address("10.0.0.1")) == "" == shipped().server(ip_address("3fff::1"))


def test_the_list_is_made_of_ianas_files(tmp_path):
    import importlib.util
    from pathlib import Path

    path = Path(__file__).parents[3] / "scripts/rdap_bootstrap.py"
    spec = importlib.util.spec_from_file_location("rdap_bootstrap", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = tomllib.loads(module.shorten([json.dumps({"publication": "2026-11-01T00:00:00Z", "services": [
        [["8.0.0.0/8"], ["http://rdap.arin.net/registry/", "https://rdap.arin.net/registry/"]]]})]))
    assert made == {"published": "2026-11-01", "service": [{"url": "https://rdap.arin.net/registry/", "prefixes": ["8.0.0.0/8"]}]}


def test_redirects_lead_to_registries_only():
    table = Bootstrap.of([("http://127.0.0.1:8000/", ["8.0.0.0/8"])])
    assert table.may_ask("http://127.0.0.1:8000/ip/8.8.8.8")
    assert table.may_ask("https://jpnic.rdap.apnic.net/ip/8.8.8.8")
    assert not table.may_ask("http://jpnic.rdap.apnic.net/ip/8.8.8.8")
    assert not table.may_ask("https://169.254.169.254/latest/")
    assert not table.may_ask("https://evil.example/rdap.apnic.net/")
    assert not table.may_ask("https://rdap.apnic.net.evil.example/")
