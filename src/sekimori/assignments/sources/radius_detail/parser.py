"""FreeRADIUS `detail` files: the primary source. radacct keeps only the last address of a session; this keeps all.

A record is a header line (server's local time without a zone: never used), lines `\\tName = value`, and a blank line.
`Timestamp` is the server's clock, `Event-Timestamp` the device's (RFC 2869 §5.3), `Acct-Delay-Time` how long the device
had been trying to send (RFC 2866 §5.2). Read with one regular expression per record over bytes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sekimori.assignments.events import Context, Event, Read, Refusal
from sekimori.assignments.radius import OPTIONS, WANTED, event_of

__all__ = ["OPTIONS", "parse"]

@lru_cache(maxsize=64)
def _pattern(extra: tuple[str, ...]) -> re.Pattern[bytes]:
    names = b"|".join([WANTED, *(re.escape(n.encode("utf-8", "replace")) for n in extra if n)])
    return re.compile(rb"^[\t ]{1,16}&?(" + names + rb")(?::0)? [:+]?= (.{1,400})$", re.MULTILINE)


def parse(block: bytes, context: Context) -> Read:
    """Read whole records. Options: `realm`, `realm@NAS`, `realm-attribute`, `holder` (attribute that names a circuit), `zone`,
    `addresses=fixed` (you vouch that no address changes within a session: a lost Start is then rebuilt from the session time).
    """
    options = context.options
    pattern = _pattern((options.get("realm-attribute", ""), options.get("holder", "")))
    events: list[Event] = []
    refused: list[Refusal] = []
    records = 0
    if b"\r\n" in block:
        block = block.replace(b"\r\n", b"\n")
    for record in block.split(b"\n\n"):
        if not record.strip():
            continue
        records += 1
        found = event_of(dict(pattern.findall(record)), options)
        if isinstance(found, str):
            if found:
                refused.append(Refusal(found, record))
            else:
                context.ignored += 1
        else:
            events.append(found)
    return Read(events, refused, [], records)
