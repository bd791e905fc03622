"""Actuator settings of a test, the real helper, and orders."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from sekimori.enforcement.actuators.contract import Order
from sekimori.settings import current, use

HELPER = Path(__file__).resolve().parents[3] / "deploy" / "sekimori-helper"


@pytest.fixture
def equipment(tmp_path, monkeypatch):
    """Settings whose lists stand where servers may read them; returns a function that changes actuator settings."""
    before = current()
    folder = Path(tempfile.mkdtemp(prefix="skm-act-", dir="/tmp"))
    folder.chmod(0o755)
    conf = folder / "helper.conf"
    conf.write_text("")
    monkeypatch.setenv("SEKIMORI_HELPER_CONF", str(conf))

    def change(**values):
        use(replace(current(), actuators=replace(current().actuators, **values)))
        return folder

    change(folder=str(folder), helper=(sys.executable, str(HELPER)))
    yield change
    use(before)
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def order(step, *logins, key="m1", access="pppoe", **more):
    """An order as the registry makes it."""
    return Order(key=key, step=step, access=access, logins=logins, contract="h1", reference="case:K-1", **more)
