"""ARF: the standard, and what real senders make of it."""

from __future__ import annotations

from typing import Any

import pytest

from reports.formats.mails import ORIGINAL, arf
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item

FULL = "Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\nSource-IP: 198.51.100.7\r\nArrival-Date: Tue, 24 Nov 2026 03:04:05 +0000\r\n"


def read(raw: bytes, ctx: Context | None = None) -> dict[str, Any]:
    return reading.to_json(reading.answer(Item(raw), ctx or Context()), "f", "s")


def one(raw: bytes, ctx: Context | None = None) -> dict[str, Any]:
    out = read(raw, ctx)
    assert out["kind"] == "report", out["reason"]
    assert out["format"] == "arf"
    (f,) = out["findings"]
    return f  # type: ignore[no-any-return]


def test_everything_stated() -> None:
    f = one(arf(FULL + "Source-Port: 40123\r\nIncidents: 12\r\n"))
    assert (f["source_ip"], f["source_port"], f["time"], f["zone"]) == ("198.51.100.7", 40123, "2026-11-24T03:04:05Z", "stated")
    assert (f["category"], f["type"], f["count"], f["message_id"]) == ("messaging", "spam", 12, "m1@shop.example")
    assert f["has_original"]
    assert f["derived"] == []


def test_queue_id_is_the_one_that_the_source_claims() -> None:
    assert one(arf(FULL))["queue_id"] == "4QUEUE"


@pytest.mark.parametrize("fields", [
    "feedback-type: ABUSE\r\nsource-ip:\r\n 198.51.100.7\r\nARRIVAL-DATE: Tue,\r\n\t24 Nov 2026 03:04:05 +0000\r\n",
    "Feedback-Type: abuse\r\nSource-IP: [198.51.100.7]\r\nReceived-Date: Tue, 24 Nov 2026 03:04:05 +0000 (UTC)\r\n",
    "Feedback-Type: abuse\r\nSource-IP: 198.51.100.7:25\r\nArrival-Date: 24 Nov 2026 12:04:05 +0900\r\n",
])
def test_folded_miscased_odd(fields: str) -> None:
    f = one(arf(fields))
    assert (f["source_ip"], f["time"]) == ("198.51.100.7", "2026-11-24T03:04:05Z")


def test_sparse_report_is_recovered_and_marked() -> None:
    f = one(arf("Feedback-Type: abuse\r\nUser-Agent: Hotmail FBL\r\nVersion: 1\r\n"))
    assert (f["source_ip"], f["time"], f["zone"]) == ("198.51.100.7", "2026-11-24T03:04:05Z", "header")
    assert set(f["derived"]) == {"source_ip", "time"}
    assert f["confidence"] < 0.95


def test_a_helo_that_claims_the_receivers_name_is_no_inner_hop() -> None:
    forged = ORIGINAL.replace("from pc.isp.example (pc.isp.example [198.51.100.7])", "from mx9.mailbox.example (unknown [198.51.100.7])")
    assert one(arf("Feedback-Type: abuse\r\n", forged))["source_ip"] == "198.51.100.7"


def test_through_our_own_relay_the_members_client_and_queue_id_are_read() -> None:
    chain = ("Received: from relay.isp.example (relay.isp.example [203.0.113.25]) by mx.mailbox.example (Postfix) with ESMTPS id X1; Tue, 24 Nov 2026 03:04:06 +0000\r\n"
             "Received: from [198.51.100.77] (unknown [198.51.100.77]) by relay.isp.example (Postfix) with ESMTPSA id 4OURS; Tue, 24 Nov 2026 03:04:05 +0000\r\n"
             "From: a@isp.example\r\nSubject: x\r\nDate: Tue, 24 Nov 2026 03:04:00 +0000\r\nMessage-ID: <m2@isp.example>\r\n\r\nx\r\n")
    known = one(arf("Feedback-Type: abuse\r\n", chain), Context(relays=frozenset({"203.0.113.25", "relay.isp.example"})))
    assert (known["source_ip"], known["queue_id"], known["queue_host"]) == ("198.51.100.77", "4OURS", "relay.isp.example")
    unknown = one(arf("Feedback-Type: abuse\r\n", chain))
    assert (unknown["source_ip"], unknown["queue_id"]) == ("203.0.113.25", "4OURS")


def test_header_only_and_missing_third_part() -> None:
    assert one(arf(FULL, ORIGINAL.split("\r\n\r\n")[0] + "\r\n\r\n", "text/rfc822-headers"))["message_id"] == "m1@shop.example"
    assert not one(arf(FULL, None))["has_original"]


def test_fields_in_a_text_part() -> None:
    assert one(arf(FULL, second_type="text/plain"))["source_ip"] == "198.51.100.7"


@pytest.mark.parametrize("word", ["not-spam", "opt-out", "auth-failure", "dmarc", "Opt-Out-List"])
def test_no_abuse_is_routed_away(word: str) -> None:
    assert read(arf(FULL.replace("abuse", word)))["kind"] == "not_abuse"


def test_two_sources_are_refused_by_name() -> None:
    out = read(arf(FULL + "Source-IP: 198.51.100.8\r\n"))
    assert out["kind"] == "review"
    assert out["reason"].startswith("Source-IP")
    assert out["findings"] == []


def test_a_service_port_is_no_source_port() -> None:
    out = read(arf(FULL + "Source-Port: 25\r\n"))
    assert out["findings"][0]["source_port"] is None
    assert "source_port_is_a_service" in out["defects"]


def test_a_date_without_zone_stays_without() -> None:
    f = one(arf(FULL.replace(" +0000", "")))
    assert (f["time"], f["zone"]) == ("2026-11-24T03:04:05", "none")
    assert one(arf(FULL.replace("+0000", "-0000")))["zone"] == "none"


def test_special_addresses_are_marked_not_dropped() -> None:
    f = one(arf(FULL.replace("198.51.100.7", "10.1.2.3")))
    assert (f["source_ip"], f["special"]) == ("10.1.2.3", "private")


def test_nothing_to_go_by_is_for_a_person() -> None:
    assert read(arf("Feedback-Type: abuse\r\n", "From: a@b.example\r\n\r\nx\r\n"))["kind"] == "review"
