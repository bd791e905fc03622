"""`/healthz` and `/metrics`."""

from __future__ import annotations

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from sekimori.flow.stages import stages
from sekimori.intake.models import Message
from sekimori.work.clock import shared
from sekimori.work.status import status

LOCAL = {"127.0.0.1", "::1", ""}


def healthz(request: HttpRequest) -> HttpResponse:
    """Say `ok` where the database answers, 503 otherwise."""
    try:
        Message.objects.order_by("-id").values_list("id", flat=True).first()
    except DatabaseError:
        return HttpResponse("database away\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text about the work that waits, counted from the rows; for this machine only."""
    if request.META.get("REMOTE_ADDR", "") not in LOCAL:
        return HttpResponse(status=404)
    lines = ["# HELP sekimori_work_rows Rows that wait, by stage, lane and state.", "# TYPE sekimori_work_rows gauge"]
    found = status(stages(), shared().now())
    for w in found:
        label = f'stage="{w.stage}",lane="{w.lane}"'
        lines += [f'sekimori_work_rows{{{label},state="{s}"}} {n}' for s, n in (("due", w.due), ("later", w.later), ("held", w.held), ("dead", w.dead))]
    lines += ["# HELP sekimori_work_oldest_seconds Age of the oldest due row.", "# TYPE sekimori_work_oldest_seconds gauge"]
    lines += [f'sekimori_work_oldest_seconds{{stage="{w.stage}",lane="{w.lane}"}} {w.oldest_s:.1f}' for w in found]
    lines += ["# HELP sekimori_messages_total Messages received.", "# TYPE sekimori_messages_total counter", f"sekimori_messages_total {Message.objects.count()}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
