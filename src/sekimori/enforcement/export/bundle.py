"""Write a case's proof bundle. The reading of protected data is in the ledger before the first octet is written."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import transaction

from sekimori.cases.models import Case, CaseFinding
from sekimori.enforcement.export import contents
from sekimori.evidence import store
from sekimori.evidence.body import Changed
from sekimori.ledger.service import read_protected
from sekimori.policy import for_type
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.clock import iso
from sekimori.values.outcomes import Refused

VERSION = 1
STAMP = (1980, 1, 1, 0, 0, 0)
"""Every member of the zip has the same time: the same case at the same moment gives the same octets."""


def write_bundle(ref: str, path: Path, by: Actor, now: datetime, basis: str | None = None) -> dict[str, Any]:
    """Write the bundle of case `ref` to `path`; returns counts and the manifest's hash.

    Raises Refused: `no_case`, `basis` (none of the list, or SYNTHETIC outside a synthetic folder).
    """
    case = Case.objects.select_related("contract").filter(ref=ref).first()
    if case is None:
        raise Refused("no_case", f"there is no case {ref}")
    entries = list(CaseFinding.objects.filter(case=case).select_related("finding__report__message", "attribution").order_by("id"))
    shas = sorted({e.finding.report.message.sha256 for e in entries})
    with transaction.atomic():
        digest = hashlib.sha256("\n".join(shas).encode()).hexdigest()
        read_protected(by, Purpose(f"case:{ref}", _basis(case, basis)), "case.export", len(shas), digest, now)
    bodies: dict[str, bytes] = {}
    missing: dict[str, str] = {}
    for sha in shas:
        try:
            bodies[f"evidence/{sha}"] = store.get(sha)
        except (store.Missing, Refused, Changed) as e:
            missing[sha] = type(e).__name__ if not isinstance(e, Refused) else e.code
    told = contents.case_json(case, entries)
    told["evidence_missing"] = missing
    entries_json, hashes = contents.ledger_excerpt(case, entries)
    parts: dict[str, bytes] = {
        "case.json": _json(told), "ledger.jsonl": entries_json, "ledger_hashes.txt": hashes,
        **{f"proofs/{e.finding_id}.json": _json(e.attribution.proof) for e in entries}, **bodies,
        "verify.py": (files("sekimori.enforcement.export") / "verify.py").read_bytes(),
    }
    manifest = _json({"version": VERSION, "case": ref, "made_at": iso(now),
                      "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(parts.items())}})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in [("manifest.json", manifest), *sorted(parts.items())]:
            out.writestr(zipfile.ZipInfo(name, STAMP), data)
    return {"findings": len(entries), "evidence": len(bodies), "missing": len(missing), "ledger_entries": entries_json.count(b"\n"),
            "manifest_sha256": hashlib.sha256(manifest).hexdigest()}


def _basis(case: Case, wanted: str | None) -> Basis:
    if wanted is None:
        if current().synthetic:
            return Basis.SYNTHETIC
        row = for_type(*case.category.split("/", 1))
        return Basis(row.basis) if row is not None else Basis.LEGIT_BUSINESS
    if wanted not in set(Basis) or (wanted == Basis.SYNTHETIC and not current().synthetic):
        raise Refused("basis", f"{wanted} is no basis here")
    return Basis(wanted)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
