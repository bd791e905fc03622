"""Junk Mail Reporting Program without a feedback-report part: `complaint about message from 192.0.2.1`, original attached."""

from __future__ import annotations

import re

from sekimori.reports.common import originals, times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_SUBJECT = re.compile(r"complaint about message from[ \t]{1,4}\[?([0-9A-Fa-f:.x]{3,45})", re.IGNORECASE)


class Jmrp:
    """Reader of JMRP mails; also of such a complaint whose envelope was stripped by a relay."""

    name = "jmrp"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Mine by the subject, or by the header that only Hotmail's copies bear."""
        mail = item.mail
        if mail is None:
            return None
        if _SUBJECT.search(mail.subject):
            return 84
        if mail.headers.has("x-hmxmroriginalrecipient"):
            return 82
        return None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read the address from the subject, time and ids from the original."""
        mail = item.mail
        if mail is None:
            return Declined("no message")
        original = originals.enclosed(mail)
        if original is None:
            for text in mail.texts()[:3]:
                found = originals.pasted(text)
                if found is not None:
                    original = found[0]
                    break
        if original is None and mail.headers.has("x-hmxmroriginalrecipient"):
            # The relay took the envelope off: the message is the original itself, below Hotmail's own lines.
            original = mail
        if original is None:
            return Declined("no original enclosed")
        trace = originals.origin(original, ctx)
        m = _SUBJECT.search(mail.subject)
        stated = address_of(m[1].rstrip(".")) if m else None
        f = FindingData("messaging", "spam", proto="tcp", confidence=0.9, has_original=True, reporter_class="complaint")
        if stated:
            f.source_ip, f.special = stated
        elif trace.ip and original is not mail:
            f.source_ip, f.special = trace.ip, trace.special
            f.derived.append("source_ip")
            f.confidence = 0.8
        f.time, f.time_raw, f.time_error_s = trace.time, trace.time_raw, trace.time_error_s
        f.zone = "header" if trace.time is not None else "none"
        if f.time is None and (date := original.headers.get("date")):
            # The sender's own clock wrote it: wide, and only where nothing better is there.
            when = times.parse(date, epoch=False)
            if when is not None:
                f.time, f.time_raw, f.zone, f.time_error_s = when.value, date[:120], "header" if when.zoned else "none", 3600.0
        f.derived.append("time")
        f.message_id, f.queue_id, f.queue_host = trace.message_id, trace.queue_id, trace.queue_host
        out = Read([f], report_id=mail.message_id)
        if f.source_ip is None:
            out.kind, out.reason = "review", "no source address stated"
        return out
