"""Addresses that only the message itself names: lower hops, X-Originating-IP and the like. Never more than a hint."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from sekimori.mime import Mail
from sekimori.values.addresses import Address, parse_address

from .received import Hop

_FIELDS = ("x-originating-ip", "x-sender-ip", "x-source-ip", "x-client-ip", "x-remote-ip", "x-real-ip", "x-sourceip", "x-mail-from-ip", "x-ip", "x-sender-address-ip",
           "x-yahoo-post-ip", "x-forwarded-for", "x-senderip", "x-aol-ip", "x-http-ip", "x-get-message-sender-via", "x-php-originating-script", "x-received", "x-proxyuser-ip",
           "x-ms-exchange-organization-originalclientipaddress", "x-forefront-antispam-report", "received-spf", "x-source-sender")
_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:.]{2,40})(?![\w:])")
_CIP = re.compile(r"\b(?:CIP:|client-ip=)\[?([0-9A-Fa-f:.]{2,45})\]?", re.IGNORECASE)
MAX_CLAIMS = 200


class Claim(NamedTuple):
    """An address or host that the message names without a believed server saying so."""

    field: str
    address: Address | None
    by: str
    name: str
    #: the queue id that it says it had there: to be looked up, not believed
    id: str
    time: datetime | None
    text: str


def claims_of(mail: Mail, below: list[Hop]) -> list[Claim]:
    """Return what the hops below the believed ones, and the known header fields, claim."""
    out = [Claim("Received", hop.address, hop.by, hop.name, hop.id, hop.stamp.at if hop.stamp else None, hop.text[:300]) for hop in below]
    for field in mail.headers:
        if field.lower not in _FIELDS or len(out) >= MAX_CLAIMS:
            continue
        text = (field.raw.decode("ascii", "replace")).strip()[:2000]
        found = _CIP.findall(text) or _ADDRESS.findall(text)
        if found and (address := parse_address(found[0].rstrip("."))) is not None:
            out.append(Claim(field.name, address, "", "", "", None, " ".join(text.split())[:300]))
    return out
