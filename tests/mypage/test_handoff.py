"""The hand-off from a portal: signed, fresh, once, and by more than a password while the password may be stolen."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from notices_rows import case, contract
from sekimori.contracts.models import Key
from sekimori.enforcement.models import Measure
from sekimori.ledger.models import Entry
from sekimori.mypage import access, handoff
from sekimori.settings import current
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
KEY = b"k" * 40
MINE = "hanako@isp.example"


@pytest.fixture(autouse=True)
def clock(now, monkeypatch):
    mine = SetClock(now)
    monkeypatch.setattr(access, "shared", lambda: mine)
    return mine


@pytest.fixture
def mine(folder):
    (folder.data / "keys" / "portal").write_bytes(KEY)
    held = contract()
    return Key.objects.create(kind="login", key=MINE, fold=MINE, contract=held)


def b64(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def token(now, key=KEY, head=None, **changes):
    said = {"sub": MINE, "aud": current().provider.site_url, "iat": int(now.timestamp()), "exp": int(now.timestamp()) + 60, "jti": "0123456789abcdef",
            "amr": ["pwd"]} | changes
    first = f"{b64(json.dumps(head or {'alg': 'HS256', 'typ': 'JWT'}).encode())}.{b64(json.dumps(said).encode())}"
    return f"{first}.{b64(hmac.new(key, first.encode(), hashlib.sha256).digest())}"


def refused(text, now):
    with pytest.raises(Refused) as e:
        handoff.accept(text, current(), now)
    return e.value.code


def test_a_hand_off_signs_in_once(mine, now):
    c = Client(enforce_csrf_checks=True)
    told = token(now)
    done = c.post("/my/mailbox/handoff/", {"token": told})
    assert done.headers["Location"] == "/my/mailbox/" and MINE in c.get("/my/mailbox/").content.decode()
    again = Client()
    assert again.post("/my/mailbox/handoff/", {"token": told}).headers["Location"] == "/my/mailbox/signin/"
    assert "使用済み" in again.get("/my/mailbox/signin/", headers={"accept-language": "ja"}).content.decode()
    assert again.get("/my/mailbox/").status_code == 302
    assert Entry.objects.filter(act="mailbox.signed_in").count() == 1


@pytest.mark.parametrize(("changes", "code"), [
    ({"aud": "https://other.example"}, "handoff_invalid"), ({"sub": 5}, "handoff_invalid"), ({"jti": "short"}, "handoff_invalid"),
    ({"amr": "otp"}, "handoff_invalid"), ({"exp": None}, "handoff_invalid"), ({"iat": True}, "handoff_invalid"), ({"exp": 10**30}, "handoff_invalid"),
    ({"sub": "nobody@isp.example"}, "mailbox_unknown"),
])
def test_what_is_not_as_it_must_be(mine, now, changes, code):
    assert refused(token(now, **changes), now) == code


def test_stale_early_and_long_lived_ones(mine, now):
    at = int(now.timestamp())
    for told, when in ((token(now), now + timedelta(seconds=61)), (token(now), now - timedelta(seconds=31)), (token(now, exp=at + 121), now)):
        assert refused(told, when) == "handoff_expired"


def test_another_key_another_method_a_changed_body(mine, now):
    good = token(now)
    head, body, signature = good.split(".")
    other = b64(json.dumps({"sub": "x"}).encode())
    for bad in (token(now, key=b"x" * 40), token(now, head={"alg": "none"}), f"{head}.{other}.{signature}", f"{head}.{body}.", "", "...", "a" * 5000, "é.é.é"):
        assert refused(bad, now) == "handoff_invalid"


def stolen(held, now, **changes):
    k = case(now, holder=held, findings=0)
    return Measure.objects.create(ref="M-x", case=k, contract=held, step="restrict_mail", path="stolen", target=MINE.upper(), key="k", subject_hash="0" * 64,
                                  grade="A", basis="TERMS", scope="mail", proposed_by="s", proposed_at=now, due_at=0, work="done", rehearsal=False,
                                  state="executed", **changes)


@pytest.mark.parametrize("ended", [False, True])
def test_a_password_is_no_proof_while_its_case_is_open(mine, now, ended):
    m = stolen(mine.contract, now, reverted_at=now if ended else None)
    assert refused(token(now), now) == "mailbox_in_question"
    assert handoff.accept(token(now, jti="another-hand-off-1", amr=["pwd", "otp"]), current(), now) == mine
    m.case.closed_at = m.reverted_at = now
    m.case.save()
    m.save()
    assert handoff.accept(token(now, jti="another-hand-off-2"), current(), now) == mine


def test_without_a_key_or_with_a_short_one_there_is_no_hand_off(mine, folder, now):
    (folder.data / "keys" / "portal").write_bytes(b"short")
    assert Client().post("/my/mailbox/handoff/", {"token": token(now, key=b"short")}).status_code == 404
    (folder.data / "keys" / "portal").unlink()
    assert Client().post("/my/mailbox/handoff/", {"token": token(now)}).status_code == 404
    assert refused(token(now), now) == "handoff_invalid"
    assert Client().get("/my/mailbox/handoff/").status_code == 405


@given(st.text(max_size=300) | st.builds(lambda a, b: f"{b64(a)}.{b64(b)}.{b64(hmac.new(KEY, f'{b64(a)}.{b64(b)}'.encode(), hashlib.sha256).digest())}",
                                         st.binary(max_size=60), st.binary(max_size=60)))
def test_any_text_is_answered(text):
    try:
        assert isinstance(handoff.claims(text, KEY), dict)
    except Refused as e:
        assert e.code == "handoff_invalid"
