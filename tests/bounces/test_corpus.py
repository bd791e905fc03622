"""The figures on real samples, computed as their own scorer does; floors below which a change is a step back. Writes the table of docs/formats/bounces.md."""

import csv
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from bounces.generator import people
from bounces.generator.sets import make
from bounces.withheld import OTHERS, SAME, SISIMAI, WITHHELD, measure
from corpus_path import corpus
from sekimori.bounces import parse
from sekimori.bounces.parser.mailbox import messages
from sekimori.bounces.provenance.model import Known, Log
from sekimori.bounces.provenance.rules import judge
from sekimori.mime import read

pytestmark = pytest.mark.corpus
DOC = Path(__file__).resolve().parents[2] / "docs" / "formats" / "bounces.md"
# name → (floor in percent, figure of p5-sisimai 5.1.0 on the same or the held-out part)
FLOORS = {
    "recipients equal, reliable references": (98.5, 97.0), "recipients equal, stated by a peer's test": (96.0, 89.9), "reasons equal, Sisimai's tables": (95.0, 94.6),
    "reasons equal, other peers' classes": (83.0, 69.5), "enhanced status equal": (96.5, 96.0), "CR and CRLF twins equal": (98.0, 50.0), "abuse reports recognised": (95.0, 95.0), "original Message-ID": (98.5, 97.0),
}


def same(reasons):
    return sorted(SAME.get(r, r) for r in reasons)


@pytest.fixture(scope="module")
def results():
    folder = corpus("bounces")
    text = (folder / "reference.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    out = []
    for row in rows:
        found = [parse(m) for m in messages((folder / row["file"]).read_bytes())]
        out.append((row, found[0], [f for b in found for f in b.failures]))
    return out


def figures(results):
    hits, of = Counter(), Counter()

    def count(name, good):
        of[name] += 1
        hits[name] += bool(good)

    for row, first, failures in results:
        stated = frozenset(x for x in row["ref_recipients"].split("|") if x)
        got = frozenset(f.recipient.lower() for f in failures if "@" in f.recipient)
        reliable = row["ref_recipients_from"] not in ("disputed", "none")
        if row["kind"] == "arf":
            count("abuse reports recognised", first.verdict == "arf")
        if row["kind"] != "bounce":
            continue
        if row["file"].startswith("sisimai-eol/"):
            if reliable:
                count("CR and CRLF twins equal", got == stated)
            continue
        if reliable:
            count("recipients equal, reliable references", got == stated)
        if row["ref_recipients_from"] == "peer-test":
            count("recipients equal, stated by a peer's test", got == stated)
        wanted, reasons = row["ref_reason"].split("|"), same(f.reason for f in failures)
        if "mapped" in row["ref_reason_from"]:
            count("reasons equal, other peers' classes", reasons and set(reasons) == set(wanted))
        if row["ref_reason_from"] == "peer-test" and row["file"].startswith("sisimai/"):
            count("reasons equal, Sisimai's tables", reasons == sorted(wanted))
        codes = row["ref_status"].split("|")
        if any(codes):
            count("enhanced status equal", [c for c in codes if c] == [f.status for f, c in zip(failures, codes, strict=False) if c])
        if row["ref_orig_msgid"]:
            count("original Message-ID", row["ref_orig_msgid"].strip("<>").lower() == first.original.message_id.lower())
    return hits, of


def test_figures_on_the_samples(results):
    hits, of = figures(results)
    lines = ["| figure | right | of | share | p5-sisimai |", "|---|---|---|---|---|"]
    for name, (floor, peer) in FLOORS.items():
        share = 100 * hits[name] / of[name]
        lines.append(f"| {name} | {hits[name]} | {of[name]} | {share:.1f} % | {peer} % |")
        assert share >= floor, name
    check("samples", lines)


def test_reasons_without_the_words_of_one_group():
    """Each group of near-duplicates read as if no rule had been made for it (`withheld.py` prints the misses)."""
    lines = ["| reasons equal | right | of | share |", "|---|---|---|---|"]
    for words_too, floor in ((False, 91.0), (True, 90.0)):
        hits, of, _ = measure(corpus("bounces"), words_too=words_too)
        lines += [f"| {name}, {WITHHELD[words_too]} | {hits[name]} | {of[name]} | {100 * hits[name] / of[name]:.1f} % |" for name in (SISIMAI, OTHERS)]
        assert 100 * hits[SISIMAI] / of[SISIMAI] >= floor
    check("withheld", lines)


def test_false_bounces(results):
    """Ordinary mail and automatic answers that are called bounces, over all samples of that kind."""
    wrong = [row["file"] for row, first, failures in results if row["kind"] in ("non-bounce", "vacation") and not row["file"].startswith("spamassassin/") and first.verdict == "bounce" and failures]
    assert len(wrong) <= 2, wrong


def test_real_notices_are_not_called_fakes(results):
    folder = corpus("bounces")
    wrong = sum(judge(m := read((folder / row["file"]).read_bytes()), parse(m)).provenance == "fake" for row, _, _ in results if row["kind"] == "bounce")
    assert wrong <= 0.01 * len(results)


def test_figures_of_provenance():
    counts = Counter()
    sets, log = make(404, 300)
    for one in sets:
        mail = read(one.raw)
        found = parse(mail)
        sent = log.get(found.original.message_id)
        state = Log.NOT_ASKED if not found.original.message_id else Log.HIT if sent is not None and sent.login == one.owner else Log.SILENT
        counts[one.label, judge(mail, found, Known(domains=frozenset({people.ISP}), hosts=(people.ISP,), owner=frozenset({one.owner}), log=state)).provenance.value] += 1
    labels = ("genuine", "backscatter", "fake", "not_a_bounce")
    verdicts = ("genuine", "genuine_likely", "backscatter", "fake", "not_a_bounce", "unknown")
    check("provenance", ["| made as ↓, judged → | " + " | ".join(verdicts) + " |", "|---|" + "---|" * len(verdicts), *(f"| {a} | " + " | ".join(str(counts[a, b]) for b in verdicts) + " |" for a in labels)])


def check(name, lines):
    """Compare the table in the documentation; SEKIMORI_TEST_WRITE_DOCS=1 writes it."""
    text = DOC.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name}: made by tests/bounces/test_corpus.py -->\n).*?(<!-- end -->)", re.DOTALL)
    assert pattern.search(text), f"no place for the table {name}"
    wanted = pattern.sub(lambda m: m.group(1) + "\n".join(lines) + "\n" + m.group(2), text)
    if os.environ.get("SEKIMORI_TEST_WRITE_DOCS"):
        DOC.write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted, f"the table {name} is out of date: run with SEKIMORI_TEST_WRITE_DOCS=1"
