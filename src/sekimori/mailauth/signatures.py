"""DKIM signatures verified (RFC 6376): own, linear canonical forms over our Mail; the arithmetic is dkimpy's."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dkim.crypto import DigestTooLargeError, RSASSA_PKCS1_v1_5_verify, UnparsableKeyError, parse_public_key

from sekimori.mime import Field, Mail

from . import canonical
from .dns import LookupFailed, Resolver

#: signatures of one message that are looked at
MAX_SIGNATURES = 8
#: octets of a signature field or a key record
MAX_FIELD = 8_192
#: bits of an RSA key (RFC 8301 §3.2: below 1024 must not count; 4096 is the largest in use, larger only cost time)
KEY_BITS = (1024, 4096)
#: seconds by which clocks may differ
CLOCK_ERROR_S = 3_600

_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,20}")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.){1,20}[A-Za-z0-9-]{1,63}")
_SELECTOR = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,10}")
SignatureResult = Literal["pass", "fail", "policy", "neutral", "temperror", "permerror"]


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature's verdict in the words of RFC 8601 §2.7.1. `reason` is a stable code where it is no pass.

    `headers_only`: only the header hash was checked, because the body is not there (returned headers of a bounce).
    """

    result: SignatureResult
    domain: str
    selector: str
    reason: str = ""
    headers: tuple[str, ...] = ()
    headers_only: bool = False


class Bad(Exception):
    """A signature that cannot pass: (result, stable reason)."""

    def __init__(self, result: SignatureResult, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason


def verify(mail: Mail, resolver: Resolver, now: datetime, *, headers_only: bool = False) -> list[Signature]:
    """Return the verdicts on all DKIM-Signature fields (at most `MAX_SIGNATURES`). Never raises for what the mail says."""
    out: list[Signature] = []
    for field in [f for f in mail.headers if f.lower == "dkim-signature"][:MAX_SIGNATURES]:
        tags: dict[str, str] = {}
        try:
            tags = parse_tags(field.raw)
            _check(mail, field, tags, resolver, now, headers_only)
        except Bad as bad:
            out.append(Signature(bad.result, tags.get("d", "")[:253].lower(), tags.get("s", "")[:253], bad.reason, _names(tags)))
        else:
            out.append(Signature("pass", tags["d"].lower(), tags["s"], "", _names(tags), headers_only))
    return out


def _names(tags: dict[str, str]) -> tuple[str, ...]:
    return tuple(n.strip().lower() for n in tags.get("h", "").split(":", 200))[:200]


def parse_tags(raw: bytes) -> dict[str, str]:
    """Return a tag list (RFC 6376 §3.2). Raises Bad(permerror) for what is none."""
    if len(raw) > MAX_FIELD:
        raise Bad("permerror", "too_long")
    out: dict[str, str] = {}
    for piece in raw.decode("utf-8", "replace").split(";"):
        if not piece.strip():
            continue
        name, equals, value = piece.partition("=")
        name = name.strip()
        if not equals or not _TAG_NAME.fullmatch(name) or name in out:
            raise Bad("permerror", "syntax")
        out[name] = value.strip()
    return out


def _check(mail: Mail, field: Field, tags: dict[str, str], resolver: Resolver, now: datetime, headers_only: bool) -> None:
    if tags.get("v") != "1" or any(not tags.get(t) for t in ("a", "b", "bh", "d", "h", "s")):
        raise Bad("permerror", "missing_tag")
    identity = tags.get("i", "@" + tags["d"]).rpartition("@")[2].lower()
    if identity != tags["d"].lower() and not identity.endswith("." + tags["d"].lower()):
        raise Bad("permerror", "identity")
    if "from" not in _names(tags):
        raise Bad("permerror", "from_not_signed")
    for name, limit in (("x", "expired"), ("t", "future")):
        if name in tags:
            if not tags[name].isascii() or not tags[name].isdecimal() or len(tags[name]) > 12:
                raise Bad("permerror", "syntax")
            late = now.timestamp() - int(tags[name])
            if (name == "x" and late > CLOCK_ERROR_S) or (name == "t" and late < -CLOCK_ERROR_S):
                raise Bad("policy", limit)
    head, _, rest = tags.get("c", "simple/simple").lower().partition("/")
    forms = {"simple": False, "relaxed": True}
    if head not in forms or (rest or "simple") not in forms:
        raise Bad("permerror", "canonicalization")
    if not headers_only:
        _check_body(mail, tags, forms[rest or "simple"])
    # One From more than there are, so that a second one cannot be slipped in above (RFC 6376 §8.15).
    names = [*_names(tags), "from"]
    check_header(canonical.select(mail.headers, names), field, tags, forms[head], resolver)


def _check_body(mail: Mail, tags: dict[str, str], relaxed: bool) -> None:
    data = canonical.body(mail.root.body, relaxed)
    if "l" in tags:
        if not tags["l"].isascii() or not tags["l"].isdecimal() or len(tags["l"]) > 12:
            raise Bad("permerror", "syntax")
        if int(tags["l"]) != len(data):
            raise Bad("policy", "body_length")
    if hash_of(tags)(data).digest() != octets(tags["bh"]):
        raise Bad("fail", "body_hash")


def hash_of(tags: dict[str, str]) -> Callable[..., hashlib._Hash]:
    """Return the hash function of an `a=` tag. SHA-1 no longer counts (RFC 8301)."""
    if tags["a"].lower() == "rsa-sha256":
        return hashlib.sha256
    if tags["a"].lower() == "rsa-sha1":
        raise Bad("policy", "sha1")
    raise Bad("neutral", "algorithm")


def octets(text: str) -> bytes:
    """Return the octets of a base64 tag, folding white space inside allowed. Raises Bad(permerror)."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Bad("permerror", "base64") from None


def check_header(covered: Sequence[Field], field: Field, tags: dict[str, str], relaxed: bool, resolver: Resolver) -> None:
    """Check the signature over the covered fields and its own field. Raises Bad where it does not hold."""
    digest = hash_of(tags)()
    for f in covered:
        digest.update(canonical.header(f.name, f.raw, relaxed) + b"\r\n")
    digest.update(canonical.header(field.name, canonical.without_signature(field.raw), relaxed))
    key = public_key(tags, resolver)
    try:
        good = RSASSA_PKCS1_v1_5_verify(digest, octets(tags["b"]), key)
    except (DigestTooLargeError, ValueError, OverflowError):
        raise Bad("permerror", "key") from None
    if not good:
        raise Bad("fail", "signature")


def public_key(tags: dict[str, str], resolver: Resolver) -> dict[str, int]:
    """Return the RSA key at `selector._domainkey.domain`. Raises Bad."""
    if not _DOMAIN.fullmatch(tags["d"]) or len(tags["d"]) > 253 or not _SELECTOR.fullmatch(tags["s"]):
        raise Bad("permerror", "domain")
    try:
        records = resolver.query(f"{tags['s']}._domainkey.{tags['d']}".lower(), "TXT")
    except LookupFailed:
        raise Bad("temperror", "dns") from None
    if not records:
        raise Bad("permerror", "no_key")
    record = parse_tags(records[0].encode())
    if record.get("v", "DKIM1") != "DKIM1" or record.get("k", "rsa").lower() != "rsa":
        raise Bad("permerror", "key")
    if not record.get("p"):
        raise Bad("permerror", "key_revoked")
    if not {"*", "email"} & {s.strip() for s in record.get("s", "*").split(":")} or "sha256" not in record.get("h", "sha256"):
        raise Bad("permerror", "key_use")
    if "s" in {f.strip() for f in record.get("t", "").split(":")} and tags.get("i", "@" + tags["d"]).rpartition("@")[2].lower() != tags["d"].lower():
        raise Bad("permerror", "identity")
    try:
        key: dict[str, int] = parse_public_key(octets(record["p"]))
    except (UnparsableKeyError, IndexError, KeyError, ValueError, TypeError):
        raise Bad("permerror", "key") from None
    if not KEY_BITS[0] <= key["modulus"].bit_length() <= KEY_BITS[1] or not 2 < key["publicExponent"] < 1 << 33:
        raise Bad("policy", "key_size")
    return key
