"""The first fault that a compiled JSON Schema validator finds, as a field and a sentence."""

from __future__ import annotations

from typing import Any


def first_fault(validator: Any, report: Any) -> tuple[str, str] | None:
    """Return (field, reason) of the deepest-named first error of a compiled validator, or None."""
    if validator.is_valid(report):
        return None
    for error in validator.iter_errors(report):
        return _named(error)
    return "", "invalid"


def _named(error: Any) -> tuple[str, str]:
    """Return (field, reason); of alternatives that all fail the first one's own fault, for "valid under none" names no field."""
    for _ in range(8):
        context = getattr(error.kind, "context", None)
        if not context or not context[0]:
            break
        error = context[0][0]
    return field_of(error), str(error.message)[:160].replace("\n", " ")


def field_of(error: Any) -> str:
    """Return the path of a fault as `evidence[0].hash`; for a missing property the property's own name."""
    out = ""
    for step in error.instance_path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else str(step)
    message = str(error.message)
    if message.endswith("is a required property"):
        name = message.split('"')[1] if '"' in message else ""
        out += f".{name}" if out else name
    return out or "report"
