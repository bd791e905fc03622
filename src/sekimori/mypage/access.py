"""Who is signed in to My page. Every view but those of signing in carries `member` (tested)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from sekimori.contracts.models import Contract
from sekimori.values.actors import Actor
from sekimori.work.clock import shared

View = Callable[..., HttpResponse]
LONGEST = timedelta(hours=2)
"""A sign-in ends by itself, used or not: family computers are shared."""
CONTRACT, SINCE, NUMBER = "member_contract", "member_since", "member_number"


def now() -> datetime:
    """Return the present instant of My page."""
    return shared().now()


def sign_in(request: HttpRequest, contract: Contract) -> None:
    """Remember the member in a fresh session (a session id from before the sign-in is worth nothing)."""
    request.session.cycle_key()
    request.session.pop(NUMBER, None)
    request.session[CONTRACT] = contract.pk
    request.session[SINCE] = now().isoformat()


def sign_out(request: HttpRequest) -> None:
    """Forget the member."""
    for key in (CONTRACT, SINCE, NUMBER):
        request.session.pop(key, None)
    request.session.cycle_key()


def signed_in(request: HttpRequest) -> Contract | None:
    """Return the contract that is signed in, or None."""
    key, since = request.session.get(CONTRACT), request.session.get(SINCE)
    if not isinstance(key, int) or not isinstance(since, str) or now() - datetime.fromisoformat(since) > LONGEST:
        return None
    return Contract.objects.filter(pk=key).first()


def actor(contract: Contract) -> Actor:
    """Return the member as the ledger knows them."""
    return Actor("member", contract.handle)


def member(view: View) -> View:
    """Let only a signed-in member through; the view gets the contract as its second argument."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        contract = signed_in(request)
        if contract is None:
            return HttpResponseRedirect("/my/signin/")
        return view(request, contract, *args, **kwargs)

    guarded.for_member = True  # type: ignore[attr-defined]
    return guarded
