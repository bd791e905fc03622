"""RADIUS accounting, one packet a line, as FreeRADIUS' `linelog` and other servers write it: attributes by name, or a format of the site's own.

`Attribute=value`, `Attribute = "value"` or `Attribute: value` in any order, parted by spaces, commas, semicolons, bars or tabs; JSON objects of the same names.
Where the line names no attributes, `--set pattern=` is a regular expression whose groups are attribute names with `_` for `-`
(`(?P<User_Name>\\S+)`). The line's head is the server's clock where no `Timestamp` is among the attributes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sekimori.assignments.events import Context, Event, Read, Refusal
from sekimori.assignments.natlog import read_lines
from sekimori.assignments.radius import OPTIONS as RADIUS_OPTIONS
from sekimori.assignments.radius import event_of
from sekimori.assignments.syslog import HEAD, NO_ZONE, Times

OPTIONS = RADIUS_OPTIONS | {"pattern"}
_HEAD = re.compile(HEAD + rb" ")
_PAIR = re.compile(
    rb"""\b([A-Z][A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20}){0,5})"?(?::0)?[ \t]{0,2}(?:[:+]?=|:)[ \t]{0,2}("(?:[^"\\\n]|\\.){0,400}"|'[^'\n]{0,400}'|[^\s,;|"'}]{1,400})"""
)
_STATUS = re.compile(rb"\b(?:Accounting-Request |Acct-Status-Type[ =:]{1,3})?\"?(Start|Stop|Interim-Update|Alive|Accounting-On|Accounting-Off)\b")
_SPOKEN = re.compile(rb"Acct-|Framed-I|Accounting-")


def parse(block: bytes, context: Context) -> Read:
    """Read lines; those that speak of no accounting are ignored."""
    own = context.options.get("pattern", "")
    try:
        pattern = _compiled(own) if own else None
    except re.error:
        return Read([], [Refusal("bad_pattern", own.encode("utf-8", "replace"))], [], 0)

    def take(line: bytes, times: Times) -> Event | list[Event] | str | None:
        if len(line) > 16_384:
            return "line_too_long"
        if pattern is not None:
            found = pattern.search(line)
            if found is None:
                return None
            fields = {k.replace("_", "-").encode(): v for k, v in found.groupdict().items() if v}
        else:
            if not _SPOKEN.search(line):
                return None
            pairs = list(_PAIR.finditer(line))
            if not _whole(line, pairs):
                return "bad_user_name"
            fields = {p[1]: p[2] for p in pairs}
            if b"Acct-Status-Type" not in fields:
                status = _STATUS.search(line)
                if status is not None:
                    fields[b"Acct-Status-Type"] = status[1]
        return _event(fields, line, times, context)

    return read_lines(block, context, take)


def _whole(line: bytes, pairs: list[re.Match[bytes]]) -> bool:
    """Tell whether no word stands behind a User-Name without quotes: it may belong to it, and a part of a name is another member's."""
    for number, pair in enumerate(pairs):
        if pair[1] == b"User-Name" and pair[2][:1] not in {b'"', b"'"}:
            end = pairs[number + 1].start() if number + 1 < len(pairs) else len(line)
            if line[pair.end() : end].strip(b" \t,;|\"{}\r"):
                return False
    return True


def _event(fields: dict[bytes, bytes], line: bytes, times: Times, context: Context) -> Event | str | None:
    if b"Timestamp" not in fields:
        head = _HEAD.match(line)
        written = times.read(head[1]) if head else None
        if written == NO_ZONE:
            return "no_zone"
        if written is not None:
            fields[b"Timestamp"] = b"%d" % (written // 1_000_000)
    found = event_of(fields, context.options)
    return found or None


@lru_cache(maxsize=16)
def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("utf-8", "replace"))
