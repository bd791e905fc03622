"""A synthetic folder of its own for every scenario: one schema made, then copied."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT = ("SEKIMORI_NEED", "SEKIMORI_TEST_")


@contextmanager
def fresh(start: Callable[[], None], *, durable: bool = False) -> Iterator[Callable[[], Path]]:
    """Start Django (by `start`) in a throw-away synthetic folder, whatever the environment says.

    Yields a function that makes the next scenario's folder and enters it. No setting of the real installation is read: no real mail leaves, no equipment is touched.
    `durable` keeps the database's fsync, as the doors demand it.
    """
    root = Path(tempfile.mkdtemp(prefix="sekimori-play-"))
    for name in [n for n in os.environ if n.startswith("SEKIMORI_") and not n.startswith(KEPT)]:
        del os.environ[name]
    try:
        template = root / "template"
        _enter(template)
        start()
        from django.db import connection

        connection.close()
        # Thrown away in a minute: nothing here must outlive a power cut, and fsync would be most of the time.
        options = connection.settings_dict["OPTIONS"]
        if not durable:
            options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        count = 0

        def new_folder() -> Path:
            nonlocal count
            count += 1
            folder = root / f"s{count}"
            connection.close()
            shutil.copytree(template, folder, ignore=shutil.ignore_patterns("*-shm", "*-wal"))
            _enter(folder)
            connection.settings_dict["NAME"] = str(folder / "sekimori.sqlite3")
            if count > 1:
                shutil.rmtree(root / f"s{count - 1}", ignore_errors=True)
            return folder

        yield new_folder
        connection.close()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _enter(folder: Path) -> None:
    from sekimori.settings import reset

    folder.mkdir(exist_ok=True, mode=0o700)
    (folder / "synthetic").touch(mode=0o600)
    os.environ["SEKIMORI_DATA"] = str(folder)
    reset()
