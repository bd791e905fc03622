"""Officers sign in with two factors; links and codes work once."""

from datetime import timedelta

import pyotp
import pytest

from sekimori.ledger.models import Entry
from sekimori.staff.roles import ROLES, parse
from sekimori.staff.service import enrol, make_officer, one_time_link, redeem, sign_in, use_code
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
BY = Actor("command", "test")
PASSWORD = "a long enough pass phrase"


@pytest.fixture
def officer(now):
    return make_officer("hana", "triage handler", BY, now)


def test_a_link_works_once_and_for_a_day(officer, now):
    value = one_time_link(officer, BY, now)
    assert redeem("wrong", now) is None
    assert redeem(value, now + timedelta(hours=25)) is None
    assert redeem(value, now) == officer
    assert redeem(value, now) is None
    assert not Entry.objects.filter(body__contains=value).exists()


def test_sign_in_needs_all_factors_and_a_code_works_once(officer, now):
    secret = pyotp.random_base32()
    with pytest.raises(Refused):
        enrol(officer, PASSWORD, secret, "000000", now)
    with pytest.raises(Refused):
        enrol(officer, "short", secret, pyotp.TOTP(secret).at(now), now)
    enrol(officer, PASSWORD, secret, pyotp.TOTP(secret).at(now), now)
    later = now + timedelta(minutes=2)
    code = pyotp.TOTP(secret).at(later)
    assert sign_in("hana", "wrong", code, later, need_totp=True) is None
    assert sign_in("nobody", PASSWORD, code, later, need_totp=True) is None
    assert sign_in("hana", PASSWORD, "", later, need_totp=False) is None
    assert sign_in("hana", PASSWORD, code, later, need_totp=True) == officer
    assert sign_in("hana", PASSWORD, code, later, need_totp=True) is None


def test_without_a_second_factor_the_desk_decides(officer, now):
    enrol(officer, PASSWORD, "", "", now)
    assert sign_in("hana", PASSWORD, "", now, need_totp=True) is None
    assert sign_in("hana", PASSWORD, "", now, need_totp=False) == officer
    assert not use_code(officer, "123456", now)


def test_an_inactive_officer_stays_out(officer, now):
    value = one_time_link(officer, BY, now)
    officer.is_active = False
    officer.save()
    assert redeem(value, now) is None


def test_a_name_is_taken_once(officer, now):
    with pytest.raises(Refused):
        make_officer("hana", "triage", BY, now)


@pytest.mark.parametrize("text", ["boss", "auditor handler", "admin reveal"])
def test_wrong_roles(text):
    with pytest.raises(ValueError, match=r"role|may not"):
        parse(text)


def test_roles_are_described():
    assert parse(" ".join(r for r in ROLES if r not in {"auditor", "admin"}))
