"""Contracts, logins and circuits: rows, loads with history, look-up by validity."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.contracts.lookup import KeyBook
from sekimori.contracts.models import Change, Contract, Holder, Key
from sekimori.contracts.rows import CONTRACT_COLUMNS, KEY_COLUMNS, parse_contract, parse_key
from sekimori.contracts.store import load_contracts, load_keys
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.loads import BadRow, Tally

BY = Actor("command", "test")


def contracts(now, *rows):
    return load_contracts(list(enumerate(rows, 1)), Tally(), now, BY)


def logins(now, *rows, kind="login"):
    return load_keys(kind, list(enumerate(rows, 1)), Tally(), now, BY)


def one(key="C1", **more):
    return {"contract": key, "holder": "山田 花子", "language": "ja", "email": "c1@member.example", "access": "pppoe"} | more


@pytest.mark.parametrize(("raw", "code"), [
    ({"holder": "x"}, "contract_missing"), (one(language="fr"), "bad_language"), (one(email="no address"), "bad_email"),
    (one(alt_email="a@b@c, d"), "bad_email"), (one(valid_to="soon"), "bad_time"), (one(key="x" * 81), "contract_too_long"),
])
def test_bad_contracts_are_refused_by_name(raw, code):
    with pytest.raises(BadRow) as e:
        parse_contract(raw)
    assert e.value.code == code


@given(st.dictionaries(st.sampled_from(CONTRACT_COLUMNS), st.text(max_size=60)), st.dictionaries(st.sampled_from(KEY_COLUMNS), st.text(max_size=60)))
def test_no_row_raises_anything_else(contract, key):
    for parse, raw in ((parse_contract, contract), (parse_key, key)):
        try:
            parse(raw)
        except BadRow:
            pass


@pytest.mark.django_db
def test_the_handle_is_opaque_and_stable(now):
    contracts(now, one())
    handle = Contract.objects.get(key="C1").handle
    assert len(handle) == 32 and "C1" not in handle
    contracts(now, one(language="en"))
    assert Contract.objects.get(key="C1").handle == handle


@pytest.mark.django_db
def test_a_load_keeps_history_without_the_holders_data(now):
    assert contracts(now, one(consents="vulnerability,news")).stored == 1
    assert contracts(now, one(consents="news vulnerability")).unchanged == 1
    assert contracts(now, one(language="en", email="new@member.example", consents="news")).stored == 1
    change = Change.objects.get()
    assert change.before == {"language": "ja", "consents": "news vulnerability"}
    assert change.holder_fields == "email"
    assert Holder.objects.get().email == "new@member.example"


@pytest.mark.django_db
def test_keys_need_their_contract_and_are_known_by_start(now):
    contracts(now, one())
    tally = logins(now, {"key": "u1@isp.example", "contract": "C1"}, {"key": "u2@isp.example", "contract": "C9"})
    assert (tally.stored, dict(tally.reasons)) == (1, {"unknown_contract": 1})
    assert logins(now, {"key": "u1@isp.example", "contract": "C1"}).unchanged == 1
    logins(now, {"key": "u1@isp.example", "contract": "C1", "valid_to": "2026-10-01T00:00:00Z"})
    assert Key.objects.get().valid_to == datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_a_reused_login_is_resolved_by_validity(now):
    contracts(now, one("C1"), one("C2"))
    swap = "2026-10-15T00:00:00Z"
    logins(now, {"key": "u@isp.example", "contract": "C1", "valid_to": swap}, {"key": "u@isp.example", "contract": "C2", "valid_from": swap})
    ids = dict(Contract.objects.values_list("pk", "key"))
    owners = KeyBook.for_batch(["login:u@isp.example", "login:nobody", "contract:C1", "odd"]).owners("login:u@isp.example")
    at = micros(datetime(2026, 10, 15, tzinfo=UTC))
    assert [(ids[o.contract], o.lo < at, o.hi > at) for o in owners] == [("C1", True, False), ("C2", False, True)]
    assert KeyBook.for_batch(["login:nobody"]).owners("login:nobody") == ()


@pytest.mark.django_db
def test_case_of_a_login_matters_only_where_nobody_has_it_as_written(now):
    contracts(now, one("C1"), one("C2"))
    logins(now, {"key": "User@isp.example", "contract": "C1"}, {"key": "USER@isp.example", "contract": "C2"})
    book = KeyBook.for_batch(["login:User@isp.example", "login:user@isp.example"])
    assert len(book.owners("login:User@isp.example")) == 1
    assert len(book.owners("login:user@isp.example")) == 2


@pytest.mark.django_db
def test_a_contract_that_has_ended_owns_nothing_after_it(now):
    contracts(now, one("C1", valid_to="2026-10-01T00:00:00Z"))
    logins(now, {"key": "u", "contract": "C1"}, {"key": "late", "contract": "C1", "valid_from": "2026-10-02T00:00:00Z"})
    book = KeyBook.for_batch(["login:u", "login:late", "contract:C1"])
    end = micros(datetime(2026, 10, 1, tzinfo=UTC))
    assert [o.hi for o in book.owners("login:u")] == [end]
    assert [o.hi for o in book.owners("contract:C1")] == [end]
    assert book.owners("login:late") == ()


@pytest.mark.django_db
def test_a_load_of_many_rows_in_chunks(now):
    many = [one(f"C{n}") for n in range(4500)]
    assert contracts(now, *many).stored == 4500
    tally = logins(now, *({"key": f"u{n}", "contract": f"C{n}", "valid_from": (now - timedelta(days=n % 9)).isoformat()} for n in range(4500)), kind="circuit")
    assert tally.stored == 4500 and Key.objects.filter(kind="circuit").count() == 4500
