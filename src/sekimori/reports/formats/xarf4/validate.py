"""Compiled validators: the official schema per category and type, and one of our own for drafts of v4.

Format assertion is on: without it the connection schemas demand a port of domain sources (a fault of the specification).
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from sekimori.reports.common.categories import PAIRS
from sekimori.reports.common.faults import first_fault

_BASE = "https://xarf.org/schemas/v4/"


@cache
def _resources() -> dict[str, Any]:
    root = files(__package__).joinpath("schemas")
    out = {_BASE + "xarf-core.json": json.loads(root.joinpath("xarf-core.json").read_text("utf-8"))}
    for entry in root.joinpath("types").iterdir():
        if entry.name.endswith(".json"):
            out[_BASE + "types/" + entry.name] = json.loads(entry.read_text("utf-8"))
    return out


@cache
def _strict(category: str, kind: str) -> Any:
    """Return the compiled validator of one type. Schema files mix `-` and `_` in their names."""
    resources = _resources()
    for name in (f"{category}-{kind}", f"{category}-{kind.replace('_', '-')}"):
        uri = f"{_BASE}types/{name}.json"
        if uri in resources:
            registry = jsonschema_rs.Registry(list(resources.items()))
            return jsonschema_rs.Draft202012Validator(resources[uri], registry=registry, validate_formats=True)
    raise KeyError(f"{category}/{kind}")


_CONTACT = {
    "type": "object", "required": ["org", "contact"],
    "properties": {"org": {"type": "string", "minLength": 1, "maxLength": 200},
                   "contact": {"type": "string", "minLength": 3, "maxLength": 254},
                   "domain": {"type": "string", "format": "hostname"}},
}
_DRAFT = {
    "type": "object",
    "required": ["xarf_version", "report_id", "timestamp", "reporter", "source_identifier", "category", "type"],
    "properties": {
        "xarf_version": {"type": "string", "pattern": r"^4\.[0-9]{1,4}\.[0-9]{1,4}$"},
        "report_id": {"type": "string", "minLength": 1, "maxLength": 200},
        "timestamp": {"type": "string", "format": "date-time"},
        "reporter": _CONTACT,
        "source_identifier": {"type": "string", "minLength": 1, "maxLength": 2048},
        "source_port": {"type": "integer", "minimum": 0, "maximum": 65535},
        "category": {"enum": ["messaging", "connection", "content", "copyright", "vulnerability", "infrastructure", "reputation", "other"]},
        "type": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,79}$"},
        "evidence_source": {"type": "string"},
        "evidence": {"type": "array", "maxItems": 50, "items": {
            "type": "object", "required": ["content_type", "payload"],
            "properties": {"content_type": {"type": "string"}, "payload": {"type": "string"},
                           "description": {"type": "string"}, "hash": {"type": "string"}}}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "description": {"type": "string"},
    },
}


@cache
def _draft() -> Any:
    return jsonschema_rs.Draft202012Validator(_DRAFT, validate_formats=True)


def strict_fault(report: dict[str, Any]) -> tuple[str, str] | None:
    """Return (field, reason) of the first fault against the official schema, or None for a valid report."""
    category, kind = report.get("category"), report.get("type")
    if not isinstance(category, str) or not isinstance(kind, str):
        return ("category" if not isinstance(category, str) else "type"), "missing or no text"
    if (category, kind) not in PAIRS or category == "local":
        fault = first_fault(_draft(), report)
        return fault or ("type", f"{category}/{kind} is no type of XARF 4.2"[:120])
    return first_fault(_strict(category, kind), report)


def draft_fault(report: dict[str, Any]) -> tuple[str, str] | None:
    """Return (field, reason) of the first fault against what all drafts of v4 share, or None."""
    return first_fault(_draft(), report)
