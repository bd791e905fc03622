"""Who may open a page of the desk: signed in, with a role. Every desk view carries one of these decorators (tested)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sekimori.settings import current
from sekimori.staff.limits import allowed
from sekimori.staff.models import Officer
from sekimori.staff.service import sign_in
from sekimori.values.actors import Actor
from sekimori.work.clock import shared

View = Callable[..., HttpResponse]
FRESH = timedelta(minutes=5)
"""How long password and second factor, given again, last for an act that asks for them."""


def now() -> datetime:
    """Return the present instant of the desk (the faces' only clock)."""
    return shared().now()


def officer(request: HttpRequest) -> Officer:
    """Return the signed-in officer of a request that passed a decorator below."""
    user = request.user
    assert isinstance(user, Officer)
    return user


def actor(request: HttpRequest) -> Actor:
    """Return the officer as the ledger knows them."""
    return Actor("officer", officer(request).name)


def role(*roles: str) -> Callable[[View], View]:
    """Let only officers through that hold one of `roles`; without roles, any officer. Others see 403."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, Officer) or not user.is_active:
                return redirect_to_login(request.get_full_path(), "/desk/signin/")
            if not user.password_set and not current().synthetic and not request.path.startswith("/desk/enrol/"):
                from django.shortcuts import redirect

                return redirect("desk:enrol")
            if roles and not any(user.has_role(r) for r in roles):
                return render(request, "desk/forbidden.html", {"roles": roles}, status=403)
            return render(request, "400.html", status=400) if unstorable(request) else view(request, *args, **kwargs)

        guarded.desk_roles = roles  # type: ignore[attr-defined]
        return guarded

    return wrap


def verified_at(request: HttpRequest) -> datetime | None:
    """Return when this officer last gave password and second factor in this session, `password` and `code` of this very form included."""
    who = officer(request)
    if who.password_set and request.POST.get("password") and allowed(f"signin:{who.name}", now(), most=10, seconds=600):
        need = current().desk.require_totp and not current().synthetic
        if sign_in(who.name, request.POST["password"], request.POST.get("code", "").replace(" ", ""), now(), need_totp=need) is not None:
            request.session["verified_at"] = now().timestamp()
    at = request.session.get("verified_at")
    return datetime.fromtimestamp(at, UTC) if at else None


def verified(request: HttpRequest) -> bool:
    """Tell whether the officer proved within five minutes that it is they. In a made-up folder, one without a password need not."""
    if current().synthetic and not officer(request).password_set:
        return True
    at = verified_at(request)
    return at is not None and timedelta(0) <= now() - at <= FRESH


def open_page(view: View) -> View:
    """Mark a page that needs no sign-in (the sign-in pages themselves)."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return render(request, "400.html", status=400) if unstorable(request) else view(request, *args, **kwargs)

    opened.desk_roles = None  # type: ignore[attr-defined]
    return opened


def unstorable(request: HttpRequest) -> bool:
    """Tell whether a form or an address holds a character that no database keeps (NUL): no browser sends one by itself."""
    return any("\x00" in value for given in (request.GET, request.POST) for values in given.lists() for value in values[1])
