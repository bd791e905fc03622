"""The supervisor restarts what dies and stops everything on SIGTERM."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time

from sekimori.cli import supervise
from sekimori.cli.supervise import Child, Supervisor

CODE = """
import os, signal, sys, threading
from sekimori.cli import supervise
from sekimori.cli.supervise import Child, Supervisor
class Sleeper(Supervisor):
    __slots__ = ()
    def _start(self, child):
        child.process = __import__("subprocess").Popen(["sleep", "60"], start_new_session=True)
        child.started = __import__("time").monotonic()
        print(child.process.pid, flush=True)
Sleeper([Child("a", ())], dict(os.environ)).run()
"""


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_dead_child_is_started_again_and_all_end_on_sigterm():
    with subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as boss:
        first = int(boss.stdout.readline())
        os.kill(first, signal.SIGKILL)
        second = int(boss.stdout.readline())
        assert second != first
        assert alive(second)
        boss.send_signal(signal.SIGTERM)
        assert boss.wait(20) == 0
        assert not alive(second)


def test_quick_deaths_are_restarted_more_and_more_slowly(monkeypatch, capsys):
    s = Supervisor([Child("bad", ())], {})
    now = [100.0]
    starts = []

    def start(child):
        starts.append(now[0])
        child.process = subprocess.Popen(["false"])
        child.started = now[0]
        child.process.wait()

    monkeypatch.setattr(Supervisor, "_start", lambda self, c: start(c))
    for _ in range(3000):
        s._watch(s.children[0], now[0])
        now[0] += 0.1
    gaps = [b - a for a, b in itertools.pairwise(starts)]
    assert all(a <= b + 0.2 for a, b in itertools.pairwise(gaps))
    assert gaps[0] < 1 < 25 < gaps[-1]
    assert "bad ended (1)" in capsys.readouterr().err


def test_stop_can_come_from_elsewhere():
    s = Supervisor([], {})
    threading.Timer(0.1, s.stop.set).start()
    began = time.monotonic()
    s.run()
    assert time.monotonic() - began < 5
    assert supervise.STOP_S > 0
