"""The chain holds, and every way of tampering shows."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from sekimori.ledger.chain import Break, canonical, check, link
from sekimori.ledger.models import Entry
from sekimori.ledger.service import verify, write
from sekimori.ledger.triggers import present
from sekimori.values.actors import Actor

WHO = Actor("officer", "7")


def chain(n):
    prev, rows = "0" * 64, []
    for seq in range(1, n + 1):
        body = canonical({"seq": seq, "act": f"a{seq}"})
        rows.append((seq, prev, link(prev, body), body))
        prev = rows[-1][2]
    return rows


def test_a_whole_chain_verifies():
    rows = chain(20)
    assert check(rows) == (20, rows[-1][2])
    assert check([]) == (0, "0" * 64)


@given(st.integers(0, 19), st.sampled_from(["change", "delete", "swap", "repeat", "insert"]))
def test_every_tampering_names_the_first_bad_entry(i, how):
    rows = chain(20)
    if how == "change":
        rows[i] = (*rows[i][:3], rows[i][3].replace('"a', '"b'))
    elif how == "delete":
        del rows[i]
        if i == 19:
            return  # a cut tail shows only against an anchor
    elif how == "swap":
        j = (i + 1) % 20
        rows[i], rows[j] = rows[j], rows[i]
        i = min(i, j)
    elif how == "repeat":
        rows.insert(i, rows[i])
        i += 1
    else:
        body = canonical({"seq": i + 1, "act": "forged"})
        rows.insert(i, (i + 1, rows[i][1], link(rows[i][1], body), body))
    found = check(rows)
    assert isinstance(found, Break)
    assert found.seq in (i + 1, i, i + 2)


@pytest.mark.django_db(transaction=True)
def test_entries_are_kept_exactly_as_hashed(now):
    with transaction.atomic():
        assert write(WHO, "case.opened", "case:K-1", {"note": "日本語\ud800\x00", "b": 1, "a": [1, None]}, now) == 1
        write(WHO, "case.closed", "case:K-1", {}, now)
    assert verify() == (2, Entry.objects.get(seq=2).hash)
    assert '"detail":{"a":[1,null],"b":1,"note":"日本語' in Entry.objects.get(seq=1).body


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["UPDATE ledger_entry SET body='x'", "DELETE FROM ledger_entry", "UPDATE ledger_entry SET seq=99"])
def test_the_database_refuses_changes(now, sql):
    assert present()
    with transaction.atomic():
        write(WHO, "a", "b", {}, now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert verify()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_no_entry_outside_the_transaction_of_the_act(now):
    with pytest.raises(RuntimeError):
        write(WHO, "a", "b", {}, now)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_no_entry_and_no_gap(now):
    with transaction.atomic():
        write(WHO, "a", "b", {}, now)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(WHO, "a", "b", {}, now)
        1 / 0
    with transaction.atomic():
        write(WHO, "a", "b", {}, now)
    assert verify()[0] == 2
