"""Fetch over HTTPS: conditional, bounded in size and time, no redirect to another host."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from sekimori.values.outcomes import Outage

TIMEOUT_S = 60.0
MAX_BYTES = 200_000_000
DOWNLOADS = "https://dl.shadowserver.org/"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `body` is None where nothing changed (304)."""

    body: bytes | None
    etag: str
    modified: str


def request(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, Mapping[str, str], bytes]:
    """Return (status, headers in lower case, body) of one request. Raises Outage; follows nothing."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    more: dict[str, Any] = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = make(parts.hostname or "", parts.port, timeout=TIMEOUT_S, **more)
    try:
        connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, {"User-Agent": "Sekimori", **headers})
        answer = connection.getresponse()
        data = answer.read(MAX_BYTES + 1)
        found = {k.lower(): v for k, v in answer.getheaders()}
    except (OSError, http.client.HTTPException) as e:
        raise Outage(f"{parts.hostname}: {type(e).__name__}") from None
    finally:
        connection.close()
    if len(data) > MAX_BYTES:
        raise Outage(f"{parts.hostname}: more than {MAX_BYTES} octets", permanent=True)
    return answer.status, found, data


def get(url: str, *, etag: str = "", modified: str = "", header: str = "") -> Fetched:
    """Return what a URL holds now, if it changed since `etag` or `modified`. `header`: one line sent along. Raises Outage."""
    headers = {}
    if etag:
        headers["If-None-Match"] = etag
    if modified:
        headers["If-Modified-Since"] = modified
    name, _, value = header.partition(":")
    if value:
        headers[name.strip()] = value.strip()
    status, found, data = request("GET", url, headers)
    if status == 304:
        return Fetched(None, etag, modified)
    if status != 200:
        raise Outage(f"{urlsplit(url).hostname}: status {status}")
    return Fetched(data, found.get("etag", ""), found.get("last-modified", ""))


def shadowserver_list(api: str, key: str, secret: str, reports: tuple[str, ...], day: date) -> list[tuple[str, str]]:
    """Return (id, file name) of the reports of three days up to `day`, oldest first. Raises Outage.

    API 2: a JSON body signed by HMAC-SHA-256 in the header HMAC2.
    """
    query: dict[str, Any] = {"apikey": key, "date": f"{day - timedelta(days=2)}:{day + timedelta(days=1)}"}
    if reports:
        query["reports"] = list(reports)
    body = json.dumps(query).encode()
    sign = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    status, _, data = request("POST", api.rstrip("/") + "/reports/list", {"HMAC2": sign, "Content-Type": "application/json"}, body)
    if status != 200:
        raise Outage(f"Shadowserver: status {status}")
    try:
        rows = json.loads(data)
        found = [(str(r["id"]), str(r["file"])) for r in rows]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Outage("Shadowserver: an answer that is no list of reports") from None
    return sorted(found, key=lambda r: r[1])
