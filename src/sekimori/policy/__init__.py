"""What may be done with which category, on which basis, until when kept: data and its loader. Pure but for files.

`policy()`, `for_type(category, type)`, `ladder()`, `retention()` return what is in force.
"""

from sekimori.policy.files import for_type, ladder, policy, retention
from sekimori.policy.types import Ground, Ladder, Policy, PolicyError, Retention, TypePolicy

__all__ = ["Ground", "Ladder", "Policy", "PolicyError", "Retention", "TypePolicy", "for_type", "ladder", "policy", "retention"]
