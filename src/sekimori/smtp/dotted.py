"""The end of DATA, and the octets before it. Pure."""

from __future__ import annotations

END = b"\r\n.\r\n"


class Dotted:
    """Collects what a client sends after 354 until `<CRLF>.<CRLF>`, and nothing else, ends it (RFC 5321 §4.1.1.4).

    A dot between bare LFs or CRs ends nothing (SMTP smuggling, CVE-2023-51764 and its kin); lines may be of any length.
    Beyond `limit` octets the rest is read and thrown away, and `too_much` is set.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray(b"\r\n")  # the CRLF of the DATA line: a first line `.` ends an empty message
        self.received = 0
        """Octets taken so far, thrown away or not."""
        self.too_much = False

    def __len__(self) -> int:
        """Return the octets held in memory."""
        return len(self._buffer)

    def feed(self, chunk: bytes) -> bytes | None:
        """Take the next octets. Returns None while the end has not come, else the octets that stood after it."""
        start = max(0, len(self._buffer) - (len(END) - 1))
        self._buffer += chunk
        found = self._buffer.find(END, start)
        if found >= 0:
            rest = bytes(self._buffer[found + len(END):])
            del self._buffer[found + 2:]
            self.received += len(chunk) - len(rest)
            self.too_much = self.too_much or len(self._buffer) - 2 > self._limit
            return rest
        self.received += len(chunk)
        if self.received > self._limit + len(END):
            self.too_much = True
        if self.too_much:
            del self._buffer[: -(len(END) - 1)]
        return None

    def octets(self) -> bytes:
        """Return the message: dots taken out at line starts (RFC 5321 §4.5.2), everything else as it came."""
        return bytes(self._buffer.replace(b"\r\n.", b"\r\n"))[2:]
