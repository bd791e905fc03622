"""Signing in as the user of a mailbox: a code into a mailbox that is not in question, or a hand-off from the provider's portal."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from sekimori import words
from sekimori.mypage import access
from sekimori.mypage import handoff as portal
from sekimori.notices import codes
from sekimori.settings import current
from sekimori.values.outcomes import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Take the mailbox; whether there is such a mailbox, and whether it is in question, is not looked at here."""
    typed = request.POST.get("login", "").strip()[:254]
    if request.method == "POST" and typed:
        codes.ask(typed, access.now(), mailbox=True)
        request.session[access.LOGIN] = typed
        return HttpResponseRedirect("/my/mailbox/signin/code/")
    return render(request, "my/mailbox_signin.html", {})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code; the same words whatever is wrong."""
    typed = request.session.get(access.LOGIN, "")
    if not typed:
        return HttpResponseRedirect("/my/mailbox/signin/")
    wrong = False
    if request.method == "POST":
        key = codes.check_mailbox(typed, request.POST.get("code", ""), access.now())
        if key is not None:
            access.sign_in_mailbox(request, key)
            return HttpResponseRedirect("/my/mailbox/")
        wrong = True
    return render(request, "my/code.html", {"wrong": wrong, "minutes": int(codes.VALID.total_seconds() // 60), "for_mailbox": True},
                  status=400 if wrong else 200)


@csrf_exempt  # it comes from the portal's page; the token is signed, fresh and works once
@never_cache
@require_POST
def handoff(request: HttpRequest) -> HttpResponse:
    """Take a signed hand-off from the portal. A form field, never a part of the address: addresses end up in logs."""
    if portal.portal_key(current()) is None:
        raise Http404
    try:
        key = portal.accept(request.POST.get("token", ""), current(), access.now())
    except Refused as e:
        messages.warning(request, words.say("refused", e.code, get_language() or "ja"))
        return HttpResponseRedirect("/my/mailbox/signin/")
    access.sign_in_mailbox(request, key)
    return HttpResponseRedirect("/my/mailbox/")
