"""The monthly self-test: sent through a real LMTP door, read by the stages, its age watched by the doctor."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from sekimori.cli import checks, selftest
from sekimori.ledger.models import Entry
from sekimori.ledger.service import write
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item
from sekimori.reports.formats.selftest.reader import GTUBE
from sekimori.settings import current
from sekimori.values.actors import Actor
from sekimori.values.ids import token


def test_its_mail_is_recognised_and_nothing_else_is():
    t = token()
    raw = selftest.mail(current(), t, datetime(2026, 11, 24, tzinfo=UTC))
    got = reading.answer(Item(raw), Context())
    assert (got.read.kind, got.format, got.read.report_id) == ("not_abuse", "selftest", t)
    on_the_way = b"Received: from mx by x; Tue, 24 Nov 2026 00:00:00 +0000\r\n" + raw
    assert reading.answer(Item(on_the_way), Context()).format == "selftest"
    for changed in (raw.replace(b"GTUBE", b"GTUBX"), raw.replace(t.encode(), b"x"), raw.replace(b"Subject: ", b"Subject: Fwd: "),
                    raw + b"x" * 30_000, b"Subject: " + GTUBE.encode() + b"\r\n\r\n" + GTUBE.encode()):
        assert reading.answer(Item(changed), Context()).format != "selftest"


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "level"), [(None, "warn"), (34, "ok"), (36, "warn")])
def test_the_doctor_warns_after_35_days(now, days, level):
    if days is not None:
        write(Actor("command", "x"), "selftest.passed", "abuse", {}, now - timedelta(days=days))
    (found,) = checks.selftest(current(), now)
    assert (found.id, found.level) == ("mail.selftest", level)


@pytest.mark.django_db
def test_without_a_relay_or_a_door_it_fails_and_says_so():
    passed, text = selftest.run(current(), None, 0)
    assert not passed and "--lmtp" in text
    passed, text = selftest.run(current(), ("127.0.0.1", 9), 0)
    assert not passed and "could not be sent" in text
    assert Entry.objects.filter(act="selftest.failed").count() == 2


@pytest.mark.slow
def test_from_the_door_to_its_reading(any_folder):
    """Real processes on both engines: intake, worker, doctor."""
    from sekimori.demo.deliver import door

    env = dict(any_folder)
    command = [sys.executable, "-m", "sekimori"]
    subprocess.run([*command, "init"], env=env, check=True, capture_output=True)
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(any_folder)
    try:
        with door() as port:
            done = threading.Event()

            def work():
                while not done.wait(0.2):
                    subprocess.run([*command, "work", "--once"], env=env, capture_output=True)

            thread = threading.Thread(target=work)
            thread.start()
            try:
                got = subprocess.run([*command, "doctor", "--self-test", "--json", "--lmtp", f"127.0.0.1:{port}", "--wait", "60"], env=env, capture_output=True, text=True)
            finally:
                done.set()
                thread.join()
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert got.returncode == 0, got.stdout + got.stderr
    assert json.loads(got.stdout)["id"] == "mail.selftest"
    lines = subprocess.run([*command, "doctor", "--json"], env=env, capture_output=True, text=True).stdout.splitlines()
    assert any(json.loads(x)["id"] == "mail.selftest" and json.loads(x)["level"] == "ok" for x in lines)
