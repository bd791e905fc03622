"""Holder data: a ledger entry first, an officer's second act, the rate alarm; on PostgreSQL as the web role."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from sekimori.contracts import holders
from sekimori.contracts.models import Contract, Holder, Reveal
from sekimori.contracts.reveal import reveal
from sekimori.ledger.models import Entry
from sekimori.settings import current
from sekimori.staff.models import Officer
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.outcomes import Refused

BY = Actor("stage", "test")
WHY = Purpose("case:K-1", Basis.LEGIT_BUSINESS)


@pytest.fixture
def contract(db):
    made = Contract.objects.create(key="C1", handle="h" * 32)
    Holder.objects.create(contract=made, holder="山田 花子", email="c1@member.example", phone="03-0000-0000")
    return made


@pytest.fixture
def officer(db, now):
    return Officer.objects.create(name="hana", roles="handler reveal", created_at=now)


@pytest.mark.django_db
def test_a_reading_is_in_the_ledger_and_yields_only_the_named_fields(contract, now):
    found = holders.read(BY, WHY, [contract.pk], ["email"], now)
    assert found[contract.pk].email == "c1@member.example"
    assert found[contract.pk].holder == ""
    body = json.loads(Entry.objects.get(act="holder.read").body)
    assert body["subject"] == "case:K-1"
    assert body["detail"] == {"basis": "LEGIT_BUSINESS", "contracts": ["h" * 32], "fields": ["email"]}
    assert "member.example" not in Entry.objects.get(act="holder.read").body


@pytest.mark.django_db
@pytest.mark.parametrize(("purpose", "code"), [
    (Purpose(" ", Basis.LEGIT_BUSINESS), "purpose_missing"), (Purpose("synthetic", Basis.SYNTHETIC), "basis_synthetic")])
def test_no_purpose_no_answer(contract, now, purpose, code):
    with pytest.raises(Refused) as e:
        holders.read(BY, purpose, [contract.pk], ["email"], now)
    assert e.value.code == code
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_without_the_ledger_there_is_no_answer(contract, now, monkeypatch):
    def broken(*args):
        raise RuntimeError("the ledger cannot be written")

    monkeypatch.setattr(holders, "write", broken)
    with pytest.raises(RuntimeError):
        holders.read(BY, WHY, [contract.pk], ["email"], now)


@pytest.mark.django_db
def test_an_officer_needs_role_and_a_fresh_sign_in(contract, officer, now):
    for signed_in in (None, now - timedelta(minutes=6), now + timedelta(minutes=1)):
        with pytest.raises(Refused) as e:
            reveal(officer, signed_in, WHY, contract, now)
        assert e.value.code == "reauthentication_needed"
    shown = reveal(officer, now - timedelta(minutes=5), WHY, contract, now)
    assert shown.data.holder == "山田 花子" and not shown.alarm
    officer.roles = "handler"
    with pytest.raises(Refused) as e:
        reveal(officer, now, WHY, contract, now)
    assert e.value.code == "role_missing"


@pytest.mark.django_db
def test_the_rate_raises_an_alarm_and_then_stops(contract, officer, now):
    limit = current().desk.reveal_per_hour
    alarms = [reveal(officer, now, WHY, contract, now).alarm for _ in range(limit * 3)]
    assert alarms.index(True) == limit and all(alarms[limit:])
    with pytest.raises(Refused) as e:
        reveal(officer, now, WHY, contract, now)
    assert e.value.code == "rate_stop"
    alarm = Entry.objects.filter(act="reveal.alarm").order_by("seq")
    assert alarm.count() == limit * 2
    assert json.loads(alarm[0].body)["detail"] == {"in_hour": limit + 1, "limit": limit}
    assert Entry.objects.filter(act="reveal.stopped").count() == 1
    assert Entry.objects.filter(act="holder.read").count() == Reveal.objects.count() == limit * 3
    later = now + timedelta(hours=1, seconds=1)
    assert not reveal(officer, later, WHY, contract, later).alarm


def as_web_role(cursor):
    cursor.execute("SET ROLE sekimori_web_test")


@pytest.fixture
def web_role(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only: SQLite has no roles")
    from sekimori.contracts.guard import install

    install()
    script = (Path(__file__).resolve().parents[2] / "deploy/postgresql/web_role.sql").read_text()
    with connection.cursor() as cursor:
        cursor.execute("DROP ROLE IF EXISTS sekimori_web_test")
        cursor.execute("CREATE ROLE sekimori_web_test")
        cursor.execute(script.replace(':"role"', "sekimori_web_test"))
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY sekimori_web_test")
        cursor.execute("DROP ROLE sekimori_web_test")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_web_role_reads_holders_only_through_the_ledger(web_role, now):
    from django.db import DatabaseError

    made = Contract.objects.create(key="C1", handle="h" * 32)
    other = Contract.objects.create(key="C2", handle="i" * 32)
    for c in (made, other):
        Holder.objects.create(contract=c, holder="山田 花子", email=f"{c.key}@member.example")

    def refused(sql, *args):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, args)

    with connection.cursor() as cursor:
        as_web_role(cursor)
    refused("SELECT * FROM contracts_holder")
    refused("UPDATE contracts_holder SET email = ''")
    refused("DELETE FROM contracts_holderread")
    refused("UPDATE ledger_entry SET act = 'x'")
    refused("SELECT * FROM contracts_read_holders(1)")
    # The product's own way works as that role, and gives what the entry names.
    found = holders.read(BY, WHY, [made.pk], ["email"], now)
    assert found[made.pk].email == "C1@member.example" and list(found) == [made.pk]
    seq = Entry.objects.latest("seq").seq
    refused("SELECT * FROM contracts_read_holders(%s)", seq)  # it has paid already
    # An entry of the same transaction could be rolled back after the reading.
    with pytest.raises(DatabaseError, match="not committed"), transaction.atomic():
        seq = holders.write(BY, "holder.read", "case:K-1", {"contracts": ["h" * 32]}, now)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM contracts_read_holders(%s)", [seq])
    # An old entry is not fresh; another act pays for nothing.
    with transaction.atomic():
        old = holders.write(BY, "holder.read", "case:K-1", {"contracts": ["h" * 32]}, now)
        act = holders.write(BY, "case.opened", "case:K-1", {"contracts": ["h" * 32]}, now)
    refused("SELECT * FROM contracts_read_holders(%s)", act)
    with connection.cursor() as cursor:
        for _ in range(1005):
            cursor.execute("SELECT pg_current_xact_id()")
    refused("SELECT * FROM contracts_read_holders(%s)", old)
