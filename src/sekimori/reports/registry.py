"""Which formats there are, and how one item finds its reader.

One line per format; adding one touches this line and its own folder. Third parties add theirs by the entry point
group `sekimori.formats` (name → class with `name`, `version`, `score`, `read`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache

from sekimori.reports.carrier import GENERIC, Answer, Reader, read_carried, read_mailbox
from sekimori.reports.common.documents import sheets
from sekimori.reports.contract import Context, Declined, Format, Item, Read

CERTAIN = 84
"""A score that ends the search: formats are asked in the order below, those that claim others' envelopes first."""

FORMATS: dict[str, str] = {
    "xarf4": "sekimori.reports.formats.xarf4.reader:Xarf4",
    "xarf3": "sekimori.reports.formats.xarf3.reader:Xarf3",
    "arf": "sekimori.reports.formats.arf.reader:Arf",
    "xarf_mail": "sekimori.reports.formats.xarf_mail.reader:XarfMail",
    "selftest": "sekimori.reports.formats.selftest.reader:SelfTest",
    "dmarc": "sekimori.reports.formats.dmarc.reader:Dmarc",
    "shadowserver": "sekimori.reports.formats.shadowserver.reader:Shadowserver",
    "acns": "sekimori.reports.formats.acns.reader:Acns",
    "jmrp": "sekimori.reports.formats.jmrp.reader:Jmrp",
    "snds": "sekimori.reports.formats.snds.reader:Snds",
    "spamcop": "sekimori.reports.formats.spamcop.reader:SpamCop",
    "safebrowsing": "sekimori.reports.formats.safebrowsing.reader:SafeBrowsing",
    "fail2ban": "sekimori.reports.formats.fail2ban.reader:Fail2ban",
    "cert_ja": "sekimori.reports.formats.cert_ja.reader:CertJa",
    "records": "sekimori.reports.formats.records.reader:Records",
    "table": "sekimori.reports.formats.table.reader:TableFile",
}
PROSE = "sekimori.reports.prose.reader:Prose"


def _load(target: str) -> Format:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)()  # type: ignore[no-any-return]


@cache
def formats() -> tuple[Format, ...]:
    """Return one object of each format, shipped and third parties'."""
    found = [_load(target) for target in FORMATS.values() if _exists(target)]
    from importlib.metadata import entry_points

    found += [entry.load()() for entry in entry_points(group="sekimori.formats")]
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

    def structured(inner: Item) -> Answer | None:
        return _structured(inner, ctx, failed)

    def free(inner: Item) -> Answer:
        return _prose(inner, ctx, failed)

    def single(inner: Item) -> Answer:
        return _carried(inner, ctx, structured, free, failed) or free(inner)
    got = _mailbox(item, structured, single, failed) or structured(item) or _carried(item, ctx, structured, free, failed) or free(item)
    got.read.defects += failed
    if got.read.free_text or got.format in GENERIC:
        got.read.defects += sheets(item)
    return got


def _prose(item: Item, ctx: Context, failed: list[str]) -> Answer:
    last = prose()
    try:
        read = last.read(item, ctx)
    except Exception as e:  # noqa: BLE001  as in _structured
        failed.append(f"reader_failed:{last.name}:{type(e).__name__}")
        read = Declined("no reader could read it")
    return Answer(last.name, last.version, read if isinstance(read, Read) else Read(kind="review", reason=read.reason))


def _carried(item: Item, ctx: Context, structured: Reader, free: Reader, failed: list[str]) -> Answer | None:
    try:
        return read_carried(item, ctx, structured, free)
    except Exception as e:  # noqa: BLE001  as in _structured
        failed.append(f"reader_failed:carrier:{type(e).__name__}")
        return None


def _mailbox(item: Item, structured: Reader, single: Callable[[Item], Answer], failed: list[str]) -> Answer | None:
    try:
        return read_mailbox(item, structured, single)
    except Exception as e:  # noqa: BLE001  as in _structured
        failed.append(f"reader_failed:carrier:{type(e).__name__}")
        return None


def _structured(item: Item, ctx: Context, failed: list[str]) -> Answer | None:
    scored: list[tuple[int, Format]] = []
    for fmt in formats():
        try:
            score = fmt.score(item)
        except Exception as e:  # noqa: BLE001  a bug in one format (perhaps a third party's) must not lose the report
            failed.append(f"reader_failed:{fmt.name}:{type(e).__name__}")
            continue
        if score:
            scored.append((score, fmt))
            if score >= CERTAIN:
                break
    scored.sort(key=lambda pair: -pair[0])
    for _, fmt in scored:
        try:
            got = fmt.read(item, ctx)
        except Exception as e:  # noqa: BLE001  as above
            failed.append(f"reader_failed:{fmt.name}:{type(e).__name__}")
            continue
        if isinstance(got, Read):
            return Answer(fmt.name, fmt.version, got)
        if got.field:
            return Answer(fmt.name, fmt.version, Read(kind="review", reason=f"{got.field}: {got.reason}"))
    return None
