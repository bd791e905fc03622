"""The shared samples, where they are: every file answered, structured ones right, invalid ones refused, no wrong address.

`scores()` also makes docs/formats/scores.md: `python tests/reports/test_corpus.py` writes it, the test compares it.
"""

from __future__ import annotations

import csv
import ipaddress
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpus_path import CORPUS, corpus
from reports.letters import letters
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item

SCORES = Path(__file__).parents[2] / "docs" / "formats" / "scores.md"
MISLABELLED = {"intelmq/generic/sample_report.csv"}
"""The index gives it the address of another file's test; it is a list of three addresses, none of them 127.0.0.1."""
FEEDS = ("feed-", "json")


def rows() -> list[dict[str, str]]:
    folder = corpus("reports")
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as f:
        found = {r["file"]: r for r in reversed(list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)))}
    return [r for r in found.values() if (folder / r["file"]).exists()]


def _addresses(text: str) -> set[str]:
    out = set()
    for word in text.replace(";", " ").replace(",", " ").split():
        try:
            out.add(str(ipaddress.ip_address(word)))
        except ValueError:
            pass
    return out


def judge(row: dict[str, str]) -> tuple[str, reading.Answer]:
    """Return (`right review refused routed wrong accepted other`, answer)."""
    path = CORPUS / "reports" / row["file"]
    item, _ = reading.load(path)
    out = reading.answer(item, Context())
    want, have = _addresses(row["expected_ip"]), {f.source_ip for f in out.findings if f.source_ip}
    if "/negative/" in row["file"] or "/invalid/" in row["file"] or "must be rejected" in row["note"]:
        return "refused" if out.read.kind == "review" and out.read.reason else "accepted", out
    if row["format"].startswith("dmarc"):
        return "routed" if out.read.kind == "not_abuse" else "accepted", out
    if not want:
        return "other", out
    if want & have:  # type: ignore[operator]
        return "right", out
    return ("wrong" if have else "review"), out


def scores() -> str:
    """Return the table of docs/formats/scores.md."""
    count: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows():
        verdict, _ = judge(row)
        if row["file"] in MISLABELLED:
            verdict = "other"
        count[row["format"]][verdict] += 1
    own: Counter[str] = Counter()
    for x in letters():
        out = reading.answer(Item(x.raw), Context())
        got = {f.source_ip for f in out.findings if f.source_ip}
        own["wrong" if got - x.ips else "right" if out.read.kind == "report" else out.read.kind] += 1
    lines = ["# Scores per format", "",
             "Made by `tests/reports/test_corpus.py` from samples of public projects (not part of this repository) and from our own letters (`tests/reports/letters`).",
             "*right*: one of the addresses that the sample's own project expects was read. *review*: left to a person. *wrong*: only other addresses were read.",
             "*refused*: an invalid report, refused by the name of its failing field. *routed*: no abuse, routed away. *other*: nothing is stated to compare with.", "",
             "| format | samples | right | review | wrong | refused | routed | accepted by mistake | other |", "|---|---|---|---|---|---|---|---|---|"]
    total: Counter[str] = Counter()
    for name in sorted(count):
        c = count[name]
        total.update(c)
        lines.append(f"| {name} | {sum(c.values())} | " + " | ".join(str(c[k]) for k in ("right", "review", "wrong", "refused", "routed", "accepted", "other")) + " |")
    lines.append(f"| **all** | {sum(total.values())} | " + " | ".join(str(total[k]) for k in ("right", "review", "wrong", "refused", "routed", "accepted", "other")) + " |")
    lines += ["", "| our own letters | samples | right | review | wrong | no abuse or an answer to us |", "|---|---|---|---|---|---|",
              f"| free text, Japanese and English | {sum(own.values())} | {own['right']} | {own['review']} | {own['wrong']} | {own['not_abuse'] + own['reply']} |", ""]
    return "\n".join(lines)


@pytest.mark.corpus
def test_structured_samples_are_right_and_invalid_ones_refused() -> None:
    bad = []
    for row in rows():
        verdict, out = judge(row)
        assert not any("reader_failed" in d for d in out.defects), row["file"]
        structured = not row["format"].startswith(FEEDS) or row["format"] == "json"
        if verdict in ("wrong", "accepted") or (verdict == "review" and structured):
            bad.append((row["file"], verdict, out.read.reason))
    assert [b for b in bad if b[0] not in MISLABELLED] == []


@pytest.mark.corpus
def test_the_table_in_the_documentation_is_true() -> None:
    assert SCORES.read_text("utf-8") == scores()


@pytest.mark.corpus
def test_every_hostile_message_is_answered() -> None:
    for path in sorted(corpus("hostile").rglob("*")):
        if path.is_file():
            item, _ = reading.load(path)
            out = reading.answer(item, Context())
            assert not any("reader_failed" in d for d in out.defects), path
            assert out.read.kind == "report" or out.read.reason, path


def main(*_: Any) -> None:
    SCORES.write_text(scores(), "utf-8")


if __name__ == "__main__":
    main()
