"""What an officer does with a case itself: notes, hiding it, whose hands it is in, moving evidence, merging, splitting, closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest

from sekimori import policy
from sekimori.cases.models import Case, CaseFinding
from sekimori.desk import caselist
from sekimori.desk.access import actor
from sekimori.enforcement import casework
from sekimori.values.outcomes import Refused

Act = Callable[[HttpRequest, Case, datetime], tuple[str, str]]


def _note(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    casework.note(case, request.POST.get("text", ""), actor(request), at)
    return "メモを残しました。", "The note is kept."


def _snooze(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    days = request.POST.get("days", "7")
    casework.snooze(case, int(days) if days.isdecimal() and len(days) < 6 else 0, actor(request), at)
    return f"{days}日間、一覧から隠します。期限はそのまま進みます。", f"Hidden for {days} days; deadlines run on."


def _assign(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    name = request.POST.get("officer", "")
    if name and name not in {o.name for o in caselist.workers()}:
        raise Refused("unknown_officer", name)
    casework.reassign(case, name, actor(request), at)
    return (f"担当を {name} さんにしました。", f"It is in the hands of {name}.") if name else ("担当者なしにしました。", "It is in nobody's hands now.")


def _merge(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    target = _other(case, request.POST.get("target", ""))
    casework.merge(case, target, actor(request), at)
    return f"{target.ref} にまとめました。", f"Merged into {target.ref}."


def _move(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    """Move ticked evidence: to another open case of the contract, or to the one under another policy, made if there is none."""
    entries = CaseFinding.objects.filter(case=case, pk__in=[e for e in request.POST.getlist("entry") if e.isdecimal() and len(e) < 19])
    entries = entries.select_related("case", "finding__report__message").order_by("id")
    where = request.POST.get("where", "")
    if not entries:
        raise Refused("nothing", "no finding was chosen")
    path = where.removeprefix("path:")
    if where.startswith("path:") and path in policy.ladder().paths:
        if path == case.policy:
            raise Refused("same", case.ref)
        target = casework.split(entries, path, actor(request), at)
    else:
        target = _other(case, where)
        casework.move(entries, target, actor(request), at)
    return f"選んだ検知を {target.ref} に移しました。承認待ちの措置は無効になります。", f"Moved to {target.ref}. What waited for approval is void."


def _settle(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    casework.close_settled(case, actor(request), at)
    return "対応済みとして終了しました。", "Closed as settled."


def _unfounded(request: HttpRequest, case: Case, at: datetime) -> tuple[str, str]:
    casework.close_unfounded(case, actor(request), at)
    return "理由なしとして終了しました。情報提供者の実績にも反映されます。", "Closed as unfounded; the reporters' record says so."


def _other(case: Case, ref: str) -> Case:
    """Return another open case of the same contract. Raises Refused: `no_case`."""
    found = Case.objects.filter(ref=ref.strip().upper()[:24], contract=case.contract, closed_at=None).exclude(pk=case.pk).first()
    if found is None:
        raise Refused("no_case")
    return found


ACTS: dict[str, Act] = {"note": _note, "snooze": _snooze, "assign": _assign, "merge": _merge, "move": _move, "settle": _settle, "unfounded": _unfounded}
