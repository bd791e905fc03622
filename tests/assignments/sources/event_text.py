"""Events in words, for tables of samples."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

from sekimori.assignments.keys import key_v6
from sekimori.assignments.stamps import LATEST

ACTS = ("START", "ALIVE", "STOP", "RESET", "HELD", "LOST")


def moment(us):
    return "far" if us >= LATEST else datetime.fromtimestamp(us / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def where(keys, names=()):
    """IPv4 as address|first-last/protocol; IPv6 as prefix. Keys of more than 64 bits are hashes: `names` are tried for them."""
    out, blocks = [], {}
    for key, size, proto in keys:
        if key >> 48:
            name = next((n for n in names if size > 64 and key_v6(IPv6Address(n), size) == key), None)
            out.append(f"{name or IPv6Address(key << 64)}/{size}")
        else:
            lo = key & 0xFFFF
            blocks.setdefault((str(IPv4Address(key >> 16)), proto), []).append((lo, lo + size - 1) if size else (0, 65535))
    for (ip, proto), spans in blocks.items():
        merged = []
        for lo, hi in sorted(spans):
            if merged and lo == merged[-1][1] + 1:
                merged[-1][1] = hi
            else:
                merged.append([lo, hi])
        out.append(f"{ip}|{','.join(f'{a}-{b}' for a, b in merged)}{f'/{proto}' if proto else ''}")
    return " ".join(out)


def words(event, names=()):
    text = f"{ACTS[event.act]} {event.holder or '-'} {where(event.keys, names) or '-'} {moment(event.time)}"
    for label, value in (("began", event.began), ("until", event.until), ("seen", event.seen)):
        if value is not None:
            text += f" {label}={moment(value)}"
    for label, value in (("realm", event.realm), ("at", event.device)):
        if value:
            text += f" {label}={value}"
    return text
