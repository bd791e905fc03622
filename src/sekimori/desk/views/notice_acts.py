"""What an officer records about a notice: handed over, came back, told by telephone; its letter as PDF; a sign-in code."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from sekimori.cases.models import Case
from sekimori.desk.access import actor, now, role
from sekimori.notices import codes, mailboxes, service
from sekimori.notices.models import Notice
from sekimori.notices.senders import post
from sekimori.settings import current
from sekimori.values.outcomes import Outage


@role("handler", "approver")
@require_POST
def record(request: HttpRequest, ref: str) -> HttpResponse:
    """Record what became of a notice; a second record of the same changes nothing, and says so."""
    row = get_object_or_404(Notice, ref=ref, audience="member")
    do = request.POST.get("do", "")
    if do == "delivered":
        changed = service.delivered(row.ref, now(), row.channel, actor(request))
    elif do == "undelivered":
        changed = service.undelivered(row.ref, now(), actor(request))
    elif do == "reached":
        changed = service.handed_over(row.ref, now(), actor(request))
    else:
        return HttpResponse(status=400)
    ja = get_language() == "ja"
    if changed:
        messages.success(request, "記録しました。" if ja else "Recorded.")
    else:
        messages.warning(request, "すでに記録されているか、まだ送られていません。" if ja else "It was recorded before, or has not left yet.")
    return redirect("desk:notice", ref)


@role("handler", "approver")
@require_POST
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand out the PDF of a letter. Name and postal address are read for its case, with their ledger entry."""
    row = get_object_or_404(Notice.objects.select_related("case"), ref=ref, audience="member")
    if row.case is None:
        raise Http404
    try:
        data = post.pdf(row, current(), now(), actor(request))
    except Outage as e:
        messages.error(request, str(e))
        return redirect("desk:notice", ref)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{row.ref}.pdf"'
    return response


@role("handler", "approver", "triage")
@require_POST
def code(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a sign-in code once, to be read out to a caller whose identity was checked. The ledger has it before.

    For the holder; with `mailbox`, as the caller spells it, for the user of a mailbox of this contract.
    """
    case = get_object_or_404(Case.objects.select_related("contract"), ref=ref)
    spelled = request.POST.get("mailbox", "").strip()[:254]
    mailbox = mailboxes.find(spelled, now()) if spelled else None
    if spelled and (mailbox is None or mailbox.contract_id != case.contract_id):
        messages.error(request, "その契約に、このメールアドレスはありません。" if get_language() == "ja" else "The contract has no such mailbox.")
        return redirect("desk:case", ref)
    made = codes.for_caller(case.contract, actor(request), now(), mailbox=mailbox)
    shown = f"{made[:4]} {made[4:]}"
    minutes = int(codes.CALLER_VALID.total_seconds() // 60)
    messages.info(request, f"マイページのサインイン番号: {shown}({minutes}分間有効)。本人確認の済んだ方だけにお伝えください。" if get_language() == "ja" else
                  f"Sign-in code for My page: {shown} (for {minutes} minutes). Read it out only to a caller whose identity you checked.")
    return redirect("desk:case", ref)
