"""Logs in other shapes than the usual: firmware versions, collectors' heads, IPv6, VRF names, years that turn, columns of other databases.

`dialects/<source>.txt`: samples of our own, parted by a line of dashes: options (`? name=value …`, also `now=`), the lines as they come, `=>`, and what
must be read: events in words, `rule …`, `refused CODE`, `ignored`.
"""

import re
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.assignments.events import Context
from sekimori.assignments.sources.registry import SOURCES

sys.path.insert(0, str(Path(__file__).parent))
from event_text import words

FOLDER = Path(__file__).parent / "dialects"
TOKENS = {"<CR>": "\r", "<BOM>": "\ufeff", "<TAB>": "\t", "<EMPTY>": ""}


def samples():
    for path in sorted(FOLDER.glob("*.txt")):
        for number, text in enumerate(path.read_text(encoding="utf-8").split("\n-----\n"), 1):
            told, _, want = text.strip("\n").partition("\n=>\n")
            options = {}
            if told.startswith("? "):
                first, _, told = told.partition("\n")
                options = dict(o.split("=", 1) for o in shlex.split(first[2:]))
            for token, octet in TOKENS.items():
                told = told.replace(token, octet)
            yield pytest.param(path.stem, options, told + "\n", want.strip().split("\n"), id=f"{path.stem}-{number}")


SAMPLES = list(samples())


def read(source, options, text):
    given_options = {k: v for k, v in options.items() if k != "now"}
    now = datetime.fromisoformat(options.get("now", "2026-10-05")).replace(tzinfo=UTC)
    context = Context(given_options, int(now.timestamp()) * 1_000_000)
    return SOURCES[source].parse(text.encode(), context), context


def told(source, options, text):
    found, context = read(source, options, text)
    names = re.findall(r"[0-9a-f]{1,4}:[0-9a-f:]{2,40}", text)
    good = [n for n in names if n.count(":") <= 7 and ":::" not in n and n.count("::") <= 1 and (n.count("::") or n.count(":") == 7)]
    out = [words(e, good) for e in found.events]
    out += [f"rule {r.kind} {r.prefix} {' '.join(f'{k}={v}' for k, v in sorted(r.params.items()) if v != '')}" for r in found.rules]
    out += [f"refused {r.reason}" for r in found.refused]
    return out + ["ignored"] * context.ignored


@pytest.mark.parametrize(("source", "options", "text", "want"), SAMPLES)
def test_dialects(source, options, text, want):
    assert told(source, options, text) == want


def test_every_source_has_its_dialects():
    counts = dict.fromkeys(SOURCES, 0)
    for sample in SAMPLES:
        counts[sample.values[0]] += 1
    assert {n: c for n, c in counts.items() if c < 6 and n != "pba-juniper-structured"} == {}


@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_dialects(sample, data):
    source, options, text, _ = sample.values
    cut, keep = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 30))
    noise = data.draw(st.sampled_from(["", "\0", "\u3042", '"', "{", "}", "::", ":", "%", " ", "\t", "<", "1" * 30]))
    found, _ = read(source, options, text[:cut] + noise + text[cut + keep:])
    assert all(e.time >= 0 and all(0 <= k.key < 2**64 for k in e.keys) for e in found.events)
    assert all(r.reason.islower() for r in found.refused)


def test_an_object_that_a_block_cuts_waits_for_its_end():
    line = ('{"timestamp":"2026-10-01T03:00:00Z","netflow":{"nat_event":4,"source_ipv4_address":"100.64.0.5","post_nat_source_ipv4_address":"203.0.113.9",'
            '"post_napt_source_transport_port":5000,"exporter":{"address":"192.0.2.200"}}}\n')
    whole = (line * 3).encode()
    for cut in range(len(whole)):
        context = Context({}, 1_790_900_000_000_000)
        parts = [SOURCES["ipfix-json"].parse(piece, context) for piece in (whole[:cut], whole[cut:])]
        assert sum(len(p.events) for p in parts) == 3 and not any(p.refused for p in parts), cut
