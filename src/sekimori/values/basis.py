"""The closed list of legal bases for reading protected data (interfaces.md; 電気通信事業法 4条, ガイドライン 38条)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """Why data covered by the secrecy of communications may be read."""

    CONSENT_RECIPIENT = "CONSENT_RECIPIENT"
    CONSENT_CONTRACT = "CONSENT_CONTRACT"
    LEGIT_BUSINESS = "LEGIT_BUSINESS"
    NECESSITY = "NECESSITY"
    WARRANT = "WARRANT"
    COURT_ORDER = "COURT_ORDER"
    SYNTHETIC = "SYNTHETIC"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a reading of protected data is for: the case or report, and the basis. No purpose, no answer."""

    reference: str  # "case:K-…" or "report:123" or "synthetic"
    basis: Basis
