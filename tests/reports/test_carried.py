"""Several reports or spam mails in one message: each its own finding, nothing lost, nobody accused by what a spam makes up."""

from __future__ import annotations

import base64
import random

import pytest

from reports.formats.mails import arf, attached, dumps, mail, plain, xarf4, zipped
from sekimori.reports import reading
from sekimori.reports.common.carried import MAX_MAILS
from sekimori.reports.contract import Context, Item

NUMBERS = range(1, 6)


def spam(n: int, sender: str = "shop@shop.example", body: str = "Buy now.") -> str:
    """Return one spam from 198.51.100.n, received by the reporter's server."""
    return (f"Received: from pc{n}.isp.example (pc{n}.isp.example [198.51.100.{n}])\r\n\tby mx.mailbox.example (Postfix) with ESMTP id Q{n}; Tue, 24 Nov 2026 03:04:0{n % 10} +0000\r\n"
            f"Received: from inside (unknown [192.0.2.1]) by pc{n}.isp.example (Postfix) with ESMTPSA id S{n}; Tue, 24 Nov 2026 03:04:00 +0000\r\n"
            f"From: {sender}\r\nTo: me@mailbox.example\r\nSubject: watches {n}\r\nDate: Tue, 24 Nov 2026 03:04:00 +0000\r\nMessage-ID: <m{n}@shop.example>\r\n\r\n{body}\r\n")


def part(raw: str, kind: str = "message/rfc822") -> tuple[str, str]:
    return f"Content-Type: {kind}", raw


LETTER = ("Content-Type: text/plain", "Please stop this spam from your customers, see attached.")


def read(raw: bytes) -> reading.Answer:
    return reading.answer(Item(raw), Context())


def sources(out: reading.Answer) -> list[str | None]:
    return [f.source_ip for f in out.findings]


def five(kind: str) -> bytes:
    """Return five spam mails passed on in one of the ways that programs have."""
    originals = [spam(n) for n in NUMBERS]
    if kind == "parts":
        return mail("Subject: FW: 5 spam mails from your network\r\n", [LETTER, *map(part, originals)])
    if kind == "digest":
        inner = "Content-Type: multipart/digest; boundary=\"d\""
        body = "".join(f"--d\r\n\r\n{x}\r\n" for x in originals) + "--d--"
        return mail("Subject: spam\r\n", [LETTER, (inner, body)])
    if kind == "eml":
        return mail("Subject: spam\r\n", [LETTER] + [
            (f"Content-Type: application/octet-stream; name=\"{n}.eml\"\r\nContent-Transfer-Encoding: base64", base64.encodebytes(x.encode()).decode()) for n, x in enumerate(originals)])
    if kind == "zip":
        return attached("spam.zip", zipped({f"mails/{n}.eml": x.encode() for n, x in enumerate(originals)}), "application/zip", "spam from your network", "Please stop this spam.")
    if kind == "mbox":
        box = "".join(f"From x@shop.example Tue Nov 24 03:04:05 2026\r\n{x}\r\n" for x in originals)
        return attached("spam.mbox", box.encode(), "application/octet-stream", "spam from your network", "Please stop this spam.")
    text = "Please stop this spam from your network.\r\n\r\n" if kind == "inline" else "迷惑メールが届いています。ご対応をお願いします。\r\n\r\n"
    mark = "-----Original Message-----" if kind == "inline" else "---------- 転送メッセージ {} ----------"
    for n, x in enumerate(originals, 1):
        quoted = "".join(f"> {line}\r\n" for line in x.split("\r\n"))
        text += mark.format(n) + "\r\n" + quoted + "\r\n"
    return plain("FW: spam", text)


@pytest.mark.parametrize("kind", ["parts", "digest", "eml", "zip", "mbox", "inline", "inline_ja"])
def test_five_spam_mails_are_five_findings_each_traced_by_itself(kind: str) -> None:
    out = read(five(kind))
    assert (out.read.kind, out.read.free_text) == ("report", True), out.read.reason
    assert sources(out) == [f"198.51.100.{n}" for n in NUMBERS]
    assert [(f.category, f.type, f.queue_id, f.message_id, f.zone) for f in out.findings] == [("messaging", "spam", f"S{n}", f"m{n}@shop.example", "header") for n in NUMBERS]
    assert len({str(f.time) for f in out.findings}) == 5
    assert [e["kind"] for e in out.read.detail["carried"]] == ["report"] * 5
    assert "forwarded" in out.defects


def test_reports_of_different_formats_are_read_each_by_its_own_reader() -> None:
    first = arf("Feedback-Type: abuse\r\nSource-IP: 198.51.100.7\r\nArrival-Date: Tue, 24 Nov 2026 03:04:05 +0000\r\n").decode().replace("b1", "in1")
    second = attached("xarf.json", dumps(xarf4()), "application/json").decode().replace("b1", "in2")
    third = plain("scan", "Attacker IP: 198.51.100.9\nTime: 2026-11-24 03:04:05 UTC\nport scan of 203.0.113.5\n").decode()
    out = read(mail("Subject: Fwd: reports\r\n", [("Content-Type: text/plain", "for you"), part(first), part(second), part(third)]))
    assert (out.read.kind, out.format, out.read.free_text) == ("report", "forwarded", True)
    assert [e["format"] for e in out.read.detail["carried"]] == ["arf", "xarf4", "prose"]
    assert sources(out)[0] == "198.51.100.7"
    assert "198.51.100.9" in sources(out)
    assert out.findings_total == 3


def test_a_carrier_inside_a_carrier_is_opened() -> None:
    inner = five("parts").decode().replace("b1", "in1")
    out = read(mail("Subject: Fwd: FW: 5 spam mails\r\n", [("Content-Type: text/plain", "FYI"), part(inner), part(spam(6))]))
    assert sources(out)[:5] == [f"198.51.100.{n}" for n in NUMBERS]


def test_what_cannot_be_read_is_listed_and_does_not_hold_the_rest() -> None:
    none = "From: a@b.example\r\nDate: Tue, 24 Nov 2026 03:04:00 +0000\r\nMessage-ID: <n@b.example>\r\nSubject: no trace\r\n\r\nx\r\n"
    out = read(mail("Subject: spam from your network\r\n", [LETTER, part(spam(1)), part(none), part(spam(2))]))
    assert (out.read.kind, sources(out)) == ("report", ["198.51.100.1", "198.51.100.2"])
    assert [e["reason"] for e in out.read.detail["carried"] if e["kind"] == "review"] == ["no_trace"]
    assert "carried_unread:1" in out.defects


def test_an_outlook_file_is_told_and_not_passed_over() -> None:
    out = read(attached("mail.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/vnd.ms-outlook", "spam from your network", "Please stop this spam, see the attached mail."))
    assert (out.read.kind, sources(out)) == ("review", [])
    assert out.read.detail["carried"][0]["reason"] == "outlook_msg"


def test_the_reporters_own_answer_among_the_enclosed_accuses_nobody() -> None:
    out = read(mail("Subject: spam from your network\r\n", [LETTER, part(spam(1)), part(spam(9, sender="desk@feed.example"))]))
    assert sources(out) == ["198.51.100.1"]
    assert out.read.detail["carried"][0]["reason"] == "own_address"


def test_a_letter_that_names_another_address_than_the_chains_goes_to_a_person() -> None:
    out = read(mail("Subject: spam\r\n", [("Content-Type: text/plain", "Spam from 203.0.113.77 in your network, please stop it."), part(spam(1)), part(spam(2))]))
    assert (out.read.kind, sources(out)) == ("review", [])
    assert {e["reason"] for e in out.read.detail["carried"]} == {"original_contradicts_text"}


def test_mails_without_a_complaint_accuse_nobody() -> None:
    friendly = ("Content-Type: text/plain", "Here are the two invoices that you asked for last week, thank you for your patience and see you soon.")
    out = read(mail("Subject: invoices\r\nTo: someone@isp.example\r\n", [friendly, part(spam(1)), part(spam(2))]).replace(b"To: abuse@isp.example", b"Cc: x@isp.example"))
    assert (out.read.kind, sources(out)) == ("review", [])


def test_headers_made_up_inside_a_spam_accuse_nobody() -> None:
    fake = spam(66).replace("\r\n\t", " ")
    text = "Please stop this spam from your network.\r\n\r\n-----Original Message-----\r\n" + spam(1, body="Look at this!\r\n\r\n" + fake)
    assert sources(read(plain("FW: spam", text))) == ["198.51.100.1"]
    two = text + "\r\n-----Original Message-----\r\n" + spam(2, body="hello\r\n\r\n" + fake)
    assert sources(read(plain("FW: spam", two))) == ["198.51.100.1", "198.51.100.2"]
    inside = mail("Subject: watches\r\n", [("Content-Type: text/plain", "see"), part(spam(66))]).decode().replace("b1", "in1")
    framed = spam(3).split("\r\nFrom:")[0] + "\r\n" + inside.replace("To: abuse@isp.example", "To: me@mailbox.example").replace("desk@feed.example", "shop@shop.example")
    assert sources(read(mail("Subject: spam\r\n", [LETTER, part(spam(1)), part(framed)]))) == ["198.51.100.1", "198.51.100.3"]


def test_a_bomb_of_mails_is_cut_off_and_said_to_be() -> None:
    many = zipped({f"{n}.eml": spam(n % 250 + 1).encode() for n in range(100)})
    parts = [LETTER, *(part(spam(n)) for n in NUMBERS), ("Content-Type: application/zip; name=\"a.zip\"\r\nContent-Transfer-Encoding: base64", base64.encodebytes(many).decode())]
    out = read(mail("Subject: spam\r\n", parts))
    assert out.findings_total == MAX_MAILS
    assert "over_limit:carried" in out.defects
    nested = zipped({"inner.zip": many, "1.eml": spam(1).encode()})
    out = read(attached("spam.zip", nested, "application/zip", "spam from your network", "Please stop this spam."))
    assert sources(out) == ["198.51.100.1"]
    assert "archive_in_archive" in {e.get("reason") for e in out.read.detail["carried"]}


def test_whatever_is_cut_or_changed_is_answered() -> None:
    random_ = random.Random(7)
    for kind in ("parts", "digest", "eml", "zip", "mbox", "inline"):
        whole = five(kind)
        for _ in range(40):
            raw = bytearray(whole[:random_.randrange(len(whole))] if random_.random() < 0.5 else whole)
            for _ in range(random_.randrange(6)):
                raw[random_.randrange(len(raw))] = random_.randrange(256) if raw else 0
            out = read(bytes(raw)) if raw else None
            if out is not None:
                assert not any("reader_failed" in d for d in out.defects)
                assert all(f.source_ip is None or f.source_ip.startswith(("198.51.100.", "192.0.2.")) for f in out.findings) or out.read.kind != "report"
