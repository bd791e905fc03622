"""The stage: findings to answers, the ledger first; what waits for a person; nothing that depends on who the member is."""

import ipaddress
import json
from datetime import UTC, datetime, timedelta

import pytest

from sekimori.assignments.keys import key_of
from sekimori.assignments.models import Feed
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import NewRow, Origin
from sekimori.attribution import stages
from sekimori.attribution.models import Attribution
from sekimori.attribution.officer import find
from sekimori.attribution.stages import FindStage
from sekimori.contracts.store import load_contracts, load_keys
from sekimori.intake.models import Message
from sekimori.ledger.models import Entry
from sekimori.ledger.service import write as ledger_write
from sekimori.network.store import load as load_network
from sekimori.reports.models import Finding, Report, Reporter, Review
from sekimori.staff.models import Officer
from sekimori.submissions.record import record
from sekimori.values.actors import Actor
from sekimori.values.addresses import packed
from sekimori.values.basis import Basis
from sekimori.values.clock import SetClock, micros
from sekimori.values.loads import Tally
from sekimori.values.outcomes import Refused
from sekimori.work.batch import run
from sekimori.work.stage import Context

pytestmark = pytest.mark.django_db
BY = Actor("command", "test")
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
T = datetime(2026, 11, 20, tzinfo=UTC)


def load(what, *rows):
    what(list(enumerate(rows, 1)), Tally(), NOW, BY)


@pytest.fixture(autouse=True)
def provider(db):
    load(load_network, {"prefix": "198.18.0.0/16", "kind": "radius"}, {"prefix": "203.0.113.0/24", "kind": "mape"}, {"prefix": "198.51.100.0/28", "kind": "relay"},
         {"prefix": "198.51.100.32/28", "kind": "delegated", "contact": "abuse@down.example"})
    load(load_contracts, {"contract": "C1", "holder": "山田 花子", "email": "c1@member.example"}, {"contract": "C2"})
    load(lambda r, t, n, a: load_keys("login", r, t, n, a), {"key": "u1", "contract": "C1"}, {"key": "u2", "contract": "C2"})
    key, size = key_of(ipaddress.ip_network("198.18.0.7"))
    open_store().append([NewRow("", key, micros(T), micros(T + timedelta(days=1)), "login:u1", Origin("bng", "radius-detail", "bng1"), size=size)], micros(NOW))


@pytest.fixture
def report(db):
    message = Message.objects.create(sha256="0" * 64, envelope="0" * 64, door="lmtp", received_at=NOW, size=1, route="report", due_at=0)
    reporter = Reporter.objects.create(domain="feed.example", first_seen=NOW)
    return Report.objects.create(message=message, kind="report", format="arf", version="1", received_at=NOW, reporter=reporter)


def finding(report, ip="198.18.0.7", *, at=T + timedelta(hours=1), category="messaging", kind="spam", zone="stated", **more):
    address = ipaddress.ip_address(ip) if ip else None
    return Finding.objects.create(
        report=report, index=Finding.objects.count(), category=category, type=kind, family=address.version if address else None,
        address=packed(address) if address else None, source_ip=ip or "", time=at, zone=zone, time_error_s=2, event_key="x", due_at=0, **more)


def work(stage=None):
    return run(stage or FindStage(), SetClock(NOW), ledger_write, 500)


def answer_of(row):
    return Attribution.objects.filter(finding=row).latest("revision")


def test_an_exact_answer_goes_on_by_itself(report):
    row = finding(report)
    assert work().done == 1
    answer = answer_of(row)
    assert (answer.certainty, answer.contract.key, answer.how, answer.ours, answer.work) == ("exact", "C1", "radius", True, "due")
    row.refresh_from_db()
    assert (row.state, row.work) == ("attributed", "done")
    assert not Review.objects.exists()
    assert answer.proof["feed"] == "bng"


def test_the_reading_is_in_the_ledger_before_the_answer_is_used(report, monkeypatch):
    finding(report), finding(report)
    seen = []

    def watching(questions, known):
        seen.append(json.loads(Entry.objects.get(act="protected.read").body))
        return real(questions, known)

    real = stages.ask
    monkeypatch.setattr(stages, "ask", watching)
    work()
    assert seen[0]["subject"] == f"report:{report.pk}"
    assert seen[0]["detail"] | {"sha256": ""} == {"basis": "LEGIT_BUSINESS", "count": 2, "sha256": "", "what": "attribution"}
    assert [e.act for e in Entry.objects.order_by("seq")][-2:] == ["protected.read", "attribution.found"]
    assert "198.18" not in "".join(Entry.objects.values_list("body", flat=True))


def test_without_the_ledger_nothing_is_looked_up(report, monkeypatch):
    row = finding(report)

    def broken(*args):
        raise RuntimeError("the ledger cannot be written")

    monkeypatch.setattr(stages, "record", broken)
    monkeypatch.setattr(stages, "ask", lambda *args: pytest.fail("asked without a ledger entry"))
    assert work().failed == 1
    assert not Attribution.objects.filter(finding=row).exists()


@pytest.mark.parametrize(("given", "certainty", "why", "state", "reviews"), [
    ({"at": T + timedelta(days=1)}, "boundary", "window_at_edge", "waiting", 1),
    ({"at": T + timedelta(days=2)}, "none", "feed_never_loaded", "waiting", 1),
    ({"ip": "203.0.113.9"}, "several", "port_missing", "waiting", 1),
    ({"ip": "198.51.100.1"}, "none", "own_relay", "waiting", 1),
    ({"at": None}, "none", "time_missing", "waiting", 1),
    ({"ip": "192.0.2.1"}, "none", "not_ours", "not_ours", 0),
    ({"ip": "198.51.100.33"}, "delegated", "downstream_operator", "attributed", 0),
    ({"ip": "192.0.2.1", "category": "copyright", "kind": "copyright"}, "none", "not_ours", "not_ours", 0),
])
def test_what_names_nobody(report, given, certainty, why, state, reviews):
    row = finding(report, **given)
    work()
    answer = answer_of(row)
    row.refresh_from_db()
    assert (answer.certainty, answer.why, answer.contract, row.state, Review.objects.count()) == (certainty, why, None, state, reviews)
    for review in Review.objects.all():
        assert review.reason == f"attribution_{certainty}"
        assert "C1" not in review.detail and "u1" not in review.detail


def test_the_same_address_and_category_is_one_group(report):
    finding(report, "203.0.113.9"), finding(report, "203.0.113.9"), finding(report, "203.0.113.10")
    work()
    assert Review.objects.count() == 3 and Review.objects.values("group").distinct().count() == 2


@pytest.mark.parametrize(("category", "kind", "reason", "lane"), [
    ("copyright", "copyright", "person_needed", "copyright"), ("local", "dispute", "person_needed", "dispute"), ("local", "board_disruption", "person_needed", "review"),
    ("content", "csam", "no_policy", "sealed"), ("odd", "thing", "no_policy", "review")])
def test_what_policy_does_not_let_a_machine_look_up(report, category, kind, reason, lane):
    row = finding(report, category=category, kind=kind)
    work()
    row.refresh_from_db()
    review = Review.objects.get()
    assert (row.work, row.state, review.reason, review.lane) == ("held", "waiting", reason, lane)
    assert not Attribution.objects.exists() and not Entry.objects.filter(act="protected.read").exists()


def test_an_officer_looks_up_what_waits(report):
    row = finding(report, category="copyright", kind="copyright")
    work()
    ctx = Context(NOW, SetClock(NOW), "")
    officer = Officer.objects.create(name="hana", roles="triage", created_at=NOW)
    with pytest.raises(Refused, match="role_missing"):
        find(officer, row, Basis.LEGIT_BUSINESS, ctx)
    officer.roles = "handler"
    assert find(officer, row, Basis.LEGIT_BUSINESS, ctx).contract.key == "C1"
    row.refresh_from_db()
    assert (row.work, row.state, Review.objects.get().outcome) == ("done", "attributed", "answered_again")
    entry = Entry.objects.get(act="protected.read")
    assert entry.actor == "officer:hana" and entry.subject == f"report:{report.pk}"
    sealed = finding(report, category="content", kind="csam")
    with pytest.raises(Refused, match="category_never"):
        find(officer, sealed, Basis.LEGIT_BUSINESS, ctx)


def test_a_new_answer_is_a_new_revision(report):
    row = finding(report)
    work()
    Finding.objects.filter(pk=row.pk).update(work="due", due_at=0)
    work()
    assert list(Attribution.objects.filter(finding=row).order_by("revision").values_list("revision", flat=True)) == [1, 2]


def test_our_relay_leads_to_the_login_with_our_own_log_as_evidence(report):
    record({"queue_id": "4000000001zKxYz", "host": "smtp1", "message_id": "m@isp.example", "login": "u2", "client": "198.18.0.9", "recipients": 3}, T)
    row = finding(report, "198.51.100.1", at=T, queue_id="4000000001zKxYz", queue_host="smtp1.isp.example")
    work()
    answer = answer_of(row)
    assert (answer.certainty, answer.contract.key, answer.how, answer.own_log, answer.stolen) == ("exact", "C2", "submission", True, False)


def test_a_stolen_password_is_told_from_its_use(report):
    for n in range(30):
        record({"queue_id": f"4{n:09d}zKxYz", "host": "smtp1", "message_id": f"m{n}@isp.example", "login": "u2", "client": "192.0.2.9", "country": "RU", "recipients": 2},
               T + timedelta(minutes=n))
    row = finding(report, "198.51.100.1", at=T, message_id="m3@isp.example")
    work()
    answer = answer_of(row)
    assert (answer.contract.key, answer.own_log, answer.stolen, answer.proof["stolen"]) == ("C2", True, True, "new_country_burst")


def test_a_login_that_a_stranger_states_names_nobody(report):
    row = finding(report, None, login="u1")
    work()
    assert (answer_of(row).certainty, answer_of(row).contract) == ("none", None)
    report.format = "own_sensor"
    report.save()
    own = finding(report, None, login="u1")
    work()
    assert answer_of(own).contract.key == "C1"


def test_an_act_that_lasted_needs_one_contract_throughout(report):
    within = finding(report, last_time=T + timedelta(hours=5))
    beyond = finding(report, last_time=T + timedelta(days=3))
    work()
    assert answer_of(within).certainty == "exact"
    assert (answer_of(beyond).certainty, answer_of(beyond).why) == ("boundary", "span_over_change")


def test_the_reporters_usual_zone_is_a_reading_too(report):
    for n in range(3):
        finding(report, "192.0.2.1", time_raw=f"Fri, 20 Nov 2026 0{n}:00:00 -0500")
    # As UTC and as JST inside the session; five hours west of Greenwich it lies after its end.
    row = finding(report, at=T + timedelta(hours=20), zone="none")
    work()
    assert (answer_of(row).certainty, answer_of(row).why) == ("zone_ambiguous", "zone_missing")
    Finding.objects.exclude(pk=row.pk).update(time_raw="")
    Finding.objects.filter(pk=row.pk).update(work="due", due_at=0)
    work()
    assert answer_of(row).certainty == "exact"


def test_batches_of_several_reports_name_each_of_them(report):
    other = Report.objects.create(message=report.message, index=1, kind="report", format="arf", version="1", received_at=NOW)
    finding(report), finding(other), finding(other, category="vulnerability", kind="cve")
    work()
    details = [json.loads(e.body) for e in Entry.objects.filter(act="protected.read").order_by("seq")]
    assert [d["detail"]["basis"] for d in details] == ["CONSENT_CONTRACT", "LEGIT_BUSINESS"]
    assert details[1]["detail"]["references"] == [f"report:{report.pk}", f"report:{other.pk}"]


def feed(last, first=T - timedelta(days=9)):
    Feed.objects.update_or_create(name="bng", defaults={"source": "radius-detail", "continuous": True, "first_record": micros(first), "last_record": micros(last)})


def test_a_report_faster_than_our_logs_waits_for_them(report):
    at = NOW - timedelta(minutes=10)
    row = finding(report, "198.18.0.8", at=at)
    feed(NOW - timedelta(minutes=12))
    work()
    row.refresh_from_db()
    assert (row.work, row.state, row.tries, row.due_at) == ("due", "new", 0, micros(NOW + timedelta(minutes=5)))
    assert not Attribution.objects.exists() and not Review.objects.exists()
    # The next load brings the session: the same finding is settled.
    key, size = key_of(ipaddress.ip_network("198.18.0.8"))
    open_store().append([NewRow("", key, micros(at - timedelta(hours=1)), None, "login:u2", Origin("bng", "radius-detail", "bng1"), False, last_seen=micros(NOW), size=size)], micros(NOW))
    feed(NOW)
    run(FindStage(), SetClock(NOW + timedelta(minutes=5)), ledger_write, 500)
    assert answer_of(row).contract.key == "C2"


def test_it_waits_no_longer_than_two_hours_and_for_no_dead_feed(report):
    feed(NOW - timedelta(minutes=12))
    row = finding(report, "198.18.0.8", at=NOW - timedelta(minutes=10))
    run(FindStage(), SetClock(NOW + timedelta(hours=2)), ledger_write, 500)
    assert (answer_of(row).why, Review.objects.count()) == ("feed_lag", 1)
    feed(NOW - timedelta(days=3))
    dead = finding(report, "198.18.0.8", at=NOW - timedelta(minutes=10))
    work()
    assert answer_of(dead).why == "feed_lag"


def test_a_mail_that_our_log_does_not_know_yet(report):
    from sekimori.submissions.models import LogMark

    record({"queue_id": "4000000001zKxYz", "host": "smtp1", "login": "u2", "client": "198.18.0.9"}, NOW - timedelta(minutes=30))
    fresh = {"ip": "198.51.100.1", "queue_id": "4000000002zKxYz", "queue_host": "smtp1"}
    row = finding(report, at=NOW - timedelta(minutes=10), **fresh)
    work()
    assert answer_of(row).why == "own_relay"  # nobody loads mail logs here
    LogMark.objects.create(kind="postfix-log", head_length=1, head="", offset=1, tail="", path="", updated=NOW)
    waits, old = finding(report, at=NOW - timedelta(minutes=10), **fresh), finding(report, at=NOW - timedelta(minutes=40), **fresh)
    work()
    waits.refresh_from_db()
    assert waits.work == "due" and answer_of(old).why == "own_relay"


def test_every_reason_has_words():
    import ast
    from pathlib import Path

    import sekimori.attribution as package
    from sekimori import words

    whys = set()
    for path in Path(package.__file__).parent.glob("*.py"):
        if path.name in ("results.py", "stages.py", "officer.py", "models.py", "service.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and words.has("why", node.value):
                whys.add(node.value)
    missing = set(words.ids("why")) - whys
    assert not missing, f"words for reasons that nothing gives: {missing}"
    for path in Path(package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg in ("why", "fault") and isinstance(node.value, ast.Constant) and node.value.value:
                assert words.has("why", node.value.value), node.value.value
