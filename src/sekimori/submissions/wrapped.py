"""Log lines that a collector wrapped in JSON: journald's export, Docker's json-file, and shippers that keep the line as `message`. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

LINE_MAX = 65_536


def plain(line: str) -> str | None:
    """Return the syslog line inside a JSON object, or None where there is none.

    journald (`journalctl -o json`): MESSAGE with `_HOSTNAME`, `SYSLOG_IDENTIFIER` and `__REALTIME_TIMESTAMP` (microseconds UTC) becomes a line with
    an ISO time. Docker and shippers: `log` or `message` is the line as it was.
    """
    if len(line) > LINE_MAX:
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    if "MESSAGE" in found:
        return _journal(found)
    for name in ("log", "message", "msg"):
        if isinstance(found.get(name), str):
            return str(found[name]).rstrip("\r\n")
    return None


def _journal(found: dict[str, Any]) -> str | None:
    message = found["MESSAGE"]
    if isinstance(message, list):  # what is no UTF-8 comes as a list of octets
        try:
            message = bytes(message).decode("utf-8", "replace")
        except (ValueError, TypeError):
            return None
    at = str(found.get("_SOURCE_REALTIME_TIMESTAMP") or found.get("__REALTIME_TIMESTAMP") or "")
    tag = str(found.get("SYSLOG_IDENTIFIER") or found.get("_COMM") or "")
    host = str(found.get("_HOSTNAME") or "")
    if not isinstance(message, str) or not (at.isascii() and at.isdigit() and len(at) < 17) or not tag or not host:
        return None
    time = datetime.fromtimestamp(int(at) // 1_000_000, UTC).replace(microsecond=int(at) % 1_000_000)
    return f"{time.isoformat()} {host} {tag}: {message}"
