"""Tables in HTML as rows of text, by the standard library's tokenizer: bounded, no scripts, no styles."""

from __future__ import annotations

from html.parser import HTMLParser

MAX_CELLS = 200_000


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.cells = 0
        self.skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.skip += 1
        elif tag == "table":
            self.close_row()
            self.tables.append([])
        elif tag == "tr":
            self.close_row()
            self.row = []
        elif tag in ("td", "th"):
            self.close_cell()
            if self.row is None:
                self.row = []
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.skip = max(0, self.skip - 1)
        elif tag in ("td", "th"):
            self.close_cell()
        elif tag in ("tr", "table"):
            self.close_row()

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.skip:
            self.cell.append(data[:5_000])

    def close_cell(self) -> None:
        if self.cell is not None and self.row is not None and self.cells < MAX_CELLS:
            self.cells += 1
            self.row.append(" ".join("".join(self.cell).split()))
        self.cell = None

    def close_row(self) -> None:
        self.close_cell()
        if self.row and self.tables:
            self.tables[-1].append(self.row)
        self.row = None


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables of an HTML text as lists of rows of cells; at most 200,000 cells. Never raises."""
    parser = _Tables()
    try:
        parser.feed(text[:2_000_000])
        parser.close()
    except (AssertionError, ValueError, RecursionError):
        pass
    parser.close_row()
    return [t for t in parser.tables if t]
