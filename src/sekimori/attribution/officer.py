"""An officer's own look-up of a finding that waits: a person has read the report and names the basis."""

from __future__ import annotations

from django.db import transaction

from sekimori.attribution.models import Attribution
from sekimori.attribution.results import write
from sekimori.attribution.stages import look_up
from sekimori.ledger.service import write as ledger_write
from sekimori.policy import for_type
from sekimori.reports.models import Finding
from sekimori.staff.models import Officer
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis
from sekimori.values.outcomes import Refused
from sekimori.work.columns import DONE, HELD
from sekimori.work.stage import Context

ROLE = "handler"


def find(officer: Officer, finding: Finding, basis: Basis, ctx: Context) -> Attribution:
    """Look up one finding now and store the answer, which goes its usual way. Call it outside any transaction.

    Raises Refused: `role_missing`, `category_never` (policy has no look-up for this kind, not even by a person).
    """
    if not officer.is_active or not officer.has_role(ROLE):
        raise Refused("role_missing", f"this act needs the role {ROLE}")
    policy = for_type(finding.category, finding.type)
    if policy is None or policy.lookup == "never":
        raise Refused("category_never", "policy allows no look-up for this kind of finding")
    actor = Actor("officer", officer.name)
    found = look_up([finding], actor, basis, ctx)
    with transaction.atomic():
        write(found, ctx.now)
        Finding.objects.filter(pk=finding.pk, work=HELD).update(work=DONE)
        ledger_write(actor, "attribution.by_officer", f"finding:{finding.pk}", {"certainty": found[0].word}, ctx.now)
    return Attribution.objects.filter(finding=finding).latest("revision")
