"""Which feeds there are: DATA/feeds.toml. Pure but for reading the file.

```toml
[[feed]]
name = "shadowserver"            # stable: shown by `feeds status`, kept in every message it brings
kind = "shadowserver"            # or "https", "snds", "imap"
domain = "shadowserver.org"      # whose track record its findings count for
url = "https://transform.shadowserver.org/api2/"
key_file = "/etc/sekimori/shadowserver.key"
secret_file = "/etc/sekimori/shadowserver.secret"
reports = ["isp_example"]        # shadowserver only; empty = all that the key may see
every_minutes = 60
silent_hours = 48                # no new item for so long: alarm

[[feed]]
name = "cert"
kind = "imap"                    # folders of a mailbox
host = "imap.isp.example"
user = "abuse-feeds"
password_file = "/etc/sekimori/abuse-feeds.password"
folders = ["Shadowserver", "CERT"]
```
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

KINDS = ("https", "shadowserver", "snds", "imap")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_DOMAIN = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,62}\.){1,10}[a-z0-9-]{2,63}")
_LOCAL = ("127.0.0.1", "::1", "localhost")


class FeedError(Exception):
    """feeds.toml is wrong: one line that names feed and field."""


@dataclass(frozen=True, slots=True)
class FeedConfig:
    """One feed. Secrets are named by their files, never written here."""

    name: str
    kind: str
    domain: str = ""
    """Whose track record its findings count for; not for imap, where each mail proves its own sender."""
    url: str = ""
    every_minutes: int = 60
    silent_hours: int = 48
    header_file: str = ""
    """https: a file with one header line (`Authorization: Bearer …`) that is sent along."""
    key_file: str = ""
    """shadowserver and snds: the key."""
    secret_file: str = ""
    reports: tuple[str, ...] = ()
    host: str = ""
    """imap: the server, and the rest of these fields."""
    port: int = 993
    tls: bool = True
    """Off only towards this machine itself."""
    user: str = ""
    password_file: str = ""
    folders: tuple[str, ...] = ()
    done_folder: str = "Processed"
    """Where a message is moved when it is stored here."""


def load(path: Path) -> tuple[FeedConfig, ...]:
    """Return the feeds of a file; () where there is none. Raises FeedError."""
    if not path.exists():
        return ()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise FeedError(f"{path.name}: {e}") from None
    unknown = set(data) - {"feed"}
    if unknown or not isinstance(data.get("feed", []), list):
        raise FeedError(f"{path.name}: only [[feed]] is known")
    found = tuple(_one(row, n) for n, row in enumerate(data.get("feed", []), 1))
    names = [f.name for f in found]
    if len(set(names)) != len(names):
        raise FeedError(f"{path.name}: two feeds have one name")
    return found


def _one(row: Any, n: int) -> FeedConfig:
    if not isinstance(row, dict):
        raise FeedError(f"feed {n}: no table")
    where = f"feed {row.get('name', n)}"
    known = {f.name: f for f in fields(FeedConfig)}
    for key in row:
        if key not in known:
            raise FeedError(f"{where}: unknown field {key}")
    for name, f in known.items():
        if f.default is MISSING and name not in row:
            raise FeedError(f"{where}: {name} is missing")
    for name in ("reports", "folders"):
        if not isinstance(row.get(name, []), list):
            raise FeedError(f"{where}: {name} is no list")
    values = {**row, "reports": tuple(row.get("reports", ())), "folders": tuple(row.get("folders", ()))}
    for name in ("every_minutes", "silent_hours"):
        if not isinstance(values.get(name, 1), int) or not 1 <= values.get(name, 1) <= 100_000:
            raise FeedError(f"{where}: {name} is no number of 1 to 100000")
    feed = FeedConfig(**values)
    texts = (getattr(feed, f.name) for f in fields(feed) if f.type == "str")
    if not all(isinstance(v, str) for v in (*texts, *feed.reports, *feed.folders)):
        raise FeedError(f"{where}: text is expected")
    if not _NAME.fullmatch(feed.name):
        raise FeedError(f"{where}: name has other letters than a-z 0-9 _ -")
    if feed.kind not in KINDS:
        raise FeedError(f"{where}: kind is one of {', '.join(KINDS)}")
    fault = _of_a_mailbox(feed) if feed.kind == "imap" else _of_a_url(feed)
    if fault:
        raise FeedError(f"{where}: {fault}")
    return feed


def _of_a_url(feed: FeedConfig) -> str:
    """Return what is wrong with a feed that is fetched from a URL, or ""."""
    if not _DOMAIN.fullmatch(feed.domain):
        return "domain is no domain"
    url = urlsplit(feed.url)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOCAL):
        return "url must be https"
    if feed.kind == "shadowserver" and not (feed.key_file and feed.secret_file):
        return "key_file and secret_file are needed"
    if feed.kind == "snds" and (url.query or not feed.key_file):
        return "key_file is needed, and no key in the url"
    return ""


def _of_a_mailbox(feed: FeedConfig) -> str:
    """Return what is wrong with a feed that is collected from a mailbox, or ""."""
    if not (feed.host and feed.user and feed.password_file and feed.folders):
        return "host, user, password_file and folders are needed"
    if feed.tls is not True and not (feed.tls is False and feed.host in _LOCAL):
        return "tls is switched off only for this machine itself"
    if not isinstance(feed.port, int) or isinstance(feed.port, bool) or not 0 < feed.port < 65536:
        return "port is no port"
    if feed.done_folder in feed.folders or not feed.done_folder:
        return "done_folder is another folder than those that are collected"
    return ""
