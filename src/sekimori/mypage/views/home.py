"""The first page, notices, and who looked at my data."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from sekimori.contracts.models import Contract
from sekimori.disclosure import hearing
from sekimori.mypage import access, looked, overview
from sekimori.mypage.access import member
from sekimori.notices import blocks, service
from sekimori.notices.models import Notice


@member
@require_safe
def home(request: HttpRequest, contract: Contract) -> HttpResponse:
    """What is in force, what to do next, what was sent."""
    cases = overview.cases(contract, get_language() or "ja")
    return render(request, "my/home.html", {
        "contract": contract, "cases": cases, "notices": overview.notices(contract)[:10], "in_force": [m for c in cases for m in c.in_force],
        "todo": [c for c in cases if c.open and (c.done_at is None or c.may_unlock)], "appeal": overview.may_appeal(contract, access.now()),
        "sayings": overview.sayings(contract)[:5], "hearings": overview.hearings(contract), "asked": overview.asked(contract), "now": access.now(), "at": "home"})


@member
@require_safe
def notice(request: HttpRequest, contract: Contract, ref: str) -> HttpResponse:
    """One notice as it was sent; opening it is the surest delivery there is."""
    row = overview.sent(contract).filter(ref=ref).first()
    if row is None:
        raise Http404
    service.opened(row.ref, access.now(), access.actor(contract))
    return shown(request, contract, row)


def shown(request: HttpRequest, contract: Contract, row: Notice, reasons: str = "", status: int = 200) -> HttpResponse:
    """Return the page of a notice; `reasons` is what was typed into its hearing's form and could not be taken yet."""
    shaped = [(kind, list(group)) for kind, group in groupby(blocks.parse(row.body), key=lambda b: b.kind)]
    return render(request, "my/notice.html", {"contract": contract, "notice": row, "shaped": shaped, "heard": hearing.of(row.request) if row.request is not None else None, "reasons": reasons,
                                              "at": "notices"}, status=status)


@member
@require_safe
def notices(request: HttpRequest, contract: Contract) -> HttpResponse:
    """All notices."""
    return render(request, "my/notices.html", {"contract": contract, "notices": overview.notices(contract), "at": "notices"})


@member
@require_safe
def records(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Who looked at my data."""
    return render(request, "my/records.html", {"contract": contract, "looks": looked.looks(contract), "at": "records"})
