"""A notice on paper: A4 for a window envelope (長形3号 or DIN lang), address in the window, text set from its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from sekimori import words
from sekimori.notices.blocks import Block, parse
from sekimori.notices.wrapping import wrapped
from sekimori.values.outcomes import Outage
from sekimori.values.text import one_line, storable

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = tuple(Path("/usr/share/fonts") / p for p in (
    "opentype/ipaexfont-gothic/ipaexg.ttf", "opentype/ipafont-gothic/ipagp.ttf", "truetype/fonts-japanese-gothic.ttf",
    "truetype/takao-gothic/TakaoPGothic.ttf"))
"""Debian's fonts-ipaexfont-gothic, fonts-ipafont-gothic and what the alternatives system names; the first that is there."""

# The window of a 長形3号 envelope shows x 20–110 mm, y 12–57 mm of a sheet folded in three; DIN lang shows y 45–90 mm.
WINDOW = {"ja": (24.0, 18.0, 82.0), "en": (24.0, 50.0, 82.0)}
LEFT, RIGHT, TOP, BOTTOM = 24.0, 22.0, 20.0, 20.0
ONE_COLUMN = 8
"""So many hours stand in one column; more of them in two."""
ROW, LABEL, COUNT = 4.6, 40.0, 10.0
"""Millimetres of a bar's row, its label and its number."""
WEIGHT_MOST = 20
"""The longest bar (blocks.Block.weight)."""
ROWS_LEAST = 3
"""Fewer rows of bars are not begun at the foot of a page."""
INK, SOFT, LINE, ACCENT = (29, 35, 43), (95, 103, 113), (200, 204, 210), (31, 78, 121)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the paper besides the text."""

    language: str
    ref: str
    name: str
    postal: str
    provider: str
    provider_address: str
    subject: str
    body: str
    at: datetime


def font() -> Path:
    """Return the Japanese font file. Raises Outage (permanent) where none is installed: a letter of empty boxes is none."""
    for path in FONTS:
        if path.exists():
            return path
    raise Outage("no Japanese font for letters: install fonts-ipafont-gothic", permanent=True)


def render(sheet: Sheet) -> bytes:
    """Return the letter as PDF with the font embedded; pages are numbered and carry the notice's number."""
    from fpdf import FPDF

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("body", size=8)
            self.set_text_color(*SOFT)
            self.cell(0, 5, f"{sheet.ref}    {self.page_no()} / {{nb}}", align="C")

    pdf = Paper(format="A4")
    pdf.add_font("body", fname=str(font()))
    pdf.set_margins(LEFT, TOP, RIGHT)
    pdf.set_auto_page_break(True, margin=BOTTOM)
    pdf.set_title(one_line(sheet.subject, 200))
    pdf.set_author(one_line(sheet.provider, 100))
    pdf.set_lang("ja" if sheet.language == "ja" else "en")
    pdf.set_creation_date(sheet.at)
    pdf.add_page()
    _head(pdf, sheet)
    _title(pdf, sheet.subject, sheet.ref)
    for kind, group in groupby(parse(sheet.body), key=lambda b: b.kind):
        blocks = list(group)
        if kind == "bar":
            _bars(pdf, blocks)
        else:
            for block in blocks:
                _BLOCKS[kind](pdf, block)
    return bytes(pdf.output())


def _head(pdf: FPDF, sheet: Sheet) -> None:
    x, y, width = WINDOW["ja" if sheet.language == "ja" else "en"]
    pdf.set_text_color(*INK)
    pdf.set_xy(x, y)
    pdf.set_font("body", size=10.5)
    postal = storable(sheet.postal, 400)
    pieces = postal.replace(",", "\n") if sheet.language == "en" else postal
    lines = [one_line(line.strip(), 60) for line in pieces.splitlines() if line.strip()]
    name = one_line(sheet.name, 60)
    for text in [name, *lines[:5]] if sheet.language == "en" else lines[:4]:
        pdf.set_x(x)
        pdf.multi_cell(width, 5.4, text, align="L", new_x="LMARGIN", new_y="NEXT")
    if sheet.language != "en" and name:
        pdf.set_xy(x + 4, pdf.get_y() + 2)
        pdf.set_font("body", size=13)
        pdf.multi_cell(width - 4, 7, f"{name} 様", align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("body", size=9)
    pdf.set_text_color(*SOFT)
    pdf.set_xy(120, 20)
    about = [words.jst(sheet.at, sheet.language, "date").removesuffix(" JST"), sheet.provider, *sheet.provider_address.splitlines(), sheet.ref]
    for text in about:
        pdf.set_x(120)
        pdf.multi_cell(68, 4.8, one_line(text, 80), align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.set_y(100 if sheet.language == "en" else 74)
    # Folding marks at the two thirds of A4.
    pdf.set_draw_color(*LINE)
    for mark in (99.0, 198.0):
        pdf.line(4, mark, 9, mark)


def _title(pdf: FPDF, subject: str, ref: str) -> None:
    pdf.set_font("body", size=13.5)
    pdf.set_text_color(*ACCENT)
    # The number stands at the head of the sheet already.
    pdf.multi_cell(0, 7.5, one_line(subject, 200).removesuffix(f"({ref})").strip(), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)


def _heading(pdf: FPDF, block: Block) -> None:
    if pdf.will_page_break(24):
        pdf.add_page()
    pdf.ln(3.2)
    pdf.set_font("body", size=10.8)
    pdf.set_text_color(*ACCENT)
    pdf.multi_cell(0, 6, block.value, new_x="LMARGIN", new_y="NEXT")
    y = pdf.get_y()
    pdf.set_draw_color(*LINE)
    pdf.line(LEFT, y, 210 - RIGHT, y)
    pdf.ln(1.4)


def _text(pdf: FPDF, block: Block) -> None:
    pdf.ln(0.8)
    pdf.set_font("body", size=10)
    pdf.set_text_color(*INK)
    _paragraph(pdf, 0, 5.6, block.value)
    pdf.ln(0.6)


def _fact(pdf: FPDF, block: Block) -> None:
    _pair(pdf, block.label, block.value, 34, SOFT)


def _step(pdf: FPDF, block: Block) -> None:
    _pair(pdf, f"{block.label}.", block.value, 7, ACCENT)
    pdf.ln(0.8)


def _pair(pdf: FPDF, label: str, value: str, indent: float, colour: tuple[int, int, int]) -> None:
    pdf.set_font("body", size=10)
    if pdf.will_page_break(11):
        pdf.add_page()
    y = pdf.get_y()
    pdf.set_text_color(*colour)
    pdf.set_xy(LEFT, y)
    pdf.multi_cell(indent, 5.4, label, align="L", new_x="RIGHT", new_y="TOP")
    pdf.set_text_color(*INK)
    pdf.set_xy(LEFT + indent, y)
    _paragraph(pdf, 0, 5.4, value)


def _item(pdf: FPDF, block: Block) -> None:
    pdf.set_font("body", size=9)
    pdf.set_text_color(*INK)
    pdf.set_x(LEFT + 4)
    _paragraph(pdf, 0, 4.8, block.value)


def _bars(pdf: FPDF, blocks: Sequence[Block]) -> None:
    """Set the hours down the left column, then down the right one; on as many pages as they need."""
    columns = 1 if len(blocks) <= ONE_COLUMN else 2
    width = (210 - LEFT - RIGHT) / columns
    while blocks:
        room = int((pdf.page_break_trigger - pdf.get_y()) / ROW)
        needed = -(-len(blocks) // columns)
        if room < min(ROWS_LEAST, needed):
            pdf.add_page()
            continue
        rows = min(needed, room)
        top = pdf.get_y()
        pdf.set_font("body", size=8.6)
        pdf.set_fill_color(*ACCENT)
        for i, block in enumerate(blocks[:rows * columns]):
            x, y = LEFT + 4 + i // rows * width, top + i % rows * ROW
            pdf.set_xy(x, y)
            pdf.set_text_color(*SOFT)
            pdf.cell(LABEL, ROW, block.label)
            pdf.set_text_color(*INK)
            pdf.cell(COUNT, ROW, block.value, align="R")
            pdf.rect(x + LABEL + COUNT + 2, y + 1, block.weight * (width - LABEL - COUNT - 10) / WEIGHT_MOST, 2.6, style="F")
        pdf.set_y(top + rows * ROW + 1)
        blocks = blocks[rows * columns:]


def _paragraph(pdf: FPDF, width: float, height: float, text: str) -> None:
    """Set text from here on, `width` mm wide (0: to the margin)."""
    x = pdf.get_x()
    room = (width or pdf.w - pdf.r_margin - x) - 2 * pdf.c_margin - 0.1
    for line in wrapped(text, room, pdf.get_string_width):
        pdf.set_x(x)
        pdf.cell(room, height, line, new_x="LMARGIN", new_y="NEXT")


_BLOCKS = {"heading": _heading, "text": _text, "fact": _fact, "step": _step, "item": _item}
