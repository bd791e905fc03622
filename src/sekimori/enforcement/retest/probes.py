"""The questions that show whether a service is open to the world, and what an answer means. Pure."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Probe:
    """One question to one port. TCP probes only connect; `payload` is for UDP."""

    name: str
    transport: str
    """`udp` or `tcp`."""
    port: int
    payload: bytes = b""
    is_open: Callable[[bytes], bool] = bool
    """Tells whether a UDP answer shows an open service."""


def dns_query(identifier: int) -> bytes:
    """Return a recursive query for example.com A (RFC 1035 §4)."""
    return struct.pack("!HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + b"\x07example\x03com\x00" + struct.pack("!HH", 1, 1)


def recursion_answered(reply: bytes) -> bool:
    """An open resolver answers with recursion available, no error, and records."""
    if len(reply) < 12:
        return False
    _, flags, _, answers = struct.unpack("!HHHH", reply[:8])
    return bool(flags & 0x8000 and flags & 0x0080 and not flags & 0x000F and answers)


def ntp_answered(reply: bytes) -> bool:
    """An NTP server that answers control (mode 6) or private (mode 7) queries can be used for amplification."""
    if len(reply) < 8:
        return False
    mode = reply[0] & 7
    return (mode == 6 and bool(reply[1] & 0x80)) or (mode == 7 and bool(reply[0] & 0x80))


PROBES: dict[str, Probe] = {p.name: p for p in (
    Probe("dns", "udp", 53, dns_query(0x5E4B), recursion_answered),
    Probe("ntp_control", "udp", 123, b"\x16\x02\x00\x01" + bytes(8), ntp_answered),
    Probe("ntp_monlist", "udp", 123, b"\x17\x00\x03\x2a" + bytes(4), ntp_answered),
    Probe("ssdp", "udp", 1900, b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n',
          lambda reply: reply.startswith(b"HTTP/1.")),
    Probe("memcached", "udp", 11211, b"\x00\x00\x00\x00\x00\x01\x00\x00version\r\n", lambda reply: b"VERSION" in reply[:64]),
    Probe("telnet", "tcp", 23), Probe("smb", "tcp", 445), Probe("rdp", "tcp", 3389),
)}
