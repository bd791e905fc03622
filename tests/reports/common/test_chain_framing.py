"""A sender cannot put somebody else in its place by what it writes below its own hop."""

from sekimori.mime import read
from sekimori.reports.common.chain import injected
from sekimori.reports.contract import Context

BELOW = "Received: from x (x [203.0.113.200]) by {0}; Tue, 24 Nov 2026 11:59:00 +0900\r\nFrom: a@b\r\n\r\n"
TOP = "Received: from pc ({0} [198.51.100.9]) by mx.isp.example (Postfix) with ESMTP id 4Z; Tue, 24 Nov 2026 12:00:00 +0900\r\n"


def origin_of(name: str, by: str, **world: object) -> str | None:
    return injected(read((TOP.format(name) + BELOW.format(by)).encode()), Context(**world)).ip  # type: ignore[arg-type]


def test_a_line_of_the_reporter_s_provider_is_no_relay() -> None:
    assert origin_of("p1234-dyn.isp.example", "p1234-dyn.isp.example") == "198.51.100.9"


def test_an_address_of_ours_is_never_walked_past() -> None:
    assert origin_of("relay2.isp.example", "relay2.isp.example", ours=lambda a: str(a) == "198.51.100.9") == "198.51.100.9"


def test_a_hop_that_the_relay_cannot_have_written_is_not_believed() -> None:
    assert origin_of("relay2.isp.example", "mail.stranger.example") == "198.51.100.9"
    assert origin_of("relay2.isp.example", "relay2.isp.example") == "203.0.113.200"
