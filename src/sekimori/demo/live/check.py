"""What the servers let a member do, beside what the desk says is in force; and whether the desk's letters went out."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any

from django.db.models import Q

from sekimori.contracts.models import Contract, Key
from sekimori.demo.live.equipment import Equipment
from sekimori.demo.live.look import Seen, look
from sekimori.enforcement.actuators.postfix.actuator import QUEUE_LIFE
from sekimori.enforcement.actuators.radius.actuator import ACCESS
from sekimori.enforcement.measures import IN_FORCE
from sekimori.enforcement.models import Measure
from sekimori.notices.models import Notice
from sekimori.notices.senders.mail import CHANNELS
from sekimori.submissions.models import Submission

WAIT_S = 20.0
"""FreeRADIUS takes a SIGHUP every five seconds, Dovecot looks at its list once a second."""
WHOLE = frozenset({"suspend_line", "terminate"})
MAIL = frozenset({"restrict_mail", "brake", "terminate"})
_ID = re.compile(rb"^message-id:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)


def members(equipment: Equipment, contract: Contract, now: datetime) -> list[dict[str, Any]]:
    """Return one line for each login that the contract holds now: what was wanted, what was found, whether they agree."""
    found = []
    valid = (Q(valid_from__isnull=True) | Q(valid_from__lte=now)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    for login in Key.objects.filter(valid, contract=contract, kind="login").order_by("key").values_list("key", flat=True):
        wanted = wanted_for(contract, login)
        until = time.monotonic() + WAIT_S
        while True:
            seen = look(equipment, login)
            queued, held = _queue(equipment, contract, login)
            ok = seen == wanted and held == (0 if _free(contract, login) else queued)
            if ok or time.monotonic() > until:
                break
            time.sleep(0.5)
        found.append({"live": "member", "contract": contract.key, "login": login, "ok": ok, "send": seen.send, "read": seen.read, "line": seen.line,
                      "queued": queued, "held": held, **({} if ok else {"wanted": {"send": wanted.send, "read": wanted.read, "line": wanted.line}})})
    return found


def _steps(contract: Contract, login: str) -> tuple[set[str], bool]:
    """Return the steps in force that concern a login, and whether one of them is the victim lane's."""
    rows = [m for m in Measure.objects.filter(contract=contract, rehearsal=False, state__in=IN_FORCE) if m.target in ("", login)]
    return {m.step for m in rows}, any(m.path == "stolen" for m in rows)


def wanted_for(contract: Contract, login: str) -> Seen:
    """Return what the measures in force leave to a login."""
    steps, stolen = _steps(contract, login)
    read = not steps & WHOLE and not stolen
    line = "on"
    if contract.access in ACCESS:
        line = "off" if steps & WHOLE else "filtered" if "port_filter" in steps else "on"
    return Seen(send=read and not steps & MAIL, read=read, line=line)


def _free(contract: Contract, login: str) -> bool:
    """A suspended line stops no mail that is queued already; what restricts mail holds it."""
    return not _steps(contract, login)[0] & MAIL


def _queue(equipment: Equipment, contract: Contract, login: str) -> tuple[int, int]:
    """Return how many of a login's mails wait in Postfix, and how many of these are on hold.

    While mail is restricted, only those count that could still be queued when it began: the story's days pass in seconds, and Postfix keeps what it
    would have returned long ago.
    """
    rows = Submission.objects.filter(login=login)
    began = [m.executed_at for m in Measure.objects.filter(contract=contract, rehearsal=False, state__in=IN_FORCE, step__in=MAIL) if m.target in ("", login) and m.executed_at]
    if began:
        rows = rows.filter(time__gt=min(began) - QUEUE_LIFE)
    ours = set(rows.values_list("queue_id", flat=True))
    return len(ours & set(equipment.postfix.queue())), len(ours & set(equipment.postfix.queue("hold")))


def letters(equipment: Equipment) -> dict[str, Any]:
    """Return whether every notice that the desk sent by mail went out through Postfix and reached its mailbox."""
    wanted = set(Notice.objects.filter(audience="member", channel__in=CHANNELS, sent_at__isnull=False).values_list("message_id", flat=True))
    until = time.monotonic() + WAIT_S
    while True:
        arrived = {m.group(1).decode() for p in equipment.maildir.rglob("new/*") if (m := _ID.search(p.read_bytes()))}
        if wanted <= arrived or time.monotonic() > until:
            return {"live": "letters", "ok": wanted <= arrived, "sent": len(wanted), "arrived": len(wanted & arrived)}
        time.sleep(0.1)
