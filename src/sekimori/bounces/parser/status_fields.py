"""RFC 3464 fields (message/delivery-status), as they are written and as they should be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9_-]{1,60})\s{0,3}:(.*)$")
_RECIPIENT_FIELDS = frozenset(
    (
        "final-recipient",
        "original-recipient",
        "action",
        "status",
        "remote-mta",
        "diagnostic-code",
        "last-attempt-date",
        "will-retry-until",
        "final-log-id",
        "x-actual-recipient",
        "removed-recipient",
    )
)
_SINGLE = frozenset(("final-recipient", "action", "status", "original-recipient"))
MAX_BLOCKS = 500


@dataclass(slots=True)
class StatusReport:
    """The fields of one report: about the message, and about each recipient; names in lower case."""

    message: dict[str, str] = field(default_factory=dict)
    recipients: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """For each recipient the line on which its diagnostic (or first field) stands."""
    parts: list[int] = field(default_factory=list)
    """For each recipient the octet offset of the part in which it stands."""


def read_fields(text: str, part: int = 0) -> StatusReport:
    """Read the fields of a report.

    A blank line starts the next recipient (RFC 3464 section 2.1), and so does a repeated field where the blank line is
    missing; a blank line too many is forgiven. Unknown fields are kept. At most 500 recipients.
    """
    report = StatusReport()
    current: dict[str, str] = {}
    line_of = 0
    blank = False
    name = ""

    def close() -> None:
        nonlocal current
        if current and not _is_about_recipient(current):
            for key, value in current.items():
                report.message.setdefault(key, value)
        elif current and len(report.recipients) < MAX_BLOCKS:
            report.recipients.append(current)
            report.lines.append(line_of)
            report.parts.append(part)
        current = {}

    for number, line in enumerate(text[:500_000].split("\n")):
        if not line.strip():
            blank = True
            name = ""
            continue
        if line[0] in " \t" and name and not blank:
            current[name] += " " + line.strip()
            continue
        m = _FIELD.match(line.strip())
        if m is None:
            if name and not blank and len(line) < 1000 and name == "diagnostic-code":
                current[name] += " " + line.strip()
            continue
        key = m.group(1).lower()
        if (blank and _is_complete(current)) or (key in _SINGLE and key in current) or (blank and key in current):
            close()
        if blank and current and not _is_about_recipient(current):
            close()
        blank = False
        if not current or key == "diagnostic-code":
            line_of = number
        if key not in current:
            current[key] = m.group(2).strip()
        name = key
    close()
    return report


def _is_about_recipient(fields: dict[str, str]) -> bool:
    return not _RECIPIENT_FIELDS.isdisjoint(fields)


def _is_complete(fields: dict[str, str]) -> bool:
    """Whether the fields so far tell all about one recipient (then a blank line ends it)."""
    return ("final-recipient" in fields or "original-recipient" in fields) and ("action" in fields or "status" in fields)
