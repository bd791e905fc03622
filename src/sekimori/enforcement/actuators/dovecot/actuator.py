"""Deny logins at Dovecot: a `passwd-file` with `deny = yes` (Dovecot manual, "Denying users"), then kick and flush."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from sekimori.enforcement.actuators import helper
from sekimori.enforcement.actuators.contract import Done, Order
from sekimori.enforcement.actuators.loginlist import Change, LoginList
from sekimori.enforcement.actuators.loginlist import folder as lists
from sekimori.values.outcomes import Outage

REREAD_S = 1.2
STEPS = frozenset({"suspend_line", "terminate"})


def list_path() -> Path:
    """Return the deny file that Dovecot's passdb reads."""
    return lists() / "dovecot" / "deny"


def render(logins: Sequence[str]) -> str:
    """Return the deny file: a user name a line (a colon would end the name; such a login cannot exist in Dovecot)."""
    return "".join(f"{login}\n" for login in logins if ":" not in login and login.isprintable())


class Dovecot:
    """The whole mailbox: for suspended lines and terminations, and to lock a thief out of a stolen one."""

    name = "dovecot"

    def handles(self, order: Order) -> bool:
        """Reading mail is not stopped for spam by its owner (only sending is), but for a stolen password it is."""
        return bool(order.logins) and (order.step in STEPS or order.stolen)

    def apply(self, order: Order) -> Done:
        """Deny the logins, cut their sessions, forget their cached passwords. Raises Outage."""
        self._change(LoginList.add, order)
        # Dovecot looks at a passwd-file at most once a second (seen with 2.3.19): a client that is cut sooner gets in again.
        time.sleep(REREAD_S)
        open_sessions = 0
        for login in order.logins:
            helper.call("dovecot-flush", login)
            helper.call("dovecot-kick", login)
            open_sessions += int(helper.call("dovecot-who", login).strip() or 0)
        return Done(self.name, open_sessions == 0 and set(order.logins) <= self._list().logins(), f"{open_sessions} sessions open")

    def undo(self, order: Order) -> Done:
        """Let the logins in again, unless another order still denies them. Raises Outage."""
        self._change(LoginList.remove, order)
        time.sleep(REREAD_S)
        for login in order.logins:
            helper.call("dovecot-flush", login)
        return Done(self.name, True)

    def _list(self) -> LoginList:
        return LoginList(list_path(), render)

    def _change(self, act: Change, order: Order) -> None:
        try:
            act(self._list(), order.logins, order.key)
        except OSError as e:
            raise Outage(f"dovecot list: {e.strerror}") from e
