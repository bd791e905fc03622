"""The proof bundle is checked offline by a script that needs nothing but Python, and finds every change."""

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

import story
from sekimori.cases.models import Case
from sekimori.enforcement.export import verify as verifier
from sekimori.enforcement.export.bundle import write_bundle
from sekimori.ledger.models import Entry
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, tzinfo=UTC)
BY = Actor("command", "test")


@pytest.fixture
def bundle(folder):
    """The bundle of a case with a warning and a restriction."""
    story.tell(folder, story.RESTRICTED)
    path = folder / "case.zip"
    told = write_bundle(Case.objects.get().ref, path, BY, NOW)
    assert told["findings"] == told["evidence"] == 3
    assert told["ledger_entries"] > 5
    return path


def run(path):
    return subprocess.run([sys.executable, "-I", "-S", str(Path(verifier.__file__)), str(path)], capture_output=True, text=True, timeout=60)


def change(path, name, old, new):
    """Write the bundle again with one member changed, its manifest made to fit."""
    import hashlib

    with zipfile.ZipFile(path) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    assert old in parts[name], name
    parts[name] = parts[name].replace(old, new, 1)
    manifest = json.loads(parts["manifest.json"])
    manifest["files"][name] = hashlib.sha256(parts[name]).hexdigest()
    parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as z:
        for n, data in parts.items():
            z.writestr(n, data)


def test_it_is_whole(bundle, tmp_path):
    done = run(bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("OK case K-")
    with zipfile.ZipFile(bundle) as z:
        z.extractall(tmp_path / "out")
    done = subprocess.run([sys.executable, "-I", "-S", "verify.py"], cwd=tmp_path / "out", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_reading_is_in_the_ledger_before(folder):
    story.tell(folder, story.own(2, "09:00", "Q1"))
    ref = Case.objects.get().ref
    with pytest.raises(OSError, match=r"x\.zip"):
        write_bundle(ref, folder / "no" / "such" / "x.zip", BY, NOW)
    assert Entry.objects.filter(act="protected.read", subject=f"case:{ref}", body__contains="case.export").exists()


def test_no_holder_is_in_it(bundle):
    with zipfile.ZipFile(bundle) as z:
        whole = b"".join(z.read(n) for n in z.namelist() if not n.startswith("evidence/"))
    for secret in ("山田", "c1@member.example", "千代田"):
        assert secret.encode() not in whole


@pytest.mark.parametrize(("name", "old", "new", "says"), [
    ("case.json", b'"days": 30', b'"days": 99', "its subject was changed"),
    ("case.json", b'"state": "verified",\n   "step": "restrict_mail"', b'"state": "verified",\n   "step": "suspend_line"', "its subject was changed"),
    ("case.json", b'"verdict": "approve"', b'"verdict": "refuse"', "0 of 1 approvals"),
    ("case.json", b'"certainty": "exact"', b'"certainty": "several"', "the proof says something else"),
    ("ledger.jsonl", b"approval.given", b"approval.taken", "its text was changed"),
    ("ledger_hashes.txt", b"1", b"9", "FAULT"),
])
def test_every_change_is_found(bundle, name, old, new, says):
    change(bundle, name, old, new)
    done = run(bundle)
    assert done.returncode == 1
    assert says in done.stdout


def test_changed_or_missing_evidence_is_found(bundle):
    with zipfile.ZipFile(bundle) as z:
        name = next(n for n in z.namelist() if n.startswith("evidence/"))
    change(bundle, name, b"abuse", b"ABUSE")
    assert "is not what its name says" in run(bundle).stdout


def test_a_bundle_that_is_none(tmp_path):
    broken = tmp_path / "x.zip"
    with zipfile.ZipFile(broken, "w") as z:
        z.writestr("manifest.json", "{}")
    assert "the bundle is broken" in run(broken).stdout


def test_the_verifier_is_short_and_needs_the_standard_library_only():
    text = Path(verifier.__file__).read_text()
    assert len(text.splitlines()) <= 150
    assert "sekimori." not in text
    assert "django" not in text


def test_an_unknown_case_or_basis_is_refused(folder):
    story.tell(folder, story.own(2, "09:00", "Q1"))
    with pytest.raises(Refused, match="no_case"):
        write_bundle("K-NONE", folder / "x.zip", BY, NOW)
    with pytest.raises(Refused, match="basis"):
        write_bundle(Case.objects.get().ref, folder / "x.zip", BY, NOW, "BECAUSE")
