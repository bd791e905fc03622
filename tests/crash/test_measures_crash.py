"""Workers side by side, killed again and again: every member gets one case, one measure, one notice."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.slow]
WORLD = Path(__file__).with_name("measures_world.py")
MEMBERS = 25
LEASE_S = 61


def world(env, *args, wait=True):
    process = subprocess.Popen([sys.executable, str(WORLD), *map(str, args)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if not wait:
        return process
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    return out


def test_nothing_is_doubled(any_folder):
    done = subprocess.run([sys.executable, "-m", "sekimori", "init", "--synthetic"], env=any_folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    world(any_folder, "fill", MEMBERS)
    draw = random.Random(5)
    killed = 0
    for turn in range(4):  # a row that saw five workers die would be taken for their killer and buried
        workers = [world(any_folder, "work", turn * LEASE_S, wait=False) for _ in range(2)]
        time.sleep(0.5 + 0.35 * turn + draw.random() * 0.3)  # from the start of the process into its work
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
                killed += 1
            worker.communicate()
    assert killed, "nobody was killed: the test shows nothing"
    last = [world(any_folder, "work", 5 * LEASE_S, wait=False) for _ in range(2)]
    for worker in last:
        worker.communicate(timeout=180)
    world(any_folder, "work", 6 * LEASE_S)
    end = json.loads(world(any_folder, "count"))
    assert end["measures"] == [["warn", 1, "verified"]] * MEMBERS
    assert end["notices"] == [1] * MEMBERS
    assert end["states"] == ["sent"]
    assert end["chain"]
