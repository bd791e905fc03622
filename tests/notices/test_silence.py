"""Nothing that a reporter is sent depends on who the member is: not its words, not its queries, not its time."""

import ast
import random
import re
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jinja2 import meta

from notices_rows import SECRETS, answer, case, context, contract, finding, letter, measure, report, run
from sekimori.enforcement.models import Switch
from sekimori.notices import courtesy, environment, reporter
from sekimori.notices.models import Notice
from sekimori.notices.stages import AnswerStage, SendStage
from sekimori.reports.models import Answer

TEMPLATES = Path(environment.SHIPPED)
FORBIDDEN = re.compile(r"(?:contracts|assignments|attribution|cases|submissions|enforcement_(?!switch))")


def live(now):
    Switch.objects.create(name="live:*", on=True, by="x", at=now)


def mails():
    return list(Notice.objects.filter(audience="reporter").order_by("id"))


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*/reporter/*.txt")), ids=lambda p: f"{p.parent.parent.name}-{p.stem}")
def test_no_reporter_text_can_name_a_member_field(path):
    env = environment.environment()
    used = meta.find_undeclared_variables(env.parse(path.read_text(encoding="utf-8")))
    assert used <= {*reporter.Facts.__slots__, "language"}, used
    assert not [n for n in meta.find_referenced_templates(env.parse(path.read_text(encoding="utf-8"))) if n and "/reporter/" not in n]


def test_the_facts_of_a_reporter_have_no_way_to_a_member():
    assert set(reporter.Facts.__slots__) == {"provider", "ref", "received_at", "report_id", "findings", "missing", "texts", "addresses", "reports", "more"}
    import sekimori.notices.reporter as module
    import sekimori.notices.stage_answers as stage

    for source in (module, stage):
        for node in ast.walk(ast.parse(Path(source.__file__).read_text(encoding="utf-8"))):
            name = getattr(node, "module", None) or ""
            assert not re.match(r"sekimori\.(contracts|cases|attribution|assignments|submissions|mypage)", name), name


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kind", ["receipt", "missing", "not_ours", "closed"])
def test_canaries_of_a_member_never_reach_a_reporter(folder, now, language, kind):
    live(now)
    holder = contract(holder=SECRETS["holder"], email=SECRETS["email"], alt_email=SECRETS["alt_email"], phone=SECRETS["phone"],
                      postal=SECRETS["postal"], key=SECRETS["contract"])
    k = case(now, holder=holder, login=SECRETS["login"])
    letter(k, now, about=measure(k, now))
    told = k.entries.first().finding.report
    answer(now, kind, rep=told, language=language, detail={"findings": 1, "missing": ["headers"], "addresses": [{"ip": "192.0.2.1"}]})
    run(AnswerStage(), now)
    run(SendStage(), now)
    (n,) = mails()
    sent = b"".join(p.read_bytes() for p in (folder.data / "outbox").glob("*.eml"))
    for secret in [*SECRETS.values(), holder.handle, k.ref]:
        assert secret not in n.subject + n.body and secret.encode() not in sent, secret
    assert n.case is None and n.letter == "" and n.measure == ""


@pytest.mark.django_db
def test_answers_ask_nothing_about_members(folder, now):
    live(now)
    for kind in ("receipt", "missing", "not_ours", "closed"):
        answer(now, kind, to=f"{kind}@feed.example")
    with CaptureQueriesContext(connection, ) as asked:
        run(AnswerStage(), now)
    assert len(mails()) == 4
    wrong = [q["sql"] for q in asked.captured_queries if FORBIDDEN.search(q["sql"])]
    # A notice has a column for a case of its own table; no query reads the tables of members.
    assert not [q for q in wrong if re.search(r'(?:FROM|JOIN|UPDATE|INTO) "(?:contracts|assignments|attribution|cases|submissions|enforcement_(?!switch))', q)], wrong


def member_in(state, now):
    """Make the member of an address be in one of the states that must not show."""
    if state == "unheld":
        told = report(now, report_id="same")
        finding(now, told, source_ip="198.18.200.1")
        return told
    k = case(now, holder=contract(protected="hospital" if state == "protected" else ""), findings=1)
    if state == "suspended":
        measure(k, now, "suspend_line", "executed")
    told = k.entries.first().finding.report
    told.report_id = "same"
    told.save()
    return told


STATES = ("held", "unheld", "suspended", "protected")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["receipt", "closed"])
def test_the_same_bytes_whatever_the_member_is(folder, now, kind, monkeypatch):
    live(now)
    network("198.18.0.0/15")
    seen = {}
    for state in STATES:
        monkeypatch.setattr("sekimori.notices.stage_answers.reference", lambda _: "N-2222-2222-2222")
        answer(now, kind, rep=member_in(state, now), detail={"findings": 1})
        run(AnswerStage(), now)
        n = mails()[-1]
        seen[state] = (n.subject, n.body, n.to, n.language, n.due_at, n.lane, n.template, n.state)
        Notice.objects.all().delete()
        from sekimori.notices.models import Courtesy
        Courtesy.objects.all().delete()
    assert len(set(seen.values())) == 1, seen


@pytest.mark.django_db
@pytest.mark.slow
def test_the_same_time_whatever_the_member_is(folder, now):
    """Permutation test on CPU time: fails less than once in 10,000 honest runs, and finds a planted 30 % difference."""
    live(now)
    network("198.18.0.0/15")
    told = {state: [answer(now, rep=member_in(state, now), to=f"{state}{i}@feed.example") for i in range(60)] for state in ("held", "unheld")}
    samples = {state: [] for state in told}
    stage = AnswerStage()
    for rows in zip(*told.values(), strict=True):
        for state, row in random.Random(len(samples["held"])).sample(list(zip(told, rows, strict=True)), 2):
            start = time.process_time()
            stage.work([row.pk], context(now))
            samples[state].append(time.process_time() - start)
    assert permutation_p(samples["held"], samples["unheld"]) > 1e-4
    slower = [x * 1.3 for x in samples["held"]]
    assert permutation_p(slower, samples["unheld"]) <= 1e-2, "the test could not see a planted difference"


def permutation_p(a, b, rounds=20_000, seed=7):
    """Return the share of random relabelings whose difference of trimmed means is at least the observed one."""
    rng = random.Random(seed)

    def trimmed(values):
        ordered = sorted(values)
        cut = len(ordered) // 10
        kept = ordered[cut:len(ordered) - cut]
        return sum(kept) / len(kept)

    observed = abs(trimmed(a) - trimmed(b))
    pool = [*a, *b]
    hits = 1
    for _ in range(rounds):
        rng.shuffle(pool)
        hits += abs(trimmed(pool[:len(a)]) - trimmed(pool[len(a):])) >= observed
    return hits / (rounds + 1)


@pytest.mark.parametrize(("changes", "why"), [
    ({}, ""), ({"authenticity": "none"}, "unauthenticated"), ({"authenticity": "fail"}, "unauthenticated"), ({"auto": "list"}, "automatic"),
    ({"mail_from": ""}, "null_sender"), ({"to": "no address"}, "unsafe"), ({"to": "abuse@isp.example"}, "own"), ({"to": "desk+x@isp.example"}, "own"),
    ({"to": "victim@elsewhere.example"}, "foreign_reply_to"), ({"to": "a@sub.feed.example"}, ""), ({"to": "a@notfeed.example"}, "foreign_reply_to"),
])
def test_who_gets_an_automatic_answer(changes, why):
    asker = courtesy.Asker(**{"to": "desk@feed.example", "authenticity": "pass", "auto": "", "mail_from": "desk@feed.example", "door": "lmtp", "domain": "feed.example"} | changes)
    assert courtesy.refusal(asker, ("isp.example",), ("abuse", "desk")) == why


@pytest.mark.django_db
def test_one_answer_a_day_to_a_sender(folder, now):
    live(now)
    for _ in range(20):
        answer(now)
    run(AnswerStage(), now)
    answer(now + timedelta(hours=1))
    run(AnswerStage(), now + timedelta(hours=1))
    assert len(mails()) == 1
    answer(now + timedelta(days=1))
    run(AnswerStage(), now + timedelta(days=1))
    assert len(mails()) == 2


@pytest.mark.django_db
def test_ten_thousand_forged_senders_reflect_nothing(folder, now):
    live(now)
    rep = report(now, authenticity="none")
    Answer.objects.bulk_create([Answer(report=report(now, authenticity="none") if i < 20 else rep, kind=f"k{i}", to="victim@x.example", language="ja",
                                       detail={}, due_at=0) for i in range(500)])
    run(AnswerStage(), now)
    assert mails() == []


@pytest.mark.django_db
def test_closed_ones_go_together_and_wait_for_the_next_day(folder, now):
    live(now)
    answer(now)
    run(AnswerStage(), now)
    for i in range(5):
        answer(now, "closed", report_id=f"r{i}")
    run(AnswerStage(), now)
    assert len(mails()) == 1, "today's mail has gone"
    tomorrow = courtesy.tomorrow(now)
    run(AnswerStage(), tomorrow)
    (_, closed) = mails()
    assert closed.template == "closed" and all(f"r{i}" in closed.body for i in range(5))
    assert not Answer.objects.filter(work="due").exists()


@pytest.mark.django_db
def test_reporters_hear_nothing_while_every_category_is_in_rehearsal(folder, now):
    answer(now)
    run(AnswerStage(), now)
    run(SendStage(), now)
    (n,) = mails()
    assert n.state == "rehearsal" and n.sent_at is None and not (folder.data / "outbox").exists()


@pytest.mark.django_db
def test_the_breaker_over_all_reporters(folder, now, monkeypatch):
    live(now)
    monkeypatch.setattr(courtesy, "PER_HOUR", 3)
    for i in range(5):
        answer(now, to=f"a{i}@feed.example")
    run(AnswerStage(), now)
    assert len(mails()) == 3 and Answer.objects.filter(work="due").count() == 2
    run(AnswerStage(), now + timedelta(hours=1, seconds=1))
    assert len(mails()) == 5


@pytest.mark.django_db
def test_an_answer_has_a_null_sender_and_says_auto_replied(folder, now):
    from sekimori.notices.senders import mail

    live(now)
    answer(now)
    run(AnswerStage(), now)
    (n,) = mails()
    assert mail.envelope_sender(n, folder, now) == "" and b"Auto-Submitted: auto-replied" in mail.octets(n, folder)


def network(prefix, kind="radius"):
    from sekimori.network.models import Network
    from sekimori.values.addresses import parse_prefix

    parsed = parse_prefix(prefix)
    Network.objects.create(prefix=prefix, family=parsed.version, length=parsed.prefixlen, kind=kind, load=uuid.uuid4().hex)


@pytest.mark.django_db
@pytest.mark.parametrize(("findings", "template"), [
    ([{"source_ip": "203.0.113.9"}], "not_ours"), ([{"source_ip": "198.18.0.7"}], "receipt"), ([{"source_ip": "198.19.5.5"}], "receipt"),
    ([{"source_ip": "203.0.113.9"}, {"source_ip": "198.18.0.7"}], "receipt"), ([], "receipt"), ([{"source_ip": ""}], "receipt"),
    ([{"source_ip": "203.0.113.9", "login": "u@isp.example"}], "receipt"), ([{"source_ip": "203.0.113.9", "queue_id": "4X"}], "receipt"),
    ([{"source_ip": "10.0.0.1"}], "receipt"), ([{"source_ip": "2001:db8::1"}, {"source_ip": "203.0.113.9"}], "not_ours"),
])
def test_not_ours_goes_by_public_prefixes(folder, now, findings, template):
    live(now)
    network("198.18.0.0/16")
    network("198.19.0.0/16", "delegated")
    told = report(now)
    for f in findings:
        finding(now, told, **f)
    answer(now, rep=told, detail={"findings": len(findings), "addresses": [{"ip": "203.0.113.9", "contact": "abuse@other.example"}]})
    run(AnswerStage(), now)
    (n,) = mails()
    assert n.template == template
    if template == "not_ours":
        assert "203.0.113.9" in n.body and "abuse@other.example" in n.body


@pytest.mark.django_db
def test_a_prefix_that_was_ours_then_counts(folder, now):
    from notices_rows import finding
    from sekimori.network.models import Network

    live(now)
    Network.objects.create(prefix="203.0.113.0/24", family=4, length=24, kind="radius", valid_to=now - timedelta(days=2), load=uuid.uuid4().hex)
    old, new = report(now), report(now)
    finding(now, old, at=now - timedelta(days=3), source_ip="203.0.113.9")
    finding(now, new, at=now - timedelta(hours=2), source_ip="203.0.113.9")
    answer(now, rep=old, to="a@feed.example")
    answer(now, rep=new, to="b@feed.example")
    run(AnswerStage(), now)
    assert {n.to: n.template for n in mails()} == {"a@feed.example": "receipt", "b@feed.example": "not_ours"}


@pytest.mark.django_db
def test_before_the_network_is_known_nothing_is_foreign(folder, now):
    live(now)
    told = report(now)
    finding(now, told, source_ip="203.0.113.9")
    answer(now, rep=told)
    run(AnswerStage(), now)
    assert mails()[0].template == "receipt"
