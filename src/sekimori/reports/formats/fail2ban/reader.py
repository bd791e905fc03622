"""Reader of fail2ban: the banned address is stated in one of its customary sentences; the time is the mail's own."""

from __future__ import annotations

import re
from datetime import datetime

from sekimori.reports.common import categories, times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.common.zones import zone_of
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_BANNED = re.compile(r"The IP ([0-9A-Fa-f:.]{3,45}) has just been banned by Fail2Ban after\s{1,4}(\d{1,9}) attempts? against\s{1,4}([A-Za-z0-9_.\-]{1,60})", re.IGNORECASE)
_COMPLAIN = re.compile(r"abuse from ([0-9A-Fa-f:.]{3,45})", re.IGNORECASE)
_BUFFERED = re.compile(r"(?m)^([^\n]{10,60}?):? {1,4}([0-9A-Fa-f:.]{3,45}) \((\d{1,9}) failures?\)[ \t]{0,4}$", re.IGNORECASE)
"""A line of the summary that the buffered actions send (`sendmail-buffered`, `mail-buffered`)."""
_JAIL = re.compile(r"\[Fail2Ban\] ([A-Za-z0-9_.\-]{1,60}):?", re.IGNORECASE)
_SUBJECT = re.compile(r"\[Fail2Ban\] {1,4}([A-Za-z0-9_.\-]{1,60}):? {1,4}(?:has )?(?:banned|ban|blocked|block)(?: of)?(?: ip)? {1,4}([0-9A-Fa-f:.]{3,45})(?![\w:])", re.IGNORECASE)
"""The customary subject, which actions with a text of their own keep."""
_LIFE = re.compile(r"The jail [A-Za-z0-9_.\-]{1,60} has been (?:started successfully|stopped)|has just been unbanned by Fail2Ban", re.IGNORECASE)
"""What the jail says of itself, and that a ban is over: no act of anybody."""
_LOCAL = re.compile(r"Local timezone is ([+-]\d{4})", re.IGNORECASE)
_LINES = re.compile(r"(?m)^[^\n]{0,400}$")
_STAMP_S = 600.0
"""fail2ban bans when the limit is reached inside its findtime, 600 s as shipped: the attempts lie in the 10 minutes before."""


class Fail2ban:
    """Reader of fail2ban mails."""

    name = "fail2ban"
    version = "1"

    def score(self, item: Item) -> int | None:
        """Mine by the sentence, or by the complaint's subject with its customary signature."""
        mail = item.mail
        if mail is None:
            return None
        h = mail.headers
        if "fail2ban" not in mail.subject.lower() and "abuse from" not in mail.subject.lower() and b"ail2" not in item.raw[:60_000]:
            return None
        text = _text(item)
        if _BANNED.search(text) or ("fail2ban" in text.lower() and (_LIFE.search(text) or _BUFFERED.search(text))) or _SUBJECT.search(mail.subject) or (_COMPLAIN.match(mail.subject.strip()) and re.search(r"fail2ban", text + (h.get("x-fail2ban") or ""), re.IGNORECASE)):
            return 78
        return None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read address, count and service; the log lines enclosed make it evidence."""
        mail = item.mail
        text = _text(item)
        m = _BANNED.search(text)
        if mail is not None and m is None and _BUFFERED.search(text):
            return _summary(mail.subject, text, mail.message_id)
        if m is None and _LIFE.search(text):
            return Read(kind="not_abuse", reason="fail2ban says that it started, stopped or lifted a ban")
        headed = _SUBJECT.search(mail.subject) if mail is not None else None
        if mail is None or (m is None and headed is None and not _COMPLAIN.search(mail.subject)):
            return Declined("no banned address")
        named = _COMPLAIN.search(mail.subject)
        found = address_of((m[1] if m else headed[2] if headed else named[1] if named else "").rstrip(".:"))
        if found is None:
            return Declined("no address", "IP")
        others = {a for x in _BANNED.finditer(text) if (a := address_of(x[1].rstrip(".:"))) is not None}
        if len(others) > 1:
            return Declined("several addresses banned in one mail")
        if headed and (other := address_of(headed[2].rstrip(".:"))) is not None and other != found:
            return Declined(f"subject and text name two addresses, {other[0]} and {found[0]}", "IP")
        jail = m[3] if m else headed[1] if headed else ""
        kind = categories.service(jail) if jail else categories.in_words(text)
        f = FindingData(*(kind or ("connection", "login_attack")), found[0], special=found[1], confidence=0.9, reporter_class=jail[:80], proto="tcp")
        f.count = max(1, int(m[2])) if m else 1
        f.has_original = sum(found[0] in line[0] and bool(re.search(r"\d\d:\d\d", line[0])) for line in _LINES.finditer(text[:100_000])) >= 3
        date = mail.headers.get("date") or ""
        when = times.parse(date, epoch=False)
        if _logged(f, text, when.value if when is not None and when.zoned else ctx.received):
            return Read([f], report_id=mail.message_id)
        if when is not None:
            f.time, f.time_raw, f.zone = when.value, date[:120], "header" if when.zoned else "none"
            f.time_error_s = _STAMP_S
        return Read([f], report_id=mail.message_id)


def _logged(f: FindingData, text: str, sent: datetime | None) -> bool:
    """Take first and last time from the log lines that name the address, where the mail states the zone of its log."""
    local = _LOCAL.search(text)
    zone = zone_of(local[1]) if local else None
    if local is None or zone is None:
        return False
    stamps = []
    for line in _LINES.finditer(text, local.end()):
        if f.source_ip and f.source_ip in line[0]:
            dated = next((d for w in times.find(line[0][:200], 1) if (d := w.with_year(sent.astimezone(zone) if sent else None)) is not None), None)
            if dated is not None and dated.precision in ("s", "us"):
                stamps.append(dated.in_zone(zone))
    stamps.sort(key=lambda w: w.value)
    if not stamps:
        return False
    f.time, f.time_raw, f.zone, f.time_error_s = stamps[0].value, stamps[0].raw[:120], "stated", 1.0
    f.last_time = stamps[-1].value if len(stamps) > 1 else None
    f.count = max(f.count, len(stamps))
    return True


def _summary(subject: str, text: str, message_id: str) -> Read | Declined:
    """Read the summary of several bans, one a line."""
    named = _JAIL.search(subject)
    jail = named[1] if named else ""
    out = Read(report_id=message_id)
    findings = []
    for n, m in enumerate(_BUFFERED.finditer(text[:1_000_000]), 1):
        found = address_of(m[2].rstrip(".:"))
        when = times.parse(m[1], epoch=False)
        if found is None or when is None or when.yearless:
            out.fault(n, "IP: no address" if found is None else "time: none", m[0])
            continue
        f = FindingData(*(categories.service(jail) if jail else None) or ("connection", "login_attack"), found[0], special=found[1], confidence=0.9, reporter_class=jail[:80], proto="tcp")
        f.time, f.time_raw, f.zone, f.time_error_s = when.value, m[1][:120], "stated" if when.zoned else "none", _STAMP_S
        f.count = max(1, int(m[3]))
        findings.append(f)
    out.findings = findings
    return out if findings else Declined("no line could be read", "IP")


def _text(item: Item) -> str:
    cached = item.cache.get("shown")
    if cached is None:
        cached = item.cache["shown"] = "\n".join(item.mail.texts()) if item.mail is not None else ""
    return str(cached)
