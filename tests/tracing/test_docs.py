"""docs/desk/trace.md, in both languages, names every flag."""

from pathlib import Path

import pytest

from sekimori.tracing.flags import WORDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["trace.md", "trace.ja.md"])
def test_every_flag_is_on_the_page(name: str) -> None:
    page = (ROOT / "docs/desk" / name).read_text(encoding="utf-8")
    assert {code for code in WORDS if f"`{code}`" not in page} == set()
