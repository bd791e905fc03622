"""Reader of X-ARF mails, as blocklist.de, Netcraft, clean-mx and fail2ban send them."""

from __future__ import annotations

import re

from sekimori.mime import Mail
from sekimori.reports.common import categories, originals, times
from sekimori.reports.common.addresses import address_of, host_port
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_LINE = re.compile(r"[ \t]{0,8}([A-Za-z][A-Za-z0-9_\-]{1,40})[ \t]{0,4}:(?:[ \t]{1,20}|$)(.{0,2000})")
_NEEDED = ("Reported-From", "Category", "Report-Type", "Date", "Source")
"""Fields that every version of X-ARF requires."""


class XarfMail:
    """Reader of X-ARF 0.1/0.2."""

    name = "xarf_mail"
    version = "0.2"

    def score(self, item: Item) -> int | None:
        """Mine by the header, or by a part named report.txt that holds the fields."""
        mail = item.mail
        if mail is None:
            return None
        h = mail.headers
        if h.has("x-xarf") or h.has("x-arf"):
            return 85 if _fields(mail, bare=True) else None
        if mail.root.type.startswith("multipart/") and any(p.filename.lower() in ("report.txt", "xarf.txt") for p in mail.walk()) and _fields(mail):
            return 83
        return None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read the one report of the mail (0.2's BULK form holds several documents, each is read)."""
        mail = item.mail
        found = (_fields(mail) or _fields(mail, bare=True)) if mail is not None else []
        if mail is None or not found:
            return Declined("no report part")
        out = Read()
        findings = []
        for fields in found[:1000]:
            f = self._finding(fields, mail, out, ctx)
            if isinstance(f, Declined):
                if len(found) == 1:
                    return f
                out.fault(0, f"{f.field}: {f.reason}")
                continue
            findings.append(f)
        if not findings:
            return Declined("no report could be read", "Source")
        out.findings = findings
        out.report_id = found[0].get("report-id", "")[:200]
        out.reporter = found[0].get("reported-from", "").rpartition("@")[2].lower()[:253]
        return out

    @staticmethod
    def _finding(fields: dict[str, str], mail: Mail, out: Read, ctx: Context) -> FindingData | Declined:
        lacks = next((name for name in _NEEDED if not fields.get(name.lower())), "")
        if lacks:
            return Declined("missing", lacks)
        twice = next((name for name in _NEEDED if fields.get("2nd " + name.lower())), "")
        if twice:
            return Declined("stated twice, differently", twice)
        kind = fields.get("report-type", "")
        pair = categories.service(kind) or categories.service(fields.get("service", "")) or categories.in_words(mail.subject) or categories.UNKNOWN
        f = FindingData(*pair, reporter_class=kind[:80], confidence=0.95, time_error_s=1.0)
        source = fields.get("source", "")
        parsed = host_port(source)
        if parsed is not None:
            f.source_ip = parsed[0]
            f.special = (address_of(parsed[0]) or ("", ""))[1]
        elif fields.get("source-type", "").lower() in ("uri", "url", "domain", "email", "e-mail") and source:
            f.url = source[:2048]
            beside = _address_beside(mail)
            if beside is not None:
                f.source_ip, f.special = beside
                f.derived.append("source_ip")
                f.confidence = 0.8
            else:
                out.kind, out.reason = "review", "Source is no address"
        else:
            return Declined("no address", "Source")
        raw = fields.get("date", "")
        when = times.parse(raw)
        if when is None:
            return Declined("no time", "Date")
        f.time, f.time_raw, f.zone = when.value, raw[:120], "stated" if when.zoned else "none"
        f.time_error_s = 1.0 + (when.error_s if when.precision != "s" else 0)
        port = fields.get("source-port", "") or (fields.get("port", "") if fields.get("port-type", "").lower() == "source" else "")
        if port.isdecimal() and 0 < int(port) < 65536:
            f.source_port = int(port)
        elif port not in ("", "0"):
            out.kind, out.reason = "review", "Source-Port: no port"
        original = originals.enclosed(mail)
        f.has_original = original is not None or fields.get("attachment", "none").lower() not in ("none", "")
        if original is not None:
            f.message_id = original.message_id or None
        occurrences = fields.get("occurrences", "")
        if occurrences.isdecimal() and 0 < int(occurrences) < 10_000_000:
            f.count = int(occurrences)
        return f


_BESIDE = re.compile(r"\b(?:https?|hxxps?)://[^\s\[\]]{1,1000}[ \t]{0,3}\[([0-9A-Fa-f:.]{3,45})\]", re.IGNORECASE)


_NAMED = re.compile(r"\bIP(?:[- ]?(?:address|adres|adresse))?[ \t]{0,3}[:=]?[ \t]{0,3}\[?([0-9A-Fa-f]{1,4}[0-9A-Fa-f:.]{5,44})", re.IGNORECASE)


def _address_beside(mail: Mail) -> tuple[str, str] | None:
    """Return the address that the readable part states beside the reported URL (`http://… [192.0.2.1]`), if it is one only."""
    for pattern in (_BESIDE, _NAMED):
        found = {a for text in mail.texts()[:2] for m in pattern.finditer(text[:100_000]) if (a := address_of(m[1].rstrip(".:"))) is not None}
        if found:
            return next(iter(found)) if len(found) == 1 else None
    return None


def _fields(mail: Mail, *, bare: bool = False) -> list[dict[str, str]]:
    """Return the documents of the first part that holds X-ARF fields; names in lower case. `bare`: also without a Source."""
    for part in mail.walk():
        if not part.type.startswith("text/") or (part.parent is None and mail.root.type.startswith("multipart/")):
            continue
        if not bare and b"ource" not in part.body[:20_000] and b"OURCE" not in part.body[:20_000] and part.encoding != "base64":
            continue
        text = part.text
        if not (bare or re.search(r"(?im)^[ \t]{0,8}Source[ \t]{0,4}:", text)) or not re.search(r"(?im)^[ \t]{0,8}(?:Report-Type|Schema-URL|Reported-From)[ \t]{0,4}:", text):
            continue
        found = []
        for block in re.split(r"(?m)^---[ \t]*$", text)[:2000]:
            fields = _block(block)
            known = sum(k in fields for k in ("report-type", "schema-url", "reported-from", "category"))
            if ("source" in fields and known) or (bare and known > 1):
                found.append(fields)
        if found:
            return found
    return []


def _block(block: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for line in block.split("\n")[:200]:
        m = _LINE.match(line)
        if m:
            name, value = m[1].lower(), m[2].strip().strip("'\"").strip()
            if out.setdefault(name, value) != value:
                out.setdefault("2nd " + name, value)
    return out
