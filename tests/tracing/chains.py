"""Received chains written for tests: 203.0.113.0/24 is ours, example.jp the member's provider."""

from sekimori.mime import read
from sekimori.tracing import Trace, trace

OURS = "203.0.113.0/24"
MEMBER = "198.51.100.77"

#: A member sends by our relay to somebody outside, who reports the spam: the common case.
BY_RELAY = [
    "from relay1.example.jp (relay1.example.jp [203.0.113.25]) by mx.victim.example (Postfix) with ESMTPS id 4Z0aaa for <v@victim.example>; Tue, 24 Nov 2026 12:00:05 +0900 (JST)",
    "from [192.168.1.20] (pppoe77.example.jp [198.51.100.77]) (Authenticated sender: taro) by relay1.example.jp (Postfix) with ESMTPSA id 4YbbbB for <v@victim.example>; Tue, 24 Nov 2026 12:00:01 +0900 (JST)",
]
#: What a spammer writes below: a chain that would lead to somebody else.
FORGED = [
    "from innocent.example.jp (innocent.example.jp [198.51.100.200]) by relay1.example.jp (Postfix) with ESMTPSA id 4FORGED; Tue, 24 Nov 2026 11:59:00 +0900 (JST)",
    "from [198.51.100.201] by innocent.example.jp with HTTP; Tue, 24 Nov 2026 12:30:00 +0900",
]
#: Delivered to our own mailbox from outside.
INWARD = "from evil.example (evil.example [192.0.2.66]) by mx1.example.jp (Postfix) with ESMTP id 4Zin for <abuse@example.jp>; Tue, 24 Nov 2026 12:00:00 +0900 (JST)"


def follow(hops: list[str], *trusted: str, extra: str = "", **options: object) -> Trace:
    """Trace a message with these Received fields, top first."""
    raw = "".join(f"Received: {hop}\r\n" for hop in hops) + extra + "Message-ID: <m1@example.jp>\r\nFrom: a@example.jp\r\nSubject: s\r\n\r\nbody\r\n"
    return trace(read(raw.encode()), trusted, **options)  # type: ignore[arg-type]


def codes(found: Trace) -> set[str]:
    """Return the flags' codes."""
    return {flag.code for flag in found.flags}
