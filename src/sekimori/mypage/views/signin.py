"""Signing in: contract number, then a code over a channel not in question. The pages are the same for every number."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sekimori.mypage import access
from sekimori.notices import codes
from sekimori.ui.language import COOKIE, LANGUAGES


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """Take the contract number; whether there is such a contract is not looked at here."""
    typed = request.POST.get("number", "").strip()[:80]
    if request.method == "POST" and typed:
        codes.ask(typed, access.now())
        request.session[access.NUMBER] = typed
        return HttpResponseRedirect("/my/signin/code/")
    return render(request, "my/signin.html", {})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code; the same words for a wrong code, a stale one, and a number that does not exist."""
    typed = request.session.get(access.NUMBER, "")
    if not typed:
        return HttpResponseRedirect("/my/signin/")
    wrong = False
    if request.method == "POST":
        contract = codes.check(typed, request.POST.get("code", ""), access.now())
        if contract is not None:
            access.sign_in(request, contract)
            response = HttpResponseRedirect("/my/")
            if COOKIE not in request.COOKIES and contract.language in LANGUAGES:
                response.set_cookie(COOKIE, contract.language, httponly=True, samesite="Lax", secure=request.is_secure())
            return response
        wrong = True
    return render(request, "my/code.html", {"wrong": wrong, "minutes": int(codes.VALID.total_seconds() // 60)}, status=400 if wrong else 200)


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    access.sign_out(request)
    return HttpResponseRedirect("/my/signin/")
