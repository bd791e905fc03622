"""No parser raises, whatever the bytes; damaged samples keep their sound neighbours."""

import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.assignments.apply import fit
from sekimori.assignments.events import Context, Event
from sekimori.assignments.sources.registry import SOURCES

sys.path.insert(0, str(Path(__file__).parent))
import source_samples as samples


@pytest.mark.parametrize("name", sorted(SOURCES))
@given(data=st.data())
def test_any_bytes(name, data):
    sample = samples.SAMPLES[name]
    cut = data.draw(st.integers(0, len(sample)))
    noise = data.draw(st.binary(max_size=60) | st.text(max_size=30).map(lambda t: t.encode("utf-8", "surrogatepass")))
    keep = data.draw(st.integers(0, 40))
    context = Context({"zone": data.draw(st.sampled_from(["+09:00", "", "x"]))}, 1_795_000_000_000_000)
    read = SOURCES[name].parse(sample[:cut] + noise + sample[cut + keep :], context)
    for event in map(fit, read.events):
        assert isinstance(event, Event) and event.time >= 0
        assert all(0 <= k.key < 2**64 and 0 <= k.size <= 65536 for k in event.keys)
        (event.holder + event.realm + event.device).encode("utf-8")
        assert "\0" not in event.holder + event.realm + event.device
    assert all(isinstance(r.raw, bytes) and r.reason.islower() for r in read.refused)


def test_text_that_no_database_keeps_is_made_fit():
    line = b'{"natEvent":16,"observationTimeMilliseconds":1790823600500,"sourceIPv4Address":"10.0.0.5","postNATSourceIPv4Address":"203.0.113.9",'
    line += rb'"portRangeStart":1024,"portRangeEnd":1151,"exporter":"\ud800","vrf":"\u0000x"}'
    [event] = SOURCES["ipfix-json"].parse(line, Context()).events
    event = fit(event._replace(realm="r" * 99, device="d\ud800" * 99))
    assert len(event.realm) == 40 and len(event.device) == 120
    (event.holder + event.realm + event.device).encode("utf-8")
    assert "\0" not in event.holder


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_samples_are_read_whole(name):
    read = SOURCES[name].parse(samples.SAMPLES[name], Context({"zone": "+09:00"}, 1_795_000_000_000_000))
    assert read.refused == [] and (read.events or read.rules)


@pytest.mark.parametrize("name", sorted(SOURCES))
@pytest.mark.parametrize("piece", [b"=\"", b"[", b"a:", b"1.", b" ", b"\t", b"{", b"lease 1 {\n", b"NAT-TCP-C: 1.1.1.1:1", b"RT_SRC_NAT_PBA_ALLOC", b"\\"])
def test_time_grows_with_length_only(name, piece):
    def cpu(count):
        block = samples.SAMPLES[name][:200] + piece * count
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            SOURCES[name].parse(block, Context({"zone": "JST"}, 1_795_000_000_000_000))
            best = min(best, time.process_time() - began)
        return best

    small, large = cpu(20_000 // len(piece)), cpu(80_000 // len(piece))
    assert large < 0.02 or large / max(small, 1e-6) < 7
