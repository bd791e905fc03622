"""What mail servers say about our notices: believed by the token only."""

import pytest

from notices_rows import DSN, case, message, notice_for, run
from sekimori.bounces.models import NoticeBounce
from sekimori.notices import tokens
from sekimori.notices.models import Notice
from sekimori.notices.stages import BouncedStage, MemberLetterStage, SendStage
from sekimori.values.clock import micros
from sekimori.values.ids import token_hash

pytestmark = pytest.mark.django_db


def bounce(now, n, folder, action, *, token=None, provenance="genuine_likely"):
    secret = tokens.reply_token(tokens.key(folder), n.ref) if token is None else token
    NoticeBounce.objects.create(message=message(now, mail_from="", route="bounce"), token=token_hash(secret) if secret else "", notice_message_id=n.message_id,
                                action=action, reason="userunknown", cause="unknown_user", provenance=provenance, at=now, due_at=micros(now))
    run(BouncedStage(), now)
    run(MemberLetterStage(), now)
    n.refresh_from_db()
    return n


@pytest.fixture
def sent(folder, now):
    n = notice_for(case(now), now)
    run(SendStage(), now)
    return n


@pytest.mark.parametrize(("action", "state"), [("failed", "undelivered"), ("delivered", "delivered"), ("relayed", "delivered"), ("expanded", "delivered"), ("delayed", "sent")])
def test_actions(folder, now, sent, action, state):
    assert bounce(now, sent, folder, action).state == state
    assert Notice.objects.filter(letter=sent.letter, channel="alt_mail").exists() == (state == "undelivered")


@pytest.mark.parametrize("how", [{"token": ""}, {"token": "a" * 26}, {"provenance": "fake"}, {"provenance": "backscatter"}])
def test_a_message_id_alone_is_not_believed(folder, now, sent, how):
    assert bounce(now, sent, folder, "failed", **how).state == "sent"


@pytest.mark.parametrize(("action", "status", "code", "state"), [
    ("delivered", "2.0.0", "250 2.0.0 Saved", "delivered"), ("relayed", "2.0.0", "250 2.0.0 ok queued", "delivered"),
    ("failed", "5.1.1", "550 5.1.1 User unknown", "undelivered"), ("delayed", "4.4.1", "connect timed out", "sent")])
def test_a_delivery_report_comes_all_the_way(folder, now, sent, action, status, code, state):
    """Through the real door, route, judge and stage: what the relay says becomes the state of the notice."""
    from sekimori.bounces.stages import JudgeStage
    from sekimori.intake.receive import receive
    from sekimori.notices.senders.mail import envelope_sender

    to = envelope_sender(sent, folder, now)
    raw = DSN.format(to=to, rcpt=sent.to, ref=sent.ref, action=action, status=status, code=code, mid=sent.message_id).encode()
    row = receive(raw, mail_from="", rcpt_to=(to,), door="lmtp", peer="127.0.0.1", now=now)
    assert row.route == "bounce"
    run(JudgeStage(), now)
    run(BouncedStage(), now)
    sent.refresh_from_db()
    assert sent.state == state
