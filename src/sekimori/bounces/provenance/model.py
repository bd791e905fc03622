"""Values of the judgement: what is known beside the octets, evidence, verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sekimori.mailauth.batv import Tag


class Provenance(StrEnum):
    """Where a notice comes from."""

    GENUINE = "genuine"
    """Proved: the returned mail was sent by this member. Never on content alone."""
    GENUINE_LIKELY = "genuine_likely"
    BACKSCATTER = "backscatter"
    """A real notice about a mail that somebody else sent with this address."""
    FAKE = "fake"
    NOT_A_BOUNCE = "not_a_bounce"
    UNKNOWN = "unknown"


class Log(StrEnum):
    """What the submission log says about the returned mail; asked only for the signed-in owner."""

    HIT = "hit"
    SILENT = "silent"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Known:
    """What the judge knows beside the octets. The defaults know nothing: the anonymous page."""

    domains: frozenset[str] = frozenset()
    """Our own mail domains, lower-case."""
    hosts: tuple[str, ...] = ()
    """Our own mail servers: host names or suffixes, lower-case."""
    owner: frozenset[str] = frozenset()
    """The member's own addresses, lower-case."""
    log: Log = Log.NOT_ASKED
    envelope_id_ours: bool = False
    tag: Tag = Tag.NOT_USED
    """The state of our tag (BATV) in the address that the notice came back to."""
    dkim_ours: bool = False
    """A signature of one of our domains verifies over the returned mail (or its header)."""
    signs_always: bool = False
    """Our servers sign every mail that leaves."""
    authserv: frozenset[str] = frozenset()
    """Authentication-Results of these ids are ours and believed."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation: a stable code, and a value to show ("" for none). Words are in explain/data/provenance.toml."""

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with what led to it, strongest first."""

    provenance: Provenance
    evidence: tuple[Evidence, ...] = field(default=())
    score: int = 0
    """How much speaks for a fake; 4 and more is one."""

    def disowned(self) -> bool:
        """Whether "I never sent it" means a stolen password: the mail did leave through this member's login."""
        return self.provenance is Provenance.GENUINE
