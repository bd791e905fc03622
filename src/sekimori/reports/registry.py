"""Which formats there are, and how one item finds its reader.

One line per format; adding one touches this line and its own folder. Third parties add theirs by the entry point
group `sekimori.formats` (name → class with `name`, `version`, `score`, `read`).
"""

from __future__ import annotations

import importlib
from functools import cache

from sekimori.reports.contract import Context, Declined, Format, Item, Read

FORMATS: dict[str, str] = {
    "arf": "sekimori.reports.formats.arf.reader:Arf",
    "xarf4": "sekimori.reports.formats.xarf4.reader:Xarf4",
    "xarf3": "sekimori.reports.formats.xarf3.reader:Xarf3",
    "xarf_mail": "sekimori.reports.formats.xarf_mail.reader:XarfMail",
    "dmarc": "sekimori.reports.formats.dmarc.reader:Dmarc",
    "shadowserver": "sekimori.reports.formats.shadowserver.reader:Shadowserver",
    "acns": "sekimori.reports.formats.acns.reader:Acns",
    "jmrp": "sekimori.reports.formats.jmrp.reader:Jmrp",
    "spamcop": "sekimori.reports.formats.spamcop.reader:SpamCop",
    "safebrowsing": "sekimori.reports.formats.safebrowsing.reader:SafeBrowsing",
    "fail2ban": "sekimori.reports.formats.fail2ban.reader:Fail2ban",
    "cert_ja": "sekimori.reports.formats.cert_ja.reader:CertJa",
    "records": "sekimori.reports.formats.records.reader:Records",
    "table": "sekimori.reports.formats.table.reader:TableFile",
}
PROSE = "sekimori.reports.prose.reader:Prose"


class Answer:
    """What became of an item: the format that read it, and its reading (`kind` is always one of contract.KINDS)."""

    __slots__ = ("format", "read", "version")

    def __init__(self, format_: str, version: str, read: Read) -> None:
        self.format = format_
        self.version = version
        self.read = read


def _load(target: str) -> Format:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)()  # type: ignore[no-any-return]


@cache
def formats() -> tuple[Format, ...]:
    """Return one object of each format, shipped and third parties'."""
    found = [_load(target) for target in FORMATS.values() if _exists(target)]
    from importlib.metadata import entry_points

    for entry in entry_points(group="sekimori.formats"):
        found.append(entry.load()())
    return tuple(found)


def _exists(target: str) -> bool:
    import importlib.util

    try:
        return importlib.util.find_spec(target.partition(":")[0]) is not None
    except ModuleNotFoundError:
        return False


@cache
def prose() -> Format:
    """Return the reader of free text, the last resort."""
    return _load(PROSE)


def read_item(item: Item, ctx: Context) -> Answer:
    """Read one item with the surest format that can; free text otherwise. Nothing is ever without an answer."""
    failed: list[str] = []
    scored: list[tuple[int, Format]] = []
    for fmt in formats():
        try:
            score = fmt.score(item)
        except Exception as e:  # noqa: BLE001  a bug in one format (perhaps a third party's) must not lose the report
            failed.append(f"reader_failed:{fmt.name}:{type(e).__name__}")
            continue
        if score:
            scored.append((score, fmt))
    scored.sort(key=lambda pair: -pair[0])
    for fmt in (*(f for _, f in scored), prose()):
        try:
            got = fmt.read(item, ctx)
        except Exception as e:  # noqa: BLE001  as above
            failed.append(f"reader_failed:{fmt.name}:{type(e).__name__}")
            continue
        if isinstance(got, Declined):
            if not got.field and fmt is not prose():
                continue
            got = Read(kind="review", reason=f"{got.field}: {got.reason}" if got.field else got.reason)
        got.defects += failed
        return Answer(fmt.name, fmt.version, got)
    return Answer("none", "0", Read(kind="review", reason="no reader could read it", defects=failed))
