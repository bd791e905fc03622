"""XML as records: the repeated elements, their children as fields. No entities, no DTD, bounded depth and size."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

MAX_RECORDS = 100_000
MAX_DEPTH = 64
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class BadXml(ValueError):
    """Not acceptable: `xml.syntax`, `xml.dtd` or `xml.depth`."""


def records(data: bytes) -> list[dict[str, Any]]:
    """Return the document's records: for each element with leaf children or attributes one dict of their texts.

    Raises BadXml. A DOCTYPE is refused before the parser sees it (entity bombs, external entities).
    """
    if _DTD.search(data[:65_536]):
        raise BadXml("xml.dtd")
    out: list[dict[str, Any]] = []
    depth = 0
    stack: list[dict[str, Any]] = []
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(data), events=("start", "end")):  # noqa: S314  DTDs are refused above
            if event == "start":
                depth += 1
                if depth > MAX_DEPTH:
                    raise BadXml("xml.depth")
                stack.append({_name(k): v for k, v in element.attrib.items()})
                continue
            depth -= 1
            fields = stack.pop()
            name = _name(element.tag)
            text = (element.text or "").strip()
            if stack:
                if text and name not in stack[-1]:
                    stack[-1][name] = text[:4000]
                if not text and len(fields) == 1 and name not in stack[-1] and "ip" not in name.lower():
                    stack[-1][name] = next(iter(fields.values()))
            if fields and len(out) < MAX_RECORDS:
                out.append(fields)
            element.clear()
    except ElementTree.ParseError as e:
        if not out:
            raise BadXml(f"xml.syntax: {e}"[:100]) from None
    return out


def _name(tag: Any) -> str:
    return str(tag).rpartition("}")[2]
