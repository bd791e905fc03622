"""The log as proof: for the owner of a login only, in the ledger before it is asked, others' ids answered like unknown ones."""

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
from sekimori.mime import read
from sekimori.reports.models import Review
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
