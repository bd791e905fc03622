"""Dovecot's log: successful sign-ins. Pure.

    imap-login: Info: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=…, mpid=…, TLS, session=<…>
(`Info: ` stands there in Dovecot's own log files, not in syslog; dovecot 2.3 and 2.4.)
"""

from __future__ import annotations

import re

from sekimori.submissions.records import Counts, SignedIn
from sekimori.submissions.syslog import Reader

_LOGIN = re.compile(r"(?:Info: )?([a-z][a-z0-9-]{1,18})-login: (?:Info: )?(?:Login|Logged in): user=<([^<>\s]{1,254})>(.{0,2000})", re.DOTALL)
_RIP = re.compile(r"[, (]rip=([0-9A-Fa-f.:]{2,45})")
_SESSION = re.compile(r"session=<([^<>\s]{1,40})>")


class Assembler:
    """Reads sign-ins; failures and everything else are ignored."""

    def __init__(self, reader: Reader, counts: Counts) -> None:
        self._reader = reader
        self._found: list[SignedIn] = []
        self.counts = counts

    def feed(self, text: str) -> None:
        """Read one line."""
        self.counts.read += 1
        if "-login: " not in text:
            self.counts.ignored += 1
            return
        line = self._reader.read(text)
        if line is None:
            self.counts.refuse("not_syslog", text)
            return
        own_file = line.host.endswith(":")  # Dovecot's own log files name no host
        body = line.text if "-login: " in line.text else f"{line.host if own_file else line.tag + ':'} {line.text}"
        m = _LOGIN.match(body)
        rip = _RIP.search(m.group(3)) if m else None
        if m is None or rip is None:
            self.counts.ignored += 1
            return
        session = _SESSION.search(m.group(3))
        self._found.append(SignedIn(self._reader.host if own_file else line.host, m.group(1), m.group(2), rip.group(1), session.group(1) if session else "", line.time))

    def take(self) -> list[SignedIn]:
        """Return the sign-ins read since the last call."""
        found, self._found = self._found, []
        return found
