"""What an approval is bound to: the hash of subject, evidence, measure and text. A change of any of them voids it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sekimori.cases.models import Case, CaseFinding
from sekimori.enforcement.ladder.plan import Propose
from sekimori.enforcement.reasons import Reasons
from sekimori.ledger.chain import canonical


def subject_hash(contract: str, case: str, propose: Propose, evidence: str, text: Reasons, versions: tuple[str, str],
                 ground: str, days: int) -> str:
    """Return the SHA-256 over everything an officer sees when approving.

    `contract` is the opaque handle, `evidence` the hash of the case's findings, `versions` those of policy and ladder.
    """
    body = canonical({
        "contract": contract, "case": case, "step": propose.step, "path": propose.path, "target": propose.target,
        "grade": propose.grade, "needed": propose.needed, "evidence": evidence, "ja": text.ja, "en": text.en,
        "versions": list(versions), "ground": ground, "days": days,
    })
    return hashlib.sha256(body.encode()).hexdigest()


def evidence_hash(case: Case) -> str:
    """Return the SHA-256 over the case's findings as they stand: which there are, and which of them count."""
    return evidence_hashes([case.pk])[case.pk]


def evidence_hashes(cases: Iterable[int]) -> dict[int, str]:
    """Return case id → `evidence_hash` of it, for all of these cases in one query."""
    stands: dict[int, list[str]] = {case: [] for case in cases}
    rows = CaseFinding.objects.filter(case__in=list(stands)).order_by("finding_id")
    for case, finding, answer, withdrawn in rows.values_list("case_id", "finding_id", "attribution_id", "withdrawn_at"):
        stands[case].append(f"{finding}:{answer}:{'withdrawn' if withdrawn else 'counts'}")
    return {case: hashlib.sha256(";".join(lines).encode()).hexdigest() for case, lines in stands.items()}
