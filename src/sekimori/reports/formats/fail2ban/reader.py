"""Reader of fail2ban: the banned address is stated in one of its customary sentences; the time is the mail's own."""

from __future__ import annotations

import re

from sekimori.reports.common import categories, times
from sekimori.reports.common.addresses import address_of
from sekimori.reports.contract import Context, Declined, FindingData, Item, Read

_BANNED = re.compile(r"The IP ([0-9A-Fa-f:.]{3,45}) has just been banned by Fail2Ban after\s{1,4}(\d{1,9}) attempts? against\s{1,4}([A-Za-z0-9_.\-]{1,60})", re.IGNORECASE)
_COMPLAIN = re.compile(r"abuse from ([0-9A-Fa-f:.]{3,45})", re.IGNORECASE)
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
        if _BANNED.search(text) or (_COMPLAIN.match(mail.subject.strip()) and re.search(r"fail2ban", text + (h.get("x-fail2ban") or ""), re.IGNORECASE)):
            return 78
        return None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Read address, count and service; the log lines enclosed make it evidence."""
        mail = item.mail
        text = _text(item)
        m = _BANNED.search(text)
        if mail is None or (m is None and not _COMPLAIN.search(mail.subject)):
            return Declined("no banned address")
        named = _COMPLAIN.search(mail.subject)
        found = address_of((m[1] if m else named[1] if named else "").rstrip(".:"))
        if found is None:
            return Declined("no address", "IP")
        others = {a for x in _BANNED.finditer(text) if (a := address_of(x[1].rstrip(".:"))) is not None}
        if len(others) > 1:
            return Declined("several addresses banned in one mail")
        jail = m[3] if m else ""
        kind = categories.service(jail) if jail else categories.in_words(text)
        f = FindingData(*(kind or ("connection", "login_attack")), found[0], special=found[1], confidence=0.9, reporter_class=jail[:80], proto="tcp")
        f.count = max(1, int(m[2])) if m else 1
        f.has_original = sum(found[0] in line[0] and bool(re.search(r"\d\d:\d\d", line[0])) for line in _LINES.finditer(text[:100_000])) >= 3
        date = mail.headers.get("date") or ""
        when = times.parse(date, epoch=False)
        if when is not None:
            f.time, f.time_raw, f.zone = when.value, date[:120], "header" if when.zoned else "none"
            f.time_error_s = _STAMP_S
        return Read([f], report_id=mail.message_id)


def _text(item: Item) -> str:
    cached = item.cache.get("shown")
    if cached is None:
        cached = item.cache["shown"] = "\n".join(item.mail.texts()) if item.mail is not None else ""
    return str(cached)
