"""An incident freezes the device, rule or relay that named the wrong contract, for its time; a feed only where no more is known."""

from datetime import UTC, datetime, timedelta

import pytest

from notices_rows import case, contract, finding, notice_for, run
from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case, Freeze
from sekimori.cases.stages import OpenStage
from sekimori.enforcement import incident
from sekimori.enforcement.models import Incident
from sekimori.notices.stages import SendStage
from sekimori.reports.models import Review
from sekimori.values.clock import micros

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 9, 3, 0, tzinfo=UTC)


def proof(device, feed="bng", start=NOW - timedelta(days=1), pk=1):
    row = {"feed": feed, "device": device, "source": "radius", "start": micros(start), "start_error_us": 0}
    return {"contract": pk, "readings": [{"window": None, "verdict": {"trails": [
        {"contract": pk, "holder": "login:x", "steps": [{"kind": "row", "rank": 0, "why": "", "detail": row}]}]}}]}


@pytest.fixture
def wrong(folder):
    """A case of bng1 whose member was told; declared wrong by the tests."""
    k = case(NOW, proof=proof("bng1"))
    notice_for(k, NOW)
    run(SendStage(), NOW)
    return k


def answer(device, *, feed="bng", at=NOW):
    """Certainly somebody, by a device: goes through the stage that opens cases."""
    held = contract()
    seen = finding(NOW, at=at)
    row = Attribution.objects.create(finding=seen, certainty="exact", contract=held, how="radius", proof=proof(device, feed), at=NOW, due_at=micros(NOW))
    run(OpenStage(), NOW)
    waits = Review.objects.filter(finding=row.finding, reason="source_frozen").exists()
    assert waits != Case.objects.filter(contract=held).exists()
    return "waits" if waits else "case"


def test_only_the_device_is_frozen_and_only_its_siblings_named(wrong):
    sibling = case(NOW, proof=proof("bng1"))
    other_device, other_feed = case(NOW, proof=proof("bng2")), case(NOW, proof=proof("bng1", feed="west"))
    long_ago = case(NOW, proof=proof("bng1"))
    for entry in long_ago.entries.all():
        entry.finding.time = NOW - timedelta(days=20)
        entry.finding.save()
    before = incident.preview(wrong)
    assert [p.source for p in before.parts] == ["radius:bng/bng1"] and not before.wide
    found = incident.declare("sato", wrong.contract, NOW)
    assert found.siblings == list(before.siblings) == [sibling.ref]
    assert not {other_device.ref, other_feed.ref, long_ago.ref} & set(found.siblings)
    frozen = Freeze.objects.get()
    assert (frozen.source, frozen.since, frozen.until, frozen.incident) == ("radius:bng/bng1", NOW - timedelta(days=8), None, found.ref)
    assert answer("bng1") == "waits"
    assert answer("bng2") == answer("bng1", feed="west") == answer("bng1", at=NOW - timedelta(days=20)) == "case"
    incident.lift("suzuki", "radius:bng/bng1", NOW)
    assert answer("bng1") == "case"


def test_where_only_the_feed_is_known_the_preview_says_so(folder):
    k = case(NOW, proof=proof(""))
    notice_for(k, NOW)
    run(SendStage(), NOW)
    by_device = case(NOW, proof=proof(""))
    seen = incident.preview(k)
    assert seen.wide and seen.siblings == (by_device.ref,) and not Freeze.objects.exists() and not Incident.objects.exists()
    incident.declare("sato", k.contract, NOW)
    assert answer("") == "waits" and answer("", feed="west") == "case"


def test_a_second_incident_widens_the_time_and_never_narrows_it(wrong):
    incident.declare("sato", wrong.contract, NOW)
    earlier = case(NOW, proof=proof("bng1", start=NOW - timedelta(days=30)))
    notice_for(earlier, NOW)
    run(SendStage(), NOW)
    incident.declare("sato", earlier.contract, NOW)
    later = case(NOW, proof=proof("bng1", start=NOW))
    notice_for(later, NOW)
    run(SendStage(), NOW)
    incident.declare("sato", later.contract, NOW)
    assert Freeze.objects.get().since == NOW - timedelta(days=37)
