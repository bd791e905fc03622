"""What the user of one mailbox sees: the cases about it, and the mails that went out with its login. Nobody else sees these."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sekimori.contracts.models import Key
from sekimori.mypage import access
from sekimori.mypage import mails as service
from sekimori.mypage.access import mailbox_user


@mailbox_user
@require_safe
def home(request: HttpRequest, key: Key) -> HttpResponse:
    """What is known about this mailbox, and the steps. No protected data."""
    return render(request, "my/mailbox.html", {"mailbox": key.key, "concerns": service.concerns(key, get_language() or "ja", access.now())})


@mailbox_user
@require_safe
def mails(request: HttpRequest, key: Key, ref: str) -> HttpResponse:
    """The mails of one case, with subjects and recipients; each view is in the ledger."""
    now = access.now()
    concern = next((c for c in service.concerns(key, get_language() or "ja", now) if c.case.ref == ref), None)
    if concern is None:
        raise Http404
    return render(request, "my/mails.html", {"mailbox": key.key, "concern": concern, "mails": service.sent(key, concern, now), "most": service.LOG_ROWS})
