"""Not ours: the holder's abuse contact for the reporter; a registry is never asked about an address of ours, held or not."""

import dataclasses

import pytest

from notices_rows import answer, case, finding, report, run
from sekimori import settings as house
from sekimori.enforcement.models import Switch
from sekimori.network.models import Network, Registered
from sekimori.network.rdap.answer import Holder
from sekimori.notices.models import Notice
from sekimori.notices.stages import AnswerStage
from sekimori.reports.models import Answer
from sekimori.values.addresses import parse_address
from sekimori.values.outcomes import Outage

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(folder, now, monkeypatch):
    """The addresses that a registry was asked about; it knows one contact."""
    Switch.objects.create(name="live:*", on=True, by="x", at=now)
    Network.objects.create(prefix="198.18.0.0/15", family=4, length=15, kind="radius")
    found = []

    def registry(address, bootstrap, timeout_s):
        found.append(str(address))
        if str(address).startswith("9."):
            raise Outage("away")
        return Holder(parse_address("8.8.8.0"), parse_address("8.8.8.255"), "abuse@holder.example")

    monkeypatch.setattr("sekimori.network.rdap.cache.look_up", registry)
    return found


def foreign(now, ip, **more):
    told = report(now)
    finding(now, told, source_ip=ip)
    return answer(now, rep=told, detail={"findings": 1}, **more)


def test_the_holder_of_a_foreign_address_is_named_and_asked_for_once(asked, now):
    foreign(now, "8.8.8.8")
    foreign(now, "8.8.8.9", to="other@feed.example")
    run(AnswerStage(), now)
    mails = list(Notice.objects.filter(audience="reporter"))
    assert [m.template for m in mails] == ["not_ours", "not_ours"]
    assert all("abuse@holder.example" in m.body for m in mails)
    assert asked == ["8.8.8.8"]
    assert Registered.objects.get().contact == "abuse@holder.example"


def test_a_registry_that_is_away_leaves_the_answer_without_a_contact(asked, now):
    foreign(now, "9.9.9.9")
    run(AnswerStage(), now)
    mail = Notice.objects.get(audience="reporter")
    assert mail.template == "not_ours" and "9.9.9.9" in mail.body and "holder.example" not in mail.body


def test_what_no_time_was_left_for_waits_a_minute_and_at_most_an_hour(asked, now, monkeypatch):
    monkeypatch.setattr("sekimori.network.rdap.cache.BUDGET_S", -1.0)
    row = foreign(now, "8.8.8.8")
    run(AnswerStage(), now)
    assert not Notice.objects.exists() and Answer.objects.get(pk=row.pk).work == "due"
    told = row.report
    told.received_at = now.replace(year=now.year - 1)
    told.save()
    Answer.objects.filter(pk=row.pk).update(due_at=0)
    run(AnswerStage(), now)
    assert Notice.objects.get(audience="reporter").template == "not_ours"


@pytest.mark.parametrize("held", [True, False])
def test_nothing_is_asked_about_an_address_of_ours_held_or_not(asked, now, held):
    if held:
        told = case(now, findings=1).entries.first().finding.report
    else:
        told = report(now)
        finding(now, told, source_ip="198.18.200.1")
    answer(now, rep=told, detail={"findings": 1})
    run(AnswerStage(), now)
    assert Notice.objects.get(audience="reporter").template == "receipt"
    assert asked == [] and not Registered.objects.exists()


@pytest.mark.parametrize("change", ["synthetic", "disabled"])
def test_a_synthetic_folder_and_a_desk_that_said_no_ask_nobody(asked, folder, now, change):
    house.use(dataclasses.replace(folder, synthetic=True) if change == "synthetic"
              else dataclasses.replace(folder, rdap=dataclasses.replace(folder.rdap, enabled=False)))
    foreign(now, "8.8.8.8")
    run(AnswerStage(), now)
    assert Notice.objects.get(audience="reporter").template == "not_ours" and asked == []


def test_a_sender_who_was_answered_today_causes_no_look_up(asked, now):
    foreign(now, "8.8.8.8")
    run(AnswerStage(), now)
    Registered.objects.all().delete()
    foreign(now, "8.8.4.4")
    run(AnswerStage(), now)
    assert asked == ["8.8.8.8"]
