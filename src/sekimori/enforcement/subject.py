"""What an approval is bound to: the hash of subject, evidence, measure and text. A change of any of them voids it."""

from __future__ import annotations

import hashlib

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
    rows = CaseFinding.objects.filter(case=case).order_by("finding_id").values_list("finding_id", "attribution_id", "withdrawn_at")
    text = ";".join(f"{finding}:{answer}:{'withdrawn' if withdrawn else 'counts'}" for finding, answer, withdrawn in rows)
    return hashlib.sha256(text.encode()).hexdigest()
