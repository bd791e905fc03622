"""Build a real report message from a scenario's `make`. Pure.

A `time` without offset makes a message in which nothing states a zone: no Date, no zone in any line.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

SPACE = uuid.UUID("9b1d5f0e-5a55-5e6e-8f0a-0e5b8d7a3c11")
BOUNDARY = "=-sekimori-play-"
TYPE_FIELDS: dict[str, dict[str, Any]] = {
    "infected_host": {"bot_type": "malicious"}, "reconnaissance": {"probed_resources": ["/.env", "/wp-login.php"]},
    "scraping": {"total_requests": 1000}, "vulnerability_scan": {"scan_type": "vulnerability_scan"},
    "brand_infringement": {"infringement_type": "trademark_violation", "legitimate_site": "https://brand.example/"},
    "csam": {"classification": "baseline", "detection_method": "hash_match"},
    "csem": {"detection_method": "user_report", "exploitation_type": "distribution"},
    "exposed_data": {"data_types": ["other"], "exposure_method": "other"}, "fraud": {"fraud_type": "other"},
    "remote_compromise": {"compromise_type": "webshell"},
    "suspicious_registration": {"registration_date": "2026-11-01T00:00:00Z", "suspicious_indicators": ["typosquatting"]},
    "copyright": {"infringing_url": "https://files.example/x"}, "cyberlocker": {"hosting_service": "other", "infringing_url": "https://files.example/x"},
    "link_site": {"infringing_url": "https://links.example/x", "site_name": "links.example"}, "p2p": {"p2p_protocol": "bittorrent", "swarm_info": {"info_hash": "c12fe1c06bba254a9dc9f519b335aa7c1367a88a"}},
    "ugc_platform": {"infringing_url": "https://video.example/x", "platform_name": "other"}, "usenet": {"newsgroup": "alt.binaries.x", "message_info": {"message_id": "<part1@news.example>"}},
    "botnet": {"compromise_evidence": "C2 traffic seen at a sinkhole"}, "compromised_server": {"compromise_method": "web_application"},
    "bulk_messaging": {"recipient_count": 100}, "blocklist": {"threat_type": "spam_source"}, "threat_intelligence": {"threat_type": "other"},
    "cve": {"cve_id": "CVE-2026-0001", "service": "http", "service_port": 80},
    "misconfiguration": {"service": "dns"}, "open_service": {"service": "dns"},
}
PORT_NEEDED = {"connection/login_attack", "connection/ddos", "connection/port_scan"}


@dataclass(frozen=True, slots=True)
class Relay:
    """The relay of ours that handed the mail on, as the reporter saw it."""

    host: str
    address: str
    client: str


@dataclass(frozen=True, slots=True)
class Moment:
    """The event's time as it is written: with its zone, or without any."""

    value: datetime
    zoned: bool

    @property
    def mail(self) -> str:
        """As in mail headers."""
        return format_datetime(self.value) if self.zoned else self.value.strftime("%a, %d %b %Y %H:%M:%S")

    @property
    def iso(self) -> str:
        """As in JSON and logs."""
        return self.value.isoformat()

    @property
    def utc(self) -> str:
        """As XARF wants it, in UTC where a zone is stated."""
        return self.value.astimezone(UTC).isoformat().replace("+00:00", "Z") if self.zoned else self.value.isoformat()


def message(make: dict[str, Any], at: datetime, number: int, to: str, relay: Relay | None) -> bytes:
    """Return the octets of the report. Raises ValueError with one line where `make` cannot be built."""
    when = moment(make.get("time"), at)
    sender = str(make.get("reporter") or "")
    if "@" not in sender:
        raise ValueError("make.reporter must be an address")
    category, _, kind = str(make.get("category") or "messaging/spam").partition("/")
    builders = {"arf": _arf, "xarf4": _xarf4, "text": _text}
    if make.get("format") not in builders:
        raise ValueError(f"make.format must be one of {', '.join(builders)}")
    if not kind:
        raise ValueError("make.category must be category/type")
    head, body = builders[make["format"]](make, category, kind, when, relay, number)
    lines = [f"From: {sender}", f"To: {to}", f"Message-ID: <play-{number}-{int(at.timestamp())}@{sender.partition('@')[2]}>"]
    if when.zoned:
        lines.append(f"Date: {format_datetime(at)}")
    return ("\r\n".join([*lines, *head, "", *body]) + "\r\n").encode()


def moment(value: object, at: datetime) -> Moment:
    """Return the event's time; absent: the moment of the report. Raises ValueError where it is none."""
    if value is None:
        return Moment(at, True)
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as e:
        raise ValueError("make.time must be ISO 8601") from e
    return Moment(found, found.tzinfo is not None)


def original(make: dict[str, Any], when: Moment, relay: Relay | None) -> list[str]:
    """Return the header lines of the mail complained about, as the reporter's server received it."""
    domain = str(make["reporter"]).partition("@")[2]
    lines = []
    if relay is not None:
        lines += [f"Received: from {relay.host} ({relay.host} [{relay.address}])", f"\tby mx.{domain} (Postfix) with ESMTPS id 4XyZ1a2b3c",
                  f"\tfor <victim@{domain}>; {when.mail}"]
        if make.get("queue_id"):
            lines += [f"Received: from [{relay.client}] (unknown [{relay.client}])",
                      f"\tby {relay.host} (Postfix) with ESMTPSA id {make['queue_id']};", f"\t{when.mail}"]
    elif make.get("source_ip"):
        lines += [f"Received: from mail.invalid (unknown [{make['source_ip']}])", f"\tby mx.{domain} (Postfix) with ESMTP id 4XyZ1a2b3c",
                  f"\tfor <victim@{domain}>; {when.mail}"]
    if make.get("message_id"):
        lines.append(f"Message-ID: <{str(make['message_id']).strip('<>')}>")
    return [*lines, "From: \"Shop\" <news@shop.example>", f"To: victim@{domain}", "Subject: cheap watches", f"Date: {when.mail}"]


def log_lines(make: dict[str, Any], when: Moment) -> list[str]:
    """Return log lines of the victim that match the report."""
    ip, port = make.get("source_ip", ""), f" port {make['source_port']}" if make.get("source_port") else ""
    return [f"{when.iso} host1 sshd[{4000 + i}]: Failed password for root from {ip}{port} ssh2" for i in range(3)]


def _arf(make: dict[str, Any], category: str, kind: str, when: Moment, relay: Relay | None, number: int) -> tuple[list[str], list[str]]:
    if category != "messaging":
        raise ValueError("ARF reports mail: make.format arf needs a category messaging/…")
    source = make.get("source_ip") or (relay.address if relay else None)
    fields = ["Feedback-Type: abuse", "User-Agent: SekimoriPlay/1", "Version: 1", f"Arrival-Date: {when.mail}",
              *([f"Source-IP: {source}"] if source else []),
              *([f"Source-Port: {make['source_port']}"] if make.get("source_port") else []),
              *([f"Incidents: {make['count']}"] if make.get("count") else []),
              *([f"Original-Message-ID: <{str(make['message_id']).strip('<>')}>"] if make.get("message_id") else [])]
    mark = f"{BOUNDARY}{number}"
    body = [f"--{mark}", "Content-Type: text/plain; charset=us-ascii", "", "This is an abuse report.",
            f"--{mark}", "Content-Type: message/feedback-report", "", *fields]
    if make.get("headers") or relay is not None:
        body += ["", f"--{mark}", "Content-Type: text/rfc822-headers", "", *original(make, when, relay)]
    return (["Subject: Abuse report", "MIME-Version: 1.0", f'Content-Type: multipart/report; report-type=feedback-report; boundary="{mark}"'],
            [*body, "", f"--{mark}--"])


def _xarf4(make: dict[str, Any], category: str, kind: str, when: Moment, relay: Relay | None, number: int) -> tuple[list[str], list[str]]:
    reporter = str(make["reporter"])
    who = {"org": reporter.partition("@")[2], "contact": reporter, "domain": reporter.partition("@")[2]}
    source = make.get("source_ip") or (relay.address if relay else None)
    if not source:
        raise ValueError("XARF needs make.source_ip, or a queue id or message id")
    report: dict[str, Any] = {
        "xarf_version": "4.2.0", "report_id": str(uuid.uuid5(SPACE, f"{number}|{when.iso}|{json.dumps(make, sort_keys=True)}")),
        "timestamp": when.utc, "reporter": who, "sender": who, "source_identifier": source, "category": category, "type": kind,
        **TYPE_FIELDS.get(kind, {}),
    }
    if category in ("messaging", "connection"):
        report["protocol"] = "other" if category == "messaging" else "tcp"
    if category == "connection":
        report["first_seen"] = when.utc
    if f"{category}/{kind}" in PORT_NEEDED and not make.get("source_port"):
        # v4.2 wants a port for these; whoever has none to tell sends them as the drafts of v4 were, which knew no `sender`.
        del report["sender"]
    if category == "content":
        report["url"] = f"http://{source}/"
    if make.get("source_port"):
        report["source_port"] = make["source_port"]
    if make.get("message_id"):
        report["message_id"] = str(make["message_id"]).strip("<>")
    if make.get("headers") or relay is not None:
        mail = category == "messaging"
        lines = original(make, when, relay) if mail else log_lines(make, when)
        report["evidence"] = [{"content_type": "message/rfc822" if mail else "text/plain", "description": "headers" if mail else "log lines",
                               "payload": base64.b64encode(("\r\n".join(lines) + "\r\n\r\n").encode()).decode()}]
    mark = f"{BOUNDARY}{number}"
    body = [f"--{mark}", "Content-Type: text/plain; charset=us-ascii", "", "XARF report attached.",
            f"--{mark}", 'Content-Type: application/json; name="xarf.json"', 'Content-Disposition: attachment; filename="xarf.json"', "",
            json.dumps(report, indent=1), f"--{mark}--"]
    return (["Subject: XARF report", "Feedback-Type: xarf", "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{mark}"'], body)


def _text(make: dict[str, Any], category: str, kind: str, when: Moment, relay: Relay | None, number: int) -> tuple[list[str], list[str]]:
    source = make.get("source_ip") or (relay.address if relay else "")
    words = {"spam": "spam mail", "login_attack": "login attacks (SSH brute force)", "ddos": "a DDoS attack", "port_scan": "a port scan",
             "infected_host": "traffic of an infected host"}.get(kind, f"{category} {kind.replace('_', ' ')}")
    body = [f"We received {words} from one of your addresses:", ""]
    body += [f"IP address: {source}"] if source else []
    body += [f"Source port: {make['source_port']}"] if make.get("source_port") else []
    body += [f"Time: {when.iso.replace('T', ' ')}"]
    body += [f"Count: {make['count']}"] if make.get("count") else []
    if make.get("headers") or relay is not None:
        mail = category == "messaging"
        body += ["", "Headers:" if mail else "Log:", "", *(original(make, when, relay) if mail else log_lines(make, when))]
    return (["Subject: abuse from your network", "MIME-Version: 1.0", "Content-Type: text/plain; charset=us-ascii"], [*body, "", "Please stop this."])
