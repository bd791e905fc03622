"""Carry line measures out by RADIUS: an `authorize` file for the next sign-on, CoA or Disconnect for the open session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sekimori.enforcement.actuators import helper
from sekimori.enforcement.actuators.contract import Done, Order
from sekimori.enforcement.actuators.loginlist import Change, LoginList
from sekimori.enforcement.actuators.loginlist import folder as lists
from sekimori.enforcement.actuators.radius import coa
from sekimori.settings import current
from sekimori.values.hostport import host_port
from sekimori.values.outcomes import Outage
from sekimori.work.clock import shared

LINE = frozenset({"suspend_line", "terminate"})
ACCESS = frozenset({"pppoe", "dialup", "mobile", "wifi"})
"""Access types that sign on by RADIUS; IPoE lines are a person's task or a webhook's."""


def folder() -> Path:
    """Return the folder of the two lists, which FreeRADIUS's `authorize` file includes ($INCLUDE)."""
    return lists() / "radius"


def render_suspended(logins: Sequence[str]) -> str:
    """Return users(5) entries that refuse the sign-on."""
    return "".join(f'{_quoted(login)} Auth-Type := Reject\n\tReply-Message := "suspended"\n\n' for login in logins)


def render_filtered(logins: Sequence[str]) -> str:
    """Return users(5) entries that add the filter and let the sign-on go on to the next match."""
    name = current().actuators.radius_filter
    return "".join(f'{_quoted(login)}\n\tFilter-Id := "{name}",\n\tFall-Through = Yes\n\n' for login in logins)


def _quoted(login: str) -> str:
    return '"' + "".join(c if c not in '"\\' and c.isprintable() else "?" for c in login) + '"'


class Radius:
    """Lines and port filters of access types that sign on by RADIUS."""

    name = "radius"

    def handles(self, order: Order) -> bool:
        """Line measures of RADIUS lines."""
        return order.step in LINE | {"port_filter"} and order.access in ACCESS and bool(order.logins)

    def apply(self, order: Order) -> Done:
        """Refuse (or filter) the next sign-on, then cut (or filter) the session that is open. Raises Outage."""
        self._change(order, LoginList.add)
        answers = [self._session(login, order.step == "port_filter", current().actuators.radius_filter) for login in order.logins]
        return Done(self.name, all(ok for ok, _ in answers), "; ".join(note for _, note in answers))

    def undo(self, order: Order) -> Done:
        """Let the next sign-on go as ever; a filter is taken off the open session by cutting it. Raises Outage."""
        self._change(order, LoginList.remove)
        if order.step != "port_filter":
            return Done(self.name, True)
        answers = [self._session(login, False, "") for login in order.logins]
        return Done(self.name, all(ok for ok, _ in answers), "; ".join(note for _, note in answers))

    def _change(self, order: Order, act: Change) -> None:
        name, render = ("filtered", render_filtered) if order.step == "port_filter" else ("suspended", render_suspended)
        try:
            act(LoginList(folder() / name, render), order.logins, order.key)
        except OSError as e:
            raise Outage(f"radius list: {e.strerror}") from e
        helper.call("radius-reload")

    def _session(self, login: str, filtered: bool, name: str) -> tuple[bool, str]:
        s = current().actuators
        if not s.radius_coa:
            return False, "no CoA equipment is set"
        attributes = coa.text(coa.USER_NAME, login) + (coa.text(coa.FILTER_ID, name) if filtered else b"")
        code = coa.COA_REQUEST if filtered else coa.DISCONNECT_REQUEST
        try:
            reply = coa.send(*host_port(s.radius_coa), s.radius_secret.encode(), code, attributes, unix_time=int(shared().now().timestamp()))
        except (coa.NoReply, OSError, ValueError) as e:
            raise Outage("the access equipment does not answer") from e
        if reply.code in (coa.DISCONNECT_ACK, coa.COA_ACK):
            return True, "session changed"
        if reply.cause == coa.NO_SESSION:
            return True, "no session was open"
        return False, f"refused with cause {reply.cause}"
