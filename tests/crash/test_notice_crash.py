"""Killed between the relay's 250 and our COMMIT: that notice goes a second time with the same octets, is counted, and no other ever does."""

import json
import signal
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest

import wire

pytestmark = [pytest.mark.crash, pytest.mark.slow]
WORLD = Path(__file__).with_name("measures_world.py")
MEMBERS = 12
LEASE_S = 61


def start(env, *args):
    return subprocess.Popen([sys.executable, str(WORLD), *map(str, args)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def world(env, *args):
    process = start(env, *args)
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    return out


@pytest.fixture
def relay(any_folder):
    """A folder that sends through a relay of ours, and what the relay was given."""
    keeper = wire.Keeper()
    with wire.running(keeper, lmtp=False) as port:
        env = any_folder | {"SEKIMORI_MAIL_RELAY_HOST": "127.0.0.1", "SEKIMORI_MAIL_RELAY_PORT": str(port), "SEKIMORI_RDAP_ENABLED": "false"}
        done = subprocess.run([sys.executable, "-m", "sekimori", "init"], env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        yield env, keeper


def ids(keeper):
    """Message-ID → (how often, how many different octets), of the letters to members."""
    octets = {}
    for e in keeper.envelopes:
        mail = message_from_bytes(e.raw)
        if any("member.example" in r for r in e.rcpt_to):
            octets.setdefault(mail["Message-ID"].strip("<> "), []).append(e.raw)
    return {mid: (len(all_), len(set(all_))) for mid, all_ in octets.items()}


def test_a_repeat_is_the_same_mail_and_only_of_the_killed(relay):
    env, keeper = relay
    world(env, "fill", MEMBERS)
    lost = 0
    for turn, mails in enumerate((1, 5, 3)):
        dying = start(env, "work", turn * LEASE_S, "mails", mails)
        dying.communicate(timeout=120)
        assert dying.returncode == -signal.SIGKILL, "the worker must die, or the test shows nothing"
        lost += mails
    world(env, "work", 4 * LEASE_S)
    end, went = json.loads(world(env, "count")), ids(keeper)
    assert end["states"] == ["sent"] and end["notices"] == [1] * MEMBERS and end["measures"] == [["warn", 1, "verified"]] * MEMBERS
    assert sorted(went) == end["mails"], "one Message-ID for each notice, whatever happened"
    assert all(different == 1 for _, different in went.values()), "the same octets each time"
    again = sum(often - 1 for often, _ in went.values())
    assert 1 <= again <= lost and end["repeated"] >= again, "no more than died after their 250, and counted"
    assert end["chain"]


def test_without_a_kill_nothing_goes_twice(relay):
    env, keeper = relay
    world(env, "fill", MEMBERS)
    both = [start(env, "work", 0) for _ in range(2)]
    for worker in both:
        worker.communicate(timeout=120)
    end, went = json.loads(world(env, "count")), ids(keeper)
    assert set(Counter(often for often, _ in went.values())) == {1} and sorted(went) == end["mails"] and end["repeated"] == 0


def test_a_brake_is_put_on_once(any_folder):
    """Killed after the equipment obeyed and before our COMMIT: one brake and one letter for each login all the same."""
    env = any_folder | {"TEST_SENSOR": "1"}
    done = subprocess.run([sys.executable, "-m", "sekimori", "init", "--synthetic"], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    world(env, "fill", MEMBERS)
    world(env, "work", 0)
    world(env, "burst", MEMBERS)
    for turn, measures in enumerate((1, 4, 2)):
        beside = start(env, "work", (turn + 1) * LEASE_S) if turn == 2 else None
        dying = start(env, "work", (turn + 1) * LEASE_S, "measures", measures)
        dying.communicate(timeout=120)
        if beside is not None:
            beside.communicate(timeout=120)
        else:
            assert dying.returncode == -signal.SIGKILL, "the worker must die, or the test shows nothing"
    both = [start(env, "work", 5 * LEASE_S) for _ in range(2)]
    for worker in both:
        worker.communicate(timeout=180)
    world(env, "work", 6 * LEASE_S)
    end = json.loads(world(env, "count"))
    assert [m for m in end["measures"] if m[0] == "brake"] == [["brake", 1, "verified"]] * MEMBERS, end["measures"]
    assert end["notices"] == [2] * MEMBERS and end["states"] == ["sent"] and end["chain"]
