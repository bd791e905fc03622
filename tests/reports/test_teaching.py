"""An officer's correction becomes a rule for its proven sender, and for nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.test_stage import NOW, receive, run, text
from sekimori.reports import teaching
from sekimori.reports.contract import Context, Item
from sekimori.reports.correct import Reading, correct
from sekimori.reports.models import Finding, Report, SenderRule
from sekimori.reports.prose.learned import Rule, label_before, learn
from sekimori.reports.reading import answer
from sekimori.values.outcomes import Refused

AT = datetime(2026, 11, 23, 18, 4, 5, tzinfo=UTC)
LETTER = "Guten Tag,\nwir melden einen Vorfall (abuse).\nVerursacher: {a}\nGemeldet an: 203.0.113.{n}\nZeitpunkt des Vorfalls: 2026-11-{d} 03:04:05 +0900\nMit Gruss\n"
FIRST = LETTER.format(a="198.51.100.7", n=9, d=24)
SECOND = LETTER.format(a="198.51.100.88", n=12, d=24)


def test_the_label_is_the_words_before_a_value() -> None:
    assert label_before("Verursacher: ") == "verursacher"
    assert label_before("【該当アドレス】") == "該当アドレス"
    assert label_before("2026-11-24 03:04 ") == ""
    assert label_before("") == ""


def test_learning_names_address_and_time() -> None:
    assert learn(FIRST, "198.51.100.7", AT) == [Rule("source_ip", "verursacher"), Rule("time", "zeitpunkt des vorfalls")]


def test_a_label_before_two_addresses_teaches_nothing() -> None:
    assert learn("IP: 198.51.100.7\nIP: 198.51.100.8\n", "198.51.100.7", AT) == []
    assert learn("nobody is named", "198.51.100.7", AT) == []


def test_a_rule_reads_the_next_letter_of_its_kind() -> None:
    item = Item(text(SECOND))
    assert not [f for f in answer(item, Context(NOW)).findings if f.source_ip]
    got = answer(Item(text(SECOND)), Context(NOW, learned=tuple(learn(FIRST, "198.51.100.7", AT))))
    assert [(f.source_ip, f.time) for f in got.findings] == [("198.51.100.88", AT)]


def test_a_rule_names_no_victim_of_another_line() -> None:
    got = answer(Item(text(SECOND.replace("Verursacher", "Betroffen"))), Context(NOW, learned=(Rule("source_ip", "verursacher"),)))
    assert not [f for f in got.findings if f.source_ip]


def _taught(*, authenticated: bool = True, domain: str = "feed.example") -> Report:
    run(receive(text(FIRST).replace(b"feed.example", domain.encode()), authenticated=authenticated))
    report = Report.objects.select_related("reporter", "message").get()
    correct(report, Reading("connection", "login_attack", "198.51.100.7", AT), "Sato", NOW)
    return report


@pytest.mark.django_db
def test_a_correction_teaches_its_proven_sender() -> None:
    report = _taught()
    assert sorted(SenderRule.objects.values_list("domain", "field", "label", "learned_from", "officer")) == [
        ("feed.example", "source_ip", "verursacher", report.pk, "Sato"), ("feed.example", "time", "zeitpunkt des vorfalls", report.pk, "Sato")]
    run(receive(text(SECOND), envelope="2"))
    found = Finding.objects.exclude(report=report).get()
    assert (found.source_ip, found.time, found.report.free_text) == ("198.51.100.88", AT, True)


@pytest.mark.django_db
def test_the_rule_is_not_for_others() -> None:
    report = _taught()
    run(receive(text(SECOND).replace(b"feed.example", b"other.example"), envelope="2"))
    run(receive(text(SECOND + "\n"), authenticated=False, envelope="3"))
    assert not Finding.objects.exclude(report=report).exclude(source_ip="").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("authenticated", "domain"), [(False, "feed.example"), (True, "gmail.com")])
def test_unproven_senders_and_mailbox_providers_teach_nothing(authenticated: bool, domain: str) -> None:
    _taught(authenticated=authenticated, domain=domain)
    assert not SenderRule.objects.exists()


@pytest.mark.django_db
def test_the_corrected_report_tests_the_rules() -> None:
    _taught()
    assert [(c.officer, c.machine, c.agrees, c.learned) for c in teaching.check()] == [("198.51.100.7", ("198.51.100.7",), True, True)]
    SenderRule.objects.filter(field="source_ip").update(label="gemeldet an")
    assert [c.agrees for c in teaching.check()] == [False]


@pytest.mark.django_db
def test_a_rule_is_switched_off_and_kept() -> None:
    _taught()
    for rule in SenderRule.objects.all():
        teaching.switch(rule.pk, "Sato", NOW, on=False)
    assert teaching.active() == {}
    assert SenderRule.objects.count() == 2
    with pytest.raises(Refused):
        teaching.switch(0, "Sato", NOW, on=True)
