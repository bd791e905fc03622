"""`sekimori bounce`: the lines that scripts read; no Django without --owner."""

import json
import subprocess
import sys

import pytest

from bounces import notices_made as made

KEYS = {"file", "verdict", "recipients", "reasons", "status", "actions", "provenance", "original_message_id", "explanation"}


def run(*args, env=None, code=0):
    done = subprocess.run([sys.executable, "-m", "sekimori", *map(str, args)], capture_output=True, env=env, timeout=60)
    assert done.returncode == code, done.stderr.decode()
    return done


@pytest.fixture
def notices(tmp_path):
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for name, raw in made.MADE.items():
        (folder / "sub" / f"{name}.eml").write_bytes(raw)
    (folder / "arf").write_bytes(made.ARF)
    (folder / "empty").write_bytes(b"")
    (folder / "two.mbox").write_bytes(b"From MAILER-DAEMON  Tue Nov 24 10:00:00 2026\n" + made.POSTFIX + b"From MAILER-DAEMON  Tue Nov 24 10:00:01 2026\n" + made.EXIM)
    return folder


def test_one_line_a_file_with_the_keys_of_the_interface(notices):
    lines = [json.loads(x) for x in run("bounce", notices, "--jsonl").stdout.splitlines()]
    assert len(lines) == len(made.MADE) + 3
    for line in lines:
        assert set(line) >= KEYS and len(line["recipients"]) == len(line["reasons"]) == len(line["status"]) == len(line["actions"])
        assert set(line["explanation"]) == {"ja", "en"} and line["verdict"] in {"bounce", "arf", "vacation", "none"}
        assert line["provenance"] in {"genuine", "genuine_likely", "backscatter", "fake", "not_a_bounce", "unknown"} and line["provenance"] != "genuine"
    by = {x["file"]: x for x in lines}
    one = by[f"{notices}/sub/postfix.eml"]
    assert one["recipients"] == ["friend@shop.example"] and one["reasons"] == ["userunknown"] and one["original_message_id"] == "orig-1@isp.example"
    assert by[f"{notices}/two.mbox"]["recipients"] == ["friend@shop.example", "one@shop.example", "two@shop.example"]
    assert by[f"{notices}/arf"]["verdict"] == "arf" and by[f"{notices}/empty"]["verdict"] == "none"


def test_django_is_not_loaded(notices):
    code = "import sys; sys.argv=['sekimori','bounce',sys.argv[1],'--jsonl']\nfrom sekimori.cli.main import main\ntry:\n main()\nfinally:\n assert not [m for m in sys.modules if m.split('.')[0]=='django'], 'django'"
    done = subprocess.run([sys.executable, "-c", code, str(notices)], capture_output=True, timeout=60)
    assert b"AssertionError" not in done.stderr and done.stdout


def test_wrong_use_is_one_line(tmp_path):
    assert run("bounce", tmp_path / "nothing", "--jsonl", code=1).stderr.decode().count("\n") == 1
    run("bounce", code=2)


@pytest.mark.slow
def test_the_log_proves_only_for_its_owner(notices, data_folder, tmp_path):
    run("init", "--synthetic", env=data_folder)
    code = "import django; django.setup()\nfrom datetime import datetime, UTC\nfrom sekimori.submissions.models import Submission\nSubmission.objects.create(host='h', queue_id='4A', message_id='orig-1@isp.example', login='hanako@isp.example', time=datetime.now(UTC), recipients=1, source='t')"
    subprocess.run([sys.executable, "-c", code], check=True, env=data_folder | {"DJANGO_SETTINGS_MODULE": "sekimori.site.django_settings"}, timeout=60)
    mine = json.loads(run("bounce", notices / "sub" / "postfix.eml", "--jsonl", "--owner", "hanako@isp.example", env=data_folder).stdout)
    other = json.loads(run("bounce", notices / "sub" / "postfix.eml", "--jsonl", "--owner", "taro@isp.example", env=data_folder).stdout)
    assert mine["provenance"] == "genuine" and other["provenance"] == "backscatter"
    assert b'"entries":' in run("ledger", "verify", env=data_folder).stdout.replace(b" ", b"") or run("ledger", "verify", env=data_folder).stdout
