"""Answers to reporters: whoever makes one depend on the member is caught, and every mutant of who gets one is killed."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

import mutants
from notices_rows import finding, report
from sekimori.cases.models import CaseFinding
from sekimori.contracts.models import Contract
from sekimori.enforcement.models import Measure
from sekimori.network.models import Network
from sekimori.notices import courtesy, elsewhere, stage_answers
from sekimori.reports.models import Finding

pytestmark = pytest.mark.django_db
silence = mutants.load(__file__, "test_silence")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PLAN, REFUSAL = stage_answers._plan, stage_answers.refusal


def filed(row):
    return CaseFinding.objects.filter(finding__report=row.report).select_related("case__contract").first()


def planned(change):
    """A plan that looks at the member behind the first report."""
    def plan(rows, *args, **kwargs):
        made = PLAN(rows, *args, **kwargs)
        entry = filed(rows[0])
        if entry is not None:
            change(made.notice, entry.case)
        return made
    return ("_plan", plan)


def say(notice, case):
    notice.body += "\nAction was taken.\n"


def late(notice, case):
    notice.due_at += Measure.objects.filter(case=case, step="suspend_line").count()


def lane(notice, case):
    notice.lane = case.contract_id % 16 + 16


def tongue(notice, case):
    notice.language = "en" if case.contract.protected else notice.language


def number(notice, case):
    notice.subject = f"{notice.subject} {case.ref}"


def look(notice, case):
    """Does nothing with what it read."""


def mute(row, settings):
    entry = filed(row)
    return "protected" if entry is not None and entry.case.contract.protected else REFUSAL(row, settings)


def ours(row, settings):
    held = Contract.objects.filter(keys__key__in=Finding.objects.filter(report=row.report).values("login")).exists()
    return "member" if held else REFUSAL(row, settings)


SABOTAGE = {"says what was done": planned(say), "sends later for the suspended": planned(late), "takes a lane by contract": planned(lane),
            "takes the protected member's language": planned(tongue), "shows the case's number": planned(number), "only looks": planned(look),
            "is silent about the protected": ("refusal", mute), "asks whose login it is": ("refusal", ours)}


def proofs(folder):
    def bytes_of(kind):
        def run():
            with mutants.undone(), pytest.MonkeyPatch.context() as patch:
                silence.test_the_same_bytes_whatever_the_member_is(folder, NOW, kind, patch)
        return run

    def queries():
        with mutants.undone():
            silence.test_answers_ask_nothing_about_members(folder, NOW)
    return [bytes_of("receipt"), bytes_of("closed"), queries]


@pytest.mark.parametrize("name", SABOTAGE)
def test_an_answer_that_depends_on_the_member_is_caught(folder, monkeypatch, name):
    made = proofs(folder)
    for proof in made:
        proof()
    monkeypatch.setattr(stage_answers, *SABOTAGE[name])
    caught = []
    for proof in made:
        try:
            proof()
        except (Exception, pytest.fail.Exception):
            caught.append(proof)
    assert caught, f"nobody noticed an answer that {name}"


def asker(**changes):
    return courtesy.Asker(**{"to": "desk@feed.example", "authenticity": "pass", "auto": "", "mail_from": "desk@feed.example", "door": "lmtp",
                             "domain": "feed.example"} | changes)


def who_gets_one():
    def refusal(**changes):
        return courtesy.refusal(asker(**changes), ("isp.example",), ("abuse", "desk"))

    for door, sender in product(("lmtp", "smtp", "imap", "file", "http"), ("", "a@feed.example")):
        assert refusal(door=door, mail_from=sender) == ("null_sender" if not sender and door != "http" else "")
    assert refusal(to="ABUSE+tag@ISP.example") == "own"
    assert refusal(to="someone@isp.example", domain="isp.example") == "" and refusal(to="abuse@feed.example") == ""
    assert refusal(to="x@other.example", domain="") == "" and refusal(to="x@feed.example.evil.example") == "foreign_reply_to"
    assert refusal(to="desk@feed.example\r\nBcc: x@y.example") == "unsafe"


def when_the_next_day_begins():
    assert courtesy.tomorrow(datetime(2026, 11, 24, 14, 59, tzinfo=UTC)) == datetime(2026, 11, 24, 15, 5, tzinfo=UTC)
    assert courtesy.tomorrow(datetime(2026, 11, 24, 15, 0, tzinfo=UTC)) == datetime(2026, 11, 25, 15, 5, tzinfo=UTC)


def one_a_day():
    with mutants.undone():
        day = courtesy.today(NOW)
        assert courtesy.take("a", day) and not courtesy.take("a", day) and courtesy.take("b", day)


def holds(**changes):
    """Change the only prefix, as a new load does (the table is read again then)."""
    Network.objects.update(load=uuid.uuid4().hex, **changes)


def not_ours_by_prefixes_alone():
    """`elsewhere.outside` as docs/desk states it, on rows."""
    def told(*rows):
        r = report(NOW)
        for row in rows:
            finding(NOW, r, **row)
        return r.pk

    with mutants.undone():
        ids = [told({"source_ip": "203.0.113.9"})]
        assert elsewhere.outside(ids) == {}, "before the first `network load` nothing is foreign"
        silence.network("198.18.0.0/16")
        assert elsewhere.outside([]) == {}
        foreign, ours_ = told({"source_ip": "203.0.113.9"}, {"source_ip": "203.0.113.9"}, {"source_ip": "192.0.2.77"}), told({"source_ip": "198.18.0.1"})
        mixed, login, queue = told({"source_ip": "203.0.113.9"}, {"source_ip": "198.18.0.1"}), told({"source_ip": "203.0.113.9", "login": "u"}), told(
            {"source_ip": "203.0.113.9", "queue_id": "4X"})
        both = told({"source_ip": "203.0.113.9"}, {"source_ip": "192.0.2.8", "login": "u"})
        private, none = told({"source_ip": "10.0.0.1"}), told({"source_ip": ""})
        assert elsewhere.outside([foreign, ours_, mixed, login, queue, both, private, none]) == {foreign: ["203.0.113.9", "192.0.2.77"]}
    with mutants.undone():
        silence.network("198.18.0.0/16")
        began = NOW - timedelta(hours=6)
        holds(valid_from=began)
        at = {h: told({"source_ip": "198.18.0.1", "at": began - timedelta(hours=h)}) for h in (0.9, 1.1, 13.9, 14.1)}
        assert set(elsewhere.outside(at.values())) == {at[1.1], at[13.9], at[14.1]}, "an hour on both sides"
        Finding.objects.update(zone="none")
        assert set(elsewhere.outside(at.values())) == {at[14.1]}, "any zone that there is"
        Finding.objects.update(time=None, zone="stated")
        assert elsewhere.outside(at.values()) == {}, "without a time, when it was received"
        holds(valid_from=NOW + timedelta(hours=13))
        assert elsewhere.outside(at.values()) == {}, "give or take any zone"
        holds(valid_from=NOW + timedelta(hours=15))
        assert set(elsewhere.outside(at.values())) == set(at.values())
    with mutants.undone():
        silence.network("198.18.0.0/16")
        holds(valid_to=NOW)
        after = {h: told({"source_ip": "198.18.0.1", "at": NOW + timedelta(hours=h)}) for h in (0.9, 1.1)}
        assert set(elsewhere.outside(after.values())) == {after[1.1]}
SAME = [
    "outside *: not report_ids or not Network.objects.exists(): without not report_ids",  # no reports, no rows
    "outside *: if ip: always True",  # "" is no address
]


def test_every_mutant_of_who_gets_an_answer_is_killed(folder):
    examples = mutants.examples_of(silence)
    count, left = mutants.survivors([courtesy.refusal, courtesy.tomorrow, courtesy.take, elsewhere.outside],
                                    [who_gets_one, when_the_next_day_begins, one_a_day, not_ours_by_prefixes_alone, *examples], equivalent=SAME)
    assert not left, "\n".join(left)
    assert count >= 40
    print(count, "mutants killed")
