"""The re-test: the member's own line of now, or nothing."""

import pytest
from django.test import Client

from notices_rows import case
from sekimori.enforcement.retest.run import Result
from sekimori.mypage import access
from sekimori.mypage.views import retest
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(folder, now):
    from notices_rows import notice_for, run
    from sekimori.notices.stages import SendStage

    k = case(now)
    notice_for(k, now, "warn")
    run(SendStage(), now)
    client = Client(REMOTE_ADDR="198.18.0.7")
    session = client.session
    session[access.CONTRACT], session[access.SINCE] = k.contract_id, access.now().isoformat()
    session.save()
    client.cookies["sekimori_language"] = "en"
    return client, k


def press(client, k):
    return client.post(f"/my/cases/{k.ref}/retest/", follow=True).content.decode()


def test_what_is_open_is_named_and_the_address_is_the_clicks_own(shown, monkeypatch):
    asked = []
    monkeypatch.setattr(retest, "run", lambda c, a, names, now: asked.append((c.ref, str(a))) or Result(False, ("dns",)))
    assert "Still open on 198.18.0.7: dns" in press(*shown)
    assert asked == [(shown[1].ref, "198.18.0.7")]
    monkeypatch.setattr(retest, "run", lambda *_: Result(True, ()))
    assert "No service" in press(*shown)


def test_a_line_that_is_not_certainly_the_members_is_not_touched(shown, monkeypatch):
    from sekimori.enforcement.retest import run

    def never(*_):
        raise AssertionError("nothing may be sent")

    monkeypatch.setattr(run, "answers", never)
    assert "not ours" in press(*shown)


def test_refusals_are_said_and_tests_are_few(shown, monkeypatch):
    def refused(*_):
        raise Refused("not_yours")

    monkeypatch.setattr(retest, "run", refused)
    monkeypatch.setattr(retest, "PER_DAY", 1)
    assert "not certain" in press(*shown)
    assert "Enough tests" in press(*shown)
