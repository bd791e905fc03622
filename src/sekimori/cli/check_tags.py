"""The doctor's look at tags in the envelope sender: their keys, and the maps that Postfix asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sekimori.cli.finding import Finding
from sekimori.settings import Settings

TAG_KEY_GOOD = 32
"""Characters of a key made as docs/operate/tags.md says, at least."""


def tags(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Tags in the envelope sender: their keys, and whether Postfix gets an answer. Keys that cannot be read stop the start."""
    from sekimori.mailauth.batv import Tagger, is_tagged

    if not settings.tags.key:
        return
    files = {name: os.environ.get(f"SEKIMORI_TAGS_{name}_FILE", "") for name in ("KEY", "PREVIOUS_KEY")}
    loose = [path for path in files.values() if path and Path(path).stat().st_mode & 0o007]  # group bits may be an ACL (systemd credentials)
    short = [name.lower() for name, key in (("KEY", settings.tags.key), ("PREVIOUS_KEY", settings.tags.previous_key)) if 0 < len(key) < TAG_KEY_GOOD]
    if loose:
        yield Finding("tags.key", "fail", f"everybody may read {', '.join(loose)}")
    elif short:
        yield Finding("tags.key", "warn", f"tags.{' and tags.'.join(short)}: fewer than {TAG_KEY_GOOD} characters (`openssl rand -hex 32`)")
    else:
        yield Finding("tags.key", "ok", f"key {settings.tags.key_number} is in force, tags hold {settings.tags.days} days")
    own = f"{settings.mail.noreply_localpart}+{'a' * 26}@{settings.provider.domains[0]}"
    if not is_tagged(Tagger.of(settings).sign(own, now)):
        yield Finding("tags.notices", "warn", "mail.noreply_localpart is so long that no tag fits: notices leave untagged")
    if settings.tags.listen:
        from sekimori.smtp.socketmap import ask

        probe = f"doctor@{settings.provider.domains[0]}"
        try:
            answered = is_tagged(ask(settings.tags.listen, "sign", probe) or "")
        except OSError:
            answered = False
        yield Finding("tags.service", "ok" if answered else "fail", f"the maps at {settings.tags.listen} " + (
            "answer" if answered else "do not answer: Postfix puts off members' mail (`sekimori tags serve`)"))
    elif settings.tags.since:
        yield Finding("tags.service", "warn", "tags.since is set, but tags.listen is not: who tags members' mail?")
