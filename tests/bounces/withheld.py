"""Reading a group of near-duplicates as if no rule had been made for it: without the literals that stand in no other group.

Usage: withheld.py [FOLDER] prints the figures and every miss; without one, on the shared samples.
"""

import csv
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus_path import CORPUS
from sekimori.bounces import parse
from sekimori.bounces.parser import concepts, literals
from sekimori.bounces.parser.mailbox import messages

SAME = {"mesgtoobig": "emailtoolarge", "exceedlimit": "emailtoolarge", "speeding": "ratelimited", "toomanyconn": "ratelimited"}
WITHHELD = ("phrases withheld", "phrases, subjects and predicates withheld")
SISIMAI, OTHERS = "Sisimai's tables", "other peers' classes"


class _Sieve:
    """An automaton that does not find some words, and notes those that it finds. `rest` keeps what other rules own of a word."""

    def __init__(self, automaton, rest):
        self.automaton, self.rest, self.withheld, self.seen = automaton, rest, frozenset(), set()

    def iter(self, text):
        for end, found in self.automaton.iter(text):
            word, rest = found[0], self.rest(found)
            if rest != found:
                self.seen.add(word)
                if word in self.withheld:
                    if rest[1]:
                        yield end, rest
                    continue
            yield end, found


@contextmanager
def sieves():
    """Put sieves in the place of the automata: (rules of reasons and providers, subjects and predicates)."""
    rules, told = literals.literals(), concepts._automaton()
    one = _Sieve(rules._automaton, lambda found: (found[0], tuple(o for o in found[1] if o[0] not in ("reason", "provider"))))
    two = _Sieve(told, lambda found: (found[0], ()))
    with mock.patch.object(rules, "_automaton", one), mock.patch.object(concepts, "_automaton", lambda: two):
        yield one, two


def read(folder, row):
    """Return of each failure in a file: reason, rule, status, step, reply code, diagnostic."""
    return [(SAME.get(f.reason, f.reason), f.rule, f.status, f.stage.value, f.reply_code, f.diagnostic) for m in messages((folder / row["file"]).read_bytes()) for f in parse(m).failures]


def right(row, found):
    """Whether reasons are those that the peer's own test states (the set of them where classes were mapped)."""
    wanted, got = row["ref_reason"].split("|"), sorted(f[0] for f in found)
    return bool(got) and (set(got) == set(wanted) if "mapped" in row["ref_reason_from"] else got == sorted(wanted))


def scored(row):
    """Return by whose tables a file is scored, or ""."""
    if row["kind"] != "bounce" or row["file"].startswith("sisimai-eol/"):
        return ""
    if "mapped" in row["ref_reason_from"]:
        return OTHERS
    return SISIMAI if row["ref_reason_from"] == "peer-test" and row["file"].startswith("sisimai/") else ""


def measure(folder, *, words_too=True):
    """Return (right, all, misses) for each table, each group read without the literals that only it holds.

    `words_too`: subjects and predicates of concepts.toml that only this group holds are withheld as well.
    """
    rows = list(csv.DictReader((folder / "reference.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    groups = {r["file"]: r["dup_group"] for r in csv.DictReader((folder / "split.tsv").read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)}
    hits, of, misses = Counter(), Counter(), []
    with sieves() as pair:
        holds = [defaultdict(set), defaultdict(set)]
        for row in rows:
            for sieve in pair:
                sieve.seen = set()
            read(folder, row)
            for sieve, table in zip(pair, holds, strict=True):
                for word in sieve.seen:
                    table[word].add(groups[row["file"]])
        only = [defaultdict(set), defaultdict(set)]
        for table, own in zip(holds, only, strict=True):
            for word, where in table.items():
                if len(where) == 1:
                    own[next(iter(where))].add(word)
        for row in rows:
            if not (name := scored(row)):
                continue
            for sieve, own, used in zip(pair, only, (True, words_too), strict=True):
                sieve.withheld = frozenset(own[groups[row["file"]]]) if used else frozenset()
            found = read(folder, row)
            of[name] += 1
            hits[name] += (good := right(row, found))
            if not good:
                misses.append((name, row, found, sorted(pair[0].withheld)))
    return hits, of, misses


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS / "bounces"
    if not where.exists():
        sys.exit(f"no samples at {where}")
    for too in (False, True):
        good, every, missed = measure(where, words_too=too)
        for table in every:
            print(f"{table}, {WITHHELD[too]}: {good[table]}/{every[table]} {100 * good[table] / every[table]:.1f} %")
    for table, entry, found, withheld in missed:
        print(f"\n{entry['file']} ({table}): stated {entry['ref_reason']}; withheld {withheld}")
        for reason, rule, status, stage, reply, diagnostic in found:
            print(f"  read {reason} by {rule}; {stage} {reply} {status}: {diagnostic[:300]}")
