"""Where the parts of a multipart lie: delimiter lines found on the octets, nothing decoded (RFC 2046 §5.1)."""

from __future__ import annotations

import re
from typing import NamedTuple

from .encoded import parse_parameters, unfold
from .reading import Reading

_TYPE_FIELD = re.compile(rb"\ncontent-type[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)")
_TYPE = re.compile(rb"[ \t\r\n]*+([!-.0-:<-~]++)[ \t]*+/[ \t]*+([!-.0-:<-~]++)")
_BOUNDARY = re.compile(rb"""boundary[ \t\r\n]*+=[ \t\r\n]*+(?:"([^"\\\r\n%=?]{1,400}+)"|([^\s;"'%=?()]{1,400}+)[ \t\r\n]*+(?:;|\Z))""", re.IGNORECASE)
_AFTER = re.compile(rb"(--)?[ \t]*+\r?(?:\n|\Z)")


class Kind(NamedTuple):
    """The type of a part as structure needs it: `type` in lower case, "" where none stands; `raw` the field's value."""

    type: str
    raw: bytes


def find_kind(view: bytes, start: int, end: int) -> Kind:
    """Return the kind said by the first Content-Type of the header block at start..end."""
    head = b"\n" + view[start:end].lower()
    at = head.find(b"\ncontent-type")
    if at < 0:
        return Kind("", b"")
    found = _TYPE_FIELD.search(head, at)
    if found is None:
        return Kind("", b"")
    # Offsets in `head` are one more than in the block, because of the added line end.
    raw = view[start + found.start(1) - 1:start + found.end(1) - 1]
    kind = _TYPE.match(raw)
    if kind is None:
        return Kind(parse_parameters(raw)[0] or "", raw)
    return Kind(f"{kind.group(1).decode('ascii')}/{kind.group(2).decode('ascii')}".lower(), raw)


def find_boundary(raw: bytes, limit: int) -> bytes:
    """Return the boundary of a Content-Type value, or b"" where there is none that can be used."""
    if raw.lower().count(b"boundary") == 1:
        quick = _BOUNDARY.search(raw)
        if quick is not None and (quick.start() == 0 or raw[quick.start() - 1] in b"; \t\n"):
            return (quick.group(1) or quick.group(2)).rstrip()[:limit]
    text = parse_parameters(unfold(raw))[1].get("boundary", "")
    return text.encode("utf-8", "replace").rstrip()[:limit] if len(text) <= limit else b""


class Cut(NamedTuple):
    """Spans of the parts of a multipart; `closed` by its own last delimiter; `code` of what went wrong, or ""."""

    spans: list[tuple[int, int]]
    closed: bool
    code: str


def cut(reading: Reading, start: int, end: int, boundary: bytes, most: int) -> Cut:
    """Return where the parts lie in the body start..end of a multipart, at most `most` of them.

    A delimiter is `--boundary` at the start of a line with nothing but white space (or `--`) after it; the line end
    before it belongs to it.
    """
    view, budget = reading.view, reading.budget
    needle = b"\n--" + boundary
    length = len(needle)
    spans: list[tuple[int, int]] = []
    opened = -1
    # The line end of the header's last line; a multipart always has a header before its body.
    at = max(start - 1, 0)
    while (hit := view.find(needle, at, end)) >= 0:
        after = _AFTER.match(view, hit + length, end)
        budget.delimiters -= 1
        if budget.delimiters < 0:
            return Cut(spans, False, "over_limit:delimiter_lines")
        if after is None:
            at = hit + length
            continue
        if opened >= 0:
            stop = hit - 1 if view[hit - 1] == 13 else hit
            spans.append((opened, max(stop, opened)))
            if len(spans) >= most:
                return Cut(spans, False, "over_limit:parts")
        if after.group(1):
            return Cut(spans, True, "")
        opened = after.end()
        at = opened - 1
    if opened >= 0:
        spans.append((min(opened, end), end))
        return Cut(spans, False, "missing_close_boundary")
    return Cut(spans, False, "no_boundary_line")
