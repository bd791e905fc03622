"""Damaged files through the whole load: every one ends with counts, none with an exception, and what is sound is stored."""

import sys
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from source_samples import SAMPLES

from sekimori.assignments.loader import Loader, Unreadable
from sekimori.assignments.sources.registry import SOURCES
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import Probe

pytestmark = pytest.mark.django_db
NUMBER = count()


@pytest.mark.parametrize("name", sorted(SOURCES))
@settings(max_examples=20)
@given(data=st.data())
def test_damaged_files(name, data, tmp_path_factory):
    sample = SAMPLES[name] * 3
    for _ in range(data.draw(st.integers(1, 4))):
        cut = data.draw(st.integers(0, len(sample)))
        noise = data.draw(st.binary(max_size=20) | st.sampled_from([b"9", b"0", b"-", b"\xff\xfe", b"\n", b"\n\n", b"99999999999999999999", b"\"", b",", b"::"]))
        sample = sample[:cut] + noise + sample[cut + data.draw(st.integers(0, 12)) :]
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / "file"
    path.write_bytes(sample)
    loader = Loader(open_store(), SOURCES[name], {"zone": "+09:00", "feed": f"f{next(NUMBER)}", "final": "yes"}, folder, lambda: 1_795_000_000_000_000)
    try:
        loader.load(path)
    except Unreadable:
        return
    total = loader.total
    assert total.refused == sum(total.reasons.values()) and total.pending_bytes == 0
    store = open_store()
    for row in store.rows(list(range(1, 2000))):
        assert row.end is None or row.end >= row.start
        assert row in store.lookup([Probe(row.realm, row.key, row.start, row.start, row.size, row.proto)])[0]
