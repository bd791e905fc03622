"""Block logins at Postfix and hold what they have queued; verified by asking the policy service as Postfix would."""

from __future__ import annotations

import socket
from collections.abc import Sequence
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
        held = self._queue(order)
        for i in range(0, len(held), BATCH):
            helper.call("postfix-hold", *held[i:i + BATCH])
        refused = all(ask(login).startswith("REJECT") or ask(login).startswith("DEFER") for login in order.logins)
        return Done(self.name, refused, f"{len(held)} queued mails held")

    def undo(self, order: Order) -> Done:
        """Take the logins off the list and release what this login still has on hold. Raises Outage."""
        try:
            self._list().remove(order.logins, order.key)
        except OSError as e:
            raise Outage(f"postfix list: {e.strerror}") from e
        free = [login for login in order.logins if login not in self._list().logins()]
        held = self._queue(order) if free else []
        for i in range(0, len(held), BATCH):
            helper.call("postfix-release", *held[i:i + BATCH])
        return Done(self.name, all(ask(login) == "DUNNO" for login in free), f"{len(held)} mails released")

    def _list(self) -> LoginList:
        return LoginList(list_path(), render)

    def _queue(self, order: Order) -> list[str]:
        """Queue ids of the logins that may still be queued: our submission log, read for this case, in the ledger first."""
        now = shared().now()
        with transaction.atomic():
            read_protected(Actor("stage", "enforcement.act"), Purpose(order.reference, Basis.LEGIT_BUSINESS), "submissions.queue",
                           len(order.logins), token_hash("\n".join(order.logins)), now)
        rows = Submission.objects.filter(login__in=order.logins, time__gt=now - QUEUE_LIFE, ended_at__isnull=True)
        return sorted(set(rows.values_list("queue_id", flat=True)))


def ask(login: str) -> str:
    """Ask the policy service about a login as Postfix would; returns its action. Raises Outage where it does not answer."""
    host, _, port = current().actuators.policy_listen.rpartition(":")
    request = f"request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\nsasl_username={login}\n\n"
    try:
        with socket.create_connection((host, int(port)), timeout=5) as s, s.makefile("rwb") as f:
            f.write(request.encode())
            f.flush()
            line = f.readline().decode().strip()
    except OSError as e:
        raise Outage("the policy service does not answer") from e
    return line.removeprefix("action=")
