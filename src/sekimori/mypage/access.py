"""Who is signed in to My page: a contract's holder, or the user of one mailbox; never both in one session.

Every view but those of signing in carries `member` or `mailbox_user` (tested).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from sekimori.contracts.models import Contract, Key
from sekimori.notices import mailboxes
from sekimori.values.actors import Actor
from sekimori.work.clock import shared

View = Callable[..., HttpResponse]
LONGEST = timedelta(hours=2)
"""A sign-in ends by itself, used or not: family computers are shared."""
CONTRACT, MAILBOX, SINCE = "member_contract", "member_mailbox", "member_since"
NUMBER, LOGIN = "member_number", "member_login"
"""What was typed on the way in: a contract number, a mailbox."""


def now() -> datetime:
    """Return the present instant of My page."""
    return shared().now()


def sign_in(request: HttpRequest, contract: Contract) -> None:
    """Remember the holder in a fresh session (a session id from before the sign-in is worth nothing)."""
    _remember(request, CONTRACT, contract.pk)


def sign_in_mailbox(request: HttpRequest, key: Key) -> None:
    """Remember a mailbox's user in a fresh session."""
    _remember(request, MAILBOX, key.pk)


def _remember(request: HttpRequest, kind: str, pk: int) -> None:
    sign_out(request)
    request.session[kind] = pk
    request.session[SINCE] = now().isoformat()


def sign_out(request: HttpRequest) -> None:
    """Forget whoever it was."""
    for key in (CONTRACT, MAILBOX, SINCE, NUMBER, LOGIN):
        request.session.pop(key, None)
    request.session.cycle_key()


def signed_in(request: HttpRequest) -> Contract | None:
    """Return the contract whose holder is signed in, or None."""
    key = _fresh(request, CONTRACT)
    return None if key is None else Contract.objects.filter(pk=key).first()


def signed_in_mailbox(request: HttpRequest) -> Key | None:
    """Return the login whose user is signed in, or None; a login that was given away since is nobody's sign-in."""
    pk = _fresh(request, MAILBOX)
    key = None if pk is None else Key.objects.filter(pk=pk).first()
    found = None if key is None else mailboxes.find(key.key, now())
    return found if found == key else None


def _fresh(request: HttpRequest, kind: str) -> int | None:
    key, since = request.session.get(kind), request.session.get(SINCE)
    if not isinstance(key, int) or not isinstance(since, str) or now() - datetime.fromisoformat(since) > LONGEST:
        return None
    return key


def actor(contract: Contract) -> Actor:
    """Return the member as the ledger knows them."""
    return Actor("member", contract.handle)


def _only(view: View, find: Callable[[HttpRequest], Contract | Key | None], signin: str, mark: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        who = find(request)
        return HttpResponseRedirect(signin) if who is None else view(request, who, *args, **kwargs)

    setattr(guarded, mark, True)
    return guarded


def member(view: View) -> View:
    """Let only a signed-in contract holder through; the view gets the contract as its second argument."""
    return _only(view, signed_in, "/my/signin/", "for_member")


def mailbox_user(view: View) -> View:
    """Let only a mailbox's signed-in user through; the view gets the login as its second argument."""
    return _only(view, signed_in_mailbox, "/my/mailbox/signin/", "for_mailbox")
