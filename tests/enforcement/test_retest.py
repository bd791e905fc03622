"""The re-test asks only the address that the contract holds now, and understands the answers."""

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

import story
from sekimori.cases.models import Case
from sekimori.enforcement.retest import run
from sekimori.enforcement.retest.probes import PROBES, dns_query, ntp_answered, recursion_answered
from sekimori.ledger.models import Entry
from sekimori.values.outcomes import Refused

OPEN_RESOLVER = dns_query(0x5E4B)[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + dns_query(0)[12:] + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x0e\x10\x00\x04\xc0\x00\x02\x01"
REFUSING = OPEN_RESOLVER[:2] + b"\x81\x05" + OPEN_RESOLVER[4:]
NO_RECURSION = OPEN_RESOLVER[:2] + b"\x81\x00" + OPEN_RESOLVER[4:]
NOW = datetime.fromisoformat(story.at(3)).astimezone(UTC)


def test_what_answers_mean():
    assert recursion_answered(OPEN_RESOLVER)
    assert not recursion_answered(REFUSING)
    assert not recursion_answered(NO_RECURSION)
    assert not recursion_answered(dns_query(0x5E4B)), "our own question come back is no answer"
    assert ntp_answered(b"\x16\x82\x00\x01" + bytes(8))
    assert ntp_answered(b"\x97\x00\x03\x2a" + bytes(4))
    assert not ntp_answered(b"\x24\x01\x00\xe9" + bytes(44)), "an ordinary time server is no amplifier"
    assert PROBES["ssdp"].is_open(b"HTTP/1.1 200 OK\r\n")
    assert PROBES["memcached"].is_open(b"\x00\x00\x00\x00\x00\x01\x00\x00VERSION 1.6\r\n")


@given(st.binary(max_size=300))
def test_any_answer_is_understood(reply):
    for probe in PROBES.values():
        probe.is_open(reply)


@pytest.mark.parametrize(("reply", "is_open"), [(OPEN_RESOLVER, True), (REFUSING, False), (None, False)])
def test_over_udp(reply, is_open, monkeypatch):
    monkeypatch.setattr(run, "WAIT_S", 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)

        def serve():
            _, where = server.recvfrom(4096)
            if reply is not None:
                server.sendto(reply, where)

        thread = threading.Thread(target=serve)
        thread.start()
        probe = replace(PROBES["dns"], port=server.getsockname()[1])
        assert run.answers(probe, ip_address("127.0.0.1")) is is_open
        thread.join()


def test_over_tcp():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert run.answers(replace(PROBES["telnet"], port=server.getsockname()[1]), ip_address("127.0.0.1"))
        closed = server.getsockname()[1]
    assert not run.answers(replace(PROBES["telnet"], port=closed), ip_address("127.0.0.1"))


@pytest.mark.django_db
class TestWhoseAddress:
    @pytest.fixture
    def case(self, folder):
        story.tell(folder, [*story.own(2, "09:00", "Q1"), {"at": story.at(3, "08:00"), "event": "assignment", "prefix": "198.18.0.2/32",
                                                            "from": story.at(1), "to": story.at(3, "10:00"), "login": "u1@isp.example",
                                                            "source": "radius", "closed": True}])
        return Case.objects.select_related("contract").get()

    def test_the_contracts_own_address(self, case):
        asked = []
        found = run.retest(case, ip_address("198.18.0.1"), ["dns", "ssdp"], lambda: NOW, lambda p, a: asked.append((p.name, str(a))) or p.name == "dns")
        assert found == run.Result(False, ("dns",))
        assert sorted(asked) == [("dns", "198.18.0.1"), ("ssdp", "198.18.0.1")]
        assert Entry.objects.filter(act="protected.read", subject=f"case:{case.ref}").count() >= 2
        assert Entry.objects.filter(act="member.retested", subject=case.ref).exists()

    @pytest.mark.parametrize(("address", "code"), [("203.0.113.1", "not_ours"), ("198.18.0.99", "not_yours"), ("198.18.0.2", "not_yours")])
    def test_others_are_never_asked(self, case, address, code):
        def ask(probe, where):
            raise AssertionError("a packet left")
        with pytest.raises(Refused, match=code):
            run.retest(case, ip_address(address), ["dns"], lambda: NOW, ask)

    def test_an_address_that_changed_hands_meanwhile(self, case):
        moments = iter([datetime.fromisoformat(story.at(3, "09:00")).astimezone(UTC), NOW])
        with pytest.raises(Refused, match="changed"):
            run.retest(case, ip_address("198.18.0.2"), ["dns"], lambda: next(moments), lambda p, a: False)

    def test_an_unknown_test(self, case):
        with pytest.raises(Refused, match="unknown_test"):
            run.retest(case, ip_address("198.18.0.1"), ["rm -rf"], lambda: NOW)
