"""A list of logins on disk that equipment reads: added and removed by order, written whole and atomically.

A login stays listed while any order wants it: ending a brake does not lift a restriction beside it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sekimori.settings import current

Render = Callable[[Sequence[str]], str]


def folder() -> Path:
    """Return where the lists stand that equipment reads."""
    settings = current()
    return Path(settings.actuators.folder) if settings.actuators.folder else settings.data / "actuators"


class LoginList:
    """`path` is what the equipment reads; beside it stands `path.json` with the orders behind each login."""

    def __init__(self, path: Path, render: Render, mode: int = 0o644) -> None:
        self.path, self._render, self._mode = path, render, mode

    def add(self, logins: Iterable[str], order: str) -> None:
        """List the logins for an order. Repeatable. Raises OSError where the disk refuses."""
        with self._locked() as state:
            for login in logins:
                state.setdefault(login, [])
                if order not in state[login]:
                    state[login].append(order)

    def remove(self, logins: Iterable[str], order: str) -> None:
        """Take an order's claim on the logins back; repeatable."""
        with self._locked() as state:
            for login in logins:
                left = [o for o in state.get(login, []) if o != order]
                if left:
                    state[login] = left
                else:
                    state.pop(login, None)

    def logins(self) -> set[str]:
        """Return the logins listed now."""
        return set(self._state())

    def of(self, order: str) -> set[str]:
        """Return what an order has listed."""
        return {login for login, orders in self._state().items() if order in orders}

    def _state(self) -> dict[str, list[str]]:
        try:
            found = json.loads(self.path.with_suffix(".json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return {str(k): [str(o) for o in v] for k, v in found.items()}

    @contextmanager
    def _locked(self) -> Iterator[dict[str, list[str]]]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self._state()
            yield state
            # What equipment reads goes first: after a crash between the two, the order is carried out again.
            _replace(self.path, self._render(sorted(state)), self._mode)
            _replace(self.path.with_suffix(".json"), json.dumps(state, sort_keys=True), 0o600)


def _replace(path: Path, text: str, mode: int) -> None:
    temporary = path.with_name(path.name + ".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(fd, "w", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    temporary.chmod(mode)
    temporary.replace(path)


Change = Callable[[LoginList, Iterable[str], str], None]
"""`LoginList.add` or `LoginList.remove`."""
