"""What a delivery notice says, as values: each says where in the notice it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of automatic mail it is."""

    BOUNCE = "bounce"
    """A delivery status notice: failed, delayed, delivered, relayed or expanded (RFC 3464 or plain words)."""
    FEEDBACK = "arf"
    """An abuse report (RFC 5965)."""
    VACATION = "vacation"
    """An automatic answer of a person or role (RFC 3834)."""
    RECEIPT = "mdn"
    """A reading receipt (RFC 8098)."""
    CHALLENGE = "challenge"
    """A request to confirm oneself before the mail is let through: nothing has failed yet."""
    OTHER = "none"


class Action(StrEnum):
    """RFC 3464 section 2.3.3."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


class Stage(StrEnum):
    """At which step of the SMTP dialogue the other side refused (RFC 5321 section 4.1)."""

    CONNECT = "CONN"
    HELLO = "EHLO"
    AUTH = "AUTH"
    STARTTLS = "STARTTLS"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    END = "EOM"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the notice: `part` is the octet offset of the MIME part, lines count from 0 in its decoded text."""

    part: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient and what became of the mail to it."""

    recipient: str
    """The address that the reporting server tried (Final-Recipient), or what its words say; lower-case domain."""
    original_recipient: str = ""
    """As the sender wrote it (Original-Recipient, RFC 3461 ORCPT), where it differs or is known."""
    action: Action = Action.FAILED
    status: str = ""
    """Enhanced status code (RFC 3463) as `5.1.1`, or ""."""
    status_from: str = ""
    """`field` (Status), `diagnostic` (said inside the remote server's words) or ""."""
    reply_code: int = 0
    """SMTP reply code (RFC 5321), 0 where none is given."""
    diagnostic: str = ""
    """The words of the server, unfolded, without continuation prefixes."""
    remote: str = ""
    """Host name of the server that answered (Remote-MTA or the words), lower-case."""
    stage: Stage = Stage.UNKNOWN
    retry_until: str = ""
    """Will-Retry-Until as written."""
    reason: str = "undefined"
    """Sisimai's name of the reason."""
    rule: str = ""
    """Which rule decided the reason: `text.mailbox-full`, `code.5.1.1` …; names the line to look at in a bug report."""
    provider: str = ""
    """Who runs the refusing server, where known: `docomo`, `google` …"""
    span: Span | None = None
    """Where the diagnostic stands."""


@dataclass(frozen=True, slots=True)
class Original:
    """What came back of the mail that could not be delivered."""

    extent: str = "none"
    """`complete`, `headers` or `none`."""
    message_id: str = ""
    """Without angle brackets."""
    sender: str = ""
    """Address of its From."""
    return_path: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    date: str = ""
    received: tuple[str, ...] = ()
    """Received fields, newest first, unfolded; at most 50."""
    dkim_domains: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    """Octets of the returned message in the notice (0, 0 when it is inside encoded text)."""
    raw: bytes = b""
    """The octets themselves, decoded from their transfer encoding."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """The server that wrote the notice."""

    mta: str = ""
    received_from: str = ""
    product: str = ""
    """The software, where its words give it away: `postfix`, `exim` …"""
    envelope_id: str = ""
    """Original-Envelope-Id (RFC 3461 ENVID): the best proof, if we set it."""
    arrival: str = ""
    queue_id: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A notice, read."""

    kind: Kind
    failures: tuple[Failure, ...] = ()
    original: Original = field(default_factory=Original)
    reporter: Reporter = field(default_factory=Reporter)
    sender: str = ""
    """Address of the notice's own From."""
    sender_name: str = ""
    to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    """The human part, decoded, cut before the returned message; at most 64 Ki characters."""
    trace: tuple[str, ...] = ()
    """Ids of the recognisers that matched."""
    defects: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Return the word that the command prints: `bounce`, `arf`, `vacation` or `none`."""
        return self.kind.value if self.kind in {Kind.BOUNCE, Kind.FEEDBACK, Kind.VACATION} else "none"
