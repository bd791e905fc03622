"""What an officer records about a notice, and what a caller is read."""

import re
import uuid

import pytest
from django.test import Client

from notices_rows import case, contract, notice_for, run
from sekimori.cases.models import Event
from sekimori.enforcement.models import Delivery
from sekimori.ledger.models import Entry
from sekimori.notices import codes
from sekimori.notices.models import Notice
from sekimori.notices.stages import MemberLetterStage, SendStage
from sekimori.staff.service import make_officer
from sekimori.values.actors import Actor
from sekimori.values.clock import SetClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(now, monkeypatch):
    monkeypatch.setattr("sekimori.desk.access.shared", lambda: SetClock(now))
    row = make_officer("hana", "triage handler approver", Actor("command", "test"), now)
    row.set_password("a long enough pass phrase")
    row.save()
    c = Client()
    c.force_login(row, backend="django.contrib.auth.backends.ModelBackend")
    return c


def test_a_letter_is_delivered_when_the_officer_records_it(folder, now, client):
    n = notice_for(case(now), now, "hearing", prefer="letter")
    run(SendStage(), now)
    assert n.ref in client.get("/desk/notices/?waiting=1").content.decode()
    assert "郵便の引渡しを記録" in client.get(f"/desk/notices/{n.ref}/").content.decode()
    client.post(f"/desk/notices/{n.ref}/record", {"do": "delivered"})
    assert Notice.objects.get(pk=n.pk).state == "delivered" and Delivery.objects.get(notice=n.ref).channel == "letter"
    assert Event.objects.get(act="notice.delivered").actor == "officer:hana"
    again = client.post(f"/desk/notices/{n.ref}/record", {"do": "delivered"}, follow=True).content.decode()
    assert "すでに記録されている" in again and n.ref not in client.get("/desk/notices/?waiting=1").content.decode()
    assert client.post(f"/desk/notices/{n.ref}/record", {"do": "nonsense"}).status_code == 400


def test_the_pdf_is_read_for_the_case_by_that_officer(folder, now, client):
    n = notice_for(case(now), now, "hearing", prefer="letter")
    run(SendStage(), now)
    answer = client.post(f"/desk/notices/{n.ref}/letter")
    assert answer.content.startswith(b"%PDF") and answer.headers["Content-Type"] == "application/pdf"
    assert Entry.objects.filter(act="holder.read", actor="officer:hana", subject=f"case:{n.case.ref}").exists()
    assert client.get(f"/desk/notices/{n.ref}/letter").status_code == 405


def test_a_member_reached_by_telephone(folder, now, client):
    n = notice_for(case(now, holder=contract(email="", alt_email="", postal="")), now)
    assert n.channel == "manual"
    client.post(f"/desk/notices/{n.ref}/record", {"do": "reached"})
    assert Notice.objects.get(pk=n.pk).state == "delivered"


def test_undelivered_asks_for_the_next_channel(folder, now, client):
    n = notice_for(case(now), now)
    run(SendStage(), now)
    client.post(f"/desk/notices/{n.ref}/record", {"do": "undelivered"})
    assert Event.objects.get(act="notice.undelivered").actor == "officer:hana"
    run(MemberLetterStage(), now)
    assert Notice.objects.filter(letter=n.letter, channel="alt_mail").exists()


def test_a_caller_is_read_a_code(folder, now, client):
    k = case(now)
    page = client.post(f"/desk/cases/{k.ref}/code", follow=True).content.decode()
    code = re.search(r"\d{4} \d{4}", page)[0]
    assert codes.check(k.contract.key, code, now) == k.contract
    assert Entry.objects.filter(act="member.code_given", actor="officer:hana").exists()
    assert code.replace(" ", "") not in str(list(Entry.objects.values_list("body", flat=True)))


def test_the_user_of_a_mailbox_is_read_a_code_of_his_own(folder, now, client):
    from sekimori.contracts.models import Key

    k, other = case(now), case(now)
    box = Key.objects.create(kind="login", key="Hanako@isp.example", fold="hanako@isp.example", contract=k.contract)
    page = client.post(f"/desk/cases/{k.ref}/code", {"mailbox": " Hanako@isp.example "}, follow=True).content.decode()
    code = re.search(r"\d{4} \d{4}", page)[0]
    assert codes.check(k.contract.key, code, now) is None, "it is no key to the holder's page"
    body = Entry.objects.get(act="member.code_given").body
    assert f'"mailbox":{box.pk}' in body and "anako" not in body
    for case_ref, spelled in ((other.ref, box.key), (k.ref, "nobody@isp.example"), (k.ref, "x" * 999)):
        page = client.post(f"/desk/cases/{case_ref}/code", {"mailbox": spelled}, follow=True).content.decode()
        assert not re.search(r"\d{4} \d{4}", page) and "このメールアドレスはありません" in page
    assert Entry.objects.filter(act="member.code_given").count() == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_texts_are_previewed(folder, client, language):
    client.cookies["sekimori_language"] = language
    page = client.get("/desk/texts/").content.decode()
    assert "/desk/texts/member/warn/ja/" in page and "/desk/texts/reporter/closed/en/" in page
    shown = client.get(f"/desk/texts/member/suspend_line/{language}/").content.decode()
    assert "N-2345-6789-ABCD" in shown and ("お願いしたいこと" if language == "ja" else "WHAT WE ASK YOU TO DO") in shown
    assert client.get("/desk/texts/member/warn/ja/?pdf=1").content.startswith(b"%PDF")
    assert client.get("/desk/texts/member/nonsense/ja/").status_code == 404


def test_forwards_wait_for_consent(folder, now, client):
    from notices_rows import finding
    from sekimori.attribution.models import Attribution, Forward

    found = Attribution.objects.create(finding=finding(now, source_ip="203.0.113.7"), certainty="delegated", how="delegated", at=now, due_at=0, work="done")
    row = Forward.objects.create(attribution=found, contact="abuse@downstream.example", due_at=0, work="held")
    assert "203.0.113.7" in client.get("/desk/forwards/").content.decode()
    client.post("/desk/forwards/agree", {"row": [str(row.pk), "x", "99999999999999999999"]})
    row.refresh_from_db()
    assert row.work == "due" and row.agreed_by == "hana" and Entry.objects.filter(act="forward.agreed").count() == 1
    assert "203.0.113.7" not in client.get("/desk/forwards/").content.decode()


def test_reporters_consent_and_verified_board_administrators(folder, now, client):
    from notices_rows import finding, report
    from sekimori.attribution.stages import FindStage
    from sekimori.network.models import Network
    from sekimori.reports.models import Finding, Reporter, Review

    Network.objects.create(prefix="198.18.0.0/15", family=4, length=15, kind="radius", load=uuid.uuid4().hex)
    told, strange = report(now, domain="board.example"), report(now, domain="board.example", authenticity="none")
    row = Reporter.objects.get(domain="board.example")
    client.post(f"/desk/reporters/{row.pk}/change", {"consent": "1", "board_site": "いろは掲示板\r\nx"})
    row.refresh_from_db()
    assert row.consent_forward and row.board_site == "いろは掲示板 x" and Entry.objects.filter(act="reporter.changed").count() == 1
    assert "いろは掲示板" in client.get("/desk/reporters/?q=board").content.decode()
    assert "board.example" not in client.get("/desk/reporters/?q=other").content.decode()
    for one in (told, strange):
        f = finding(now, one, category="local", type_="board_disruption", source_ip="198.18.0.7", source_port=1)
        Finding.objects.filter(pk=f.pk).update(work="due")
    run(FindStage(), now)
    lanes = dict(Review.objects.values_list("finding__report_id", "lane"))
    assert lanes == {told.pk: "board", strange.pk: "review"}, "a forged From has no lane"
    assert "掲示板・ブログの管理者" in client.get("/desk/review/?lane=board").content.decode()
