"""The real resolver against a DNS server on loopback: answers, silence, limits."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from sekimori.mailauth import DnsResolver, LookupFailed

ZONE = {("example.net.", "TXT"): ['"v=spf1 " "-all"'], ("example.net.", "MX"): ["20 mx2.example.net.", "10 MX1.example.net."], ("example.net.", "A"): ["192.0.2.1"]}


@pytest.fixture
def port() -> Iterator[int]:
    """Serve ZONE on a port of 127.0.0.1; `silent.example.` gets no answer, `broken.example.` SERVFAIL."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                data, peer = server.recvfrom(4096)
            except OSError:
                return
            if not data:
                return
            query = dns.message.from_wire(data)
            question = query.question[0]
            name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
            if name == "silent.example.":
                continue
            answer = dns.message.make_response(query)
            if name == "broken.example.":
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif (name, kind) in ZONE:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *ZONE[name, kind]))
            elif name != "example.net.":
                answer.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(answer.to_wire(), peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
        waker.sendto(b"", server.getsockname())
    thread.join(5)
    server.close()


def resolver(port: int, **options: object) -> DnsResolver:
    out = DnsResolver(nameservers=["127.0.0.1"], **options)  # type: ignore[arg-type]
    out._resolver.port = port
    return out


def test_answers(port: int) -> None:
    asked = resolver(port)
    assert asked.query("example.net", "TXT") == ["v=spf1 -all"]
    assert asked.query("Example.Net.", "MX") == ["mx1.example.net", "mx2.example.net"]
    assert asked.query("example.net", "A") == ["192.0.2.1"]
    assert asked.query("example.net", "AAAA") == []
    assert asked.query("no.example", "TXT") == []
    assert asked.query("a" * 70 + ".example", "TXT") == [] and asked.query("a..b", "TXT") == []


def test_trouble_is_a_failure(port: int) -> None:
    asked = resolver(port, timeout_s=0.2)
    for name in ("silent.example", "broken.example"):
        with pytest.raises(LookupFailed):
            asked.query(name, "TXT")


def test_limits(port: int) -> None:
    asked = resolver(port, queries=1)
    asked.query("example.net", "A")
    assert asked.query("example.net", "A") == ["192.0.2.1"]  # remembered
    with pytest.raises(LookupFailed):
        asked.query("example.net", "TXT")
    with pytest.raises(LookupFailed):
        resolver(port, total_s=0).query("example.net", "A")
