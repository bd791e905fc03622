"""What an officer of the role `rules` does with a version of the ladder: simulate it, put it in force, put it away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from sekimori.desk import answers
from sekimori.desk.access import actor, now, role, verified
from sekimori.enforcement import rulebook
from sekimori.enforcement.models import LadderVersion
from sekimori.values.outcomes import Refused
from sekimori.work.waking import wake


@role("rules")
@require_POST
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """Do one act and come back to the version's page with one sentence."""
    row = get_object_or_404(LadderVersion, ref=ref)
    do = request.POST.get("do", "")
    if do not in ("simulate", "activate", "discard"):
        return HttpResponse(status=400)
    try:
        if do == "simulate":
            days = request.POST.get("days", "")
            rulebook.simulate(row, int(days) if days.isdecimal() and len(days) < 6 else 0, actor(request), now())
            wake()
            answers.done(request, "試算を始めました。この画面は自動で更新されます。", "The simulation has begun. This page renews itself.")
        elif do == "discard":
            rulebook.discard(row, actor(request), now())
            answers.done(request, "この案を破棄しました。記録は残ります。", "The draft is put away; it is kept on record.")
        else:
            if not verified(request):
                raise Refused("reauthentication_needed")
            rulebook.activate_version(row, actor(request), now(), request.POST.get("seen", ""))
            answers.done(request, f"{row.version} を有効にしました。これからの判断に使われます。", f"{row.version} is in force: decisions from now on follow it.")
    except Refused as e:
        answers.refused(request, e)
    return redirect("desk:ladder_version", ref)
