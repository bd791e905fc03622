"""Block logins at Postfix and hold what they have queued; verified by asking the policy service as Postfix would."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from sekimori.enforcement.actuators import helper
from sekimori.enforcement.actuators.contract import Done, Order
from sekimori.enforcement.actuators.loginlist import LoginList, folder
from sekimori.ledger.service import read_protected
from sekimori.settings import current
from sekimori.submissions.models import Submission
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.hostport import host_port
from sekimori.values.ids import token_hash
from sekimori.values.outcomes import Outage
from sekimori.work.clock import shared

STEPS = frozenset({"restrict_mail", "brake", "terminate"})
QUEUE_LIFE = timedelta(days=5)
BATCH = 200


def list_path() -> Path:
    """Return the list file: a login a line, then the action, so that `check_sasl_access texthash:` can read it as well."""
    return folder() / "postfix" / "logins"


def render(logins: Sequence[str]) -> str:
    """Return the list as an access map (access(5)). A login with white space cannot stand in one and is left to Dovecot."""
    return "".join(f"{login} REJECT 5.7.1 Sending is restricted for this account.\n" for login in logins if not any(c.isspace() for c in login))


def render_held(ids: Sequence[str]) -> str:
    """Return the queue ids on hold, one a line, for the operator to look at."""
    return "".join(f"{queue_id}\n" for queue_id in ids)


class Postfix:
    """Sending mail only: no other service is touched (特定電子メール法11条: mail only)."""

    name = "postfix"

    def handles(self, order: Order) -> bool:
        """Mail restrictions of contracts that have logins."""
        return order.step in STEPS and bool(order.logins)

    def apply(self, order: Order) -> Done:
        """List the logins, hold their queued mail, and ask the policy service. Raises Outage."""
        try:
            self._list().add(order.logins, order.key)
        except OSError as e:
            raise Outage(f"postfix list: {e.strerror}") from e
        queued = self._queue(order)
        try:
            for login, ids in queued.items():
                self._held().add(ids, login)  # before the act: whatever is held is known by name until it is released
        except OSError as e:
            raise Outage(f"postfix list: {e.strerror}") from e
        held = _each("postfix-hold", queued)
        refused = all(ask(login).startswith("REJECT") or ask(login).startswith("DEFER") for login in order.logins)
        return Done(self.name, refused, f"{held} queued mails held")

    def undo(self, order: Order) -> Done:
        """Take the logins off the list and release what this login still has on hold. Raises Outage."""
        try:
            self._list().remove(order.logins, order.key)
        except OSError as e:
            raise Outage(f"postfix list: {e.strerror}") from e
        free = [login for login in order.logins if login not in self._list().logins()]
        # Postfix bounces nothing on hold however old it gets, so that a mail may be released after more than the queue's life.
        known = {login: sorted(self._held().of(login)) for login in free}
        released = _each("postfix-release", known)
        try:
            for login, ids in known.items():
                self._held().remove(ids, login)
        except OSError as e:
            raise Outage(f"postfix list: {e.strerror}") from e
        return Done(self.name, all(ask(login) == "DUNNO" for login in free), f"{released} mails released")

    def _list(self) -> LoginList:
        return LoginList(list_path(), render)

    def _held(self) -> LoginList:
        """Queue ids on hold, by the login that handed them in."""
        return LoginList(list_path().with_name("held"), render_held, 0o600)

    def _queue(self, order: Order) -> dict[str, list[str]]:
        """Queue ids that may still be queued, by login: our submission log, read for this case, in the ledger first."""
        now = shared().now()
        with transaction.atomic():
            read_protected(Actor("stage", "enforcement.act"), Purpose(order.reference, Basis.LEGIT_BUSINESS), "submissions.queue",
                           len(order.logins), token_hash("\n".join(order.logins)), now)
        rows = Submission.objects.filter(login__in=order.logins, time__gt=now - QUEUE_LIFE, ended_at__isnull=True)
        found: dict[str, list[str]] = {}
        for login, queue_id in sorted(set(rows.values_list("login", "queue_id"))):
            found.setdefault(login, []).append(queue_id)
        return found


def _each(verb: str, queued: Mapping[str, Sequence[str]]) -> int:
    """Hold or release mails, some hundred at a time; returns how many they were. Raises Outage."""
    ids = [queue_id for some in queued.values() for queue_id in some]
    for i in range(0, len(ids), BATCH):
        helper.call(verb, *ids[i:i + BATCH])
    return len(ids)


def ask(login: str) -> str:
    """Ask the policy service about a login as Postfix would; returns its action. Raises Outage where it does not answer."""
    request = f"request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\nsasl_username={login}\n\n"
    try:
        with socket.create_connection(host_port(current().actuators.policy_listen), timeout=5) as s, s.makefile("rwb") as f:
            f.write(request.encode())
            f.flush()
            line = f.readline().decode().strip()
    except (OSError, ValueError) as e:
        raise Outage("the policy service does not answer") from e
    return line.removeprefix("action=")
