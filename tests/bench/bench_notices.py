"""Letters, answers and sheets of paper per CPU second.

The baseline of the first figure is Jinja2 rendering the same warning outside any database, in the same run: what no stage
could beat. Usage: bench_notices.py [--letters 200]. SQLite in a folder of its own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def rate(what: str, count: int, work: Callable[[], object]) -> float:
    """Run, print and return how many a CPU second."""
    start = time.process_time()
    work()
    spent = max(time.process_time() - start, 1e-9)
    print(f"{what:<46} {count / spent:10,.0f} /CPU s")
    return count / spent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=200)
    count = parser.parse_args().letters
    folder = tempfile.mkdtemp(prefix="sekimori-bench-")
    os.environ |= {"SEKIMORI_DATA": folder, "DJANGO_SETTINGS_MODULE": "sekimori.site.django_settings"}
    (Path(folder) / "synthetic").touch()
    try:
        from sekimori.cli.django import setup

        setup()
        import notices_rows as make
        from sekimori.enforcement.models import Switch
        from sekimori.notices import letterpdf, preview
        from sekimori.notices.stages import AnswerStage, MemberLetterStage, SendStage
        from sekimori.settings import current

        Switch.objects.create(name="live:*", on=True, by="bench", at=NOW)
        for _ in range(count):
            k = make.case(NOW, findings=20)
            make.letter(k, NOW, about=make.measure(k, NOW))
        for i in range(count):
            make.answer(NOW, to=f"r{i}@feed.example", detail={"findings": 3})
        shown = [preview.preview("member", "warn", "ja", current(), NOW)]
        bare = rate("baseline: the same warning, rendered only", 200, lambda: [preview.preview("member", "warn", "ja", current(), NOW) for _ in range(200)])
        whole = rate("letters: case of 20 findings, card, ledger, row", count, lambda: make.run(MemberLetterStage(), NOW))
        rate("answers to reporters", count, lambda: make.run(AnswerStage(), NOW))
        rate("sending: mail built, laid into the outbox, told", 2 * count, lambda: make.run(SendStage(), NOW))
        sheet = letterpdf.Sheet("ja", preview.REF, "見本 花子", "東京都千代田区", "れいじネット", "", shown[0].subject, shown[0].body, NOW)
        rate("letters on paper, font embedded", 20, lambda: [letterpdf.render(sheet) for _ in range(20)])
        print(f"a letter costs {bare / whole:.1f} bare renderings")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
