"""Unknown users met further on, counted where the mail was handed in: behind a content filter another queue id meets them."""

from __future__ import annotations

from collections.abc import Sequence

from sekimori.submissions.lookup import handed_in
from sekimori.submissions.models import Submission
from sekimori.submissions.records import Mail
from sekimori.values.clock import from_micros


def roll_up(mails: Sequence[Mail]) -> None:
    """Give the mails that members handed in the unknown users of the relayed mails made of them.

    `mails` are those that a load has just stored; inside its transaction. Idempotent: the larger count wins.
    """
    met = [m for m in mails if m.unknown_users and not m.login]
    if not met:
        return
    rows = [r for r in Submission.objects.filter(queue_id__in={m.queue_id for m in met}, login="", unknown_users__gt=0)
            if any(m.host == r.host and m.queue_id == r.queue_id and r.time <= from_micros(m.first) for m in met)]
    counts = {r.pk: r.unknown_users for r in rows}
    larger: dict[int, int] = {}
    for pk, hands in handed_in(list(counts)).items():
        for hand in hands:
            larger[hand.id] = max(larger.get(hand.id, 0), counts[pk])
    roots = [r for r in Submission.objects.filter(pk__in=larger) if r.unknown_users < larger[r.pk]]
    for root in roots:
        root.unknown_users = larger[root.pk]
    Submission.objects.bulk_update(roots, ["unknown_users"], batch_size=500)
