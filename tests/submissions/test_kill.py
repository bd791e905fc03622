"""kill -9 in the middle of a load: nothing is lost, nothing doubled; with a control that must fail."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.slow]
MAILS = 60_000


def log(path):
    with path.open("w") as f:
        for n in range(MAILS):
            stamp, qid = f"2026-10-{1 + n // 4000:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.{n:06}Z", f"4{n:09d}zKxYz"
            f.write(f"{stamp} smtp1 postfix/smtpd[1]: {qid}: client=home[198.18.0.7], sasl_method=PLAIN, sasl_username=u{n}\n"
                    f"{stamp} smtp1 postfix/cleanup[2]: {qid}: message-id=<{n}@isp.example>\n"
                    f"{stamp} smtp1 postfix/smtp[3]: {qid}: to=<a@example.com>, relay=mx[203.0.113.9]:25, dsn=5.1.1, status=bounced (no)\n"
                    f"{stamp} smtp1 postfix/qmgr[4]: {qid}: removed\n")


def load(env, path, kill_after=None):
    process = subprocess.Popen([sys.executable, "-m", "sekimori", "submissions", "load", "postfix-log", str(path)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=300)
    return process.returncode


def state(env):
    with sqlite3.connect(Path(env["SEKIMORI_DATA"]) / "sekimori.sqlite3") as db:
        return db.execute("SELECT COUNT(*), SUM(unknown_users), COUNT(ended_at), COUNT(DISTINCT queue_id) FROM submissions_submission").fetchone()


def test_a_killed_load_starts_again_where_it_was(data_folder, tmp_path):
    path, env = tmp_path / "mail.log", data_folder
    log(path)
    subprocess.run([sys.executable, "-m", "sekimori", "init", "--synthetic"], env=env, check=True, capture_output=True)
    rnd, kills, between = random.Random(3), 0, set()
    started = time.monotonic()
    while kills < 12:
        if load(env, path, kill_after=rnd.uniform(0.5, 2.5)) != -signal.SIGKILL:
            break
        kills += 1
        between.add(state(env))
        assert time.monotonic() - started < 240
    assert load(env, path) == 0
    assert state(env) == (MAILS, MAILS, MAILS, MAILS)
    assert kills and any(s[0] not in (0, MAILS) for s in between), "no kill fell into the load: the proof proves nothing"


def test_the_control_a_load_that_forgets_its_marks_doubles_what_it_adds(data_folder, tmp_path):
    path, env = tmp_path / "mail.log", data_folder
    first = "2026-10-01T00:00:00Z smtp1 postfix/smtpd[1]: 4Dq3Yn2z8Kz9x7B: client=home[198.18.0.7], sasl_username=u1\n"
    more = "2026-10-01T00:00:01Z smtp1 postfix/smtp[3]: 4Dq3Yn2z8Kz9x7B: to=<a@example.com>, relay=mx[203.0.113.9]:25, dsn=5.1.1, status=bounced (no)\n"
    subprocess.run([sys.executable, "-m", "sekimori", "init", "--synthetic"], env=env, check=True, capture_output=True)
    path.write_text(first)
    load(env, path)
    (tmp_path / "more.log").write_text(more)
    load(env, tmp_path / "more.log")
    load(env, tmp_path / "more.log")
    assert state(env)[1] == 1
    with sqlite3.connect(Path(env["SEKIMORI_DATA"]) / "sekimori.sqlite3") as db:
        db.execute("DELETE FROM submissions_logmark")
    load(env, tmp_path / "more.log")
    assert state(env)[1] == 2
