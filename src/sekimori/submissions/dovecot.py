"""Dovecot's log: successful sign-ins. Pure.

    imap-login: Info: Login: user=<u>, method=PLAIN, rip=192.0.2.1, lip=…, mpid=…, TLS, session=<…>
(`Info: ` stands there in Dovecot's own log files, not in syslog; dovecot 2.3 and 2.4.) A director or proxy writes
`proxy(<u>): started proxying to …: user=<u>, rip=…`. The fields are those of `login_log_format_elements`, in any order; user and rip are needed.
"""

from __future__ import annotations

import re

from sekimori.submissions.records import Counts, SignedIn
from sekimori.submissions.syslog import Reader
from sekimori.values.addresses import parse_address

_SUCCESS = re.compile(
    r"(?:Info: )?([a-z][a-z0-9-]{1,18})-login: (?:Info: )?"
    r"(?:Login\b|Logged in\b|proxy\([^()]{0,254}\): [Ss]tarted proxying\b)(.{0,3000})", re.DOTALL)
_USER = re.compile(r"[ (,]user=<([^<>]{1,254})>")
_RIP = re.compile(r"[, (]rip=(?:\[([0-9A-Fa-f:.]{2,45})\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?|([0-9A-Fa-f:.]{2,45}))(?=[,) ]|\Z)")
_SESSION = re.compile(r"session=<([^<>\s]{1,40})>")


class Assembler:
    """Reads sign-ins; failures and everything else are ignored, successes that state no user or address are refused."""

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
        m = _SUCCESS.match(body)
        if m is None:
            self.counts.ignored += 1
            return
        user, rip = _USER.search(m.group(2)), _RIP.search(m.group(2))
        address = parse_address(rip.group(1) or rip.group(2) or rip.group(3)) if rip else None
        if user is None or address is None:
            # A success without user or address: `login_log_format` is the site's own. Never passed by.
            self.counts.refuse("no_user" if user is None else "no_address", text)
            return
        session = _SESSION.search(m.group(2))
        self._found.append(SignedIn(self._reader.host if own_file else line.host, m.group(1), user.group(1), str(address), session.group(1) if session else "", line.time))

    def take(self) -> list[SignedIn]:
        """Return the sign-ins read since the last call."""
        found, self._found = self._found, []
        return found
