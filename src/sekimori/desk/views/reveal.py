"""Who the holder is: a second, re-authenticated act with a reason, on a page of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from sekimori import words
from sekimori.cases.models import Case
from sekimori.contracts.reveal import reveal as do_reveal
from sekimori.desk.access import now, officer, role, verified_at
from sekimori.values.basis import Basis, Purpose
from sekimori.values.outcomes import Refused

BASES = [b for b in Basis if b is not Basis.SYNTHETIC]


@role("reveal")
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for basis, password and code; then show the holder once, without caching. The ledger has it before."""
    case = get_object_or_404(Case.objects.select_related("contract"), ref=ref)
    found, wrong = None, ""
    if request.method == "POST":
        basis = request.POST.get("basis", "")
        try:
            if basis not in {b.value for b in BASES}:
                raise Refused("purpose_missing")
            found = do_reveal(officer(request), verified_at(request), Purpose(f"case:{case.ref}", Basis(basis)), case.contract, now())
        except Refused as e:
            wrong = words.say("refused", e.code, get_language() or "ja")
    return render(request, "desk/reveal.html", {"here": "cases", "case": case, "bases": BASES, "found": found, "wrong": wrong},
                  status=403 if wrong else 200)
