"""By post: a PDF in DATA/outbox/letters/ for the print room. It is sent when it lies there, delivered when the post says so."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sekimori.contracts import holders
from sekimori.notices import letterpdf
from sekimori.settings import Settings
from sekimori.values.actors import Actor
from sekimori.values.basis import Basis, Purpose
from sekimori.values.outcomes import Outage

if TYPE_CHECKING:
    from sekimori.notices.models import Notice

BY = Actor("stage", "notices.send")


def send(notice: Notice, settings: Settings, now: datetime) -> None:
    """Lay the letter's PDF into the print tray; the same notice again is the same file.

    Raises Outage where the font or the disk is not there. A synthetic folder prints nothing: plays take no paper.
    """
    if settings.synthetic:
        return
    tray = settings.data / "outbox" / "letters"
    try:
        tray.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(tray / f"{notice.ref}.pdf", pdf(notice, settings, now))
    except OSError as e:
        raise Outage(f"the print tray cannot be written: {e.strerror}") from e


def pdf(notice: Notice, settings: Settings, now: datetime, by: Actor = BY) -> bytes:
    """Return the letter as PDF. Name and postal address are read for its case or request, with their ledger entry."""
    about, contract = belongs(notice)
    basis = Basis.SYNTHETIC if settings.synthetic else Basis.LEGIT_BUSINESS
    held = holders.read(by, Purpose(about, basis), [contract], ("holder", "postal"), now)
    to = held.get(contract)
    japanese = notice.language == "ja"
    return letterpdf.render(letterpdf.Sheet(
        language=notice.language, ref=notice.ref, name=to.holder if to else "", postal=to.postal if to else "",
        provider=settings.provider.name_ja if japanese else settings.provider.name_en,
        provider_address=settings.provider.address_ja if japanese else settings.provider.address_en,
        subject=notice.subject, body=notice.body, at=notice.written_at))


def belongs(notice: Notice) -> tuple[str, int]:
    """Return what a member's notice is about, as the ledger names it, and its contract. Raises ValueError for one to nobody of ours."""
    if notice.case is not None:
        return f"case:{notice.case.ref}", notice.case.contract_id
    if notice.request is not None and notice.request.contract_id is not None:
        return f"request:{notice.request.ref}", notice.request.contract_id
    raise ValueError(f"{notice.ref} goes to no contract")


def discard(ref: str, settings: Settings) -> None:
    """Take a letter out of the print tray: it lies there with name and address only until the post has it."""
    with contextlib.suppress(OSError):
        (settings.data / "outbox" / "letters" / f"{ref}.pdf").unlink()


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(f".tmp{os.getpid()}")
    with temporary.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(path)
