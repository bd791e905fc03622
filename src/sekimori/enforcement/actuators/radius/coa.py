"""A client for Disconnect-Request and CoA-Request (RFC 5176): a few attributes, over UDP, authenticated both ways."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
import struct
from dataclasses import dataclass

DISCONNECT_REQUEST, DISCONNECT_ACK, DISCONNECT_NAK = 40, 41, 42
COA_REQUEST, COA_ACK, COA_NAK = 43, 44, 45
USER_NAME, FILTER_ID, EVENT_TIMESTAMP, MESSAGE_AUTHENTICATOR, ERROR_CAUSE = 1, 11, 55, 80, 101
NO_SESSION = 503
TRIES, WAIT_S = 3, 2.0


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` as in RFC 5176; `cause` the Error-Cause of a NAK, or 0."""

    code: int
    cause: int


class NoReply(Exception):
    """The equipment did not answer, or not with the shared secret."""


def text(kind: int, value: str) -> bytes:
    """Return one text attribute. Raises ValueError above 253 octets (RFC 2865 §5)."""
    raw = value.encode()
    if not 0 < len(raw) <= 253:
        raise ValueError("a RADIUS text is 1 to 253 octets")
    return bytes([kind, len(raw) + 2]) + raw


def packet(code: int, ident: int, attributes: bytes, secret: bytes) -> bytes:
    """Return a request with Message-Authenticator and Request Authenticator (RFC 5176 §2.3, RFC 2869 §5.14)."""
    length = 20 + len(attributes) + 18
    head = struct.pack("!BBH", code, ident, length)
    blank = head + b"\0" * 16 + attributes + bytes([MESSAGE_AUTHENTICATOR, 18]) + b"\0" * 16
    signed = blank[:-16] + hmac.new(secret, blank, hashlib.md5).digest()  # the protocol's own hash (RFC 2869)
    authenticator = hashlib.md5(signed + secret).digest()  # noqa: S324 - as above, RFC 2866 §3
    return signed[:4] + authenticator + signed[20:]


def parse(raw: bytes, request: bytes, secret: bytes) -> Reply | None:
    """Return the reply to a request, or None where it is no genuine answer to it."""
    if len(raw) < 20 or raw[1] != request[1] or struct.unpack("!H", raw[2:4])[0] != len(raw):
        return None
    expected = hashlib.md5(raw[:4] + request[4:20] + raw[20:] + secret).digest()  # noqa: S324 - RFC 2865 §3
    if not hmac.compare_digest(expected, raw[4:20]):
        return None
    cause, at = 0, 20
    while at + 2 <= len(raw) and raw[at + 1] >= 2:
        if raw[at] == ERROR_CAUSE and raw[at + 1] == 6:
            cause = struct.unpack("!I", raw[at + 2:at + 6])[0]
        at += raw[at + 1]
    return Reply(raw[0], cause)


def send(host: str, port: int, secret: bytes, code: int, attributes: bytes, *, unix_time: int) -> Reply:
    """Send a request, up to three times, two seconds apart; returns the genuine reply. Raises NoReply, OSError.

    Event-Timestamp makes an old request worthless (RFC 5176 §6.3); each try is the same packet, so that the equipment
    can tell a repetition.
    """
    raw = packet(code, secrets.randbelow(256), attributes + struct.pack("!BBI", EVENT_TIMESTAMP, 6, unix_time), secret)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.connect((host, port))
        for _ in range(TRIES):
            s.send(raw)
            s.settimeout(WAIT_S)
            try:
                while True:
                    reply = parse(s.recv(4096), raw, secret)
                    if reply is not None:
                        return reply
            except TimeoutError:
                continue
    raise NoReply(f"{host}:{port}")
