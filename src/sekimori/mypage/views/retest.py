"""The re-test on the member's click: is the service still open on the line that this click came from?

Only the address of this very connection is asked, and only where it is certain that the contract holds it now; no sign-in
is ever tried.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from sekimori import words
from sekimori.contracts.models import Contract
from sekimori.enforcement.retest.probes import PROBES
from sekimori.enforcement.retest.run import retest as run
from sekimori.mypage import access, overview
from sekimori.mypage.access import member
from sekimori.staff.limits import allowed
from sekimori.values.addresses import parse_address
from sekimori.values.outcomes import Refused

PER_DAY = 20


@member
@require_POST
def retest(request: HttpRequest, contract: Contract, ref: str) -> HttpResponse:
    """Test the services that strangers misuse most, and say which still answer."""
    ja = get_language() == "ja"
    found = next((c for c in overview.cases(contract, "ja" if ja else "en") if c.case.ref == ref), None)
    if found is None:
        raise Http404
    address = parse_address(str(request.META.get("REMOTE_ADDR", "")))
    if not allowed(f"retest:{contract.pk}", access.now(), most=PER_DAY, seconds=86_400):
        messages.warning(request, "本日の確認の回数が上限に達しました。明日もう一度お試しください。" if ja else "Enough tests for today. Please try again tomorrow.")
    elif address is None:
        messages.warning(request, words.say("refused", "not_ours", "ja" if ja else "en"))
    else:
        try:
            result = run(found.case, address, PROBES, access.now)
        except Refused as e:
            messages.warning(request, words.say("refused", e.code, "ja" if ja else "en"))
        else:
            names = "、".join(result.open) if ja else ", ".join(result.open)
            if result.clean:
                messages.success(request, f"{address} では、外から使えるサービスは見つかりませんでした。" if ja else f"No service that strangers can misuse answered on {address}.")
            else:
                messages.error(request, f"{address} で、まだ外から使えるサービスがあります:{names}" if ja else f"Still open on {address}: {names}")
    return HttpResponseRedirect(f"/my/cases/{ref}/")
