"""What an approval is bound to: the hash of subject, evidence, measure and text. A change of any of them voids it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sekimori.enforcement.ladder.plan import Propose
from sekimori.enforcement.reasons import Reasons
from sekimori.ledger.chain import canonical


def subject_hash(contract: str, case: str, propose: Propose, evidence: Iterable[int], text: Reasons, versions: tuple[str, str],
                 ground: str, days: int) -> str:
    """Return the SHA-256 over everything an officer sees when approving.

    `contract` is the opaque handle, `evidence` the ids of the case's findings, `versions` those of policy and ladder.
    """
    body = canonical({
        "contract": contract, "case": case, "step": propose.step, "path": propose.path, "target": propose.target,
        "grade": propose.grade, "needed": propose.needed, "evidence": sorted(evidence), "ja": text.ja, "en": text.en,
        "versions": list(versions), "ground": ground, "days": days,
    })
    return hashlib.sha256(body.encode()).hexdigest()
