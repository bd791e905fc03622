"""The API keeps reports, answers alike, and refuses what two readers would understand differently."""

import json

import jsonschema
import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekimori.api.answers import WORDS
from sekimori.api.keys import make_key
from sekimori.api.models import Accepted
from sekimori.api.openapi import document
from sekimori.intake.models import Message
from sekimori.values.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = json.dumps({"xarf_version": "4.2.0", "category": "connection", "source_identifier": "198.18.0.7"})
URL = "/api/v1/reports"


def post(body, kind="application/json", **headers):
    octets = body.encode() if isinstance(body, str) else body
    return Client().generic("POST", URL, octets, content_type=kind, headers=headers)


def code(response):
    jsonschema.validate(response.json(), document()["components"]["schemas"]["Error"])
    return response.json()["error"]["code"]


def test_a_report_is_kept_and_its_state_told():
    done = post(REPORT)
    assert done.status_code == 202
    jsonschema.validate(done.json(), document()["components"]["schemas"]["Accepted"])
    state = Client().get(done.headers["Location"])
    assert state.json()["state"] == "queued"
    jsonschema.validate(state.json(), document()["components"]["schemas"]["State"])
    message = Message.objects.get()
    assert (message.door, message.authenticated, message.route) == ("http", False, "report")


def test_an_idempotency_key_gives_the_same_id_once():
    first = post(REPORT, idempotency_key="a-1")
    again = post(REPORT, idempotency_key="a-1")
    assert first.json()["id"] == again.json()["id"]
    assert Accepted.objects.count() == 1
    assert code(post(REPORT + " ", idempotency_key="a-1")) == "idempotency.conflict"
    assert post(REPORT, idempotency_key="a-2").json()["id"] != first.json()["id"]
    assert code(post(REPORT, idempotency_key="")) == "idempotency.form"


def test_a_key_names_its_holder_and_an_unknown_one_is_refused(now):
    value = make_key("feed.example", Actor("command", "test"), now)
    assert post(REPORT, authorization=f"Bearer {value}").status_code == 202
    assert Message.objects.get().authenticated
    assert Message.objects.get().mail_from == "api@feed.example"
    assert code(post(REPORT, authorization="Bearer nonsense")) == "key.unknown"
    assert code(post(REPORT, authorization="Basic abc")) == "key.unknown"


@pytest.mark.parametrize(("body", "expected"), [
    (b'{"a":1,"a":2}', "json.duplicate_key"), (b'{"a":NaN}', "json.number"), (b'{"a":1e999}', "json.number"), (b'{"a":' + b"9" * 5000 + b"}", "json.number"),
    (b'{"a":"\\ud800"}', "json.surrogate"), (b"[" * 100_000, "json.depth"), (b"{", "json.syntax"), (b"\xff\x00", "json.encoding"), (b"  ", "body.empty")])
def test_ambiguous_documents_are_refused_with_stable_codes(body, expected):
    assert code(post(body)) == expected
    assert not Message.objects.exists()


def test_other_refusals():
    assert code(post(REPORT, kind="application/xml")) == "body.type"
    assert code(Client().get(URL)) == "method.not_allowed"
    assert code(Client().get(URL + "/R-NONE-NONE-NONE")) == "report.unknown"
    assert code(Client().delete(URL + "/R-NONE-NONE-NONE")) == "method.not_allowed"


def test_mail_and_text_are_taken_as_they_are():
    raw = b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n"
    assert post(raw, kind="message/rfc822").status_code == 202
    assert post("198.18.0.7 にやられました".encode("cp932"), kind="text/plain; charset=Shift_JIS").status_code == 202
    assert Message.objects.count() == 2


def test_a_flood_is_slowed(monkeypatch):
    from sekimori.api import reports

    monkeypatch.setattr(reports, "PER_MINUTE", 3)
    assert [post(REPORT).status_code for _ in range(5)] == [202, 202, 202, 429, 429]


def test_an_outage_answers_503_without_a_trace(monkeypatch):
    from sekimori.api import reports

    def full(*_, **__):
        raise OSError("disk full at /secret/path")

    monkeypatch.setattr(reports.door, "receive", full)
    done = post(REPORT)
    assert done.status_code == 503
    assert "secret" not in done.content.decode()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_octets_get_a_documented_answer(body):
    done = post(body)
    assert done.status_code in {202, 400, 413, 415, 429}  # 415: the client sends no type with an empty body
    if done.status_code != 202:
        assert code(done) in WORDS


def test_every_code_speaks_both_languages():
    assert all(ja and en and not ja.isascii() and en.isascii() for ja, en in WORDS.values())


def test_the_description_and_health_are_served():
    assert Client().get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"
    assert Client().get("/healthz").content == b"ok\n"
    post(REPORT)
    text = Client().get("/metrics").content.decode()
    assert 'sekimori_work_rows{stage="reports.read"' in text or "sekimori_messages_total 1" in text
    assert Client(REMOTE_ADDR="203.0.113.5").get("/metrics").status_code == 404
