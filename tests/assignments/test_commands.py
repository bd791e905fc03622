"""`sekimori assignments …` as people and scripts call it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent / "sources"))
from source_samples import SAMPLES

from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import Probe
from sekimori.cli.assignments import assignments
from sekimori.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr("sekimori.cli.django.setup", lambda **_: None)

    def call(*args, code=0):
        done = CliRunner().invoke(assignments, [str(a) for a in args])
        assert done.exit_code == code, done.output
        return [json.loads(line) for line in done.stdout.splitlines()] if code == 0 else done.output

    return call


@pytest.fixture
def sample(tmp_path):
    def write(name, suffix=""):
        path = tmp_path / f"{name}{suffix}"
        path.write_bytes(SAMPLES[name])
        return path

    return write


def test_load_prints_one_line_and_writes_the_ledger(run, sample):
    [line] = run("load", "static-csv", sample("static-csv"), sample("static-csv", "-again"))
    assert {k: line[k] for k in ("source", "feed", "read", "stored", "refused", "reasons")} == {
        "source": "static-csv", "feed": "static-csv", "read": 2, "stored": 5, "refused": 0, "reasons": {}}
    assert Entry.objects.filter(act="assignments.loaded", subject="feed:static-csv").count() == 1


def test_a_folder_is_walked(run, sample, tmp_path):
    sample("radius-detail")
    [line] = run("load", "radius-detail", tmp_path)
    assert (line["read"], line["stored"]) == (2, 2)


@pytest.mark.parametrize(("args", "code", "text"), [
    (["load", "no-such", "x"], 2, "unknown source 'no-such'"), (["load", "static-csv", "/nowhere/x.csv"], 1, "/nowhere/x.csv: No such file"),
    (["load", "static-csv", "x", "--set", "colour=red"], 2, "this source knows feed realm zone"), (["expire", "--days", "nat"], 2, "CLASS=N"),
    (["expire", "--days", "dns=3"], 1, "no retention class 'dns'"), (["freeze", "K-NONE"], 1, "no case K-NONE"), (["confirm-clock", "77"], 1, "no clock jump 77"),
])
def test_mistakes_are_one_clear_line(run, args, code, text):
    assert text in run(*args, code=code)


def test_a_log_without_a_zone_says_what_to_give(run, sample):
    assert "--set zone=+09:00" in run("load", "cgnat-6wind", sample("cgnat-6wind"), code=1)
    [line] = run("load", "cgnat-6wind", sample("cgnat-6wind"), "--set", "zone=UTC", "--set", "inside-realm@x=y")
    assert line["stored"] == 10


def test_status_and_the_confirmation_of_a_jump(run, tmp_path):
    path = tmp_path / "detail"
    records = []
    for n in range(60):
        at = 1_790_000_000 + n * 60
        device = time.strftime("%b %e %Y %H:%M:%S UTC", time.gmtime(at - (0 if n < 30 else 90)))
        records.append(f"x\n\tAcct-Status-Type = Start\n\tAcct-Session-Id = \"s{n}\"\n\tUser-Name = \"u{n}\"\n\tNAS-IP-Address = 192.0.2.1\n"
                       f"\tFramed-IP-Address = 198.18.0.{n}\n\tEvent-Timestamp = \"{device}\"\n\tTimestamp = {at}\n\n")
    path.write_text("".join(records))
    run("load", "radius-detail", path)
    [feed] = run("status", "--json")
    assert (feed["feed"], feed["records"], feed["last_record"], feed["late"], feed["gaps"]) == ("radius-detail", 60, "2026-09-21T15:12:20Z", True, [])
    [clock], [jump] = feed["clocks"], feed["jumps"]
    assert (clock, jump["before_s"], jump["after_s"], jump["confirmed"]) == ({"device": "192.0.2.1", "offset_s": 90.0, "spread_s": 0.0}, 0.0, 90.0, None)
    assert run("confirm-clock", jump["id"]) == [{"confirmed": jump["id"]}]
    assert run("status", "--json")[0]["jumps"][0]["confirmed"] is not None
    assert Entry.objects.filter(act="assignments.clock_confirmed").count() == 1
    assert "LATE" in CliRunner().invoke(assignments, ["status"]).output


def test_a_log_loaded_with_a_wrong_zone_is_taken_back_and_loaded_anew(run, sample):
    path = sample("cgnat-6wind")
    run("load", "cgnat-6wind", path, "--set", "zone=JST")
    assert run("load", "cgnat-6wind", path, "--set", "zone=UTC")[0]["stored"] == 0
    assert run("retract", "cgnat-6wind", "--reason", "the device logs in UTC") == [{"feed": "cgnat-6wind", "retracted": 10}]
    assert run("load", "cgnat-6wind", path, "--set", "zone=UTC")[0]["stored"] == 10
    store, key = open_store(), (0xC0000221 << 16) + 256
    jst, utc = 1_781_132_589_000_000, 1_781_164_989_000_000  # 08:03:09 in either zone
    assert [r.start for r in store.lookup([Probe("", key, 0, 2**62)])[0]] == [utc]
    first = store.rows([1])[0].recorded_at
    assert [r.start for r in store.lookup([Probe("", key, jst, jst)], as_of=first)[0]] == [jst]
    assert "no feed nothing" in run("retract", "nothing", "--reason", "x", code=1)


def test_two_loads_of_a_feed_at_once_store_each_row_once(any_folder, sample, tmp_path):
    path = tmp_path / "detail"
    text = SAMPLES["radius-detail"].decode()
    path.write_text("".join(text.replace('"0001"', f'"{n:04}"').replace("198.18.0.7", f"198.18.{n // 250}.{n % 250}") for n in range(4000)))
    command = [sys.executable, "-m", "sekimori", "assignments", "load", "radius-detail", str(path)]
    subprocess.run([sys.executable, "-m", "sekimori", "init"], env=any_folder, check=True, capture_output=True, timeout=120)
    both = [subprocess.Popen(command, env=any_folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    done = [p.communicate(timeout=120) for p in both]
    assert [p.returncode for p in both] == [0, 0], done
    assert sorted(json.loads(out)["read"] for out, _ in done) == [0, 8000]


def test_expire_uses_the_policys_period(run, tmp_path):
    path = tmp_path / "static.csv"
    path.write_text("prefix,ports,valid_from,valid_to,contract,realm\n192.0.2.1,,2020-01-01,2020-02-01,C1,\n192.0.2.2,,2020-01-01,,C2,\n")
    run("load", "static-csv", path)
    [line] = run("expire")
    assert (line["expired"], line["by_class"]["static"], line["last_end"]) == (1, 1, "2020-01-31T15:00:00Z")
    assert run("expire")[0]["expired"] == 0


def test_the_command_line_itself(data_folder, sample):
    """Once through the real door: data folder made at first use, one JSON line, exit code."""
    done = subprocess.run([sys.executable, "-m", "sekimori", "assignments", "load", "mape-rules", str(sample("mape-rules"))],
                          env=data_folder, capture_output=True, text=True, timeout=120)
    assert (done.returncode, json.loads(done.stdout)["stored"]) == (0, 1), done.stderr


def test_freeze_copies_what_the_case_stands_on(run, tmp_path, now):
    import notices_rows as made
    from sekimori.assignments.store.factory import open_store
    from sekimori.assignments.types import Probe, proof
    from sekimori.attribution.models import Attribution
    from sekimori.cases.models import Case, CaseFinding
    from sekimori.intake.receive import receive
    from sekimori.reports.models import Report

    path = tmp_path / "static.csv"
    path.write_text("prefix,ports,valid_from,valid_to,contract,realm\n192.0.2.1,,2026-01-01,,C1,\n192.0.2.2,,2026-01-01,,C2,\n")
    run("load", "static-csv", path)
    [[row]] = open_store().lookup([Probe("", 0xC0000201 << 16, 1_790_000_000_000_000, 1_790_000_000_000_000)])
    report = Report.objects.create(message=receive(b"x", mail_from="", rcpt_to=[], door="lmtp", peer="", now=now), kind="report", format="arf", version="1",
                                   authenticity="pass", received_at=now)
    finding = made.finding(now, report)
    found = Attribution.objects.create(finding=finding, certainty="exact", contract=made.contract(), how="static", at=now, due_at=0,
                                       proof={"readings": [{"verdict": {"trails": [{"steps": [{"kind": "row", "detail": proof(row)}]}]}}]})
    case = Case.objects.create(ref="K-TEST", contract=found.contract, policy="messaging", category="messaging/spam", opened_at=now)
    CaseFinding.objects.create(case=case, finding=finding, attribution=found, added_at=now)
    [line] = run("freeze", "K-TEST", "--until", "2036-01-01")
    assert (line["rows"], line["copied"], line["until"]) == (1, 1, "2035-12-31T15:00:00Z")
    assert run("freeze", "K-TEST")[0]["copied"] == 0
    assert "in the past" in run("freeze", "K-TEST", "--until", "2020-01-01", code=2)
