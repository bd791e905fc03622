"""Post an order to the provider's own system: signed, idempotent, answered with whether it is done.

`X-Sekimori-Signature: t=<unix time>,v1=<HMAC-SHA-256 of "t.body">`, `Idempotency-Key: <key>/<apply|undo>`; `release` takes a measure back for the
named logins alone, which passed to another contract (`<key>/release/<hash of them>`). The answer is JSON
`{"done": true, "verified": true, "note": "…"}`; 2xx without it is done but unverified. Redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from urllib.parse import urlsplit

from sekimori.enforcement.actuators.contract import Done, Order
from sekimori.settings import current
from sekimori.values.ids import token_hash
from sekimori.values.outcomes import Outage
from sekimori.work.clock import shared

SECONDS = 20
MAX_ANSWER = 65_536


class Webhook:
    """Everything, where a URL is set."""

    name = "webhook"

    def handles(self, order: Order) -> bool:
        """All orders."""
        return bool(current().actuators.webhook_url)

    def apply(self, order: Order) -> Done:
        """Order the measure. Raises Outage (permanent for a 4xx other than 408, 409, 425, 429)."""
        return self._post(order, "apply")

    def undo(self, order: Order) -> Done:
        """Order the end of the measure, or its end for some logins. Raises Outage."""
        return self._post(order, "release" if order.part else "undo")

    def _post(self, order: Order, act: str) -> Done:
        s = current().actuators
        body = json.dumps({"act": act, "key": order.key, "step": order.step, "access": order.access, "logins": list(order.logins),
                           "contract": order.contract}, sort_keys=True, ensure_ascii=False).encode()
        stamp = str(int(shared().now().timestamp()))
        once = f"{order.key}/{act}" + (f"/{token_hash(' '.join(order.logins))[:16]}" if order.part else "")
        headers = {"Content-Type": "application/json", "Idempotency-Key": once, "X-Sekimori-Signature": sign(s.webhook_secret, stamp, body)}
        status, answer = _send(s.webhook_url, body, headers)
        if not 200 <= status < 300:
            raise Outage(f"webhook answered {status}", permanent=400 <= status < 500 and status not in (408, 409, 425, 429))
        try:
            told = json.loads(answer)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            return Done(self.name, False, "done, not verified")
        if told.get("done") is False:
            raise Outage("webhook: not done yet")
        return Done(self.name, told.get("verified") is True, str(told.get("note", ""))[:200])


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature header of a body at a time (unix seconds)."""
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def _send(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = (http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=ssl.create_default_context()) if parts.scheme == "https"
                  else http.client.HTTPConnection(host, parts.port, timeout=SECONDS))
    try:
        connection.request("POST", parts.path or "/", body, headers)
        response = connection.getresponse()
        return response.status, response.read(MAX_ANSWER)
    except (OSError, http.client.HTTPException) as e:
        raise Outage("the webhook's system does not answer") from e
    finally:
        connection.close()
