"""The fields of a message/feedback-report part: header-like, folded, in any case, some of them many times."""

from __future__ import annotations

import re

_LINE = re.compile(r"([A-Za-z][A-Za-z0-9\-]{1,60})[ \t]{0,4}:[ \t]{0,20}(.{0,4000})")
MAX_FIELDS = 500


class Fields:
    """The fields of a feedback report by lower-case name, in order."""

    def __init__(self, text: str) -> None:
        self.values: dict[str, list[str]] = {}
        name = ""
        n = 0
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:5_000]:
            if line[:1] in " \t" and name and line.strip():
                self.values[name][-1] += " " + line.strip()
                continue
            m = _LINE.match(line)
            if m is None or n >= MAX_FIELDS:
                continue
            n += 1
            name = m[1].lower()
            self.values.setdefault(name, []).append(m[2].strip())

    def one(self, *names: str) -> str:
        """Return the first value of the first of these fields that is there, without a comment behind it; or ""."""
        for name in names:
            found = self.values.get(name)
            if found and found[0]:
                return found[0]
        return ""

    def all(self, name: str) -> list[str]:
        """Return all values of one field."""
        return self.values.get(name, [])
