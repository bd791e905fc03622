"""Recognises the mail of `sekimori doctor --self-test`. Anybody may write one: it puts aside nothing but itself."""

from __future__ import annotations

import re

from sekimori.reports.contract import Context, Declined, Item, Read

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""The generic test for unsolicited bulk e-mail: every spam filter knows it, so a filter before abuse@ shows itself."""
SUBJECT = re.compile(r"Sekimori self-test ([a-z2-7]{26})")
LARGEST = 20_000
"""With the lines that servers add on the way."""


class SelfTest:
    """Recogniser of our own self-test."""

    name = "selftest"
    version = "1"

    def score(self, item: Item) -> int | None:
        """High for the subject with a token, GTUBE in the text, and nothing attached."""
        mail = item.mail
        if mail is None or len(item.raw) > LARGEST or not SUBJECT.fullmatch(mail.subject.strip()):
            return None
        return 99 if mail.root.type == "text/plain" and GTUBE in "".join(mail.texts()) else None

    def read(self, item: Item, ctx: Context) -> Read | Declined:
        """Put it aside under its token."""
        mail = item.mail
        found = SUBJECT.fullmatch(mail.subject.strip()) if mail is not None else None
        if found is None:
            return Declined("no self-test")
        return Read(kind="not_abuse", reason="self-test", report_id=found.group(1))
