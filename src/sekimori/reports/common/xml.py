"""XML as records: the repeated elements, their children as fields. No entities, no DTD, bounded depth and size."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

MAX_RECORDS = 100_000
MAX_DEPTH = 64
_SIDES = frozenset({"source", "src", "attacker", "offender", "target", "victim", "destination", "dst", "honeypot", "sensor", "reporter"})
_EVENT_TIMES = ("DetectTime", "StartTime", "EndTime")
"""RFC 7970 §3.12: times of an event, which hold for every system told of within it."""
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class BadXml(ValueError):
    """Not acceptable: `xml.syntax`, `xml.dtd` or `xml.depth`."""


def records(data: bytes, *, sides: bool = False) -> list[dict[str, Any]]:
    """Return the document's records: for each element with leaf children or attributes one dict of their texts.

    With `sides` a record within `<victim>`, `<source>` or `<System category="target">` stands below that word.
    Raises BadXml. A DOCTYPE is refused before the parser sees it (entity bombs, external entities).
    """
    if _DTD.search(data[:65_536]):
        raise BadXml("xml.dtd")
    out: list[dict[str, Any]] = []
    depth = 0
    stack: list[dict[str, Any]] = []
    told: list[str] = []
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(data), events=("start", "end")):  # noqa: S314  DTDs are refused above
            if event == "start":
                depth += 1
                if depth > MAX_DEPTH:
                    raise BadXml("xml.depth")
                stack.append({_name(k): v for k, v in element.attrib.items()})
                told.append((_side(element) or (told[-1] if told else "")) if sides else "")
                continue
            depth -= 1
            fields, side = stack.pop(), told.pop()
            name = _name(element.tag)
            text = (element.text or "").strip()
            if stack:
                if text and name not in stack[-1]:
                    stack[-1][name] = text[:4000]
                elif text and sides and name in stack[-1]:
                    _more(stack[-1], name, text[:4000])
                if not text and len(fields) == 1 and name not in stack[-1] and "ip" not in name.lower():
                    # IODEF's Node is a wrapper (RFC 7970 §3.18).
                    stack[-1][next(iter(fields)) if side and name == "Node" else name] = next(iter(fields.values()))
                    if side:
                        # `<victim><ip>` is the parent's victim now, and no record of its own.
                        fields = {}
            if fields and sides and side:
                fields = _timed(fields, stack)
            if fields and len(out) < MAX_RECORDS:
                out.append({side: fields} if side else fields)
            element.clear()
    except ElementTree.ParseError as e:
        if not out:
            raise BadXml(f"xml.syntax: {e}"[:100]) from None
    return out


def _timed(fields: dict[str, Any], around: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a side's record with the time of the nearest event around it, where it has none of its own."""
    if any(t in fields for t in _EVENT_TIMES):
        return fields
    for outer in reversed(around):
        told = {t: outer[t] for t in _EVENT_TIMES if t in outer}
        if told:
            return {**fields, **told}
    return fields


def _more(fields: dict[str, Any], name: str, text: str) -> None:
    """Keep a field that stands there again (`<ip>` for each host), the first thousand."""
    before = fields[name] if isinstance(fields[name], list) else [fields[name]]
    if len(before) < 1_000:
        fields[name] = [*before, text]


def _side(element: ElementTree.Element) -> str:
    """Return whose side an element tells of by its name, or by its `category` as in IODEF (RFC 7970 §3.17); "" for neither."""
    for word in (_name(element.tag).lower(), element.attrib.get("category", "").lower()):
        if word in _SIDES:
            return word
    return ""


def _name(tag: Any) -> str:
    return str(tag).rpartition("}")[2]
