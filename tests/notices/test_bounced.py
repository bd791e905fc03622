"""What mail servers say about our notices: believed by the token only."""

import pytest

from notices_rows import case, message, notice_for, run
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
