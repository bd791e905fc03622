"""MAILER-DAEMON explained: what a delivery notice says, whether it is real, why, and who must act.

`parse` is for anybody: `from sekimori.bounces import parse`; it needs no database and no Django.
"""

from .parser.model import Action, Bounce, Failure, Kind, Original, Reporter, Span, Stage
from .parser.reading import parse

__all__ = ["Action", "Bounce", "Failure", "Kind", "Original", "Reporter", "Span", "Stage", "parse"]
