"""Requests: what each kind may yield, two persons, preservation of a case's rows only, silence."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.cases.models import Case
from sekimori.contracts.models import Contract, Holder
from sekimori.disclosure import hearing, service
from sekimori.disclosure.freeze import place
from sekimori.disclosure.kinds import kinds
from sekimori.disclosure.masking import masked
from sekimori.disclosure.models import Frozen, Request
from sekimori.disclosure.stages import KeepStage
from sekimori.enforcement.models import Saying
from sekimori.ledger.models import Entry
from sekimori.ledger.service import write
from sekimori.submissions.models import Submission
from sekimori.values.actors import Actor
from sekimori.values.addresses import packed, parse_address
from sekimori.values.clock import SetClock, iso
from sekimori.values.outcomes import Refused
from sekimori.work.models import ClockMark
from sekimori.work.runner import Runner

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor("officer", "a")


@pytest.fixture
def contract():
    row = Contract.objects.create(key="C1", handle="h1")
    Holder.objects.create(contract=row, holder="山田 花子", postal="東京都", phone="03", email="c1@isp.example")
    return row


def mail(now, login, client, **extra):
    return Submission.objects.create(host="s", queue_id=f"q{login}{now.timestamp()}", login=login, client_family=4, client=packed(parse_address(client)), time=now, source="t", **extra)


def keep(now):
    return Runner([KeepStage()], SetClock(now), write).until_idle()


def test_preservation_copies_only_the_window_and_ends_on_its_day(now):
    inside = mail(now - timedelta(hours=1), "u1", "198.18.0.7")
    mail(now - timedelta(hours=1), "u2", "198.18.9.7")
    mail(now - timedelta(days=3), "u1", "198.18.0.7")
    window = {"from": iso(now - timedelta(hours=2)), "to": iso(now), "prefix": "198.18.0.7/32"}
    request = service.receive("preservation", now, BY, window=window)
    keep(now)
    request.refresh_from_db()
    assert (request.state, request.frozen_rows) == ("preserved", 1)
    assert inside.queue_id in Frozen.objects.get().row
    assert request.preserved_until == now + timedelta(days=30)
    assert service.extend(request, now, BY) == now + timedelta(days=60)
    with pytest.raises(Refused):
        service.extend(request, now, BY)
    keep(now + timedelta(days=59))
    assert Frozen.objects.exists()
    keep(now + timedelta(days=60))
    request.refresh_from_db()
    assert request.state == "expired"
    assert not Frozen.objects.exists()


@pytest.mark.parametrize("kind", [k.name for k in kinds().values() if k.preserve_days])
def test_what_is_frozen_is_deleted_on_its_day_without_anybody_doing_anything(now, kind):
    mail(now - timedelta(hours=1), "u1", "192.0.2.9")
    service.receive(kind, now, BY, window={"from": iso(now - timedelta(hours=2)), "to": iso(now), "login": "u1"})
    keep(now)
    end = now + timedelta(days=kinds()[kind].preserve_days)
    for at in (end - timedelta(seconds=1), end):
        ClockMark.objects.all().delete()  # the time in between has passed
        assert Frozen.objects.count() == 1
        keep(at)
    assert not Frozen.objects.exists()


def test_a_login_window_finds_its_mails(now):
    mail(now - timedelta(hours=1), "u1", "192.0.2.9")
    service.receive("victim_preservation", now, BY, window={"from": iso(now - timedelta(hours=2)), "to": iso(now), "login": "u1"})
    keep(now)
    assert Frozen.objects.count() == 1


@pytest.mark.parametrize("window", [{}, {"from": "x", "to": "y", "prefix": "198.18.0.0/24"}, {"from": "2026-01-01T00:00:00", "to": "2026-01-02T00:00:00", "login": "u"},
                                    {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z", "login": "u"}, {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"},
                                    {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "prefix": "10.0.0.0/8"}])
def test_an_unusable_window_is_refused(now, window):
    with pytest.raises(Refused):
        service.receive("preservation", now, BY, window=window)


def test_two_different_officers_and_a_paper(now, contract):
    request = service.receive("investigation", now, BY, contract=contract)
    with pytest.raises(Refused, match="no_paper"):
        service.consent(request, "a", now)
    Request.objects.filter(pk=request.pk).update(document="d" * 64)
    service.consent(request, "a", now)
    with pytest.raises(Refused, match="own_approval"):
        service.consent(request, "a", now)
    with pytest.raises(Refused, match="not_approved"):
        service.answer(request, BY, now)
    service.consent(request, "b", now)
    found = service.answer(request, BY, now)
    assert found["holder"] == {"holder": "山田 花子", "postal": "東京都"}
    assert "connection" not in found
    acts = list(Entry.objects.order_by("seq").values_list("act", flat=True))
    assert acts.index("protected.read") < acts.index("request.answered")


def test_a_warrant_yields_the_rows_of_its_window_and_leaves_a_masked_copy(now, contract):
    sent = mail(now - timedelta(hours=1), "u1@isp.example", "198.18.0.7", recipients=3)
    mail(now - timedelta(hours=1), "u2@isp.example", "198.18.0.7")
    window = {"from": iso(now - timedelta(hours=2)), "to": iso(now), "login": "u1@isp.example"}
    request = service.receive("warrant", now, BY, contract=contract, document="d" * 64, window=window)
    for officer in ("a", "b"):
        service.consent(request, officer, now)
    with pytest.raises(Refused, match="not_preserved"):
        service.answer(request, BY, now)
    keep(now)
    for officer in ("a", "b"):
        service.consent(request, officer, now)
    found = service.answer(request, BY, now)
    assert [(r["queue_id"], r["recipients"]) for r in found["submission"]] == [(sent.queue_id, 3)]
    request.refresh_from_db()
    kept = json.loads(request.masked_copy)
    assert kept["holder"] == {"holder": "●●●", "postal": "東京都●●●"}
    assert [(r["login"], r["queue_id"], r["recipients"]) for r in kept["submission"]] == [("●●●@isp.example", "●●●", 3)]
    keep(now + timedelta(days=59))
    keep(now + timedelta(days=60))
    request.refresh_from_db()
    assert request.state == "answered"
    assert not Frozen.objects.exists()


@pytest.mark.parametrize(("key", "size", "said"), [(0xC6120007 << 16, 0, "198.18.0.7"), (0xC6120007 << 16 | 1024, 256, "198.18.0.7:1024-1279"),
                                                   (0x20010DB800010000, 56, "2001:db8:1::/56"), (0x1234567890ABCDEF, 128, "")])
def test_a_row_says_the_address_it_is_about(key, size, said):
    assert place(key, size) == said


@given(st.recursive(st.none() | st.integers() | st.text(max_size=30), lambda c: st.lists(c, max_size=3) | st.dictionaries(
    st.sampled_from(["holder", "postal", "phone", "address", "login", "queue_id", "start", "kind"]), c, max_size=4), max_leaves=12))
def test_a_masked_copy_of_anything_keeps_its_form(value):
    again = masked(value)
    assert type(again) is type(value) or isinstance(again, str)
    if isinstance(value, dict):
        assert again.keys() == value.keys()


def test_a_person_is_given_all_that_is_kept_about_them(now, contract):
    case = Case.objects.create(ref="K-1", contract=contract, category="messaging/spam", policy="messaging", opened_at=now, first_event=now, last_event=now)
    Saying.objects.create(case=case, at=now, kind="statement", text="I was on holiday")
    request = service.receive("access", now, BY, contract=contract)
    for officer in ("a", "b"):
        service.consent(request, officer, now)
    found = service.answer(request, BY, now)
    assert [c["case"] for c in found["cases"]] == ["K-1"]
    assert found["said"][0]["text"] == "I was on holiday"
    assert found["holder"]["email"] == "c1@isp.example"


def test_a_changed_scope_voids_consents(now, contract):
    mail(now - timedelta(hours=1), "u1", "198.18.0.7")
    request = service.receive("warrant", now, BY, contract=contract, document="d" * 64, window={"from": iso(now - timedelta(hours=2)), "to": iso(now), "login": "u1"})
    service.consent(request, "a", now)
    Request.objects.filter(pk=request.pk).update(document="e" * 64)
    assert service.consent(request, "b", now).state != "approved"


def test_the_member_is_heard_before_a_sender_is_disclosed(now, contract):
    request = service.receive("sender_disclosure", now, BY, contract=contract, document="d" * 64)
    with pytest.raises(Refused, match="hearing_not_sent"):
        service.consent(request, "a", now + timedelta(days=15))
    hearing.ask(request, "https://board.example/1", "", now, BY)
    with pytest.raises(Refused, match="being heard"):
        service.consent(request, "a", now + timedelta(days=14))
    assert service.consent(request, "a", now + timedelta(days=15))


def test_authorities_requests_are_never_shown_to_the_member(now, contract):
    for kind in kinds():
        service.receive(kind, now, BY, contract=contract)
    shown = {r.kind for r in service.shown_to_member(contract)}
    assert shown == {"bar_association", "court_inquiry", "sender_disclosure", "mic29", "access"}


def test_kinds_hold_to_the_law():
    for kind in kinds().values():
        if not kind.secrecy:
            assert not kind.yields & {"connection", "submission"}, kind.name
    assert kinds()["preservation"].preserve_days == 30
    assert kinds()["preservation"].preserve_most == 60
    assert not kinds()["preservation"].yields
    assert kinds()["sender_disclosure"].hearing_days


def test_nothing_named_or_unknown_is_refused(now):
    with pytest.raises(Refused, match="nothing_named"):
        service.receive("warrant", now, BY)
    with pytest.raises(Refused, match="unknown_kind"):
        service.receive("curiosity", now, BY, window={"x": 1})
