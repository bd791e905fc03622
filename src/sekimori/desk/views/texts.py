"""The texts of all notices with made-up facts, on screen and on paper."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sekimori.desk.access import now, role
from sekimori.notices import preview
from sekimori.settings import current
from sekimori.values.outcomes import Outage, Refused


@role("handler", "approver", "rules", "triage")
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """List all texts."""
    return render(request, "desk/texts.html", {"here": "notices", "kinds": preview.kinds()})


@role("handler", "approver", "rules", "triage")
@require_safe
def text(request: HttpRequest, audience: str, kind: str, language: str) -> HttpResponse:
    """Show one text; `?pdf=1` hands out a member's letter as PDF."""
    try:
        shown = preview.preview(audience, kind, language if language in ("ja", "en") else "ja", current(), now())
        if request.GET.get("pdf") and audience == "member":
            return HttpResponse(preview.pdf(shown, current(), now()), content_type="application/pdf",
                                headers={"Content-Disposition": f'attachment; filename="{kind}-{shown.language}.pdf"'})
    except KeyError:
        raise Http404 from None
    except (Refused, Outage) as e:
        return render(request, "desk/text.html", {"here": "notices", "broken": str(e)})
    return render(request, "desk/text.html", {"here": "notices", "shown": shown})
