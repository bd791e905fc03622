"""Authentication-Results (RFC 8601) read, and which of them may be believed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sekimori.mime import Mail

#: characters of a field, results in it, fields of a message
MAX_FIELD = 8_192
MAX_RESULTS = 50
MAX_FIELDS = 20

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[();=]|[^\s();="]++')
_QUOTED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Method:
    """One result: `dkim=pass header.d=example.net`. Property names in lower case, as `ptype.property`."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)
    reason: str = ""


def parse_results(text: str) -> tuple[str, list[Method]]:
    """Return (authserv-id, results) of a field's value; ("", []) where it is none. Never raises; comments are skipped."""
    statements: list[list[str]] = [[]]
    depth = 0
    for m in _TOKEN.finditer(text[:MAX_FIELD]):
        piece = m.group()
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif piece == ";":
            statements.append([])
        else:
            statements[-1].append(_QUOTED.sub(r"\1", piece.strip('"')) if piece[0] == '"' else piece)
    if not statements[0]:
        return "", []
    return statements[0][0].lower(), [found for s in statements[1:MAX_RESULTS + 1] if (found := _method(s)) is not None]


def _method(tokens: list[str]) -> Method | None:
    if len(tokens) < 3 or tokens[1] != "=":
        return None
    properties: dict[str, str] = {}
    reason = ""
    index = 3
    while index + 2 < len(tokens) + 1 and index < len(tokens):
        if index + 2 < len(tokens) and tokens[index + 1] == "=":
            name, value = tokens[index].lower(), tokens[index + 2]
            # Values may hold `=` (base64 of header.b): take what follows without a space between.
            if name == "reason":
                reason = value[:200]
            else:
                properties.setdefault(name, value[:500])
            index += 3
        else:
            index += 1
    return Method(tokens[0].partition("/")[0].lower(), tokens[2].lower(), properties, reason)


def trusted_results(mail: Mail, authserv_ids: Iterable[str], border: int = 1, *, below: bool = False) -> list[Method]:
    """Return the results that our own border wrote: with one of our authserv-ids, above the lowest Received that is ours.

    `border` counts the topmost Received fields that our own servers wrote. What stands below them came in with the
    mail, whatever id it bears (RFC 8601 §5, §7.1). Postfix puts what its milters find just below its own Received: with
    `below`, fields between it and the next Received count too; only for borders that remove foreign ones with our ids.
    """
    ours = {i.lower() for i in authserv_ids}
    received = 0
    out: list[Method] = []
    count = 0
    for f in mail.headers:
        if f.lower == "received":
            received += 1
            if received >= max(border, 1) + below:
                break
        elif f.lower == "authentication-results" and count < MAX_FIELDS:
            count += 1
            authserv_id, methods = parse_results(f.raw.decode("utf-8", "replace"))
            if authserv_id in ours:
                out += methods
    return out
