"""The log as proof: for the owner of a login only, in the ledger before it is asked, others' ids answered like unknown ones."""

import dataclasses
import json
from datetime import timedelta

import pytest

from bounces import notices_made as made
from sekimori.bounces import parse
from sekimori.bounces.disowned import disown
from sekimori.bounces.proof import OwnerProof
from sekimori.bounces.provenance.model import Judgement, Log, Provenance
from sekimori.bounces.provenance.rules import judge
from sekimori.ledger.models import Entry
from sekimori.mailauth.batv import Tag, Tagger
from sekimori.mime import read
from sekimori.reports.models import Review
from sekimori.settings.types import Tags
from sekimori.submissions.models import Submission
from sekimori.values.actors import Actor
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
MEMBER = Actor("member", "h000001")


def handed(now, login="hanako@isp.example", message_id="orig-1@isp.example"):
    return Submission.objects.create(host="smtp1.isp.example", queue_id="4ABCDEF0123", message_id=message_id, login=login, time=now - timedelta(hours=1), recipients=1, source="test")


def judged(proof, raw=made.POSTFIX):
    mail = read(raw)
    found = parse(mail)
    return found, judge(mail, found, proof.known(mail, found))


def test_a_mail_of_the_owner_is_proved(folder, now):
    handed(now)
    found, judgement = judged(OwnerProof("hanako@isp.example", folder, SetClock(now), MEMBER))
    assert judgement.provenance is Provenance.GENUINE and judgement.evidence[0].code == "log_message_id" and found.failures


def test_the_mail_of_another_member_is_answered_like_one_that_nobody_sent(folder, now):
    nobody = judged(OwnerProof("taro@isp.example", folder, SetClock(now), MEMBER))[1]
    handed(now)
    another = judged(OwnerProof("taro@isp.example", folder, SetClock(now), MEMBER))[1]
    assert another == nobody and another.provenance is Provenance.BACKSCATTER


def test_the_ledger_comes_before_the_answer(folder, now, monkeypatch):
    handed(now)
    order = []
    monkeypatch.setattr("sekimori.bounces.proof.read_protected", lambda *a: order.append("ledger"))
    real = Submission.objects.filter
    monkeypatch.setattr(Submission.objects, "filter", lambda **k: (order.append("log"), real(**k))[1])
    OwnerProof("hanako@isp.example", folder, SetClock(now), MEMBER).ask("orig-1@isp.example")
    assert order == ["ledger", "log"]


def test_without_a_ledger_there_is_no_answer(folder, now, monkeypatch):
    handed(now)

    def broken(*a):
        raise OSError("disk full")

    monkeypatch.setattr("sekimori.bounces.proof.read_protected", broken)
    with pytest.raises(OSError, match="disk full"):
        OwnerProof("hanako@isp.example", folder, SetClock(now), MEMBER).ask("orig-1@isp.example")


def test_the_entry_names_what_was_read_and_no_address(folder, now):
    OwnerProof("hanako@isp.example", folder, SetClock(now), MEMBER).ask("orig-1@isp.example")
    body = Entry.objects.get().body
    assert json.loads(body)["act"] == "protected.read" and json.loads(body)["detail"]["what"] == "submissions.message_id"
    assert "hanako" not in body and "orig-1" not in body


def test_nothing_to_ask_is_not_asked(folder, now):
    assert OwnerProof("hanako@isp.example", folder, SetClock(now), MEMBER).ask("") is Log.NOT_ASKED and not Entry.objects.exists()


def test_old_mail_is_beyond_the_log(folder, now):
    handed(now - timedelta(days=120))
    assert OwnerProof("hanako@isp.example", folder, SetClock(now), MEMBER).ask("orig-1@isp.example") is Log.SILENT


def test_i_never_sent_it_opens_an_item_at_the_desk(folder, now):
    handed(now)
    found, judgement = judged(OwnerProof("hanako@isp.example", folder, SetClock(now), MEMBER))
    review = disown(made.POSTFIX, found, judgement, MEMBER, now)
    assert Review.objects.get().reason == "bounce_disowned" and review.message.state == "disowned" and "hanako" not in review.detail
    assert Entry.objects.filter(act="bounce.disowned").exists()


@pytest.mark.parametrize("provenance", [p for p in Provenance if p is not Provenance.GENUINE])
def test_only_a_proved_notice_can_be_disowned(folder, now, provenance):
    with pytest.raises(Refused, match="not_genuine"):
        disown(made.POSTFIX, parse(made.POSTFIX), Judgement(provenance), MEMBER, now)


@pytest.fixture
def tagging(folder, now):
    """Settings with tags since three weeks, and a tag for hanako given yesterday."""
    mine = dataclasses.replace(folder, tags=Tags(key="k" * 32, since="2026-11-03"))
    return mine, Tagger.of(mine).sign("hanako@isp.example", now - timedelta(days=1))


def state(settings, now, raw, login="hanako@isp.example"):
    mail = read(raw)
    return OwnerProof(login, settings, SetClock(now), MEMBER).tag(mail, parse(mail))


def to(address, raw=made.POSTFIX):
    assert b"To: hanako@isp.example\nSubject" in raw
    return raw.replace(b"To: hanako@isp.example\nSubject", f"To: {address}\nSubject".encode(), 1)


def with_field(value, raw=made.POSTFIX):
    return f"X-Sekimori-Tag: {value}\n".encode() + raw


def test_a_valid_tag_is_proof_wherever_it_came_back(tagging, now):
    settings, tagged = tagging
    returned = made.POSTFIX.replace(b"Return-Path: <hanako@isp.example>", f"Return-Path: <{tagged}>".encode())
    assert returned != made.POSTFIX
    for raw in (to(tagged), with_field(tagged), returned, f"X-Original-To: {tagged}\n".encode() + made.POSTFIX):
        assert state(settings, now, raw) is Tag.VALID
        j = judged(OwnerProof("hanako@isp.example", settings, SetClock(now), MEMBER), raw)[1]
        assert j.provenance is Provenance.GENUINE and j.evidence[0].code == "token_valid"


def test_a_login_without_a_domain_owns_its_local_part(tagging, now):
    settings, tagged = tagging
    assert state(settings, now, to(tagged), "hanako") is Tag.VALID and state(settings, now, to(tagged), "taro") is Tag.NOT_USED


def test_wrong_and_old_tags(tagging, now):
    settings, tagged = tagging
    forged = Tagger({0: b"x"}).sign("hanako@isp.example", now)
    assert state(settings, now, to(forged)) is Tag.INVALID and state(settings, now + timedelta(days=20), to(tagged)) is Tag.EXPIRED
    j = judged(OwnerProof("hanako@isp.example", settings, SetClock(now), MEMBER), to(forged))[1]
    assert j.provenance is Provenance.BACKSCATTER and "token_invalid" in {e.code for e in j.evidence}


def test_an_old_notice_is_judged_for_its_own_day(tagging, now):
    settings, tagged = tagging
    dated = b"Date: Tue, 24 Nov 2026 10:00:00 +0900\n" + to(tagged)
    assert state(settings, now + timedelta(days=20), dated) is Tag.VALID
    # Days count modulo 1000: a notice that claims a day 1000 days off is judged for today.
    for off in (-1000, 1000):
        claimed = (now + timedelta(days=off)).strftime("%d %b %Y").encode()
        assert state(settings, now + timedelta(days=20), dated.replace(b"24 Nov 2026", claimed)) is Tag.EXPIRED


def test_nobody_can_try_the_tags_of_others(tagging, now):
    """A valid tag and a forged one of somebody else's address are answered alike."""
    settings, tagged = tagging
    forged = Tagger({0: b"x"}).sign("hanako@isp.example", now)
    proof = OwnerProof("taro@isp.example", settings, SetClock(now), MEMBER)
    assert judged(proof, to(tagged))[1] == judged(proof, to(forged))[1] and state(settings, now, to(tagged), "taro@isp.example") is Tag.NOT_USED


def test_a_missing_tag_counts_only_where_our_border_noted_it(tagging, now):
    settings, tagged = tagging
    assert state(settings, now, made.POSTFIX) is Tag.NOT_USED, "behind the border every recipient stands untagged"
    assert state(settings, now, with_field("none")) is Tag.MISSING
    assert state(settings, now, with_field("none", to(tagged))) is Tag.VALID
    for tags in (Tags(), Tags(key="k" * 32), Tags(key="k" * 32, since="2026-11-20")):
        assert state(dataclasses.replace(settings, tags=tags), now, with_field("none")) is Tag.NOT_USED
    unlogged = judged(OwnerProof("hanako@isp.example", settings, SetClock(now), MEMBER), with_field("none"))[1]
    assert unlogged.provenance is Provenance.BACKSCATTER and "token_missing" in {e.code for e in unlogged.evidence}


def test_off_no_tag_is_looked_at(folder, now):
    assert state(folder, now, to(Tagger({0: b"x"}).sign("hanako@isp.example", now))) is Tag.NOT_USED
