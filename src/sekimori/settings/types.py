"""What can be set. Every field has a default that is safe on a laptop; units stand in the names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


class SettingsError(Exception):
    """A setting is unknown or has the wrong type: the program does not start."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who runs the desk."""

    name_ja: str = "サンプルネット"
    name_en: str = "Sample Net"
    domains: tuple[str, ...] = ("isp.example",)
    """Our own mail domains; the first one is where abuse@ lives."""
    site_url: str = "http://127.0.0.1:8080"
    phone: str = ""
    address_ja: str = ""
    address_en: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """Mail in and out."""

    abuse_localparts: tuple[str, ...] = ("abuse", "postmaster", "security", "noc")
    """These recipients pass every filter (RFC 2142)."""
    explain_localpart: str = "bounce-help"
    """Mail forwarded here is explained by the bounce judge."""
    noreply_localpart: str = "desk"
    relay_host: str = ""
    """Our outgoing relay; empty: notices are written to DATA/outbox/ instead of being sent."""
    relay_port: int = 25
    relay_user: str = ""
    relay_password: str = ""
    """By SEKIMORI_MAIL_RELAY_PASSWORD_FILE only; never in the TOML file."""
    authserv_ids: tuple[str, ...] = ()
    """Authentication-Results with one of these ids were written by our own border (RFC 8601 §5)."""
    authserv_below: bool = False
    """Our border writes them just below its own Received (Postfix's milters do) and removes foreign ones with our ids."""
    trusted_relays: tuple[str, ...] = ()
    """Hosts or prefixes whose Received lines we believe, besides `network` rows of kind relay."""
    max_bytes: int = 30_000_000
    queue_max: int = 2_000
    """Messages waiting for COMMIT in one receiving process before it answers 451."""
    min_free_bytes: int = 64_000_000
    """With less free space than this on the data folder's disk, intake answers 452 (the senders keep their mail)."""
    tls_cert_file: str = ""
    """Certificate chain (PEM) that the SMTP door offers by STARTTLS; "" offers none."""
    tls_key_file: str = ""
    dkim_selector: str = ""
    dkim_key_file: str = ""


@dataclass(frozen=True, slots=True)
class Imap:
    """A mailbox that is collected."""

    host: str = ""
    port: int = 993
    user: str = ""
    password: str = ""
    """By SEKIMORI_IMAP_PASSWORD_FILE only."""
    folder: str = "INBOX"
    done_folder: str = "Processed"
    tls: bool = True
    poll_s: int = 60


@dataclass(frozen=True, slots=True)
class Desk:
    """How the desk works."""

    language: str = "ja"
    auto_answer: bool = True
    reveal_per_hour: int = 20
    """Names and addresses revealed by one officer in an hour before an alarm."""
    session_idle_s: int = 3600
    require_totp: bool = True


@dataclass(frozen=True, slots=True)
class Sms:
    """A gateway for text messages to members, called by a signed webhook (docs/operate/notices.md)."""

    webhook_url: str = ""
    """Empty: the channel is passed over."""
    webhook_secret: str = ""
    """By SEKIMORI_SMS_WEBHOOK_SECRET_FILE only."""


@dataclass(frozen=True, slots=True)
class Rdap:
    """Whom to name to a reporter whose address is not ours."""

    enabled: bool = True
    """Ask the registries (https, names of `network/rdap/bootstrap.toml`); never in a synthetic folder."""
    timeout_s: int = 3


TAG_KEY_MIN = 16
"""Characters: a shorter key stops the start."""
TAG_DAYS_MAX = 30
"""The longest life of a tag in days; no queue holds a mail so long (RFC 5321 §4.5.4.1: four to five days)."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags in envelope sender and envelope id, by which a bounce proves itself (docs/operate/tags.md). Off without a key."""

    key: str = ""
    """By SEKIMORI_TAGS_KEY_FILE only."""
    key_number: int = 0
    """0 to 9; one more (after 9: 0) with every new key."""
    previous_key: str = ""
    """By SEKIMORI_TAGS_PREVIOUS_KEY_FILE only: the key before, while its tags may still come back."""
    days: int = 7
    """How long a tag holds; 1 to 30."""
    since: str = ""
    """YYYY-MM-DD (JST) from which all members' mail leaves tagged; "" = a missing tag is held against nobody."""
    listen: str = ""
    """HOST:PORT where Postfix asks for tags, for instance 127.0.0.1:2431; "" = not served."""


@dataclass(frozen=True, slots=True)
class Countries:
    """In which country an address is registered (docs/operate/countries.md): a hint where a password was used."""

    table: str = ""
    """Where the compact table stands that `sekimori network countries load` makes; "" = DATA/countries.table."""
    files: tuple[str, ...] = ()
    """What that command loads when no file is named: registries' statistics or a provider's CSV."""
    max_age_days: int = 60
    """`doctor` warns when the data are older."""


@dataclass(frozen=True, slots=True)
class Actuators:
    """The equipment that measures are carried out on (docs/operate/actuators.md)."""

    enabled: tuple[str, ...] = ()
    """Of `postfix dovecot radius webhook`; none: every measure is a person's task."""
    helper: tuple[str, ...] = ("sudo", "-n", "/usr/lib/sekimori/sekimori-helper")
    folder: str = ""
    """Where the lists stand that Postfix, Dovecot and FreeRADIUS read (they may not enter the data folder); "" = DATA/actuators."""
    policy_listen: str = "127.0.0.1:2430"
    restrict_per_hour: int = 0
    """0: a restricted login sends nothing; otherwise so many recipients an hour."""
    radius_coa: str = ""
    """HOST:PORT of the access equipment's CoA port (RFC 5176; usually 3799)."""
    radius_secret: str = ""
    """By SEKIMORI_ACTUATORS_RADIUS_SECRET_FILE only."""
    radius_filter: str = "sekimori-block"
    """Filter-Id of a port filter, as the equipment knows it."""
    webhook_url: str = ""
    webhook_secret: str = ""
    """By SEKIMORI_ACTUATORS_WEBHOOK_SECRET_FILE only."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `data` is the data folder; `database` is "" for the embedded SQLite, or a PostgreSQL URL."""

    data: Path
    database: str = ""
    synthetic: bool = False
    loopback: bool = False
    """`play --live` only, never read from a file: the equipment and the relay of these settings are throw-away servers on loopback, so that
    made-up data may reach them."""
    provider: Provider = field(default_factory=Provider)
    mail: Mail = field(default_factory=Mail)
    imap: Imap = field(default_factory=Imap)
    desk: Desk = field(default_factory=Desk)
    actuators: Actuators = field(default_factory=Actuators)
    sms: Sms = field(default_factory=Sms)
    rdap: Rdap = field(default_factory=Rdap)
    countries: Countries = field(default_factory=Countries)
    tags: Tags = field(default_factory=Tags)

    @property
    def abuse_address(self) -> str:
        """The address that reports go to."""
        return f"{self.mail.abuse_localparts[0]}@{self.provider.domains[0]}"
