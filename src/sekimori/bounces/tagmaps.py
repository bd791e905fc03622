"""The three maps that the provider's mail server asks for tags (BATV). Pure; served by `sekimori tags serve`.

NAME
    sign    envelope sender of a mail that a member hands in → the same with its tag
    untag   tagged envelope recipient → the member's own address
    check   recipient of a mail from the null sender → a header field that says whether a tag of ours was there
DIAGNOSTICS
    Fails open where it can: what a map does not know it does not change. `untag` takes tags whose days are over (their
    mark is ours: somebody answers an old mail), never a mark that is not ours: that recipient stays unknown and is refused.
"""

from __future__ import annotations

from datetime import datetime

from sekimori.intake.ours import Ours
from sekimori.mailauth.batv import Tag, Tagger, is_tagged, untag
from sekimori.settings import Settings
from sekimori.smtp.socketmap import NoSuchMap

FIELD = "X-Sekimori-Tag"
"""Written by our border on mail from the null sender: the tagged recipient as it came, or `none`.

A stranger may write it as well and gains nothing: a tag is checked again by its mark, and `none` speaks against his mail.
"""
NONE = "none"


class TagMaps:
    """Answers look-ups; one object serves many connections."""

    def __init__(self, settings: Settings) -> None:
        self._tagger, self._ours = Tagger.of(settings), Ours.of(settings)

    def lookup(self, name: str, key: str, now: datetime) -> str | None:
        """Return the answer of one map for an address, None for "not found". Raises NoSuchMap."""
        maps = {"sign": self.sign, "untag": self.untag, "check": self.check}
        if name not in maps:
            raise NoSuchMap(name)
        return maps[name](key, now) or None

    def sign(self, address: str, now: datetime) -> str:
        """Return the tagged sender, "" for what is not tagged: others' domains, the desk's own addresses, tagged ones."""
        if not self._members(address) or is_tagged(address):
            return ""
        tagged = self._tagger.sign(address, now)
        return tagged if tagged != address else ""

    def untag(self, address: str, now: datetime) -> str:
        """Return the address inside one of our tags, "" for all others.

        A tagged address of the desk is its own answer: the mail server then knows it as a recipient, and the desk sees the tag.
        """
        if not is_tagged(address):
            return ""
        if self._ours.purpose(address) is not None:
            return address
        plain = untag(address)
        return plain if self._members(plain) and self._tagger.check(address, now) in (Tag.VALID, Tag.EXPIRED) else ""

    def check(self, address: str, now: datetime) -> str:
        """Return the action of an access(5) map for the recipient of a mail from the null sender, "" for none."""
        if is_tagged(address):
            return f"PREPEND {FIELD}: {address}" if self.untag(address, now) else ""
        # An address that would be too long with a tag never bears one.
        if self._members(address) and self._tagger.awaited(now) and self._tagger.sign(address, now) != address:
            return f"PREPEND {FIELD}: {NONE}"
        return ""

    def _members(self, address: str) -> bool:
        local, _, domain = address.rpartition("@")
        return bool(local) and domain.lower() in self._ours.domains and self._ours.purpose(address) is None
