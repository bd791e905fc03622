"""The stage reports.read: rows for every kind of message, duplicates, answers, sealing, long feeds; on both engines."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from reports.formats.mails import ORIGINAL, arf, attached, dumps, mail, xarf4
from sekimori.evidence import store as evidence
from sekimori.intake.models import Message
from sekimori.network.models import Network
from sekimori.reports import stages, track
from sekimori.reports.models import Answer, Finding, Report, Reporter, Review, Track
from sekimori.reports.stages import ReadStage
from sekimori.values.clock import SetClock, micros
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DONE, DUE, HELD
from sekimori.work.stage import Context

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FULL = "Feedback-Type: abuse\r\nSource-IP: 198.51.100.7\r\nArrival-Date: Tue, 24 Nov 2026 03:04:05 +0000\r\n"


def receive(raw: bytes, *, authenticated: bool = True, auto: str = "", at: datetime = NOW, envelope: str = "") -> Message:
    with transaction.atomic():
        sha = evidence.put(raw, now=at, expires_at=None)
        return Message.objects.create(sha256=sha, envelope=hashlib.sha256((envelope + str(len(raw))).encode()).hexdigest(), door="lmtp", received_at=at, mail_from="desk@feed.example",
                                      rcpt_to=["abuse@isp.example"], size=len(raw), route="report", auto=auto, authenticated=authenticated, due_at=micros(at), lane=3)


def run(*messages: Message, at: datetime = NOW) -> dict[str, Any]:
    got = ReadStage().work([m.pk for m in messages], Context(now=at, clock=SetClock(at), lease="x"))
    with transaction.atomic():
        got.write()
    assert got.failed == {}
    return dict(got.detail)


def text(body: str, subject: str = "abuse", more: str = "") -> bytes:
    return f"From: Desk <desk@feed.example>\r\nTo: abuse@isp.example\r\nSubject: {subject}\r\n{more}Message-ID: <t{len(body)}@feed.example>\r\n\r\n{body}\r\n".encode()


def test_a_structured_report_becomes_a_due_finding_and_a_receipt() -> None:
    m = receive(arf(FULL))
    detail = run(m)
    assert detail == {"messages": 1, "findings": 1, "report": 1}
    r = Report.objects.get()
    assert (r.kind, r.format, r.authenticity, r.free_text, r.findings_total) == ("report", "arf", "pass", False, 1)
    assert r.reporter is not None
    assert r.reporter.domain == "feed.example"
    f = Finding.objects.get()
    assert (f.work, f.state, f.lane, f.source_ip, f.message_id, f.zone) == (DUE, "new", 3, "198.51.100.7", "m1@shop.example", "stated")
    assert f.time == datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)
    assert bytes(f.address or b"")[-4:] == bytes([198, 51, 100, 7])
    assert sorted(Answer.objects.values_list("kind", "to")) == [("closed", "desk@feed.example"), ("receipt", "desk@feed.example")]
    assert Answer.objects.get(kind="closed").due_at == micros(NOW + timedelta(days=14))
    assert Review.objects.count() == 0
    assert Message.objects.get().state == "read"


@pytest.mark.parametrize(("kind", "raw", "state"), [
    ("not_abuse", arf(FULL.replace("abuse", "not-spam")), "not_abuse"), ("review", dumps(xarf4(timestamp="soon")), "review"), ("review", text("please help"), "review"),
    ("reply", text("thanks\n> ---- [ N-7QF3-9MZA-H2WP ] ----\n> about 198.51.100.9\n> ---- [ /N-7QF3-9MZA-H2WP ] ----"), "reply"),
])
def test_other_kinds(kind: str, raw: bytes, state: str) -> None:
    run(receive(raw))
    assert Report.objects.get().kind == kind
    assert Message.objects.get().state == state
    assert Finding.objects.filter(work=DUE).count() == 0
    assert Review.objects.count() == (kind in ("review", "reply"))


def test_a_refused_report_names_its_field_to_the_officer() -> None:
    run(receive(dumps(xarf4(source_port=70000))))
    r = Review.objects.get()
    assert (r.reason, r.lane) == ("invalid", "review")
    assert r.detail.startswith("source_port")


def test_reviews_of_one_sender_are_one_group_and_of_one_address_another() -> None:
    run(receive(text("please help")), receive(text("please help me")))
    assert Review.objects.values("group").distinct().count() == 1
    run(receive(text("Your IP 198.51.100.7 is scanning us, stop it", "scan")), receive(text("198.51.100.7 scans us from your network, again", "port scan from 198.51.100.7")))
    assert Review.objects.values("group").distinct().count() == 2


def test_nothing_is_answered_to_the_unproven_the_automatic_or_by_the_silent_desk() -> None:
    run(receive(arf(FULL), authenticated=False))
    assert Report.objects.get().reporter is None
    run(receive(arf(FULL + "X: 1\r\n"), auto="list"))
    assert Answer.objects.count() == 0


@pytest.mark.parametrize(("raw", "lacks"), [
    (text("We were attacked (ssh brute force) from 198.51.100.7 at 2026-11-24 03:00:00 UTC"), ["port", "lines"]),
    (text("We were attacked (ssh brute force) from 198.51.100.7 at 2026-11-24 03:00:00"), ["zone", "port", "lines"]),
    (text("Spam from 198.51.100.7 at 2026-11-24 03:00:00 UTC", "spam"), ["headers"]),
    (text("I get spam from your network", "spam"), ["address", "time"]),
    (arf(FULL.replace("24 Nov", "01 Oct")), ["fresh"]),
])
def test_what_is_missing_is_asked_for_by_category(raw: bytes, lacks: list[str]) -> None:
    run(receive(raw))
    assert Answer.objects.get(kind="missing").detail["missing"] == lacks


def test_the_receipt_asks_nothing_about_members() -> None:
    m = receive(arf(FULL))
    with CaptureQueriesContext(connection, ) as seen:
        run(m)
    for q in seen.captured_queries:
        assert not any(t in q["sql"] for t in ("contracts_", "assignments_", "cases_", "attribution", "submissions_")), q["sql"]


def test_the_same_octets_by_another_envelope_are_one_strike() -> None:
    run(receive(arf(FULL)))
    run(receive(arf(FULL), envelope="other"))
    first, second = Finding.objects.order_by("id")
    assert (second.state, second.work, second.duplicate_of) == ("stored", DONE, first)
    assert Report.objects.order_by("id")[1].detail["repeats"]["layer"] == "bytes"


def test_the_same_report_id_again_is_stored_and_counted() -> None:
    run(receive(dumps(xarf4()), authenticated=False))
    run(receive(dumps(xarf4(description="again")), authenticated=False))
    assert Report.objects.filter(reporter=None).count() == 2  # files have no proven sender: nothing is linked by an id
    assert Finding.objects.filter(state="stored").count() == 0
    for n in (1, 2):
        run(receive(attached("x.json", dumps(xarf4(description=str(n))), "application/json")))
    assert Finding.objects.filter(state="stored").count() == 1
    assert Track.objects.get(category="*").duplicates == 1


def test_one_act_told_by_two_reporters_is_linked_and_both_go_on() -> None:
    run(receive(arf(FULL)))
    run(receive(arf(FULL).replace(b"desk@feed.example", b"desk@other.example")))
    first, second = Finding.objects.order_by("id")
    assert first.event_key == second.event_key
    assert (second.duplicate_of, second.work) == (first, DUE)


def test_the_corrected_form_of_a_refused_report_goes_on() -> None:
    spoiled = xarf4(evidence=[{"content_type": "text/plain", "payload": "bG9n", "hash": "sha256:" + "0" * 64}])
    run(receive(attached("x.json", dumps(spoiled), "application/json")))
    assert (Finding.objects.get().work, Review.objects.get().reason) == (HELD, "invalid")
    run(receive(attached("x.json", dumps(xarf4(report_id="11111111-2222-4333-8444-555555555555")), "application/json")))
    first, second = Finding.objects.order_by("id")
    assert (second.duplicate_of, second.work, second.state) == (first, DUE, "new")


def test_a_replayed_original_by_the_same_reporter_counts_once() -> None:
    run(receive(arf(FULL)))
    later = NOW + timedelta(days=30)
    run(receive(arf(FULL.replace("24 Nov 2026 03", "24 Nov 2026 02")), at=later), at=later)
    assert Finding.objects.order_by("id")[1].state == "stored"


def test_sealed_kinds_seal_the_octets() -> None:
    report = xarf4(category="content", type="csam", url="http://198.51.100.7/x", classification="baseline", detection_method="hash_match", first_seen=None, protocol=None)
    m = receive(attached("x.json", dumps(report), "application/json"))
    run(m)
    with pytest.raises(Refused):
        evidence.get(m.sha256)
    assert Finding.objects.get().type == "csam"


def test_messages_that_read_two_ways_wait_for_a_person() -> None:
    raw = arf(FULL).replace(b"To: abuse", b"From: other@x.example\r\nTo: abuse")
    run(receive(raw))
    assert Finding.objects.get().work == HELD
    assert Review.objects.get().reason == "duplicate_from"


def test_weak_findings_and_those_without_a_key_wait() -> None:
    run(receive(dumps(xarf4(confidence=0.1))), receive(dumps(xarf4(source_identifier="host.example", source_port=None, report_id="550e8400-e29b-41d4-a716-446655440001"))))
    assert set(Review.objects.values_list("reason", flat=True)) == {"low_confidence", "no_key"}
    assert set(Finding.objects.values_list("work", flat=True)) == {HELD}


def test_our_relay_is_walked_through() -> None:
    Network.objects.create(prefix="203.0.113.25/32", family=4, length=32, kind="relay", load="x")
    chain = ("Received: from r.isp.example (r.isp.example [203.0.113.25]) by mx.feed.example (Postfix) with ESMTPS id X1; Tue, 24 Nov 2026 03:04:06 +0000\r\n"
             "Received: from [198.51.100.77] (unknown [198.51.100.77]) by r.isp.example (Postfix) with ESMTPSA id 4OURS; Tue, 24 Nov 2026 03:04:05 +0000\r\n" + ORIGINAL[ORIGINAL.index("From:"):])
    run(receive(arf("Feedback-Type: abuse\r\n", chain)))
    f = Finding.objects.get()
    assert (f.source_ip, f.queue_id, f.queue_host) == ("198.51.100.77", "4OURS", "r.isp.example")


def test_a_long_feed_comes_in_pieces_and_once_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "IN_ONE_WRITE", 50)
    monkeypatch.setattr(stages, "PIECE", 40)
    rows = "".join(f"2026-11-23 00:{n % 60:02d}:11,low,198.51.{n // 200}.{n % 200 + 1},udp,123,ntp,1,JP,x\n" for n in range(333))
    m = receive(attached("2026-11-23-scan_ntp-isp-geo.csv", ("timestamp,severity,ip,protocol,port,tag,asn,geo,region\n" + rows).encode(), "text/csv"))
    run(m)
    assert Finding.objects.count() == Report.objects.get().findings_total == 333
    assert sorted(Finding.objects.values_list("index", flat=True)) == list(range(333))
    # A crash before the finish: the same work again doubles nothing.
    run(m)
    assert (Report.objects.count(), Finding.objects.count()) == (1, 333)


def test_writing_can_be_repeated_after_a_rollback() -> None:
    m = receive(text("We were attacked from 198.51.100.7, please act: ssh brute force"))
    got = ReadStage().work([m.pk], Context(now=NOW, clock=SetClock(NOW), lease="x"))
    with pytest.raises(RuntimeError, match="rolled"), transaction.atomic():
        got.write()
        raise RuntimeError("rolled back")
    with transaction.atomic():
        got.write()
    assert (Report.objects.count(), Finding.objects.count(), Review.objects.count()) == (1, 1, 1)


def test_nul_and_surrogates_are_stored_on_both_engines() -> None:
    raw = b"From: a@b.example\r\nSubject: x\xff\x00\r\n\r\nattack from 198.51.100.7 \x00 at 2026-11-24 03:00:00 UTC ssh \xed\xa0\x80\r\n"
    run(receive(raw))
    assert Report.objects.count() == 1


def test_track_record() -> None:
    run(receive(arf(FULL)))
    f = Finding.objects.get()
    with transaction.atomic():
        track.confirm(f)
        track.confirm(f)
        track.refute(f)
    assert list(Track.objects.order_by("category").values_list("category", "confirmed", "refuted")) == [("*", 2, 1), ("messaging", 2, 1)]
    assert Reporter.objects.count() == 1


def test_missing_evidence_is_a_failure_of_that_row_alone() -> None:
    good = receive(arf(FULL))
    bad = Message.objects.create(sha256="0" * 64, envelope="1" * 64, door="lmtp", received_at=NOW, size=1, route="report", due_at=micros(NOW))
    got = ReadStage().work([bad.pk, good.pk], Context(now=NOW, clock=SetClock(NOW), lease="x"))
    assert list(got.failed) == [bad.pk]
    with transaction.atomic():
        got.write()
    assert Report.objects.count() == 1


def test_duplicates_inside_one_batch() -> None:
    first, other = receive(arf(FULL)), receive(arf(FULL).replace(b"desk@feed.example", b"desk@other.example"))
    again = receive(arf(FULL + "Incidents: 2\r\n"))
    run(first, other, again)
    a, b, c = Finding.objects.order_by("id")
    assert (a.duplicate_of, b.duplicate_of, c.duplicate_of) == (None, a, a)
    assert [x.state for x in (a, b, c)] == ["new", "new", "stored"]


def test_a_batch_takes_few_statements() -> None:
    def statements(n: int) -> int:
        messages = [receive(arf(FULL.replace("198.51.100.7", f"198.51.{n}.{i + 1}"), ORIGINAL.replace("m1@", f"m{n}-{i}@")).replace(b"<r1@", f"<r{n}-{i}@".encode())) for i in range(n)]
        got = ReadStage().work([m.pk for m in messages], Context(now=NOW, clock=SetClock(NOW), lease="x"))
        with CaptureQueriesContext(connection) as seen, transaction.atomic():
            got.write()
        return len(seen)

    # SQLite takes at most 999 values in one INSERT.
    assert statements(40) <= statements(4) + 8


def test_mails_passed_on_together_are_findings_of_their_own_and_the_unread_one_waits() -> None:
    original = ORIGINAL.replace("m1@", "m2@").replace("198.51.100.7", "198.51.100.8")
    none = "From: a@b.example\r\nDate: Tue, 24 Nov 2026 03:04:00 +0000\r\nMessage-ID: <n@b.example>\r\n\r\nx\r\n"
    parts = [("Content-Type: text/plain", "Please stop this spam from your network."), *(("Content-Type: message/rfc822", x) for x in (ORIGINAL, original, none))]
    m = receive(mail("Subject: FW: spam\r\n", parts))
    run(m)
    r = Report.objects.get()
    assert (r.kind, r.free_text, [e["kind"] for e in r.detail["carried"]]) == ("report", True, ["report", "report", "review"])
    assert sorted(Finding.objects.values_list("source_ip", "message_id", "work")) == [("198.51.100.7", "m1@shop.example", DUE), ("198.51.100.8", "m2@shop.example", DUE)]
    item = Review.objects.get()
    assert (item.message_id, item.reason, item.detail) == (m.pk, "carried_unread", "4: no_trace")
    # The same two acts again with something else unread: stored, but the unread mail still waits.
    again = receive(mail("Subject: FW: spam again\r\n", [*parts[:3], ("Content-Type: message/rfc822", none.replace("n@b", "o@b"))]).replace(b"r1@feed", b"r2@feed"))
    run(again)
    assert Finding.objects.filter(state="stored").count() == 2
    assert Review.objects.filter(message=again, reason="carried_unread").count() == 1


def test_an_attached_spreadsheet_opens_an_item_beside_what_was_read() -> None:
    sheet = b"PK\x03\x04" + bytes(range(256)) * 4
    run(receive(attached("list.xlsx", sheet, text="All are in the list. Attacker: 198.51.100.7, ssh brute force, 2026-11-20 10:00:00 UTC.", subject="abuse from your network")))
    assert Finding.objects.get().work == DUE
    assert Review.objects.get().reason == "file_not_read"
