"""What came of the demo reports, counted from the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from sekimori.attribution.models import Attribution
from sekimori.cases.models import Case
from sekimori.demo.envelope import Letter
from sekimori.intake.models import Message
from sekimori.notices.models import Notice
from sekimori.reports.models import Finding, Report, Review


def summary(letters: Sequence[Letter] = ()) -> dict[str, Any]:
    """Return counts along the river; `attributed` are the findings with one certain contract; `wrong_contract` those that
    name another contract than the one that the letter was written about (a row of Shadowserver's file names several).
    """
    truth = {hashlib.sha256(x.raw).hexdigest(): x.truth for x in letters}
    certain = Attribution.objects.filter(certainty__in=("exact", "exact_open"))
    spam = Finding.objects.filter(category="messaging")
    return {
        "messages": Message.objects.count(),
        "reports": dict(Report.objects.values_list("kind").annotate(n=Count("id")).order_by("kind")),
        "findings": Finding.objects.count(),
        "attributed": certain.count(),
        "wrong_contract": sum(truth[sha] not in ("", key) for sha, key in certain.values_list("finding__report__message__sha256", "contract__key") if sha in truth),
        "attributed_by": dict(certain.values_list("how").annotate(n=Count("id")).order_by("how")),
        "spam_findings": spam.count(),
        "spam_by_queue_id": certain.filter(finding__category="messaging", how="submission").count(),
        "ambiguous": Attribution.objects.filter(certainty__in=("boundary", "inferred", "several", "zone_ambiguous", "upstream")).count(),
        "delegated": Attribution.objects.filter(certainty="delegated").count(),
        "not_ours": Attribution.objects.filter(ours=False).count(),
        "to_review": Review.objects.filter(closed_at=None).values("group").distinct().count(),
        "cases": Case.objects.count(),
        "notices_to_members": Notice.objects.filter(audience="member").count(),
        "notices_to_reporters": Notice.objects.filter(audience="reporter").count(),
    }
