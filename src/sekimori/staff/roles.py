"""Roles of officers, and which may be held together. Pure.

Separation (reliability §5): who administers the system sees no identities; the auditor decides nothing.
"""

from __future__ import annotations

ROLES = {
    "triage": "reads reports and the review list; no identities",
    "handler": "works on cases: notes, merges, first approvals",
    "approver": "second pair of eyes: approves measures",
    "reveal": "may see a holder's name and address, with case, basis and reason",
    "rules": "edits ladder, policy and sender rules",
    "legal": "requests of authorities and courts",
    "sealed": "csam and csem reports",
    "auditor": "reads the ledger; decides nothing",
    "admin": "officers and switches; no cases, no identities",
}
EXCLUSIVE = {"auditor": {"handler", "approver", "rules", "admin", "reveal"}, "admin": {"reveal", "sealed"}}


def parse(text: str) -> set[str]:
    """Return the roles named in a space-separated text. Raises ValueError for an unknown role or a forbidden pair."""
    roles = set(text.split())
    unknown = roles - ROLES.keys()
    if unknown:
        raise ValueError(f"unknown role {min(unknown)}")
    for role in sorted(roles):
        clash = EXCLUSIVE.get(role, set()) & roles
        if clash:
            raise ValueError(f"{role} and {min(clash)} may not be held by one person")
    return roles
