"""The doctor's look at texts: letters, answers, pages of the guide, and the public windows that they name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sekimori.cli.finding import Finding
from sekimori.settings import Settings
from sekimori.values.outcomes import Refused

WINDOW_DAYS = 180
"""Telephone numbers and hours of public windows in the guide are compared with the bodies' own pages twice a year."""


def texts(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether every letter, answer and guide page renders, can be printed and signed; whether public windows were looked at lately."""
    from sekimori.guide import catalogue, pages
    from sekimori.notices import experiment, letterpdf, preview

    broken = []
    for audience, kind in preview.kinds():
        for language in ("ja", "en"):
            try:
                preview.preview(audience, kind, language, settings, now)
            except Refused as e:
                broken.append(e.why)
    try:
        experiment.load(settings.data / "notices")
    except Refused as e:
        broken.append(e.why)
    try:
        catalogue.all_pages()
    except pages.PageError as e:
        broken.append(str(e))
    yield Finding("texts.broken", "fail" if broken else "ok", f"texts that cannot be used: {'; '.join(broken[:3])}" if broken else "all texts render")
    if not any(p.exists() for p in letterpdf.FONTS):
        yield Finding("letters.font", "warn", "no Japanese font for letters (Debian: fonts-ipafont-gothic)")
    if settings.mail.relay_host and not (settings.mail.dkim_selector and settings.mail.dkim_key_file):
        yield Finding("mail.dkim", "warn", "no DKIM key is set: notices go out unsigned, as phishing does")
    old = [c for c in pages.window_codes() if (now.date() - pages.window(c, "ja").checked).days > WINDOW_DAYS]
    if old:
        yield Finding("guide.windows", "warn", f"{len(old)} public windows were not checked for {WINDOW_DAYS} days: {', '.join(old[:5])}")
