"""What every desk page shows: is the desk halted, is the clock in doubt."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from sekimori.enforcement.models import Switch
from sekimori.staff.models import Officer
from sekimori.work.models import ClockMark


def desk_state(request: HttpRequest) -> dict[str, Any]:
    """Return `desk_state` for pages under /desk/; nothing elsewhere."""
    if not request.path.startswith("/desk/"):
        return {}
    return {"desk_state": {
        "halted": Switch.objects.filter(name="halt", on=True).exists(),
        "legal": isinstance(request.user, Officer) and request.user.has_role("legal"),
        "doubt": ClockMark.objects.filter(id=1).exclude(doubt="").values_list("doubt", flat=True).first() or "",
    }}
