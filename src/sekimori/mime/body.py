"""A part by itself: its header, its type, its content decoded step by step; octets, text, text as a reader sees it."""

from __future__ import annotations

from . import transfer
from .charsets import decode
from .flowed import unflow
from .headers import Extent, Headers, find_extent
from .html import html_to_text
from .reading import Reading
from .structure import find_kind


class Body:
    """What a part says of itself. What lies within it is `mail.Part`'s business.

    `start`, `body_start` and `end` are offsets in `reading.raw`: the part's octets with its header, its body, its end.
    """

    __slots__ = ("_content", "_disposition", "_extent", "_headers", "_params", "_path", "_plain", "_text", "body_start", "end", "reading", "start", "type", "type_raw")

    def __init__(self, reading: Reading, start: int, end: int, default_type: str, path: str) -> None:
        self.reading = reading
        self.start = start
        self.end = end
        self._path = path
        self._extent: Extent = find_extent(reading.view, start, end, reading.limits.header_block)
        self.body_start = min(self._extent.body, end)
        kind = find_kind(reading.view, start, self._extent.end)
        #: media type in lower case, never empty (RFC 2045 §5.2, RFC 2046 §5.1.5)
        self.type: str = kind.type if "/" in kind.type else default_type
        self.type_raw = kind.raw
        self._headers: Headers | None = None
        self._params: dict[str, str] | None = None
        self._disposition: tuple[str, dict[str, str]] | None = None
        self._content: bytes | None = None
        self._text: tuple[str, str] | None = None
        self._plain: str | None = None

    def __repr__(self) -> str:
        return f"<Part {self.where} {self.type} {self.start}..{self.end}>"

    @property
    def where(self) -> str:
        """The part's place, as in IMAP: `1.2` is the second part of the first; "message" for the whole."""
        return self._path or "message"

    @property
    def headers(self) -> Headers:
        """The header block of this part."""
        if self._headers is None:
            self._headers = Headers(self.reading, self.start, self._extent)
        return self._headers

    @property
    def params(self) -> dict[str, str]:
        """Parameters of Content-Type, names in lower case."""
        if self._params is None:
            self._params = self.headers.parameters("content-type")[1] if self.type_raw else {}
        return self._params

    @property
    def charset(self) -> str:
        """The charset as declared, in lower case; "" where none is."""
        return next(iter(self.params.get("charset", "").split()), "").lower()

    @property
    def disposition(self) -> str:
        """`attachment`, `inline`, another word, or ""."""
        return self._disposed()[0]

    def _disposed(self) -> tuple[str, dict[str, str]]:
        if self._disposition is None:
            self._disposition = self.headers.parameters("content-disposition")
        return self._disposition

    @property
    def filename(self) -> str:
        """The name its sender gave it, decoded; for showing only, never a path. "" where there is none."""
        return self._disposed()[1].get("filename", "") or self.params.get("name", "")

    @property
    def is_attachment(self) -> bool:
        """Whether a reader sees it as a file: said so, or neither text nor container."""
        if self.disposition == "attachment":
            return True
        if self.type.startswith("multipart/"):
            return False
        return not self.type.startswith("text/") or (bool(self.filename) and self.disposition != "inline" and self.type != "text/plain")

    @property
    def encoding(self) -> str:
        """The transfer encoding as declared, in lower case; "" where none is."""
        raw = self.headers.raw("content-transfer-encoding")
        return "" if raw is None else raw[:100].decode("ascii", "replace").strip().lower()

    @property
    def body(self) -> bytes:
        """The octets of the body as they came."""
        return self.reading.raw[self.body_start:self.end]

    @property
    def content(self) -> bytes:
        """The octets of the body, transfer encoding undone."""
        if self._content is None:
            data = self.reading.view[self.body_start:self.end]
            encoding = self.encoding
            if encoding:
                data, defect = transfer.decode(data, encoding)
                if defect:
                    self.reading.note(defect, self.where, encoding[:40])
            self._content = data
        return self._content

    @property
    def text(self) -> str:
        """The content as text with LF line ends, at most `Limits.text` octets of it; HTML stays HTML."""
        return self._decoded()[0]

    @property
    def charset_used(self) -> str:
        """The charset by which `text` was decoded."""
        return self._decoded()[1]

    def _decoded(self) -> tuple[str, str]:
        if self._text is None:
            reading = self.reading
            data = self.content
            most = min(reading.limits.text, reading.budget.text)
            if len(data) > most:
                reading.note("over_limit:text" if most == reading.limits.text else "over_limit:text_total", self.where, f"{len(data)} octets")
                data = data[:most]
                # Not within a character, if a line ends nearby.
                data = data[:data.rfind(b"\n", len(data) - 2000) + 1 or len(data)]
            reading.budget.text -= len(data)
            text, used, defect = decode(data, self.charset, reading.guess)
            if defect:
                reading.note(defect, self.where, self.charset[:40])
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            self._text = text, used
        return self._text

    @property
    def plain(self) -> str:
        """The text as a reader sees it: HTML converted, wrapped paragraphs joined (`format=flowed`)."""
        if self._plain is None:
            if self.type in ("text/html", "application/xhtml+xml"):
                self._plain, defect = html_to_text(self.text, self.reading.limits)
                if defect:
                    self.reading.note(defect, self.where, "html")
            elif self.params.get("format", "").lower() == "flowed":
                self._plain = unflow(self.text, self.params.get("delsp", "").lower() == "yes")
            else:
                self._plain = self.text
        return self._plain
