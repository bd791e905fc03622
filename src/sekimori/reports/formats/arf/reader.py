"""Reader of ARF. Required by RFC 5965 and yet missing in real reports: part 3, Version, Source-IP, Arrival-Date."""

from __future__ import annotations

import re

from sekimori.mime import Mail, Part
from sekimori.reports.common import originals, times
from sekimori.reports.common.addresses import address_of, host_port
from sekimori.reports.common.chain import claimed_queue
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read
from sekimori.reports.formats.arf.fields import Fields

AWAY = {
    # RFC 6430, RFC 6591, RFC 9477 and what is seen: no act of a member.
    "not-spam": "the recipient says that it is no spam (RFC 6430)", "auth-failure": "authentication failure report (RFC 6591)",
    "dmarc": "DMARC failure report", "opt-out": "request to be taken off a list", "opt-out-list": "request to be taken off a list",
    "unsubscribe": "request to be taken off a list", "dkim": "authentication failure report", "spf": "authentication failure report",
    "not_spam": "the recipient says that it is no spam (RFC 6430)",
}
_SUBMISSION = frozenset({25, 465, 587, 2525})
_TEXT_IP = re.compile(r"(?:received from IP|Source[- ]IP|from IP(?: address)?)[ \t]{0,3}:?[ \t]{0,3}\[?([0-9A-Fa-f:.]{3,45})", re.IGNORECASE)


class Arf:
    """Reader of ARF in all dialects."""

    name = "arf"
    version = "rfc5965"

    def score(self, item: Item) -> int | None:
        """Mine where a feedback-report part is there, or the type says so and the part's fields stand in the text."""
        mail = item.mail
        if mail is None:
            return None
        if mail.root.type == "multipart/report" and mail.root.params.get("report-type", "").lower() in ("feedback-report", ""):
            return 88 if feedback_part(mail) is not None else None
        if mail.root.type.startswith("multipart/") and feedback_part(mail) is not None:
            return 86
        return None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read the report, recovering what its sender left out."""
        mail = item.mail
        part = feedback_part(mail) if mail is not None else None
        if mail is None or part is None:
            return Declined("no feedback-report part")
        fields = Fields(part.content.decode("utf-8", "replace"))
        kind = fields.one("feedback-type").split(";")[0].split()[:1]
        word = kind[0].lower().strip(".,") if kind else ""
        if len({v.split(";")[0].strip(" .,").lower() for v in fields.all("feedback-type")}) > 1:
            return Declined(f"{len(fields.all('feedback-type'))} different types", "Feedback-Type")
        if word == "xarf":
            return Declined("XARF in an ARF envelope")
        if word in AWAY or (fields.one("auth-failure") and word != "abuse"):
            return Read(kind="not_abuse", reason=AWAY.get(word, AWAY["auth-failure"]), reporter=fields.one("reporting-mta"))
        if not word and not fields.values:
            return Declined("empty feedback report", "feedback-report")
        return self._report(mail, part, fields, word, ctx)

    def _report(self, mail: Mail, part: Part, fields: Fields, word: str, ctx: Context) -> Read | Declined:
        out = Read(report_id=mail.message_id, reporter=_domain(fields.one("reporting-mta")))
        if not word:
            _doubt(out, "Feedback-Type: missing")
        if not fields.one("version"):
            out.defects.append("arf.no_version")
        elif not fields.one("version")[:1].isdecimal():
            _doubt(out, "Version: no number")
        f = FindingData("messaging", "spam", zone="none", confidence=0.95, reporter_class=word)
        original = originals.enclosed(mail)
        if original is None:
            original = self._pasted(mail, part)
        f.has_original = original is not None and originals.headers_like(original)
        stated = {a: s for a, s in (address_of(_bare(v)) or ("", "") for v in fields.all("source-ip")) if a}
        if len(stated) > 1:
            return Declined(f"{len(stated)} different addresses", "Source-IP")
        if not stated and re.search(r"[\d:]", fields.one("source-ip")):
            # Words such as "unknown" or "redacted" say that it is left out; digits that are no address are an error.
            _doubt(out, "Source-IP: no address")
        trace = originals.origin(original, ctx) if original is not None and not stated else None
        if stated:
            f.source_ip, f.special = next(iter(stated.items()))
            queue = claimed_queue(original, f.source_ip) if original is not None else None
            if queue is not None:
                f.queue_id, f.queue_host = queue
        elif trace is not None and trace.ip:
            f.source_ip, f.special = trace.ip, trace.special
            f.derived.append("source_ip")
            f.confidence = 0.8 if trace.how == "received" else 0.6
            out.defects += trace.flags
        else:
            self._from_text(mail, f)
        self._time(f, fields, trace, original, ctx)
        port = fields.one("source-port")
        if port.isdecimal() and 0 < int(port) < 65536:
            if int(port) in _SUBMISSION:
                out.defects.append("source_port_is_a_service")
            else:
                f.source_port = int(port)
        elif port not in ("", "0"):
            _doubt(out, "Source-Port: no port")
        f.proto = "tcp"
        f.message_id = (original.message_id if original is not None else "") or fields.one("original-message-id", "message-id").strip("<> ") or None
        if trace is not None:
            f.queue_id, f.queue_host = trace.queue_id, trace.queue_host
        incidents = fields.one("incidents")
        if incidents.isdecimal() and 0 < int(incidents) < 10_000_000:
            f.count = int(incidents)
        if f.source_ip is None and f.message_id is None:
            return Declined("neither a source address nor an original", "Source-IP")
        if f.source_ip is None:
            out.kind, out.reason = "review", "no source address: neither stated nor to be worked out from the original"
        if f.time is None:
            raw = fields.one("arrival-date", "received-date")
            _doubt(out, "Arrival-Date: no time" if raw else "Arrival-Date: missing, and no original that tells it")
        out.findings = [f]
        out.detail = {"reported_domain": fields.all("reported-domain")[:5], "mail_from": fields.one("original-mail-from")[:254]}
        return out

    @staticmethod
    def _pasted(mail: Mail, report: Part) -> Mail | None:
        """Return the original pasted behind the fields or into a text part (a missing third part)."""
        for part in mail.walk():
            if part is not report and part.type == "text/plain" and part.parent is not None:
                found = originals.pasted(part.text)
                if found is not None:
                    return found[0]
        return None

    @staticmethod
    def _from_text(mail: Mail, f: FindingData) -> None:
        """Take the address that the first, human-readable part states in the customary sentence."""
        for text in mail.texts()[:2]:
            m = _TEXT_IP.search(text[:4000])
            found = address_of(m[1].rstrip(".")) if m else None
            if found:
                f.source_ip, f.special = found
                f.derived.append("source_ip")
                f.confidence = 0.7
                return

    @staticmethod
    def _time(f: FindingData, fields: Fields, trace: originals.Origin | None, original: Mail | None, ctx: Context) -> None:
        raw = fields.one("arrival-date", "received-date")
        when = times.parse(raw, epoch=False) or next(iter(times.find(raw)), None) if raw else None
        if when is not None:
            f.time, f.time_raw, f.zone = when.value, raw[:120], "stated" if when.zoned else "none"
            f.time_error_s = 60.0 + when.error_s
            return
        if trace is None and original is not None:
            trace = originals.origin(original, ctx)
        if trace is not None and trace.time is not None:
            f.time, f.time_raw, f.zone, f.time_error_s = trace.time, trace.time_raw, "header", trace.time_error_s
            f.derived.append("time")
        elif original is not None and (date := original.headers.get("date")):
            # The sender's own clock wrote it: wide, and only where nothing better is there.
            when = times.parse(date, epoch=False)
            if when is not None:
                f.time, f.time_raw, f.zone = when.value, date[:120], "header" if when.zoned else "none"
                f.time_error_s = 3600.0
                f.derived.append("time")


def feedback_part(mail: Mail) -> Part | None:
    """Return the message/feedback-report part: by its type, or a text part of a feedback report that holds its fields."""
    report = mail.root.params.get("report-type", "").lower() == "feedback-report"
    for part in mail.walk():
        if part.mail is mail and part.type in ("message/feedback-report", "message/feedback", "application/feedback-report"):
            return part
    if not report:
        return None
    for part in mail.walk():
        if part.parent is mail.root and part.type.startswith(("text/plain", "message/")) and re.search(
                rb"(?im)^(?:Feedback-Type|Version|User-Agent)[ \t]{0,4}:.{0,200}$", part.content[:4000]) and re.search(rb"(?im)^Feedback-Type[ \t]{0,4}:", part.content[:8000]):
            return part
    return None


def _doubt(out: Read, reason: str) -> None:
    """Send the report to a person for a field that is wrong; what else it says stays listed."""
    out.kind, out.reason = "review", out.reason or reason


def _bare(value: str) -> str:
    value = value.split("(", maxsplit=1)[0].split(";", maxsplit=1)[0].strip()
    found = host_port(value)
    return found[0] if found else value


def _domain(mta: str) -> str:
    return mta.rpartition(";")[2].strip().lower()[:253]
