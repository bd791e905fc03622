"""The rules as data: well formed, complete, linear."""

import re
import time

import pytest

from sekimori.bounces import masking
from sekimori.bounces.explain import clients, glossing
from sekimori.bounces.explain.catalogue import FIELDS, LANGUAGES, WHO, cause_of, entry, load, texts
from sekimori.bounces.parser import (
    addresses,
    cleaning,
    concepts,
    diagnostics,
    facts,
    kinds,
    literals,
    original,
    reading,
    reasons,
    rules,
    status_fields,
    transcript,
    wording,
)
from sekimori.bounces.parser.model import Stage
from sekimori.bounces.provenance import signals
from sekimori.mailauth import batv
from support import cpu


def all_literals():
    for e in literals.load("phrases.toml")["phrases"]:
        yield from ((e["role"], x) for x in e["any"])
    for e in literals.load("stages.toml")["stage"]:
        yield from ((e["stage"], x) for x in e["any"])
    for e in literals.load("reasons.toml")["rule"]:
        yield from ((e["id"], x) for x in (*e["any"], *e.get("none", ())))
    for p in literals.load("providers.toml")["provider"]:
        for r in p.get("rule", ()):
            yield from ((p["id"], x) for x in r["any"])


def test_literals_are_written_as_they_are_looked_for():
    # a literal in capitals or with double spaces would never be found
    bad = [(owner, x) for owner, x in all_literals() if x != literals.same_length_lower(" ".join(x.split())) and x.strip() == x and "  " not in x]
    bad += [(owner, x) for owner, x in all_literals() if not x.strip() or "  " in x or "\n" in x]
    assert not bad


def test_every_rule_names_a_reason_and_has_an_id_of_its_own():
    ids = [r.id for r in rules.text_rules()]
    assert len(ids) == len(set(ids))
    for rule in [*rules.text_rules(), *(r for p in rules.providers() for r in p.rules)]:
        assert rule.reason in rules.REASONS and rule.any
        assert rule.stage <= {s.value for s in Stage} and rule.stage_none <= {s.value for s in Stage}


def test_no_literal_is_written_twice_in_one_rule():
    for rule in literals.load("reasons.toml")["rule"]:
        assert len(rule["any"]) == len(set(rule["any"])), (rule["id"], [x for x in rule["any"] if rule["any"].count(x) > 1])
        assert set(rule["any"]).isdisjoint(rule.get("none", ())), rule["id"]


def test_codes_and_replies_name_reasons_and_steps():
    data = literals.load("codes.toml")
    assert all(re.fullmatch(r"[0-7]\.\d{1,3}(?:-\d{1,3})?", k) and v in rules.REASONS for k, v in data["code"].items())
    for provider in literals.load("providers.toml")["provider"]:
        assert all(re.fullmatch(r"[0-7]\.\d{1,3}(?:-\d{1,3})?", k) and v in rules.REASONS for k, v in provider.get("codes", {}).items())
    assert rules.codes()[0]["7.606"] == rules.codes()[0]["7.649"] == "blocked" and "7.650-699" not in rules.codes()[0]
    for code, table in data["reply"].items():
        assert re.fullmatch(r"[45]\d\d", code) and set(table) <= {s.value for s in Stage} and set(table.values()) <= set(rules.REASONS)


def test_concepts_are_well_formed():
    data = literals.load("concepts.toml")
    ids = [p["id"] for p in data["predicate"]]
    assert len(ids) == len(set(ids))
    words = [w for group in data["subject"].values() for w in group] + [w for p in data["predicate"] for w in p["any"]]
    assert all(w and w == literals.same_length_lower(w) and "  " not in w and not w.startswith(" ") for w in words)
    for predicate in data["predicate"]:
        assert set(predicate["reason"]) <= set(data["subject"]) and set(predicate["reason"].values()) <= set(rules.REASONS)
    used = {s for p in data["predicate"] for s in p["reason"]}
    assert used == set(data["subject"])


def test_a_predicate_belongs_to_its_nearest_subject():
    assert concepts.told("the domain of the recipient cannot be found").reason == "hostunknown" and concepts.told("the recipient in this domain cannot be found").reason == "userunknown"
    assert concepts.told("this mailbox is presently locked").reason == "suspend"
    assert concepts.told("the domain shop is not registered with anyone").reason == "hostunknown"
    assert concepts.told("our disk is full").reason == "systemfull" and concepts.told("the mailbox is full").reason == "mailboxfull"
    assert concepts.told("the mailbox is fine. nothing was found here") is None, "a sentence ends what is said"
    assert concepts.told("blogger mailboxing locksmith") is None and concepts.told("") is None


def test_hostile_texts_cost_little():
    """No more than some milliseconds for 4,000 characters of subjects and predicates."""
    for unit in ("mailbox full ", "user unknown ", "ip ", "reject ", "spam", "容量超え", ". user "):
        text = (unit * 4_000)[:4_000]
        assert cpu(concepts.told, text) < 0.1


def test_no_host_belongs_to_two_providers_and_ids_are_unique():
    data = literals.load("providers.toml")["provider"]
    ids = [p["id"] for p in data]
    assert len(ids) == len(set(ids))
    assert rules.provider_of("smtp1.mfsmax.docomo.ne.jp").id == "docomo" and rules.provider_of("evil-docomo.ne.jp.example") is None and rules.provider_of("") is None


def test_every_literal_of_the_automaton_is_found_alone():
    automaton = literals.literals()
    for _, literal in all_literals():
        assert any(h.literal == literal and (h.start, h.end) == (0, len(literal)) for h in automaton.scan(literal))


def expressions():
    seen = [getattr(m, n) for m in (wording, cleaning, concepts, diagnostics, reasons, addresses, facts, kinds, original, reading, status_fields, transcript, signals, batv, masking, clients, glossing) for n in dir(m) if isinstance(getattr(m, n), re.Pattern)]
    seen += batv._OTHERS
    seen += [r.regex for r in rules.text_rules() if r.regex] + [r.regex for p in rules.providers() for r in p.rules if r.regex]
    seen += [p[2] for p in wording._phrases() if p[2]]
    return seen


@pytest.mark.parametrize("unit", ["a", " ", "1.", "<", "a@", "550 ", "550-", "5.1.1 ", "[1.1.1.1] ", "quota ", "exceed ", "rcpt ", "-", "\"", "host a", "// ", "a.com ", "bounce category: "])
def test_expressions_are_linear(unit):
    """CPU time on 4 KB and 16 KB of the worst units: a linear expression takes about four times as long, never sixteen."""
    def spend(size):
        text = (unit * size)[:size]
        best = 9.0
        for _ in range(3):
            t = time.process_time()
            for e in expressions():
                e.search(text)
                e.sub("", text)
            best = min(best, time.process_time() - t)
        return best

    small, large = spend(4_000), spend(16_000)
    assert large < 0.4 and large < max(small * 9, 0.05)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language):
    catalogue = texts(language)
    places = re.compile(r"\{[a-z]+\}")
    for reason in rules.REASONS:
        text = entry(cause_of(reason), "", language)
        for field in FIELDS:
            assert text[field], (reason, field)
        assert text["who"] in WHO and isinstance(text["steps"], list)
    for provider in [p["id"] for p in literals.load("providers.toml")["provider"]]:
        assert catalogue["provider"][provider]
    for name, table in catalogue["at"].items():
        assert name in catalogue["provider"]
        for cause, override in table.items():
            assert cause in catalogue["cause"] and set(override) <= {*FIELDS, "note"}
    for word in re.findall(places, str(catalogue)):
        assert word in {"{recipient}", "{domain}", "{provider}", "{until}"}


def test_both_languages_say_the_same_things():
    ja, en = texts("ja"), texts("en")
    assert set(ja) == set(en) and set(ja["cause"]) == set(en["cause"]) and set(ja["provider"]) == set(en["provider"]) and set(ja["fixed"]) == set(en["fixed"])
    assert {(p, c, tuple(sorted(o))) for p, t in ja["at"].items() for c, o in t.items()} == {(p, c, tuple(sorted(o))) for p, t in en["at"].items() for c, o in t.items()}
    for cause, text in ja["cause"].items():
        assert text["who"] == en["cause"][cause]["who"] and set(text) == set(en["cause"][cause])


def test_causes_cover_every_reason_and_only_known_causes():
    table = load("causes.toml")
    assert set(table["cause"]) == set(rules.REASONS)
    assert set(table["cause"].values()) | set(table["rule"].values()) <= set(texts("en")["cause"])
    assert 14 <= len(set(table["cause"].values())) <= 20
    known = {r.id for r in rules.text_rules()} | {r.id for p in rules.providers() for r in p.rules}
    assert all(k in known or k.startswith("code.") for k in table["rule"])


def test_glosses_and_client_errors_are_in_both_languages():
    data = load("glosses.toml")
    for table in ("words", "class", "subject", "code"):
        assert all(v["ja"] and v["en"] for v in data[table].values())
    assert all(k == literals.fold(k) for k in data["words"])
    table = load("clients.toml")
    assert all(re.fullmatch(r"0x8[0-9A-F]{7}", k) and v["ja"] and v["en"] for k, v in table["code"].items()) and table["other"]["ja"] and table["title"]["en"]
