"""Which channel a letter takes, and the next one when it fails. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

ORDER = ("mail", "alt_mail", "letter", "sms", "manual")
"""By what reaches people soonest and leaves a record; `manual` is an officer with a telephone and always there."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What the contract holds: `email`, `alt_email`, `postal`, `phone`, "" where there is none; `sms` = a gateway is set up."""

    email: str = ""
    alt_email: str = ""
    postal: str = ""
    phone: str = ""
    sms: bool = False


def available(reach: Reach) -> tuple[str, ...]:
    """Return the channels that can be used at all, in order. The same address twice is one channel."""
    there = {
        "mail": bool(reach.email),
        "alt_mail": bool(reach.alt_email) and reach.alt_email.lower() != reach.email.lower(),
        "letter": bool(reach.postal),
        "sms": reach.sms and bool(reach.phone),
        "manual": True,
    }
    return tuple(c for c in ORDER if there[c])


def choose(reach: Reach, *, prefer: str = "", avoid: Collection[str] = (), tried: Collection[str] = ()) -> str:
    """Return the channel for a letter: the preferred one if it is there, else the first not avoided and not yet tried.

    `avoid` names channels that must not be used (`mail` where a thief may read the mailbox); `manual` ends the list.
    """
    usable = [c for c in available(reach) if c not in avoid and c not in tried]
    if prefer in usable:
        return prefer
    return usable[0] if usable else "manual"


def unsafe(reach: Reach, mailboxes: Collection[str]) -> frozenset[str]:
    """Return the mail channels that end in a mailbox whose password somebody else may know, where another way is left."""
    known = {m.lower() for m in mailboxes}
    bad = {c for c, a in (("mail", reach.email), ("alt_mail", reach.alt_email)) if a and a.lower() in known}
    return frozenset(bad) if set(available(reach)) - bad - {"manual"} else frozenset()


def address(reach: Reach, channel: str) -> str:
    """Return what stands in a notice's `to` for a channel; a postal address stays with the contract, not the notice."""
    return {"mail": reach.email, "alt_mail": reach.alt_email, "sms": reach.phone}.get(channel, "")
