"""Which doors stand behind our own border, so that what it wrote on a mail may be believed. Pure."""

from __future__ import annotations

from sekimori.settings import Settings

BEHIND_THE_BORDER = frozenset({"lmtp", "imap", "file"})
"""Mail that our own mail server took from the world first: it removes foreign fields that bear its name (RFC 8601 §5)."""


def authserv_ids(door: str, settings: Settings) -> tuple[str, ...]:
    """Return whose Authentication-Results may be believed on a message of this door.

    Over SMTP, the API and the web form nobody has removed anything: there a stranger could write "pass" with our own
    name under it and be taken for any reporter.
    """
    return settings.mail.authserv_ids if door in BEHIND_THE_BORDER else ()
