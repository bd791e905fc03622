"""kill -9 during a load of assignments: nothing is lost, nothing is doubled, on both engines."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.slow]
PROCESS = Path(__file__).with_name("load_process.py")
SHOW = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "sekimori.site.django_settings"
import django, json; django.setup()
from sekimori.assignments.models import Feed, Interval
print(json.dumps([list(Interval.objects.order_by("key", "start").values_list("holder", "key", "start", "ending", "flags", "last_seen")),
                  list(Feed.objects.values_list("records", "first_record", "last_record"))]))
"""


def run(env, *args):
    return subprocess.run([sys.executable, str(PROCESS), *map(str, args)], env=env, capture_output=True, text=True, timeout=120)


def stored(env):
    done = subprocess.run([sys.executable, "-c", SHOW], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def detail(tmp_path):
    rnd, lines = random.Random(1), []
    for n in range(1500):
        at = 1_790_000_000 + n * 20
        clock = time.strftime("%b %e %Y %H:%M:%S UTC", time.gmtime(at))
        kind, session = rnd.choice(["Start", "Interim-Update", "Stop"]), rnd.randrange(200)
        lines.append(f"x\n\tAcct-Status-Type = {kind}\n\tAcct-Session-Id = \"s{session}\"\n\tUser-Name = \"u{session}\"\n\tNAS-IP-Address = 192.0.2.1\n"
                     f"\tFramed-IP-Address = 198.18.0.{session}\n\tEvent-Timestamp = \"{clock}\"\n\tTimestamp = {at}\n\n")
    path = tmp_path / "detail"
    path.write_text("".join(lines))
    return path


@pytest.fixture
def folder(any_folder, detail):
    done = subprocess.run([sys.executable, "-m", "sekimori", "init"], env=any_folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return any_folder


@pytest.fixture
def whole(tmp_path, data_folder, detail):
    """What an undisturbed load stores."""
    env = data_folder | {"SEKIMORI_DATA": str(tmp_path / "whole")}
    env.pop("SEKIMORI_DATABASE", None)
    subprocess.run([sys.executable, "-m", "sekimori", "init"], env=env, check=True, capture_output=True, timeout=120)
    assert run(env, "never", 0, detail).returncode == 0
    return stored(env)


@pytest.mark.parametrize("step", ["rows", "mark", "commit"])
def test_killed_at_each_step(folder, detail, whole, step):
    for block in (1, 7):
        assert run(folder, step, block, detail).returncode == -signal.SIGKILL, "the control must die, or the test shows nothing"
    assert run(folder, "never", 0, detail).returncode == 0
    assert stored(folder) == whole
    again = run(folder, "never", 0, detail)
    assert again.stdout.split() == ["loaded", "0"]


def test_killed_at_any_time(folder, detail, whole):
    rnd, kills = random.Random(7), 0
    for _ in range(int(os.environ.get("SEKIMORI_TEST_KILLS", "6"))):
        process = subprocess.Popen([sys.executable, str(PROCESS), "slow", "0", str(detail)], env=folder, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(rnd.random() * 0.15)
        process.kill()
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
    assert kills, "nothing was killed: the test shows nothing"
    assert run(folder, "never", 0, detail).returncode == 0
    assert stored(folder) == whole


def test_a_mark_before_its_rows_would_be_seen(folder, detail, whole):
    assert run(folder, "rows", 7, detail, "control").returncode == -signal.SIGKILL
    assert run(folder, "never", 0, detail).returncode == 0
    assert stored(folder) != whole
