"""Check a proof bundle of Sekimori offline. Needs Python 3.9 or newer and nothing else.

    python3 verify.py BUNDLE.zip        (or, in the unpacked bundle: python3 verify.py)

It checks that no file was changed since the manifest was made, that every piece of evidence is what its name says, that
each ledger entry follows the one before it, that approvals were given to exactly this subject, and that every certain
attribution rests on records that cover its whole window. It cannot check that the provider's ledger is the true one:
compare the last hash below with the checkpoint that the provider has deposited elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

GENESIS = "0" * 64
CERTAIN = ("exact", "exact_open")


class Folder:
    """The unpacked bundle, read like the zip."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def read(self, name: str) -> bytes:
        """Return one member."""
        return (self.path / name).read_bytes()

    def namelist(self) -> list[str]:
        """Return the names of all members."""
        return [p.relative_to(self.path).as_posix() for p in self.path.rglob("*") if p.is_file() and "__pycache__" not in p.parts]


def sha(data: bytes) -> str:
    """Return the SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> str:
    """Return canonical JSON, as the ledger writes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_files(bundle: Any, faults: list[str]) -> Any:
    """Check all members against the manifest, and return that."""
    manifest = json.loads(bundle.read("manifest.json"))
    names = set(bundle.namelist()) - {"manifest.json"}
    faults += [f"{name}: missing" for name in sorted(set(manifest["files"]) - names)]
    faults += [f"{name}: not in the manifest" for name in sorted(names - set(manifest["files"]))]
    for name in sorted(names & set(manifest["files"])):
        if sha(bundle.read(name)) != manifest["files"][name]:
            faults.append(f"{name}: changed")
        if name.startswith("evidence/") and sha(bundle.read(name)) != name.split("/")[1]:
            faults.append(f"{name}: is not what its name says")
    return manifest


def check_ledger(bundle: Any, faults: list[str]) -> tuple[int, tuple[int, str]]:
    """Check the excerpt against the chain; return (entries, (last number, last hash))."""
    hashes = dict(line.split() for line in bundle.read("ledger_hashes.txt").decode().splitlines())
    count = 0
    for line in bundle.read("ledger.jsonl").decode().splitlines():
        entry = json.loads(line)
        seq, count = entry["seq"], count + 1
        if sha(f"{entry['prev']}\n{entry['body']}".encode()) != entry["hash"]:
            faults.append(f"ledger {seq}: its text was changed")
        if json.loads(entry["body"])["seq"] != seq:
            faults.append(f"ledger {seq}: its number was changed")
        if hashes.get(str(seq)) != entry["hash"]:
            faults.append(f"ledger {seq}: not in the chain")
        if hashes.get(str(seq - 1), GENESIS if seq == 1 else None) != entry["prev"]:
            faults.append(f"ledger {seq}: does not follow the entry before it")
    numbers = [int(n) for n in hashes]
    if numbers and numbers != list(range(numbers[0], numbers[-1] + 1)):
        faults.append("ledger_hashes.txt: numbers are missing")
    return count, (numbers[-1], hashes[str(numbers[-1])]) if numbers else (0, GENESIS)


def check_measures(case: Any, faults: list[str]) -> None:
    """Check that each measure is what was approved, by enough different people."""
    for m in case["measures"]:
        if sha(canonical(m["subject"]).encode()) != m["subject_hash"] or any(m[k] != m["subject"][k] for k in ("step", "grade", "case")):
            faults.append(f"measure {m['id']}: its subject was changed")
        given = [a for a in m["approvals"] if a["verdict"] == "approve" and not a["void"]]
        if m["executed_at"] and not m["rehearsal"]:
            needed = m["subject"]["needed"]
            if len({a["officer"] for a in given}) < needed:
                faults.append(f"measure {m['id']}: {len(given)} of {needed} approvals")
        faults += [f"measure {m['id']}: an approval was given to something else" for a in given if a["subject_hash"] != m["subject_hash"]]


def check_proofs(bundle: Any, case: Any, faults: list[str]) -> None:
    """Check that evidence is there and that certain answers rest on records that cover them."""
    held = {f["message"] for f in case["findings"]} - set(case["evidence_missing"])
    faults += [f"evidence/{sha256}: missing" for sha256 in sorted(held) if f"evidence/{sha256}" not in bundle.namelist()]
    for f in case["findings"]:
        proof = json.loads(bundle.read(f"proofs/{f['id']}.json"))
        if (proof["certainty"], proof["contract"]) != (f["certainty"], f["contract"]):
            faults.append(f"finding {f['id']}: the proof says something else")
        if f["certainty"] not in CERTAIN:
            continue
        for reading in proof["readings"]:
            window, said = reading["window"], reading["verdict"]
            if said["contract"] != f["contract"]:
                faults.append(f"finding {f['id']}: one reading names another contract")
            for trail in said["trails"]:
                for step in trail["steps"]:
                    row = step["detail"]
                    if step["kind"] != "row" or window is None or not isinstance(row, dict):
                        continue
                    if row["start"] > window[0] or (row["end"] is not None and row["end"] < window[1]):
                        faults.append(f"finding {f['id']}: a record does not cover the window")


def main(argv: list[str]) -> int:
    """Check one bundle, print what is wrong, and return the exit code."""
    target = argv[1] if len(argv) > 1 else str(Path(__file__).resolve().parent)
    bundle: Any = Folder(target) if Path(target).is_dir() else zipfile.ZipFile(target)
    faults: list[str] = []
    try:
        manifest = check_files(bundle, faults)
        case = json.loads(bundle.read("case.json"))
        count, last = check_ledger(bundle, faults)
        check_measures(case, faults)
        check_proofs(bundle, case, faults)
    except (KeyError, ValueError, TypeError, OSError) as e:
        faults.append(f"the bundle is broken: {type(e).__name__}: {e}")
        manifest, case, count, last = {"case": "?"}, {"findings": [], "measures": []}, 0, (0, "?")
    for fault in faults:
        print("FAULT", fault)
    if not faults:
        print(f"OK case {manifest['case']}: {len(case['findings'])} findings, {len(case['measures'])} measures, {count} ledger entries")
        print(f"last ledger entry {last[0]} {last[1]}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
