"""The OpenAPI 3.1 description, by hand: three operations need no generator, and a test holds it against the answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from sekimori.api.answers import WORDS, answer

_ERROR = {"description": "Refused; `error.code` is stable.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def document() -> dict[str, Any]:
    """Return the description."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sekimori reports API", "version": "1", "description": "Report abuse by this provider's members. Nothing here tells whether or which member is meant."},
        "paths": {
            "/api/v1/reports": {"post": {
                "operationId": "postReport", "summary": "Send one report",
                "parameters": [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 200}}],
                "security": [{}, {"key": []}],
                "requestBody": {"required": True, "content": {
                    "application/json": {"schema": {"type": "object", "description": "XARF v4 (https://xarf.org); v3 is read too."}},
                    "message/rfc822": {"schema": {"type": "string", "format": "binary"}}, "text/plain": {"schema": {"type": "string"}}}},
                "responses": {"202": {"description": "Kept.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Accepted"}}}},
                              **{str(n): _ERROR for n in (400, 401, 405, 409, 413, 415, 429, 503)}}}},
            "/api/v1/reports/{id}": {"get": {
                "operationId": "getReport", "summary": "What became of a report",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "Its state.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/State"}}}}, "404": _ERROR}}},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Accepted": {"type": "object", "required": ["id", "state", "href"], "properties": {"id": {"type": "string"}, "state": {"const": "queued"}, "href": {"type": "string"}}},
                "State": {"type": "object", "required": ["id", "state", "received_at"], "properties": {
                    "id": {"type": "string"}, "state": {"enum": ["queued", "processing", "completed"]}, "received_at": {"type": "string", "format": "date-time"},
                    "result": {"enum": ["understood", "person", "not_abuse"]}, "findings": {"type": "integer", "minimum": 0}}},
                "Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["code", "ja", "en"], "properties": {
                    "code": {"enum": sorted(WORDS)}, "field": {"type": "string"}, "ja": {"type": "string"}, "en": {"type": "string"}}}}}}},
    }


def openapi(request: HttpRequest) -> HttpResponse:
    """Serve the description."""
    return answer(200, document())
