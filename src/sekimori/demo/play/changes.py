"""Tell what changed since the last time: cases, measures and notices, as their commands print them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sekimori.cases.models import Case, Event
from sekimori.enforcement import lines
from sekimori.enforcement.models import Measure
from sekimori.notices.lines import notice_line
from sekimori.notices.models import Notice
from sekimori.values.clock import JST


class Changes:
    """Remembers what was printed. Only cases that something happened to, and new notices, are looked at."""

    def __init__(self, out: Callable[[str], None]) -> None:
        self.out = out
        self.event, self.notice = 0, 0
        self.printed: dict[str, str] = {}

    def tell(self, now: datetime) -> None:
        """Print one line per change."""
        events = Event.objects.filter(id__gt=self.event).order_by("id").values_list("id", "case_id")
        notices = Notice.objects.filter(id__gt=self.notice).order_by("id").values_list("id", "case_id")
        touched: set[int] = set()
        for row, case in events:
            self.event = row
            touched.add(case)
        for row, case_or_none in notices:
            self.notice = row
            if case_or_none is not None:
                touched.add(case_or_none)
        for chunk in _chunks(sorted(touched), 400):
            cases = Case.objects.filter(id__in=chunk).select_related("contract").order_by("id")
            self._print(now, "case", [lines.case_line(c) for c in cases])
            measures = Measure.objects.filter(case_id__in=chunk).select_related("case__contract").prefetch_related("approvals").order_by("id")
            self._print(now, "measure", [lines.measure_line(m) for m in measures])
            sent = Notice.objects.filter(case_id__in=chunk, audience="member").select_related("case").order_by("id")
            self._print(now, "notice", [notice_line(n) for n in sent])

    def _print(self, now: datetime, what: str, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            text = json.dumps(row, ensure_ascii=False)
            key = f"{what}:{row['id']}"
            if self.printed.get(key) != text:
                self.printed[key] = text
                self.out(json.dumps({"at": now.astimezone(JST).isoformat(), "change": what, **row}, ensure_ascii=False))


def _chunks(values: list[int], size: int) -> Iterable[list[int]]:
    for i in range(0, len(values), size):
        yield values[i:i + size]
