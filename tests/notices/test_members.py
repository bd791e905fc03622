"""Letters become notices, notices leave, and what becomes of them comes back."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from notices_rows import SECRETS, case, context, contract, finding, letter, measure, notice_for, report, run
from sekimori.attribution.models import Attribution
from sekimori.cases.models import CaseFinding
from sekimori.enforcement.models import Delivery, Letter, Measure, Switch
from sekimori.ledger.models import Entry
from sekimori.ledger.service import write
from sekimori.notices import senders, service
from sekimori.notices.card import of_case
from sekimori.notices.models import Notice
from sekimori.notices.stages import MemberLetterStage, SendStage
from sekimori.reports.models import Finding, Report
from sekimori.smtp.outgoing import Rejected
from sekimori.values.actors import Actor
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Outage
from sekimori.work.runner import Runner

pytestmark = pytest.mark.django_db
PLAY = Actor("command", "test")


def test_a_letter_becomes_a_notice_in_the_members_language(folder, now):
    ja = notice_for(case(now), now)
    en = notice_for(case(now, holder=contract("en", holder="Hanako Yamada")), now)
    assert (ja.language, en.language) == ("ja", "en")
    assert ja.channel == "mail" and ja.state == "written" and ja.work == "due" and "山田 花子 様" in ja.body and ja.ref in ja.subject
    assert "Dear Hanako Yamada" in en.body
    assert ja.body.startswith(f"---- [ {ja.ref} ] ----")


def together(now):
    """Let letters be written and sent until nothing is due."""
    Runner(stages=[SendStage(), MemberLetterStage()], clock=SetClock(now), record=write).until_idle()


def test_the_holder_is_read_with_an_entry_in_the_ledger_first(folder, now):
    k = case(now)
    notice_for(k, now)
    entries = list(Entry.objects.filter(subject=f"case:{k.ref}").values_list("body", flat=True))
    assert len(entries) == 1 and "LEGIT_BUSINESS" in entries[0] and "山田" not in entries[0] and "example" not in entries[0]


def test_the_same_letter_is_written_once(folder, now):
    n = notice_for(case(now), now)
    Letter.objects.filter(ref=n.letter).update(work="due")
    run(MemberLetterStage(), now)
    assert Notice.objects.filter(letter=n.letter).count() == 1


def test_rehearsal_is_written_and_never_sent(folder, now):
    n = notice_for(case(now), now, rehearsal=True)
    assert n.state == "rehearsal" and n.work == "done"
    run(SendStage(), now)
    assert not (folder.data / "outbox").exists() and Notice.objects.get(pk=n.pk).sent_at is None


def proof(login):
    """A proof of attribution as `attribution` writes it, as far as the card reads it."""
    return {"readings": [{"verdict": {"trails": [{"holder": f"login:{login}"}]}}]}


def test_a_warning_does_not_go_into_the_mailbox_that_it_is_about(folder, now):
    k = case(now, how="submission", proof=proof("Hanako@isp.example"), holder=contract(email="hanako@isp.example"))
    n = notice_for(k, now)
    assert n.channel == "alt_mail" and "Hanako@isp.example" in n.body and "198.18.0.7" not in n.body
    only = case(now, how="submission", proof=proof("only@isp.example"), holder=contract(email="only@isp.example", alt_email="", postal=""))
    assert notice_for(only, now).channel == "mail", "better there than nowhere"


def test_a_mailbox_that_a_thief_reads_is_no_channel(folder, now):
    k = case(now, how="submission", proof=proof("hanako@isp.example"), stolen=True)
    m = measure(k, now, "restrict_mail", path="stolen", target="hanako@isp.example", scope="mail")
    n = notice_for(k, now, "restrict_mail", about=m, avoid="mail")
    assert n.channel == "alt_mail" and n.template == "stolen_password" and n.to.endswith("@other.example")
    assert "hanako@isp.example" in n.body


def test_it_leaves_as_a_file_where_there_is_no_relay_and_enforcement_is_told(folder, now):
    k = case(now)
    m = measure(k, now)
    n = notice_for(k, now, about=m)
    run(SendStage(), now)
    n.refresh_from_db()
    assert n.state == "sent" and n.sent_at == now
    assert Delivery.objects.get(notice=n.ref).channel == "mail"
    m.refresh_from_db()
    assert m.state == "notified" and m.notified_at == now
    (path,) = (folder.data / "outbox").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["To"] == n.to and mail["Message-ID"] == f"<{n.message_id}>" and mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"abuse\+[a-z2-7]{26}@isp\.example", mail["Reply-To"])


def test_halt_stops_even_in_the_middle_of_a_batch(folder, now, monkeypatch):
    notices = [notice_for(case(now), now) for _ in range(4)]
    went = []

    def halting(notice, settings, at):
        went.append(notice.ref)
        if len(went) == 2:
            Switch.objects.create(name="halt", on=True, by="x", at=now)

    monkeypatch.setattr(senders, "send", halting)
    SendStage().work([n.pk for n in notices], context(now))
    assert len(went) == 2


def test_a_measure_called_off_meanwhile_is_not_announced(folder, now):
    k = case(now)
    m = measure(k, now, "suspend_line")
    n = notice_for(k, now, "suspend_line", about=m)
    Measure.objects.filter(pk=m.pk).update(state="void")
    run(SendStage(), now)
    n.refresh_from_db()
    assert n.state == "recalled" and n.sent_at is None and not (folder.data / "outbox").exists()
    late = letter(k, now, "suspend_line", about=Measure.objects.get(pk=m.pk))
    run(MemberLetterStage(), now)
    assert not Notice.objects.filter(letter=late.ref).exists()


def test_a_refused_mail_goes_on_over_the_next_channel(folder, now, monkeypatch):
    n = notice_for(case(now), now)

    def refuse(notice, settings, at):
        if notice.channel == "mail":
            raise Rejected("550 no such user", code=550, status="5.1.1")

    monkeypatch.setattr(senders, "send", refuse)
    together(now)
    n.refresh_from_db()
    assert n.state == "undelivered"
    second = Notice.objects.get(letter=n.letter, channel="alt_mail")
    assert second.state == "sent" and second.to.endswith("@other.example") and second.message_id != n.message_id


def test_a_relay_that_is_away_costs_waiting_and_nothing_else(folder, now, monkeypatch):
    notices = [notice_for(case(now), now) for _ in range(5)]
    tried = []

    def away(notice, settings, at):
        tried.append(notice.ref)
        raise Outage("relay down")

    monkeypatch.setattr(senders, "send", away)
    run(SendStage(), now)
    assert len(tried) == 2, "the rest of the batch is not tried against a dead relay"
    for n in notices:
        n.refresh_from_db()
        assert n.state == "written" and n.work == "due" and n.tries == 0
    for hours in range(20, 150, 20):  # a clock that leaps further is not believed
        together(now + timedelta(hours=hours))
    assert Notice.objects.filter(channel="alt_mail").count() >= 1, "after five days the next channel is tried"


def test_delivered_and_undelivered(folder, now):
    n = notice_for(case(now), now)
    assert not service.delivered(n.ref, now, "mail", PLAY), "what never left was not delivered"
    run(SendStage(), now)
    at = now + timedelta(hours=1)
    assert service.delivered(n.ref, at, "mail", PLAY) and not service.delivered(n.ref, at, "mail", PLAY)
    assert Delivery.objects.get(notice=n.ref).delivered_at == at
    assert service.undelivered(n.ref, at, PLAY) and not service.undelivered(n.ref, at, PLAY)
    assert Delivery.objects.get(notice=n.ref).delivered_at is None
    run(MemberLetterStage(), at)
    assert [x.channel for x in Notice.objects.filter(letter=n.letter).order_by("id")] == ["mail", "alt_mail"]
    assert not service.delivered("N-none", at, "mail", PLAY)


def test_channels_end_at_an_officer(folder, now):
    n = notice_for(case(now, holder=contract(alt_email="", postal="")), now)
    run(SendStage(), now)
    service.undelivered(n.ref, now, PLAY)
    run(MemberLetterStage(), now)
    by_hand = Notice.objects.get(letter=n.letter, channel="manual")
    assert by_hand.work == "held" and by_hand.state == "written"
    assert service.handed_over(by_hand.ref, now, Actor("officer", "o1"))
    assert Notice.objects.get(pk=by_hand.pk).state == "delivered" and Delivery.objects.get(notice=by_hand.ref).delivered_at == now
    assert not service.handed_over(by_hand.ref, now, Actor("officer", "o1"))


def test_opening_it_in_my_page_is_delivery(folder, now):
    n = notice_for(case(now), now)
    run(SendStage(), now)
    service.opened(n.ref, now, Actor("member", "h"))
    n.refresh_from_db()
    assert n.state == "delivered" and n.read_at == now


def test_an_apology_calls_the_wrong_notice_back(folder, now):
    k = case(now)
    n = notice_for(k, now)
    other = notice_for(case(now), now)
    letter(k, now, "apology", detail={"recall": [n.ref, other.ref]})
    run(MemberLetterStage(), now)
    n.refresh_from_db(), other.refresh_from_db()
    assert n.state == "recalled" and n.work == "done"
    assert other.state == "written", "only notices of the same case are called back"
    run(SendStage(), now)
    assert Notice.objects.get(pk=n.pk).sent_at is None


def test_a_text_that_does_not_render_is_that_letters_fault_alone(folder, now):
    good, bad = letter(case(now), now), letter(case(now), now, "no_such_text")
    run(MemberLetterStage(), now)
    assert Notice.objects.filter(letter=good.ref).exists() and not Notice.objects.filter(letter=bad.ref).exists()
    bad.refresh_from_db()
    assert bad.work == "due" and "notices.template" in bad.fault


def test_a_letter_is_laid_into_the_print_tray(folder, now, django_capture_on_commit_callbacks):
    n = notice_for(case(now), now, "hearing", prefer="letter", detail={"days": 14})
    assert n.channel == "letter" and n.to == ""
    run(SendStage(), now)
    (path,) = (folder.data / "outbox/letters").glob("*.pdf")
    assert path.name == f"{n.ref}.pdf" and path.read_bytes().startswith(b"%PDF")
    with django_capture_on_commit_callbacks(execute=True):
        service.delivered(n.ref, now, "letter", PLAY)
    assert not path.exists(), "name and address lie in the tray only until the post has the letter"


def test_a_member_never_sees_who_reported(folder, now):
    from notices_rows import finding, report
    from sekimori.cases.models import CaseFinding

    k = case(now)
    told = report(now, domain="canary-reporter.example", mail_from="canary-person@canary-reporter.example", report_id="CANARY-REPORT-ID")
    f = finding(now, told, message_id="canary-message@canary-reporter.example", time_raw="CANARY-RAW", queue_host="canary-host")
    entry = k.entries.first()
    CaseFinding.objects.create(case=k, finding=f, attribution=entry.attribution, added_at=now)
    for kind in ("warn", "restrict_mail", "port_filter", "suspend_line", "terminate", "brake", "hearing", "apology", "appeal_upheld", "appeal_reversed"):
        m = measure(k, now, kind if kind in ("warn", "restrict_mail", "port_filter", "suspend_line", "terminate", "brake") else "warn")
        n = notice_for(k, now, kind, about=m)
        assert "canary" not in (n.subject + n.body).lower(), kind
    assert SECRETS["email"] not in n.body


def test_a_crash_after_the_relay_took_it_repeats_the_same_message_and_is_counted(folder, now, monkeypatch):
    went = []
    real = senders.send

    def counting(notice, settings, at):
        from sekimori.notices.senders import mail

        went.append(mail.octets(notice, settings))
        real(notice, settings, at)

    monkeypatch.setattr(senders, "send", counting)
    n = notice_for(case(now), now)
    SendStage().work([n.pk], context(now))  # killed before the finishing transaction: its write is never called
    n.refresh_from_db()
    assert n.state == "sending" and n.sent_at is None and not Delivery.objects.exists()
    run(SendStage(), now)
    n.refresh_from_db()
    assert n.state == "sent" and len(went) == 2 and went[0] == went[1], "the same octets, the same Message-ID"
    entry = Entry.objects.filter(act="notice.sent").get()
    assert '"repeated":1' in entry.body.replace(" ", "") and len(list((folder.data / "outbox").glob("*.eml"))) == 1


def test_the_card_counts_what_the_statement_of_reasons_counts(now):
    """Anybody can send a forged report that names a member's queue id: it proves nothing, and no letter tells of it."""
    k = case(now)
    Finding.objects.update(has_original=True)
    forged = report(now, authenticity="none", mail_from="x@forged.example")
    seen = finding(now, forged, has_original=True)
    found = Attribution.objects.create(finding=seen, certainty="exact", contract=k.contract, how="submission", own_log=True, proof={}, at=now, due_at=0, work="done")
    CaseFinding.objects.create(case=k, finding=seen, attribution=found, added_at=now)
    assert of_case(k).count == 3
    Report.objects.update(authenticity="none")
    assert of_case(k).count == 4  # nothing proves anything now: what there is is shown
