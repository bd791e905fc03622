"""`sekimori notices --jsonl` prints the keys that interfaces.md names."""

import json

import pytest
from click.testing import CliRunner

from notices_rows import case, contract, notice_for, run
from sekimori.cli import django as start
from sekimori.cli.notices import notices
from sekimori.notices.stages import SendStage


@pytest.mark.django_db
def test_one_line_a_notice(folder, now, monkeypatch):
    monkeypatch.setattr(start, "setup", lambda: None)
    k = case(now)
    n = notice_for(k, now)
    notice_for(case(now, holder=contract("en")), now)
    run(SendStage(), now)
    out = CliRunner().invoke(notices, ["--jsonl"])
    assert out.exit_code == 0, out.output
    first, second = map(json.loads, out.output.splitlines())
    assert first["id"] == n.ref and first["case"] == k.ref and first["audience"] == "member" and first["channel"] == "mail"
    assert first["state"] == "sent" and first["sent_at"] == "2026-11-24T03:00:00Z" and first["delivered_at"] is None
    assert first["template"] == "warn" and first["language"] == "ja" and second["language"] == "en" and first["to"] == n.to
    assert len(CliRunner().invoke(notices, ["--jsonl", "--case", k.ref]).output.splitlines()) == 1
