"""Where a format's JSON document stands: the file itself, an attachment, or the text of a mail."""

from __future__ import annotations

from collections.abc import Callable

from sekimori.reports.common.archives import Refused
from sekimori.reports.common.documents import documents, has_files
from sekimori.reports.contract import Item

HEAD = 65_536
"""Octets of a mail's text in which a document's keys are looked for."""


def json_document(item: Item, looks: Callable[[bytes], bool]) -> bytes | None:
    """Return the first JSON document whose head `looks` like the format's, or None.

    A file is returned as it is (None where it is too large to read whole); of a mail the attachments are asked, or, where it
    has none, its first two texts. A `multipart/report` that never says "xarf" is another format's (RFC 5965).
    """
    if item.mail is None:
        return None if item.large else item.raw
    if item.mail.root.type == "multipart/report" and b"xarf" not in item.raw and b"XARF" not in item.raw:
        return None
    if not has_files(item):
        return next((t.encode() for t in item.mail.texts()[:2] if t.lstrip()[:1] == "{" and looks(t[:HEAD].encode())), None)
    try:
        return next((d.data() for d in documents(item) if d.kind == "json" and looks(d.head)), None)
    except Refused:
        return None
