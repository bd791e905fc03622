"""Postfix's log: lines of one queue id put together to one mail; "queued as" answers as handovers. Pure.

Lines (postfix src/smtpd, cleanup, qmgr, smtp; RFC 3463 §3.2 for 5.1.1):
    smtpd    QID: client=name[address][:port], sasl_method=…, sasl_username=…[, orig_queue_id=…]
    pickup   QID: uid=… from=<…>
    cleanup  QID: message-id=<…>
    qmgr     QID: from=<…>, size=…, nrcpt=… (queue active)      QID: removed
    smtp …   QID: to=<…>, relay=name[address]:port, …, dsn=5.1.1, status=bounced (…)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sekimori.submissions.records import Counts, HandedOver, Mail
from sekimori.submissions.syslog import Line, Reader

OPEN_MAX = 200_000
"""Queue ids kept in memory; the oldest is handed out unfinished beyond it."""
_QID = re.compile(r"([0-9A-Za-z]{5,40}): ")
_CLIENT = re.compile(r"client=([^\[\s]{0,255})\[([0-9A-Fa-f.:]{2,45}|unknown)\](?::(\d{1,5}))?")
_USER = re.compile(r", sasl_username=(.{1,254}?)(?=, sasl_sender=|, orig_queue_id=|, orig_client=|\Z)", re.DOTALL)
"""Up to the next field: a name may hold spaces and commas, and a part of it would be another member's."""
_ORIG = re.compile(r"orig_queue_id=([0-9A-Za-z]{5,40})")
_MESSAGE_ID = re.compile(r"(?:resent-)?message-id=(?:<([^<>]{1,998})>|<?([^<>\s]{1,998}))")
_NRCPT = re.compile(r"nrcpt=(\d{1,9})")
_QUEUED = re.compile(r"queued as ([0-9A-Za-z]{5,40})")
_RELAY = re.compile(r"relay=([^\[\s,]{1,255})\[([0-9A-Fa-f.:]{2,45})\]")
_DSN = re.compile(r"dsn=(\d\.\d{1,3}\.\d{1,3})")
_WORDS = frozenset({"warning", "NOQUEUE", "fatal", "error", "panic", "statistics"})


def is_long(queue_id: str) -> bool:
    """Tell whether a queue id is of the long kind, which is never used twice (enable_long_queue_ids); short ones are hex."""
    return not all(c in "0123456789ABCDEF" for c in queue_id)


class Assembler:
    """Puts the lines of Postfix logs together.

    `near` tells of an address whether it is one of our own machines or lines (loopback, private, our prefixes): only
    their mail is kept, and only deliveries to them are handovers; mail from outside is not ours to keep.
    """

    def __init__(self, reader: Reader, near: Callable[[str], bool], counts: Counts) -> None:
        self._reader = reader
        self._near = near
        self._open: dict[tuple[str, str], Mail] = {}
        self._done: list[Mail] = []
        self._handed: list[HandedOver] = []
        self.counts = counts

    def feed(self, text: str) -> None:
        """Read one line."""
        self.counts.read += 1
        line = self._reader.read(text)
        if line is None:
            self.counts.refuse("not_syslog", text)
            return
        m = _QID.match(line.text)
        if m is None or "/" not in line.tag:
            if "sasl_username=" in line.text and "client=" in line.text:
                self.counts.refuse("unknown_form", text)  # a member's mail in words that we do not know: never passed by
            else:
                self.counts.ignored += 1
            return
        queue_id = m.group(1)
        if queue_id in _WORDS:
            self.counts.ignored += 1
            return
        self._line(line, queue_id, line.text[m.end():])

    def _line(self, line: Line, queue_id: str, text: str) -> None:
        key = line.host, queue_id
        mail = self._open.get(key)
        if text.startswith("client=") and line.tag.endswith("smtpd"):
            self._start(key, line.time, text)
        elif text.startswith("uid=") and line.tag.endswith("pickup"):
            self._begin(Mail(*key, line.time, started=True, source="pickup"))
        elif text.startswith("removed"):
            mail = mail or self._continued(key, line.time)
            mail.ended, mail.changed = line.time, True
            del self._open[key]
            if mail.wanted:
                self._done.append(mail)
        elif text.startswith("to=<"):
            self._delivery(mail or self._continued(key, line.time), line.time, text)
        elif text.startswith(("message-id=", "resent-message-id=")):
            found = _MESSAGE_ID.match(text)
            mail = mail or self._continued(key, line.time)
            if found and (not mail.message_id or not text.startswith("resent")):
                mail.message_id, mail.changed = found.group(1) or found.group(2), True
        elif text.startswith("from=<"):
            found = _NRCPT.search(text)
            mail = mail or self._continued(key, line.time)
            if found and int(found.group(1)) > mail.recipients:
                mail.recipients, mail.changed = int(found.group(1)), True
        else:
            self.counts.ignored += 1

    def _start(self, key: tuple[str, str], time: int, text: str) -> None:
        client = _CLIENT.match(text)
        user, orig = _USER.search(text), _ORIG.search(text)
        if client is None or (user is None and "sasl_username=" in text):
            self.counts.refuse("unknown_form", text)
            self._open.pop(key, None)
            return
        address = client.group(2)
        mail = Mail(*key, time, started=True, login=user.group(1) if user else "", client="" if address == "unknown" else address,
                    client_port=int(client.group(3)) if client.group(3) else None,
                    parent_queue_id=orig.group(1) if orig else "")
        mail.wanted = bool(mail.login or mail.parent_queue_id or self._near(mail.client))
        self._begin(mail)

    def _begin(self, mail: Mail) -> None:
        key = mail.host, mail.queue_id
        before = self._open.pop(key, None)
        if before is not None and before.wanted:
            self._done.append(before)  # the same short id again, and "removed" was lost
        elif len(self._open) >= OPEN_MAX:
            oldest = self._open.pop(next(iter(self._open)))
            if oldest.wanted:
                self._done.append(oldest)
        self._open[key] = mail

    def _continued(self, key: tuple[str, str], time: int) -> Mail:
        mail = Mail(*key, time)
        self._begin(mail)
        return mail

    def _delivery(self, mail: Mail, time: int, text: str) -> None:
        if not mail.wanted:
            return
        dsn = _DSN.search(text)
        if dsn and dsn.group(1) == "5.1.1" and "status=bounced" in text:
            mail.unknown_users, mail.changed = mail.unknown_users + 1, True
        queued = _QUEUED.search(text)
        relay = _RELAY.search(text) if queued else None
        if queued and relay and self._near(relay.group(2)):
            local = relay.group(2) in ("127.0.0.1", "::1")
            self._handed.append(HandedOver(mail.host, mail.queue_id, time, "" if local else relay.group(1)[:120], queued.group(1)))

    def take(self) -> tuple[list[Mail], list[HandedOver]]:
        """Return what is to be stored now: finished mails, the changed ones still open, handovers. Open ones stay open."""
        mails = self._done
        for mail in self._open.values():
            if mail.wanted and mail.changed:
                mails.append(replace(mail))
                if not mail.started:
                    mail.unknown_users = 0  # handed out and added to the stored row: not to be added again
            mail.changed = False
        handed, self._done, self._handed = self._handed, [], []
        return mails, handed
