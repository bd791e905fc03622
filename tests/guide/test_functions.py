"""The pages that do something: the same for everybody, nothing kept that need not be, nothing active shown back."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sekimori.disclosure.models import Request
from sekimori.evidence import store
from sekimori.guide import compose
from sekimori.guide.views import bounce, headers
from sekimori.intake.models import Message
from sekimori.mime import read
from sekimori.network.models import Network
from sekimori.values.addresses import parse_prefix

pytestmark = pytest.mark.django_db

SOURCE = """Received: from mx.isp.example (mx.isp.example [192.0.2.25])
\tby mail.victim.example with ESMTP id ABC123; Tue, 24 Nov 2026 11:00:02 +0900
Received: from unknown (HELO x) ([198.18.0.7]:51234)
\tby mx.isp.example with SMTP id Q1; Tue, 24 Nov 2026 11:00:01 +0900
From: "Bank" <bank@bank.example>
To: hanako.yamada@victim.example
Subject: win
Date: Tue, 24 Nov 2026 11:00:00 +0900
Message-ID: <1@x.example>

Click <script>alert(1)</script>
"""
BOUNCE = """From: MAILER-DAEMON@mx.isp.example
To: hanako@isp.example
Subject: Undelivered Mail Returned to Sender
Content-Type: text/plain

This is the mail system at host mx.isp.example.

<taro.suzuki@other.example>: host mx.other.example[192.0.2.9] said: 550 5.1.1
    <taro.suzuki@other.example>: Recipient address rejected: User unknown <b>x</b>
"""


def network(prefix, kind="radius"):
    parsed = parse_prefix(prefix)
    Network.objects.create(prefix=prefix, family=parsed.version, length=parsed.prefixlen, kind=kind, load=uuid.uuid4().hex)


def post(path, data, client=None):
    return (client or Client()).post(path, data)


def test_a_report_is_kept_as_one_mail_with_the_original_inside():
    answer = post("/ja/report/", {"kind": "spam", "source": SOURCE, "text": "届きました", "contact": "me@victim.example"})
    assert answer.status_code == 302
    row = Message.objects.get()
    raw = store.get(row.sha256)
    assert row.door == "form" and not row.authenticated and row.route == "report" and compose.number(raw) in answer.headers["Location"]
    mail = read(raw)
    inner = [p for p in mail.walk() if p.type == "message/rfc822"]
    assert len(inner) == 1 and inner[0].message.headers.get("subject") == "win"
    assert "届きました" in next(p for p in mail.walk() if p.type == "text/plain").text
    receipt = Client().get(answer.headers["Location"])
    assert receipt.status_code == 200 and compose.number(raw).encode() in receipt.content


def test_an_attached_mail_keeps_its_octets():
    original = SOURCE.replace("\n", "\r\n").encode() + b"\xa4\xa2 8 bit\r\n"
    post("/en/report/", {"kind": "spam", "file": SimpleUploadedFile("a/../x.eml", original)})
    assert original in store.get(Message.objects.get().sha256)


def test_the_same_form_twice_is_one_report():
    for _ in range(2):
        post("/ja/report/", {"kind": "other", "text": "same"})
    assert Message.objects.count() == 1 or {m.copies for m in Message.objects.all()} != {1}


@pytest.mark.parametrize("bad", [{"kind": "spam"}, {"text": "x"}, {"kind": "nope", "text": "x"}, {"kind": "spam", "text": "x", "address": "999.1.1.1"},
                                 {"kind": "spam", "text": "x", "port": "70000"}, {"kind": "spam", "text": "x", "contact": "a@b\r\nBcc: c@d"}])
def test_what_cannot_be_read_is_asked_again(bad):
    answer = post("/ja/report/", bad)
    assert answer.status_code == 400 and not Message.objects.exists()
    assert "エラー" in answer.content.decode() or 'class="error"' in answer.content.decode() or "callout bad" in answer.content.decode()


def test_the_hidden_field_loses_nothing():
    assert post("/ja/report/", {"kind": "spam", "text": "x", "website": "autofilled"}).status_code == 302
    assert b"; odd" in store.get(Message.objects.get().sha256)


def test_the_answer_is_the_same_for_every_address(now):
    """Held, unheld, suspended or protected: the form never looks (no query on those tables), so bytes cannot differ."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    network("198.18.0.0/15")
    seen = set()
    for address in ("198.18.0.7", "198.18.99.99", "203.0.113.9", "192.0.2.1"):
        with CaptureQueriesContext(connection) as asked:
            answer = post("/ja/report/", {"kind": "attack", "address": address, "text": "log"})
        page = Client().get(answer.headers["Location"])
        assert not [q for q in asked.captured_queries if re.search(r"contracts_|assignments_|cases_|attribution_|enforcement_", q["sql"])]
        number = re.compile(r"(?:[0-9A-F]{4}-){3}[0-9A-F]{4}")
        seen.add((answer.status_code, number.sub("N", answer.headers["Location"]), number.sub("N", page.content.decode()), len(page.content), str(sorted(page.headers.items()))))
    assert len(seen) == 1


def test_forms_are_safe_from_other_sites():
    strict = Client(enforce_csrf_checks=True)
    for path in ("/ja/report/", "/ja/headers/", "/ja/bounce/", "/ja/preserve/"):
        assert post(path, {"kind": "spam", "text": "x"}, strict).status_code == 403
    assert Client().get("/ja/report/received/?n=<script>").status_code == 404


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_header_doctor_says_whose_it_is_and_keeps_nothing(language):
    network("198.18.0.0/15")
    network("192.0.2.25/32", "relay")
    html = post(f"/{language}/headers/", {"source": SOURCE}).content.decode()
    assert "198.18.0.7" in html and ("当社のネットワークから" if language == "ja" else "from our network") in html
    assert "<script>alert" not in html and "hanako.yamada" not in html and not Message.objects.exists()
    other = post(f"/{language}/headers/", {"source": SOURCE.replace("198.18.0.7", "203.0.113.77")}).content.decode()
    assert ("ほかの事業者から" if language == "ja" else "from another operator") in other


def test_the_header_doctor_never_asks_about_members():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        post("/ja/headers/", {"source": SOURCE})
    assert not [q for q in asked.captured_queries if re.search(r"contracts_|assignments_|cases_|attribution_|submissions_", q["sql"])]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_failure_is_explained_masked_and_not_kept(language):
    html = post(f"/{language}/bounce/", {"source": BOUNCE}).content.decode()
    assert "t…i@other.example" in html and "taro.suzuki" not in html and "<b>x</b>" not in html
    assert "5.1.1" in html and ("だれがするか" if language == "ja" else "Who acts") in html and not Message.objects.exists()


def test_errors_of_mail_programs_are_explained():
    html = post("/ja/bounce/", {"source": "エラー 0x800CCC0F が出ました"}).content.decode()
    assert "0x800CCC0F" in html


def test_known_and_unknown_ids_are_answered_alike():
    from sekimori.submissions.models import Submission

    bounce_text = BOUNCE + "\nMessage-ID: <known@isp.example>\n"
    first = bounce.meaning(bounce_text.encode(), "ja")
    Submission.objects.create(host="mx", queue_id="Q", message_id="known@isp.example", login="hanako@isp.example", time="2026-11-24T00:00:00Z", source="test")
    assert bounce.meaning(bounce_text.encode(), "ja") == first


@pytest.mark.parametrize("path", ["/ja/headers/", "/en/bounce/"])
def test_nothing_pasted_is_asked_for(path):
    assert "callout warn" in post(path, {"source": "  "}).content.decode()


@given(st.binary(max_size=2000))
def test_any_octets_are_explained_without_an_exception(raw):
    from datetime import UTC, datetime

    bounce.meaning(raw, "ja")
    headers.explain(raw, "en", datetime(2026, 11, 24, tzinfo=UTC))


def test_preservation_is_filed_and_answered_the_same_for_everybody():
    filled = {"address": "198.18.0.7", "begins": "2026-11-24T10:00", "ends": "2026-11-24T11:00", "zone": "+09:00", "what": "attack", "contact": "me@victim.example"}
    network("198.18.0.0/15")
    answers = {(a.status_code, a.headers["Location"]) for a in (post("/ja/preserve/", filled | {"address": x}) for x in ("198.18.0.7", "203.0.113.1"))}
    assert answers == {(302, "/ja/preserve/received/")}
    first = Request.objects.order_by("id").first()
    assert first.kind == "victim_preservation" and first.window == {"from": "2026-11-24T10:00:00+09:00", "to": "2026-11-24T11:00:00+09:00", "prefix": "198.18.0.7/32"}
    page = Client().get("/ja/preserve/received/").content.decode()
    assert "受け取りました" in page and first.ref not in page


@pytest.mark.parametrize("change", [{"address": "x"}, {"address": "198.18.0.0/8"}, {"begins": "nonsense"}, {"ends": "2026-11-24T09:00"}, {"ends": "2027-11-24T09:00"}, {"what": ""}])
def test_a_window_must_be_one(change):
    filled = {"address": "198.18.0.7", "begins": "2026-11-24T10:00", "ends": "2026-11-24T11:00", "zone": "+09:00", "what": "attack", "contact": "me@victim.example"}
    assert post("/ja/preserve/", filled | change).status_code == 400 and not Request.objects.exists()


@given(text=st.text(max_size=300), source=st.text(max_size=300), name=st.text(max_size=80), data=st.binary(max_size=300))
def test_any_form_becomes_a_mail_that_can_be_read(text, source, name, data):
    from datetime import UTC, datetime

    raw = compose.message(compose.Filled("ja", "spam", text=text, source=source, files=((name, data),)), to="abuse@isp.example", domain="isp.example",
                          now=datetime(2026, 11, 24, tzinfo=UTC))
    mail = read(raw)
    assert mail.headers.get("to") == "abuse@isp.example" and len(list(mail.walk())) >= 3
