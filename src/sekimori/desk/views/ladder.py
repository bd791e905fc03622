"""The ladder in plain words, its versions, and one of them beside another."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from sekimori import policy, words
from sekimori.desk import answers
from sekimori.desk.access import actor, now, officer, role
from sekimori.desk.rulewords import differences, rules
from sekimori.enforcement import rulebook
from sekimori.enforcement.models import LadderVersion
from sekimori.policy.ladderfile import Fault, read_ladder
from sekimori.policy.types import STEPS
from sekimori.values.clock import iso
from sekimori.values.outcomes import Refused

READERS = ("handler", "approver", "triage", "legal", "rules", "auditor")
PER_PAGE = 50
MOST_BYTES = 400_000
DAYS = (7, 30, 90, 180, 366)
WAIT_S = 5
"""A page of a running simulation asks again after so many seconds."""


@role(*READERS)
@require_safe
def ladder(request: HttpRequest) -> HttpResponse:
    """Show the rules in force in words, and every version there was."""
    versions = LadderVersion.objects.defer("text", "counts").order_by("-id")
    page = Paginator(versions, PER_PAGE).get_page(request.GET.get("page"))
    sha = rulebook.digest(rulebook.in_force())
    return render(request, "desk/ladder.html", {
        "here": "ladder", "active": policy.ladder(), "sha": sha, "groups": rules(policy.ladder(), answers.language()), "page": page,
        "known": LadderVersion.objects.filter(sha256=sha, state="active").first(), "may_edit": officer(request).has_role("rules")})


@role("rules")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Hand in another ladder, typed or as a file; it begins as the one in force."""
    return _form(request, None, rulebook.in_force())


@role("rules")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change the text of a draft."""
    row = get_object_or_404(LadderVersion, ref=ref)
    return _form(request, row, row.text)


def _form(request: HttpRequest, row: LadderVersion | None, text: str) -> HttpResponse:
    faults: list[Fault] = []
    wrong = ""
    if request.method == "POST":
        text = _handed_in(request)
        faults = read_ladder(text)[1]
        if not faults:
            try:
                kept = rulebook.draft(text, actor(request), now(), row)
            except Refused as e:
                wrong = answers.why(e.code)
            else:
                answers.done(request, f"{kept.version} を案として登録しました。次は試算です。", f"{kept.version} is kept as a draft. Simulate it next.")
                return redirect("desk:ladder_version", kept.ref)
    source = text.splitlines()
    told = [(f, words.say("ladder_fault", f.code, answers.language()), source[f.line - 1].strip() if 0 < f.line <= len(source) else "") for f in faults]
    return render(request, "desk/ladder_edit.html", {"here": "ladder", "row": row, "text": text, "faults": told, "wrong": wrong},
                  status=422 if faults or wrong else 200)


def _handed_in(request: HttpRequest) -> str:
    """Return the text of the form: the file where one was chosen, with line ends made uniform."""
    upload = request.FILES.get("file")
    if upload is not None and (upload.size or 0) <= MOST_BYTES:
        text = b"".join(upload.chunks()).decode("utf-8", "replace")
    else:
        text = request.POST.get("text", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"


@role(*READERS)
@require_safe
def version(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one version: what it says differently, what it would have done, and what can be done with it."""
    row = get_object_or_404(LadderVersion, ref=ref)
    against = LadderVersion.objects.filter(ref=request.GET.get("against", "")[:24]).first()
    mine = read_ladder(row.text)[0]
    other = read_ladder(against.text)[0] if against is not None else policy.ladder()
    answer = render(request, "desk/ladder_version.html", {
        "here": "ladder", "row": row, "against": against, "groups": rules(mine, answers.language()) if mine else [],
        "differences": differences(other, mine, answers.language()) if mine and other else [],
        "others": LadderVersion.objects.exclude(pk=row.pk).order_by("-id")[:50], "days": DAYS, "result": _result(request, row),
        "stale": row.state == "simulated" and row.baseline != rulebook.digest(rulebook.in_force()),
        "stuck": row.work == "dead", "may_edit": officer(request).has_role("rules"), "editable": row.state in ("draft", "simulated")})
    if row.state == "simulating" and row.work != "dead" and request.GET.get("still") != "1":
        answer.headers["Refresh"] = str(WAIT_S)
    return answer


def _result(request: HttpRequest, row: LadderVersion) -> dict[str, Any]:
    """Return what a simulation found: a table of counts, and the cases that would fare otherwise."""
    if not row.replayed and row.state != "simulated":
        return {}
    table = [(path, [(step, *row.counts[path][step], row.counts[path][step][1] - row.counts[path][step][0]) for step in STEPS if step in row.counts[path]])
             for path in sorted(row.counts)]
    changed = row.changed.select_related("case").order_by("id")
    page = Paginator(changed, PER_PAGE).get_page(request.GET.get("page"))
    return {"table": table, "page": page, "cases": [(c.case, _beside(c.before, c.after)) for c in page], "unchanged": row.replayed - page.paginator.count,
            "until": iso(row.until) if row.until else ""}


def _beside(before: list[list[str]], after: list[list[str]]) -> list[tuple[list[str] | None, list[str] | None, bool]]:
    """Return the n-th measure on either ladder side by side, and whether they are the same. Pure."""
    rows = []
    for i in range(max(len(before), len(after))):
        old, fresh = before[i] if i < len(before) else None, after[i] if i < len(after) else None
        rows.append((old, fresh, old == fresh))
    return rows
