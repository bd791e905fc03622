"""Shared by all tests."""

import dataclasses
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from postgres import Cluster
    from sekimori.settings import Settings

from sekimori import settings as house
from sekimori.settings.folder import ensure
from support import NOW, need

settings.register_profile("default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=5000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("SEKIMORI_TEST_PROFILE", "default"))

@pytest.fixture
def now() -> datetime:
    """A Tuesday noon in Tokyo."""
    return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Iterator["Settings"]:
    """A data folder of its own with its keys, and the settings that name it, in force."""
    before = house.current()
    mine = dataclasses.replace(before, data=tmp_path / "data")
    ensure(mine)
    house.use(mine)
    yield mine
    house.use(before)


@pytest.fixture
def data_folder(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Environment for commands in a synthetic folder of their own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("SEKIMORI_") and k != "DJANGO_SETTINGS_MODULE"}
    env["SEKIMORI_DATA"] = str(tmp_path / "data")
    yield env


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator["Cluster"]:
    """A throw-away PostgreSQL for this session (tests/postgres.py); skips where Debian's package is absent."""
    from postgres import Cluster, binaries

    need("postgresql", binaries() is not None)
    cluster = Cluster()
    cluster.start()
    yield cluster
    cluster.close()


@pytest.fixture
def postgres_url(postgres_cluster: "Cluster") -> str:
    """URL of a new, empty PostgreSQL database: for commands, `env["SEKIMORI_DATABASE"] = postgres_url`."""
    return postgres_cluster.create(f"t{uuid.uuid4().hex[:12]}")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_folder(request: pytest.FixtureRequest, data_folder: dict[str, str]) -> dict[str, str]:
    """As `data_folder`, once on the embedded SQLite and once on PostgreSQL: for tests that start commands."""
    if request.param == "postgres":
        data_folder["SEKIMORI_DATABASE"] = request.getfixturevalue("postgres_url")
    return data_folder


def _init(env: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-m", "sekimori", "init", "--synthetic"], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after `init --synthetic`, to be copied: making the schema anew for each test takes a second."""
    folder = tmp_path_factory.mktemp("made") / "data"
    _init({k: v for k, v in os.environ.items() if not k.startswith("SEKIMORI_") and k != "DJANGO_SETTINGS_MODULE"} | {"SEKIMORI_DATA": str(folder)})
    return folder


@pytest.fixture
def made_folder(data_folder: dict[str, str], _made: Path) -> dict[str, str]:
    """As `data_folder`, after `sekimori init --synthetic`."""
    shutil.copytree(_made, data_folder["SEKIMORI_DATA"])
    return data_folder


@pytest.fixture
def any_made_folder(any_folder: dict[str, str], request: pytest.FixtureRequest) -> dict[str, str]:
    """As `any_folder`, after `sekimori init --synthetic`."""
    if "SEKIMORI_DATABASE" in any_folder:
        _init(any_folder)
    else:
        shutil.copytree(request.getfixturevalue("_made"), any_folder["SEKIMORI_DATA"])
    return any_folder


@pytest.fixture(autouse=True)
def _ledger_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties all tables after a transactional test; the ledger's triggers would refuse it."""
    marker = request.node.get_closest_marker("django_db")
    if not marker or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")
    from django.db import connection

    from sekimori.ledger.triggers import install

    install()
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS ledger_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS ledger_no_delete")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS ledger_no_change ON ledger_entry")
            cursor.execute("DROP TRIGGER IF EXISTS ledger_no_truncate ON ledger_entry")
