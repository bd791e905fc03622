"""Ask a registry about an address: bounded in time, size and redirects."""

from __future__ import annotations

import http.client
import ssl
import time
from typing import Any
from urllib.parse import urljoin, urlsplit

from sekimori.network.rdap.answer import Holder, read
from sekimori.network.rdap.bootstrap import Bootstrap
from sekimori.values.addresses import Address
from sekimori.values.outcomes import Outage

MAX_BYTES = 1_000_000
REDIRECTS = 3
_CHUNK = 65_536


def look_up(address: Address, bootstrap: Bootstrap, timeout_s: float) -> Holder | None:
    """Return what the registry says about an address; None where it says nothing usable (404 included).

    At most `timeout_s` in all, 1 MB, three redirects (RFC 7480 §5.2) and only to registries. Raises Outage where the
    registry is away, is too slow, or asks us to slow down (429).
    """
    url = bootstrap.server(address)
    if not url:
        return None
    url = urljoin(url, f"ip/{address}")
    until = time.monotonic() + timeout_s
    for _ in range(REDIRECTS + 1):
        status, where, data = _get(url, until)
        if status in (301, 302, 303, 307, 308) and where:
            url = urljoin(url, where)
            if not bootstrap.may_ask(url):
                return None
            continue
        if status == 200:
            return read(data, address)
        if status == 429 or status >= 500:
            raise Outage(f"RDAP {urlsplit(url).hostname}: status {status}")
        return None
    return None


def _get(url: str, until: float) -> tuple[int, str, bytes]:
    parts = urlsplit(url)
    left = until - time.monotonic()
    if left <= 0:
        raise Outage(f"RDAP {parts.hostname}: too slow")
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    more: dict[str, Any] = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = make(parts.hostname or "", parts.port, timeout=left, **more)
    try:
        connection.request("GET", parts.path, headers={"Accept": "application/rdap+json", "User-Agent": "Sekimori"})
        answer = connection.getresponse()
        body = b""
        while chunk := answer.read1(_CHUNK):
            body += chunk
            if len(body) > MAX_BYTES or time.monotonic() > until:
                raise Outage(f"RDAP {parts.hostname}: too much or too slow")
        return answer.status, answer.getheader("Location") or "", body
    except (OSError, ValueError, http.client.HTTPException) as e:
        raise Outage(f"RDAP {parts.hostname}: {type(e).__name__}") from None
    finally:
        connection.close()
