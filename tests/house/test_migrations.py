"""The migrations make exactly the tables that the models describe."""

import os
import subprocess
import sys


def test_models_and_migrations_agree(data_folder):
    env = data_folder | {"DJANGO_SETTINGS_MODULE": "sekimori.site.django_settings"}
    os.makedirs(env["SEKIMORI_DATA"], exist_ok=True)
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"run `make migrations`: {done.stdout}"
