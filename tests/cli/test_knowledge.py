"""Loads and `attribute` as commands, on both engines: the JSON lines, refusals, exit codes, ledger entry before the answer."""

import json
import os
import subprocess
import sys

import pytest

NETWORK = "prefix,kind,pd_length,realm,valid_from,valid_to,contact\n198.18.0.0/15,radius,,,,,\n203.0.113.0/24,mape,,,,,\n198.51.100.25/32,relay,,,,,\nnonsense,relay,,,,,\n"
CONTRACTS = "contract,holder,kind,language,email,alt_email,phone,postal,access,product,protected,consents,valid_from,valid_to\nC1,山田 花子,person,ja,c1@member.example,,,,pppoe,ftth,,,,\n"
LOGINS = "key,contract,valid_from,valid_to,user\nu1@isp.example,C1,,,\nu2@isp.example,C9,,,\n"
STATIC = "prefix,ports,valid_from,valid_to,contract,realm\n198.18.0.7/32,,2026-10-01T00:00:00Z,2026-12-01T00:00:00Z,C1,\n"
LOG = ("2026-10-05T00:00:00Z smtp1 postfix/submission/smtpd[1]: 4Dq3Yn2z8Kz9x7B: client=home[198.18.0.7], sasl_method=PLAIN, sasl_username=u1@isp.example\n"
       "2026-10-05T00:00:00Z smtp1 postfix/cleanup[1]: 4Dq3Yn2z8Kz9x7B: message-id=<m1@isp.example>\n")


def run(env, *args, stdin=None):
    return subprocess.run([sys.executable, "-m", "sekimori", *args], env=env, capture_output=True, text=True, timeout=120, input=stdin)


def ok(env, *args, stdin=None):
    done = run(env, *args, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def files(tmp_path):
    out = {}
    for name, text in (("network", NETWORK), ("contracts", CONTRACTS), ("logins", LOGINS), ("static", STATIC), ("log", LOG)):
        out[name] = str(tmp_path / f"{name}.csv")
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return out


def load_all(env, files):
    return [ok(env, *args)[0] for args in (
        ("network", "load", files["network"]), ("contracts", "load", files["contracts"]), ("logins", "load", files["logins"]),
        ("assignments", "load", "static-csv", files["static"]), ("submissions", "load", "postfix-log", files["log"]))]


QUERIES = [
    {"id": 1, "ip": "198.18.0.7", "port": 5000, "proto": "tcp", "time": "2026-10-05T00:00:00Z", "zone": "stated", "error_s": 2},
    {"id": "two", "ip": "198.18.0.8", "time": "2026-10-05T00:00:00Z", "error_s": 2},
    {"id": 3, "login": "u1@isp.example", "time": "2026-10-05T00:00:00Z"},
    {"id": 4, "queue_id": "4Dq3Yn2z8Kz9x7B", "host": "smtp1", "time": "2026-10-05T00:00:00Z"},
    {"id": 5, "message_id": "<m1@isp.example>", "time": "2026-10-05T00:00:00Z"},
    {"id": 6, "ip": "203.0.113.9", "time": "2026-10-05T00:00:00Z"},
    {"id": 7, "ip": "192.0.2.1", "time": "2026-10-05T00:00:00Z"},
    {"id": 8, "ip": "none"},
]


def test_from_files_to_answers(any_folder, files):
    env = any_folder
    ok_init = run(env, "init", "--synthetic")
    assert ok_init.returncode == 0, ok_init.stderr
    network, contracts, logins, _, submissions = load_all(env, files)
    assert {k: network[k] for k in ("read", "stored", "refused", "reasons")} == {"read": 4, "stored": 3, "refused": 1, "reasons": {"bad_prefix": 1}}
    with open(network["refused_file"], encoding="utf-8") as f:
        assert f.read() == "row,reason,prefix,kind,pd_length,realm,valid_from,valid_to,contact\n4,bad_prefix,nonsense,relay,,,,,\n"
    assert os.stat(network["refused_file"]).st_mode & 0o077 == 0
    assert (contracts["stored"], logins["reasons"], submissions["stored"]) == (1, {"unknown_contract": 1}, 1)
    again = load_all(env, files)
    assert [r["stored"] for r in again] == [0, 0, 0, 0, 0]
    text = "\n".join(map(json.dumps, QUERIES)) + "\nnot json\n"
    answers = ok(env, "attribute", "--jsonl", "--synthetic", "--basis", "SYNTHETIC", stdin=text)
    assert [(a["id"], a["certainty"], a["contract"]) for a in answers] == [
        (1, "exact", "C1"), ("two", "none", None), (3, "exact", "C1"), (4, "exact", "C1"), (5, "exact", "C1"), (6, "several", None), (7, "none", None),
        (8, "none", None), (None, "none", None)]
    assert set(answers[0]) == {"id", "certainty", "contract", "candidates", "how", "why"}
    assert (answers[6]["why"], answers[7]["why"], answers[8]["why"]) == ("not_ours", "bad_address", "bad_query")
    assert "intact" in run(env, "ledger", "verify").stdout or run(env, "ledger", "verify").returncode == 0


def test_the_ledger_row_is_committed_before_the_first_answer(data_folder, files):
    import hashlib
    import sqlite3
    from pathlib import Path

    env = data_folder
    run(env, "init", "--synthetic")
    load_all(env, files)
    lines = [json.dumps(q) for q in QUERIES]
    # The command dies when it writes its first answer: the ledger entry is there already.
    code = ("import sys\nfrom sekimori.cli.main import root\n"
            "class Dead:\n    def write(self, text):\n        import os; os._exit(9)\n    def flush(self): pass\n    def isatty(self): return False\n"
            "import sekimori.cli.attribute as a\n"
            "import types; a.sys = types.SimpleNamespace(stdin=sys.stdin, stdout=Dead())\n"
            "root(['attribute', '--jsonl', '--synthetic', '--basis', 'SYNTHETIC'])")
    done = subprocess.run([sys.executable, "-c", code], env=env, input="\n".join(lines) + "\n", text=True, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (9, ""), done.stderr
    with sqlite3.connect(Path(env["SEKIMORI_DATA"]) / "sekimori.sqlite3") as db:
        (body,) = db.execute("SELECT body FROM ledger_entry WHERE act = 'protected.read'").fetchone()
    detail = json.loads(body)["detail"]
    assert detail == {"what": "attribution", "basis": "SYNTHETIC", "count": len(lines), "sha256": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


REFUSED = [
    (("--jsonl", "--basis", "SYNTHETIC"), 2, "exactly one of"),
    (("--jsonl", "--synthetic"), 2, "--basis is missing"),
    (("--jsonl", "--synthetic", "--case", "K-1", "--basis", "SYNTHETIC"), 2, "exactly one of"),
    (("--jsonl", "--synthetic", "--basis", "SYNTHETIC"), 1, "only in a folder made by"),
    (("--jsonl", "--case", "K-1", "--basis", "SYNTHETIC"), 1, "--basis must be one of"),
    (("--jsonl", "--case", "K-1", "--basis", "WARRANT"), 1, "there is no case K-1"),
    (("--jsonl", "--report", "1", "--basis", "CURIOSITY"), 1, "--basis must be one of"),
    (("--jsonl", "--report", "1", "--basis", "WARRANT"), 1, "there is no report 1"),
]


def test_no_purpose_no_answer(data_folder):
    for args, code, words in REFUSED:
        done = run(data_folder, "attribute", *args, stdin=json.dumps(QUERIES[0]))
        assert (done.returncode, done.stdout) == (code, ""), args
        assert words in done.stderr and "Traceback" not in done.stderr, args


def test_a_real_folder_shows_handles_not_numbers(data_folder, files):
    import sqlite3
    from pathlib import Path

    env = data_folder
    run(env, "init")
    load_all(env, files)
    with sqlite3.connect(Path(env["SEKIMORI_DATA"]) / "sekimori.sqlite3") as db:
        columns = "sha256, envelope, door, received_at, mail_from, rcpt_to, peer, size, route, auto, token, state, copies, authenticated, work, lane, due_at, tries, fault"
        db.execute(f"INSERT INTO intake_message ({columns}) VALUES ('0', '0', 'lmtp', '2026-10-05', '', '[]', '', 1, 'report', '', '', '', 1, 0, 'done', 1, 0, 0, '')")
        db.execute("INSERT INTO reports_report (message_id, \"index\", kind, format, version, report_id, authenticity, reply_to, language, confidence, free_text, reason,"
                   " detail, findings_total, received_at) VALUES (1, 0, 'report', 'arf', '1', '', 'none', '', 'ja', 1, 0, '', '{}', 0, '2026-10-05')")
    (answer,) = ok(env, "attribute", "--jsonl", "--report", "1", "--basis", "LEGIT_BUSINESS", stdin=json.dumps(QUERIES[0]) + "\n")
    assert answer["certainty"] == "exact" and len(answer["contract"]) == 32 and "C1" not in json.dumps(answer)


def test_hostile_queries_are_answered_line_by_line(data_folder):
    run(data_folder, "init", "--synthetic")
    lines = [b"\xff\xfe", b'{"id": "\\ud800", "ip": "198.18.0.7"}', b'{"id": NaN}', b'{"id": 1e999}', b"[" * 50_000, b"x" * 200_000, b'{"id": 7, "login": "\\u0000"}', b"null",
             b'{"id": ["deep", {"x": 1}], "time": "9999-12-31T23:59:59Z", "ip": "198.18.0.7"}', "{\"id\": \"最後\"}".encode()]
    done = subprocess.run([sys.executable, "-m", "sekimori", "attribute", "--jsonl", "--synthetic", "--basis", "SYNTHETIC"], env=data_folder, capture_output=True,
                          timeout=60, input=b"\n".join(lines))
    assert (done.returncode, done.stderr) == (0, b"")
    answers = [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == [None, "\ud800", None, None, None, None, 7, None, ["deep", {"x": 1}], "最後"]
    assert {a["certainty"] for a in answers} == {"none"}


def test_tables_of_japanese_spreadsheets(data_folder, tmp_path):
    import sqlite3
    from pathlib import Path

    run(data_folder, "init", "--synthetic")
    (tmp_path / "sjis.csv").write_bytes("contract,holder,postal\r\nC1,髙橋 花子,東京都①\r\n".encode("cp932"))
    (tmp_path / "bom.csv").write_bytes("\ufeffcontract,holder\nC2,山田\n".encode())
    (tmp_path / "mixed.csv").write_bytes("contract,holder\nC3,山田\n".encode() + b"C4,\x81\xff\xfd\n")
    (one,) = ok(data_folder, "contracts", "load", str(tmp_path / "sjis.csv"))
    assert (one["stored"], one["encoding"]) == (1, "cp932")
    assert ok(data_folder, "contracts", "load", str(tmp_path / "bom.csv"))[0]["stored"] == 1
    (mixed,) = ok(data_folder, "contracts", "load", str(tmp_path / "mixed.csv"))
    assert (mixed["stored"], mixed["reasons"]) == (1, {"bad_encoding": 1})
    with sqlite3.connect(Path(data_folder["SEKIMORI_DATA"]) / "sekimori.sqlite3") as db:
        assert db.execute("SELECT holder, postal FROM contracts_holder ORDER BY contract_id").fetchall() == [("髙橋 花子", "東京都①"), ("山田", ""), ("山田", "")]


def test_wrong_files_are_one_clear_line(data_folder, files, tmp_path):
    for args, words in ((("network", "load", files["logins"]), "must name the columns prefix, kind"), (("contracts", "load", files["network"]), "must name the columns contract")):
        done = run(data_folder, *args)
        assert (done.returncode, done.stdout) == (1, "") and words in done.stderr and "Traceback" not in done.stderr
    assert run(data_folder, "network", "load", str(tmp_path / "absent.csv")).returncode == 2
    assert run(data_folder, "submissions", "load", "postfix-log", files["log"], "--zone", "Moon/Base").returncode == 2
    (tmp_path / "noise.csv").write_bytes(b"prefix,kind\n\xff\xfe\x00,\x00\n\"unclosed")
    (line,) = ok(data_folder, "network", "load", str(tmp_path / "noise.csv"))
    assert line["refused"] == line["read"] == 2
