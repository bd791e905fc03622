"""What each of Shadowserver's report types means here: our category, its severity, which column is the local address."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_TAXONOMY: dict[tuple[str, str], tuple[str, str]] = {
    ("abusive-content", "spam"): ("content", "fraud"),
    ("availability", "ddos"): ("connection", "ddos"),
    ("fraud", "masquerade"): ("connection", "ddos"),
    ("information-content-security", "data-leak"): ("content", "exposed_data"),
    ("information-gathering", "scanner"): ("connection", "port_scan"),
    ("intrusion-attempts", "brute-force"): ("connection", "login_attack"),
    ("intrusions", "system-compromise"): ("infrastructure", "compromised_server"),
    ("malicious-code", "infected-system"): ("connection", "infected_host"),
    ("malicious-code", "malware-distribution"): ("content", "malware"),
    ("other", "blocklist"): ("reputation", "blocklist"),
    ("vulnerable", "weak-crypto"): ("vulnerability", "misconfiguration"),
}
# Without a taxonomy of their own the words of the name decide; first match wins.
_BY_NAME: tuple[tuple[str, tuple[str, str]], ...] = (
    ("sinkhole", ("connection", "infected_host")), ("darknet", ("connection", "port_scan")), ("drone", ("connection", "infected_host")),
    ("brute_force", ("connection", "login_attack")), ("ddos", ("connection", "ddos")), ("honeypot", ("connection", "port_scan")),
    ("botnet", ("connection", "infected_host")), ("compromised", ("infrastructure", "compromised_server")),
    ("post_exploitation", ("infrastructure", "botnet")), ("cc_ip", ("infrastructure", "botnet")), ("spam", ("content", "fraud")),
    ("sandbox", ("content", "malware")), ("malware", ("content", "malware")), ("phish", ("content", "phishing")),
    ("blocklist", ("reputation", "blocklist")), ("blacklist", ("reputation", "blocklist")), ("ransomware", ("infrastructure", "compromised_server")),
    ("spoofer", ("connection", "ddos")), ("freak", ("vulnerability", "misconfiguration")), ("poodle", ("vulnerability", "misconfiguration")),
)
TARGETS = frozenset({"event4_honeypot_ddos", "event4_honeypot_ddos_amp", "event4_honeypot_ddos_target"})
"""Types whose `src_ip` is the address that was attacked (the amplified packets bear the victim's address)."""


@dataclass(frozen=True, slots=True)
class Type:
    """One report type."""

    name: str
    category: str
    kind: str
    severity: str
    address: str
    port: str
    columns: frozenset[str]


def category_of(name: str, taxonomy: str = "", rsit: str = "") -> tuple[str, str]:
    """Return our pair for a type, by its taxonomy or the words of its name; scans of open services otherwise."""
    if name == "scan_post_exploitation_framework":
        return "infrastructure", "botnet"
    found = _TAXONOMY.get((taxonomy, rsit))
    if found:
        return found
    for word, pair in _BY_NAME:
        if word in name:
            return pair
    return "vulnerability", "open_service"


@cache
def types() -> dict[str, Type]:
    """Return all known types by name (data: types.tsv, from Shadowserver's published schema of 2026-03-24)."""
    text = files(__package__).joinpath("types.tsv").read_text("utf-8")
    out = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
        name = row["type"]
        category, kind = category_of(name, row["rsit_taxonomy"], row["rsit_type"])
        out[name] = Type(name, category, kind, row["default_severity"], row["local_address_column"],
                         row["local_port_column"], frozenset(row["columns"].split(",")))
    return out


def by_columns(header: list[str]) -> Type | None:
    """Return the type whose columns fit a header best, where at least two thirds are shared both ways."""
    have = frozenset(h.strip().lower() for h in header)
    best, score = None, 0.0
    for t in types().values():
        common = len(have & t.columns)
        quality = common / max(len(have | t.columns), 1)
        if quality > score:
            best, score = t, quality
    return best if score >= 0.66 else None


def by_filename(name: str) -> str:
    """Return the type name in `2026-11-23-scan_ntp-AS64500-geo.csv` (also `2026-11-23-scan_ntp-…csv.zip`), or ""."""
    parts = name.rsplit("/", 1)[-1].split("-")
    if len(parts) >= 4 and len(parts[0]) == 4 and parts[0].isdigit() and parts[1].isdigit() and parts[2].isdigit():
        return parts[3].split(".")[0].lower()
    return ""
