"""kill -9 at each step and SIGSTOP longer than a lease: every row is done exactly once, on both engines."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sekimori.ledger.chain import GENESIS

pytestmark = [pytest.mark.crash, pytest.mark.slow]
WORKER = Path(__file__).with_name("worker_process.py")
ROWS = 120


def worker(env, *args):
    return subprocess.Popen([sys.executable, str(WORKER), *map(str, args)], env=env, stdout=subprocess.PIPE, text=True)


def finished(env):
    """Counts of (copies, work) and the number of rows that the ledger says were done."""
    code = ("import os; os.environ['DJANGO_SETTINGS_MODULE']='sekimori.site.django_settings'\n"
            "import django, json; django.setup()\n"
            "from sekimori.intake.models import Message\nfrom sekimori.ledger.models import Entry\nfrom sekimori.ledger.service import verify\n"
            "from django.db.models import Count\n"
            "print(json.dumps({'rows': list(Message.objects.values_list('copies','work').annotate(n=Count('id')).order_by()),"
            " 'ledger': sum(json.loads(b)['detail'].get('rows', 0) for b in Entry.objects.filter(act='test.counted').values_list('body', flat=True)),"
            " 'chain': verify()}))")
    import json

    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def folder(any_folder):
    done = subprocess.run([sys.executable, "-m", "sekimori", "init"], env=any_folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return any_folder


@pytest.mark.parametrize("step", ["claim", "work", "write", "done"])
def test_killed_at_each_step(folder, step):
    first = worker(folder, step, 0, 0, ROWS)
    first.communicate(timeout=60)
    assert first.returncode == -signal.SIGKILL, "the control must die, or the test shows nothing"
    second = worker(folder, "never", 0, 61, 0)
    out, _ = second.communicate(timeout=60)
    assert "idle" in out
    end = finished(folder)
    assert end["rows"] == [[1, "done", ROWS]]
    assert end["ledger"] == ROWS
    assert end["chain"][1] != GENESIS


def test_stopped_longer_than_its_lease(folder):
    """The sleeper wakes up after somebody else has done its rows: it must write nothing."""
    sleeper = worker(folder, "never", 2, 0, ROWS)
    assert sleeper.stdout.readline().strip() == "working"
    sleeper.send_signal(signal.SIGSTOP)
    try:
        other = worker(folder, "never", 0, 61, 0)
        other.communicate(timeout=60)
        assert finished(folder)["ledger"] == ROWS
    finally:
        sleeper.send_signal(signal.SIGCONT)
    sleeper.communicate(timeout=60)
    end = finished(folder)
    assert end["rows"] == [[1, "done", ROWS]]
    assert end["ledger"] == ROWS


def test_two_workers_share_without_doubling(folder):
    worker(folder, "done", 0, 0, 2000).communicate(timeout=60)
    both = [worker(folder, "never", 0.02, 0, 0) for _ in range(2)]
    for w in both:
        w.communicate(timeout=120)
    assert finished(folder)["rows"] == [[1, "done", 2000]]
