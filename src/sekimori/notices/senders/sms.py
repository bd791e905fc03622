"""By text message, through the provider's own gateway: a signed, idempotent webhook. One sentence: look into My page.

`POST` of JSON `{"id", "to", "text", "language"}` with `Idempotency-Key: <notice>` and
`X-Sekimori-Signature: t=<unix time>,v1=<HMAC-SHA-256 of "t.body">`. 2xx = taken over. Redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sekimori.notices import environment
from sekimori.settings import Settings
from sekimori.smtp.outgoing import Rejected
from sekimori.values.outcomes import Outage

if TYPE_CHECKING:
    from sekimori.notices.models import Notice

SECONDS = 15
AGAIN = frozenset({408, 409, 425, 429})
"""4xx that may be tried again."""


def send(notice: Notice, settings: Settings, now: datetime) -> None:
    """Hand one message to the gateway. Raises Outage where it is away or answers 5xx, Rejected for other refusals.

    A synthetic folder sends nothing.
    """
    if settings.synthetic:
        return
    body = json.dumps({"id": notice.ref, "to": notice.to, "text": text(notice, settings), "language": notice.language},
                      sort_keys=True, ensure_ascii=False).encode()
    stamp = str(int(now.timestamp()))
    status = _post(settings.sms.webhook_url, body, {
        "Content-Type": "application/json", "Idempotency-Key": notice.ref,
        "X-Sekimori-Signature": signature(settings.sms.webhook_secret, stamp, body)})
    if 200 <= status < 300:
        return
    if 400 <= status < 500 and status not in AGAIN:
        raise Rejected(f"the SMS gateway answered {status}", code=status, status="")
    raise Outage(f"the SMS gateway answered {status}")


def text(notice: Notice, settings: Settings) -> str:
    """Return what is sent: where to look, and the number; never what it is about (phones lie on tables)."""
    provider = settings.provider.name_ja if notice.language == "ja" else settings.provider.name_en
    folder = settings.data / "notices"
    _, body, _ = environment.render("short/sms", notice.language, {"provider": provider, "ref": notice.ref}, folder=folder if folder.is_dir() else None)
    return body.strip()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature header of a body at a time (unix seconds)."""
    return f"t={stamp},v1={hmac.new(secret.encode(), stamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=ssl.create_default_context()) if parts.scheme == "https"
                  else http.client.HTTPConnection(host, parts.port, timeout=SECONDS))
    try:
        connection.request("POST", parts.path or "/", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as e:
        raise Outage("the SMS gateway does not answer") from e
    finally:
        connection.close()
