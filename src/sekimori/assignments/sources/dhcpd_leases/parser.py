"""ISC dhcpd's lease file: an append-only journal in UTC (or epochs), the last entry of a lease wins; rewritten now and then.

IPv6 leases stand in `ia-na` and `ia-pd` blocks, named by four octets of IAID and the DUID, octal-escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sekimori.assignments.events import ALIVE, STOP, Context, Event, Read, Refusal
from sekimori.assignments.leases import hex_text, holder_of, lease_event, lease_key
from sekimori.assignments.stamps import at, epoch

MAX_ENTRY = 20_000
_LEASE = re.compile(r"\s*lease (\S{7,45}) \{\s*\n")
_IA = re.compile(r"\s*ia-(?:na|pd|ta) (\"(?:[^\"\\\n]|\\.){0,1000}\"|[0-9a-f:]{2,800}) \{\s*\n")
_INNER = re.compile(r"\s*(?:iaaddr|iaprefix) (\S{2,60}) \{([^}]{0,4000})\}")
_TIME = re.compile(r"^\s*(starts|ends|cltt) (?:\d (\d{4})/(\d\d)/(\d\d) (\d\d):(\d\d):(\d\d)(?: (?:UTC|GMT))?|epoch (\d{1,11})|(never));", re.MULTILINE)
_STATE = re.compile(r"^\s*binding state (\w{1,20});", re.MULTILINE)
_HARDWARE = re.compile(r"^\s*hardware \S{1,20} ([0-9a-fA-F:]{2,100});", re.MULTILINE)
_AGENT = re.compile(r"^\s*option agent\.(circuit-id|remote-id|subscriber-id) (\"(?:[^\"\\\n]|\\.){0,500}\"|[0-9a-fA-F:]{1,800});", re.MULTILINE)
_STATEMENT = re.compile(r"(?:authoring-byte-order|server-duid|[a-z-]{3,40}) [^\n{}]{0,600};\s*\Z|\s*\}?\s*\Z")
_OCTAL = re.compile(r"\\(?:([0-7]{3})|(.))")
_NEVER = -1


def parse(block: bytes, context: Context) -> Read:
    """Read entries, each ended by a `}` at the beginning of a line."""
    events: list[Event] = []
    refused: list[Refusal] = []
    count = 0
    for raw in block.split(b"\n}\n"):
        text = "\n".join(line for line in raw.decode("utf-8", "replace").split("\n") if line.strip() and not line.lstrip().startswith("#"))
        if " {" not in text:
            if any(not _STATEMENT.match(line) for line in text.split("\n") if line):
                count += 1
                refused.append(Refusal("not_lease", raw))
            continue
        count += 1
        if len(text) > MAX_ENTRY:
            refused.append(Refusal("entry_too_long", raw))
            continue
        start = max(text.find("lease "), 0) if "\nlease " in "\n" + text else 0
        found = _entry(text[start:] + "\n", context.options)
        if isinstance(found, str):
            if found:
                refused.append(Refusal(found, raw))
            else:
                context.ignored += 1
        else:
            events += found
    return Read(events, refused, [], count)


def _entry(text: str, options: Mapping[str, str]) -> list[Event] | str:
    head = _LEASE.match(text)
    if head is not None:
        ids = {name: _value(value) for name, value in _AGENT.findall(text)}
        hardware = _HARDWARE.search(text)
        if hardware is not None:
            ids["hwaddr"] = hardware[1].lower()
        return _events(head[1], text, None, ids, options)
    place = text.find("ia-")
    head = _IA.match(text, place) if place >= 0 else None
    if head is None:
        return ""
    name = _octets(head[1])
    ids = {"duid": name[4:].hex(":")} if len(name) > 4 else {}
    times = _times(text[: text.find("iaaddr") if "iaaddr" in text else text.find("iaprefix")])
    out: list[Event] = []
    for address, inner in _INNER.findall(text):
        found = _events(address, inner, times.get("cltt"), ids, options)
        if isinstance(found, str):
            return found
        out += found
    return out


def _events(address: str, text: str, contact: int | None, ids: Mapping[str, str], options: Mapping[str, str]) -> list[Event] | str:
    key = lease_key(address)
    if key is None:
        return "bad_address"
    times = _times(text)
    state = _STATE.search(text)
    ends = times.get("ends")
    contact = times.get("cltt", contact)
    if contact is None or contact == _NEVER:
        contact = times.get("starts")
    active = state is None or state[1] == "active"
    holder = holder_of(ids, options)
    if not holder:
        return "no_holder" if active else []  # a free lease often names nobody
    if not active:
        return [] if ends is None or ends == _NEVER else [lease_event(STOP, ends, key, holder, options)]
    if contact is None or contact == _NEVER:
        return "no_time"
    began = times.get("starts")
    began = None if began == _NEVER or began is None or began > contact else began
    return [lease_event(ALIVE, contact, key, holder, options, until=None if ends == _NEVER else ends, began=began)]


def _times(text: str) -> dict[str, int]:
    out = {}
    for name, year, month, day, hour, minute, second, seconds, never in _TIME.findall(text):
        value = _NEVER if never else epoch(seconds) if seconds else at(int(year), int(month), int(day), int(hour), int(minute), int(second))
        if value is not None:
            out[name] = value
    return out


def _octets(text: str) -> bytes:
    if not text.startswith('"'):
        try:
            return bytes(int(p, 16) for p in text.split(":"))
        except ValueError:
            return b""
    plain = _OCTAL.sub(lambda m: chr(int(m[1], 8) & 0xFF) if m[1] else m[2], text[1:-1])
    return plain.encode("latin-1", "replace")


def _value(text: str) -> str:
    return hex_text(_octets(text).hex()) if _octets(text) else ""
