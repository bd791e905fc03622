"""Two variants side by side: by the case's hash, warnings only, and a broken file stops nothing but itself loudly."""

import pytest

from notices_rows import case, contract, notice_for
from sekimori.enforcement.outcomes.rules import variant
from sekimori.notices import environment, experiment
from sekimori.values.outcomes import Refused

GOOD = 'name = "letter-first"\ncategories = ["messaging/spam"]\n[variants.a]\n[variants.b]\nprefer = "letter"\ntext = "warn.b"\n'


@pytest.fixture
def running(folder):
    mine = folder.data / "notices"
    for language in ("ja", "en"):
        (mine / language / "member").mkdir(parents=True)
        (mine / language / "member" / "warn.b.txt").write_text("Subject: short {{ ref }}\n\nshort {{ ref }} {{ case }}\n", encoding="utf-8")
    (mine / "experiment.toml").write_text(GOOD, encoding="utf-8")
    environment.environment.cache_clear(), environment.version.cache_clear()
    yield mine
    environment.environment.cache_clear(), environment.version.cache_clear()


@pytest.mark.django_db
def test_the_cases_hash_decides(running, now):
    seen = {}
    for _ in range(12):
        k = case(now)
        n = notice_for(k, now)
        arm = variant(k.ref, "letter-first", ["a", "b"])
        seen.setdefault(arm, set()).add((n.channel, "short" in n.body, n.template))
    assert seen["a"] == {("mail", False, "warn")} and seen["b"] == {("letter", True, "warn")}


@pytest.mark.django_db
def test_measures_and_other_categories_take_no_part(running, now):
    for _ in range(8):
        other = notice_for(case(now, category="connection", type_="port_scan", holder=contract()), now)
        measure = notice_for(case(now), now, "suspend_line")
        assert (other.channel, measure.channel) == ("mail", "mail") and "short" not in other.body + measure.body


@pytest.mark.parametrize("bad", [
    "name = 1", GOOD.replace("letter-first", ""), GOOD.replace('"messaging/spam"', '"messaging"'), GOOD + "[variants.c]\n",
    GOOD.replace('prefer = "letter"', 'prefer = "pigeon"'), GOOD.replace("warn.b", "no-such-text"), GOOD + "more = 1\n", "not toml ["])
def test_a_broken_file_is_refused_in_one_line(running, bad):
    (running / "experiment.toml").write_text(bad, encoding="utf-8")
    with pytest.raises(Refused) as e:
        experiment.load(running)
    assert e.value.code == "notices.experiment" and "\n" not in e.value.why


def test_without_a_file_nothing_is_compared(tmp_path):
    assert experiment.load(tmp_path) is None


@pytest.mark.django_db
def test_a_broken_file_costs_no_letter(running, now):
    (running / "experiment.toml").write_text("broken [", encoding="utf-8")
    n = notice_for(case(now), now)
    assert n.channel == "mail" and "short" not in n.body
