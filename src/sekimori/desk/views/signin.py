"""Sign in, one-time links, enrolment, sign out."""

from __future__ import annotations

import pyotp
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from sekimori.desk.access import now, officer, open_page, role
from sekimori.settings import current
from sekimori.staff.limits import allowed
from sekimori.staff.service import enrol as do_enrol
from sekimori.staff.service import redeem, sign_in
from sekimori.values.outcomes import Refused

BACKEND = "django.contrib.auth.backends.ModelBackend"


@open_page
@require_http_methods(["GET", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """Name, password and code; says "wrong" without saying which. Ten tries in ten minutes per name."""
    wrong = ""
    if request.method == "POST":
        name = request.POST.get("name", "")[:60]
        if not allowed(f"signin:{name}", now(), most=10, seconds=600):
            wrong = "limit"
        else:
            found = sign_in(name, request.POST.get("password", ""), request.POST.get("code", "").replace(" ", ""), now(),
                            need_totp=_need_totp())
            if found:
                login(request, found, backend=BACKEND)
                request.session["verified_at"] = now().timestamp()
                target = request.GET.get("next", "")
                safe = url_has_allowed_host_and_scheme(target, {request.get_host()}) and target.startswith("/desk/")
                return redirect(target if safe else "desk:queue")
            wrong = "credentials"
    return render(request, "desk/signin.html", {"wrong": wrong, "need_totp": _need_totp()}, status=403 if wrong else 200)


def _need_totp() -> bool:
    settings = current()
    return settings.desk.require_totp and not settings.synthetic


@open_page
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, value: str) -> HttpResponse:
    """A one-time link: GET shows a button (a mail scanner's visit uses nothing up), POST signs in."""
    if request.method == "POST":
        found = redeem(value, now())
        if found is None:
            return render(request, "desk/enter.html", {"spent": True}, status=410)
        login(request, found, backend=BACKEND)
        request.session["verified_at"] = now().timestamp()
        return redirect("desk:queue" if found.password_set or current().synthetic else "desk:enrol")
    return render(request, "desk/enter.html", {})


@role()
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Set one's password and second factor."""
    wrong = ""
    secret = request.session.setdefault("enrol_secret", pyotp.random_base32())
    if request.method == "POST":
        code = request.POST.get("code", "").replace(" ", "")
        try:
            do_enrol(officer(request), request.POST.get("password", ""), secret if code or _need_totp() else "", code, now())
        except Refused as e:
            wrong = e.code
        else:
            del request.session["enrol_secret"]
            login(request, officer(request), backend=BACKEND)
            return redirect("desk:queue")
    uri = pyotp.TOTP(secret).provisioning_uri(name=officer(request).name, issuer_name="Sekimori")
    return render(request, "desk/enrol.html", {"secret": secret, "uri": uri, "wrong": wrong, "need_totp": _need_totp()}, status=400 if wrong else 200)


@role()
@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("desk:signin")
