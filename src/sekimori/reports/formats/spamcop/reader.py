"""Reader of SpamCop: address in subject, header and first line; the offending message pasted below."""

from __future__ import annotations

import re

from sekimori.reports.common import originals, times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_SUBJECT = re.compile(r"\[SpamCop \(([^)]{3,80})\) id:(\d{1,20})\]", re.IGNORECASE)
_EMAIL = re.compile(r"(?m)^(?:[>|] ?)?Email from ([0-9A-Fa-f:.]{3,45})[ \t]{0,4}/[ \t]{0,4}([^\n]{6,60})$")
_SITE = re.compile(r"(?m)^(?:[>|] ?)?Spamvertised (?:web ?site|domain)[^\n]{0,20}: ?(\S{4,500})\s{0,3}\n?(?:[>|] ?)?(?:\S{4,500} is ([0-9A-Fa-f:.]{3,45}); ([^\n]{6,60}))?")


class SpamCop:
    """Reader of SpamCop."""

    name = "spamcop"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Mine by subject and sender, whoever forwarded it: the content is checked, the sender proves nothing."""
        mail = item.mail
        if mail is None:
            return None
        return 80 if _SUBJECT.search(mail.subject) or mail.headers.has("x-spamcop-sourceip") else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read the stated address and time; the original gives the ids and is compared."""
        mail = item.mail
        if mail is None:
            return Declined("no message")
        text = "\n".join(mail.texts())
        m = _SUBJECT.search(mail.subject)
        out = Read(report_id=m[2] if m else mail.message_id, reporter="spamcop.net")
        pasted = originals.pasted(text)
        trace = originals.origin(pasted[0], ctx) if pasted is not None else None
        site = _SITE.search(text[:20_000])
        if site is None and pasted is None and "Email from" not in text and any(p.type == "message/rfc822" for p in mail.walk()):
            return Declined("the report itself is the message enclosed")
        if site and site[2] and (found := address_of(site[2])):
            f = FindingData("content", "fraud", *found[:1], special=found[1], url=site[1][:2048], confidence=0.9, reporter_class="spamvertised")
            self._time(f, site[3])
            out.findings = [f]
            return out
        line = _EMAIL.search(text[:20_000])
        stated = address_of(line[1]) if line else None
        for value in ((mail.headers.get("x-spamcop-sourceip") or "").strip(), m[1] if m else ""):
            stated = stated or address_of(value)
        if stated is None and trace is not None and trace.ip:
            stated = (trace.ip, trace.special)
        if stated is None:
            return Declined("no source address", "X-SpamCop-sourceip")
        f = FindingData("messaging", "spam", stated[0], special=stated[1], proto="tcp", confidence=0.95, has_original=pasted is not None, reporter_class="spam")
        self._time(f, line[2] if line else "")
        if trace is not None:
            f.message_id, f.queue_id, f.queue_host = trace.message_id, trace.queue_id, trace.queue_host
            if f.time is None and trace.time is not None:
                f.time, f.time_raw, f.zone, f.time_error_s = trace.time, trace.time_raw, "header", trace.time_error_s
                f.derived.append("time")
        out.findings = [f]
        if f.time is None:
            out.kind, out.reason = "review", "Email from: no time stated, and no original that tells it"
        return out

    @staticmethod
    def _time(f: FindingData, raw: str) -> None:
        when = next(iter(times.find(raw)), None) if raw else None
        if when is not None and not when.yearless:
            f.time, f.time_raw, f.zone, f.time_error_s = when.value, when.raw[:120], "stated" if when.zoned else "none", 60.0 + when.error_s
