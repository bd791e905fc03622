"""JSON as strangers write it: size, depth, duplicate keys, NaN and lone surrogates are refused with stable codes.

The standard library takes the last of two equal keys, reads NaN and 1e999, and ends in RecursionError on deep input
(reliability.md A12); a report that two readers understand differently must reach neither.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

MAX_BYTES = 32_000_000
MAX_DEPTH = 32
_LONE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class BadJson(ValueError):
    """The document is not acceptable; `code` is stable: `json.syntax depth size duplicate_key number surrogate`."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"json.{code}{': ' + why if why else ''}")
        self.code = "json." + code


def depth(raw: bytes) -> int:
    """Return how deep arrays and objects nest (strings skipped); one pass of compiled regex, linear."""
    level = deepest = 0
    for m in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', raw, re.DOTALL):
        c = m[0]
        if c in (b"[", b"{"):
            level += 1
            if level > deepest:
                deepest = level
                if deepest > MAX_DEPTH:
                    return deepest
        elif c in (b"]", b"}"):
            level -= 1
    return deepest


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise BadJson("duplicate_key", key[:60])
            seen.add(key)
    return out


def _constant(text: str) -> Any:
    raise BadJson("number", text)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise BadJson("number", text[:20])
    return value


def _int(text: str) -> int:
    if len(text) > 20:
        raise BadJson("number", text[:20] + "…")
    return int(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float, parse_int=_int)


def loads(raw: bytes, *, limit: int = MAX_BYTES) -> Any:
    """Return the parsed document. Raises BadJson, never anything else. `limit` in octets."""
    if len(raw) > limit:
        raise BadJson("size", str(len(raw)))
    if depth(raw) > MAX_DEPTH:
        raise BadJson("depth")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = raw.decode("utf-16", "replace")
        else:
            raise BadJson("encoding") from None
    try:
        value = _DECODER.decode(text.strip(" \t\r\n"))
    except BadJson:
        raise
    except (ValueError, RecursionError) as e:
        raise BadJson("syntax", str(e)[:80]) from None
    if _ESCAPED_SURROGATE.search(raw) and _has_lone(value):
        raise BadJson("surrogate")
    return value


def _has_lone(value: Any) -> bool:
    stack = [value]
    while stack:
        v = stack.pop()
        if isinstance(v, str):
            if _LONE.search(v):
                return True
        elif isinstance(v, dict):
            stack.extend(v.keys())
            stack.extend(v.values())
        elif isinstance(v, list):
            stack.extend(v)
    return False
