"""The queue: everything that waits for a person, in one list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sekimori.desk import items
from sekimori.desk.access import now, officer, role
from sekimori.flow.stages import stages


def lanes_for(request: HttpRequest) -> list[str]:
    """Return the review lanes that this officer may see: `sealed` only with its role."""
    return ["review", "board", "copyright", "dispute", *(["sealed"] if officer(request).has_role("sealed") else [])]


@role()
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show all open items, urgent ones first, then the oldest."""
    groups = {"approval": [*items.floods(), *items.approvals(now())], "saying": items.sayings(), "confirm": items.by_hand(), "reach": items.unreached(),
              "review": items.reviews(lanes_for(request)), "stuck": items.stuck(stages())}
    if officer(request).has_role("legal"):
        groups["request"] = items.requests(now())
    kind = request.GET.get("kind", "")
    shown = [i for k, group in groups.items() for i in group if kind in ("", k)]
    shown.sort(key=lambda i: (not i.urgent, i.since))
    return render(request, "desk/queue.html", {
        "here": "queue", "items": shown[:300], "kind": kind, "now": now(),
        "counts": [(k, len(g)) for k, g in groups.items()], "total": sum(len(g) for g in groups.values())})
