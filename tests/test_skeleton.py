"""The house stands: commands start, the schema comes into being."""

import subprocess
import sys


def run(env, *args):
    return subprocess.run([sys.executable, "-m", "sekimori", *args], env=env, capture_output=True, text=True, timeout=120)


def test_init_makes_a_private_folder(data_folder):
    done = run(data_folder, "init", "--synthetic")
    assert done.returncode == 0, done.stderr
    again = run(data_folder, "init")
    assert again.returncode == 0, again.stderr


def test_an_unknown_setting_stops_the_start(data_folder):
    done = run(data_folder | {"SEKIMORI_MAIL_RELAY_HSOT": "x"}, "init")
    assert done.returncode == 1
    assert done.stderr.strip() == "Error: unknown setting SEKIMORI_MAIL_RELAY_HSOT in the environment"


def test_wrong_usage_is_exit_2(data_folder):
    assert run(data_folder, "init", "--no-such").returncode == 2
