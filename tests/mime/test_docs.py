"""docs/formats/mail.md says what the code does."""

import dataclasses
import re
from pathlib import Path

from sekimori.mime import DEFAULT

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/formats/mail.md").read_text(encoding="utf-8")


def test_every_limit_is_on_the_page_with_its_value() -> None:
    for f in dataclasses.fields(DEFAULT):
        row = next((line for line in PAGE.splitlines() if line.startswith("|") and f"`{f.name}`" in line), "")
        assert f"{getattr(DEFAULT, f.name):,}" in row, f.name


def test_every_defect_is_on_the_page() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src/sekimori/mime").glob("*.py"))
    codes = set(re.findall(r'(?:note\(|defect = |code = |, )"([a-z0-9]+_[a-z0-9_]+)"', source))
    codes = {c for c in codes if c.startswith(("bad_", "unknown_", "no_", "missing_", "header_", "space_", "bare_", "raw_8bit", "cr_", "duplicate_p"))} - {"unknown_8bit"}
    assert len(codes) > 12
    assert {c for c in codes if f"`{c}`" not in PAGE} == set()
