"""Hold the letters of a source whose reports would warn unusually many members; an officer lets them go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max

from sekimori.cases.models import CaseFinding
from sekimori.contracts.models import Contract
from sekimori.enforcement.models import Letter, Switch
from sekimori.enforcement.switches import FLOOD
from sekimori.notices import flood
from sekimori.notices.models import Notice

HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)


@dataclass(slots=True)
class Judged:
    """The source of each letter that counts, which letters wait, and which sources are held from now on."""

    source: dict[int, str] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)

    def keep(self, now: datetime) -> None:
        """Write which sources are held and why letters wait. Inside the caller's transaction, repeatable."""
        for source in sorted(self.new):
            Switch.objects.bulk_create([Switch(name=FLOOD + source, on=True, by="stage:notices.members", at=now)],
                                       update_conflicts=True, unique_fields=["name"], update_fields=["on", "by", "at"])
        by_source: dict[str, list[int]] = defaultdict(list)
        for pk, source in self.held.items():
            by_source[source].append(pk)
        for source, pks in by_source.items():
            Letter.objects.filter(pk__in=pks).update(held_for=source)


def judge(letters: Sequence[Letter], now: datetime) -> Judged:
    """Judge letters about to be written. Only what reports alone decided counts: no rehearsal, nothing that officers approved."""
    out = Judged()
    counted = [x for x in letters if _counts(x)]
    newest = CaseFinding.objects.filter(case__in={x.case_id for x in counted}).values("case").annotate(last=Max("id")).values("last")
    by_case = dict(CaseFinding.objects.filter(id__in=newest).values_list("case", "finding__report__reporter__domain"))
    groups: dict[str, list[Letter]] = defaultdict(list)
    for letter in counted:
        source = (by_case.get(letter.case_id) or "")[:70]
        if source:
            out.source[letter.pk] = source
            groups[source].append(letter)
    switches = {s.name: s for s in Switch.objects.filter(name__in=[FLOOD + s for s in groups])}
    for source, group in groups.items():
        switch = switches.get(FLOOD + source)
        if switch is not None and not switch.on and switch.at > now - DAY:
            continue  # a person looked today and let them go
        if (switch is not None and switch.on) or _too_many(source, group, now):
            out.held |= {x.pk: source for x in group}
            if switch is None or not switch.on:
                out.new.add(source)
    return out


def _counts(letter: Letter) -> bool:
    measure = letter.measure
    return measure is not None and not letter.rehearsal and letter.kind == measure.step and measure.path == "ladder" and measure.approvals_needed == 0


def _too_many(source: str, group: Sequence[Letter], now: datetime) -> bool:
    told = Notice.objects.filter(source=source, audience="member")
    in_hour = told.filter(written_at__gt=now - HOUR).count() + len(group)
    today = set(told.filter(written_at__gt=now - DAY).values_list("case__contract", flat=True)) | {x.case.contract_id for x in group}
    if in_hour <= flood.HOUR_FLOOR and len(today) <= flood.DAY_FLOOR:
        return False
    hours = flood.hourly(told.filter(written_at__gt=now - MONTH, written_at__lte=now - HOUR).values_list("written_at", flat=True))
    return flood.exceeded(in_hour, hours, len(today), Contract.objects.count()) != ""
