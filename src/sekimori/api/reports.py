"""`POST /api/v1/reports` and `GET /api/v1/reports/{id}`.

Answered before anything is read or attributed: the answer cannot depend on whose address is reported. Durable (COMMIT
with fsync) before 202. A repeated Idempotency-Key gives the same id.
"""

from __future__ import annotations

import hashlib
import logging

from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from sekimori.api.answers import answer, problem
from sekimori.api.keys import find_key
from sekimori.api.models import Accepted, ApiKey
from sekimori.intake.doors import http as door
from sekimori.reports.common.strictjson import BadJson, loads
from sekimori.reports.models import Report
from sekimori.staff.limits import allowed
from sekimori.values.clock import iso
from sekimori.values.ids import keyed_hash, reference, token_hash
from sekimori.values.outcomes import Refused
from sekimori.work.clock import shared

log = logging.getLogger("sekimori.api")
TYPES = {"application/json", "message/rfc822", "text/plain"}
JSON_LIMIT = 5_000_000
PER_MINUTE = 600


@csrf_exempt
def reports(request: HttpRequest) -> HttpResponse:
    """Take one report: XARF v4 as JSON, or a raw mail, or plain text."""
    if request.method != "POST":
        return problem(405, "method.not_allowed", Allow="POST")
    try:
        return _take(request)
    except RequestDataTooBig:
        return problem(413, "body.too_large")
    except (DatabaseError, OSError):
        log.exception("api.unavailable")
        return problem(503, "service.unavailable", Retry_After="30")


def _take(request: HttpRequest) -> HttpResponse:
    now = shared().now()
    peer = str(request.META.get("REMOTE_ADDR", ""))
    key: ApiKey | None = None
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        key = find_key(value.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            return problem(401, "key.unknown", WWW_Authenticate="Bearer")
    scope = f"key:{key.pk}" if key else "peer:" + keyed_hash(b"api", peer)
    if not allowed(f"api:{scope}", now, most=PER_MINUTE, seconds=60):
        return problem(429, "limit.rate", Retry_After="60")
    kind = (request.content_type or "").lower()
    if kind not in TYPES:
        return problem(415, "body.type")
    raw = request.body
    if not raw.strip():
        return problem(400, "body.empty")
    if kind == "application/json":
        try:
            loads(raw, limit=JSON_LIMIT)
        except BadJson as e:
            return problem(400, e.code)
    once = request.headers.get("Idempotency-Key")
    if once is not None and not (0 < len(once) <= 200 and once.isascii() and once.isprintable()):
        return problem(400, "idempotency.form")
    return _keep(request, raw, key, scope, once, peer)


def _keep(request: HttpRequest, raw: bytes, key: ApiKey | None, scope: str, once: str | None, peer: str) -> HttpResponse:
    body_hash = hashlib.sha256(raw).hexdigest()
    digest = token_hash(once) if once is not None else None
    earlier = Accepted.objects.filter(scope=scope, idempotency=digest).first() if digest else None
    if earlier is None:
        now = shared().now()
        try:
            with transaction.atomic():
                message = door.receive(raw, peer=peer, now=now, mail_from=f"api@{key.domain}" if key else None, authenticated=key is not None)
                earlier = Accepted.objects.create(ref=reference("R"), message_id=message, scope=scope, idempotency=digest, body_hash=body_hash, at=now)
        except IntegrityError:  # the same key at the same moment: the other request won
            earlier = Accepted.objects.get(scope=scope, idempotency=digest)
        except Refused as e:
            return problem(413 if e.code == "intake.too_large" else 400, "body.too_large" if e.code == "intake.too_large" else "body.empty")
    if earlier.body_hash != body_hash:
        return problem(409, "idempotency.conflict")
    return answer(202, {"id": earlier.ref, "state": "queued", "href": f"/api/v1/reports/{earlier.ref}"}, Location=f"/api/v1/reports/{earlier.ref}")


def report(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell what became of a report: whether it was read and understood. Never whose it is, or what was done."""
    if request.method not in ("GET", "HEAD"):
        return problem(405, "method.not_allowed", Allow="GET")
    row = Accepted.objects.select_related("message").filter(ref=ref).first()
    if row is None:
        return problem(404, "report.unknown")
    found = list(Report.objects.filter(message=row.message).values_list("kind", "reason", "findings_total"))
    state = "completed" if found else "processing" if row.message.lease else "queued"
    body: dict[str, str | int] = {"id": row.ref, "state": state, "received_at": iso(row.at)}
    if found:
        body["result"] = "understood" if any(k == "report" for k, _, _ in found) else "not_abuse" if all(k == "not_abuse" for k, _, _ in found) else "person"
        body["findings"] = sum(n for _, _, n in found)
    return answer(200, body)
