"""Public addresses whose NAT log another operator keeps (DS-Lite or NAT64 at a VNE): `prefix,operator,kind,valid_from,valid_to`.

Nobody can be named from them; the answer is whom to ask, and the exact question.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

from sekimori.assignments.events import Context, Read, RuleRow
from sekimori.assignments.tables import rows, span
from sekimori.values.addresses import parse_prefix

OPTIONS = frozenset({"feed", "realm", "zone"})


def parse(block: bytes, context: Context) -> Read:
    """Read rows; `kind` is `dslite` (also where it is empty) or `nat64`."""

    def take(row: dict[str, str]) -> RuleRow:
        return _row(row, context.options)

    rules, refused, count = rows(block, context, take, frozenset({"prefix", "operator"}))
    return Read([], refused, rules, count)


def _row(row: Mapping[str, str], options: Mapping[str, str]) -> RuleRow:
    try:
        prefix = parse_prefix(row["prefix"])
    except ValueError as e:
        raise ValueError("bad_prefix") from e
    kind = (row.get("kind") or "dslite").lower().replace("-", "")
    if not isinstance(prefix, IPv4Network):
        raise ValueError("bad_prefix")
    if kind not in {"dslite", "nat64"}:
        raise ValueError("bad_kind")
    begin, end = span(row, options)
    return RuleRow(kind, str(prefix), {"operator": row["operator"][:200]}, begin, end, (row.get("realm") or options.get("realm", ""))[:40])
