"""A message and its parts: read lazily, over the octets as they came."""

from __future__ import annotations

from collections.abc import Iterator

from . import transfer
from .charsets import decode
from .flowed import unflow
from .headers import Extent, Headers, find_extent, find_start
from .html import html_to_text
from .limits import DEFAULT, Limits
from .reading import Defect, Reading
from .structure import cut, find_boundary, find_kind

_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news", "message/rfc2822"})
_SHOWN = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "application/xhtml+xml"})
_HEADERS_ONLY = frozenset({"text/rfc822-headers", "text/rfc822-header", "message/global-headers", "message/rfc822-headers"})


class Part:
    """A part: the whole message, a piece of a multipart, or the root of a message inside.

    `start`, `body_start` and `end` are offsets in `part.mail.raw`: the part's octets with its header, its body, its end.
    """

    __slots__ = ("_body_type", "_children", "_content", "_disposition", "_extent", "_headers", "_message", "_message_known", "_params", "_path", "_plain", "_text",
                 "body_start", "depth", "end", "mail", "parent", "start", "type", "type_raw")

    def __init__(self, mail: Mail, start: int, end: int, depth: int, parent: Part | None, default_type: str = "text/plain", path: str = "") -> None:
        reading = mail.reading
        self.mail = mail
        self.start = start
        self.end = end
        self.depth = depth
        self.parent = parent
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
        self._children: list[Part] | None = None
        self._content: bytes | None = None
        self._text: tuple[str, str] | None = None
        self._plain: str | None = None
        self._message: Mail | None = None
        self._message_known = False

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
            self._headers = Headers(self.mail.reading, self.start, self._extent)
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
        return self.mail.reading.raw[self.body_start:self.end]

    @property
    def content(self) -> bytes:
        """The octets of the body, transfer encoding undone."""
        if self._content is None:
            data = self.mail.reading.view[self.body_start:self.end]
            encoding = self.encoding
            if encoding:
                data, defect = transfer.decode(data, encoding)
                if defect:
                    self.mail.reading.note(defect, self.where, encoding[:40])
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
            reading = self.mail.reading
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
                self._plain, defect = html_to_text(self.text, self.mail.reading.limits)
                if defect:
                    self.mail.reading.note(defect, self.where, "html")
            elif self.params.get("format", "").lower() == "flowed":
                self._plain = unflow(self.text, self.params.get("delsp", "").lower() == "yes")
            else:
                self._plain = self.text
        return self._plain

    @property
    def children(self) -> list[Part]:
        """The parts of a multipart in their order; [] for anything else."""
        if self._children is None:
            self._children = self._cut() if self.type.startswith("multipart/") and not self.mail.headers_only else []
        return self._children

    def _cut(self) -> list[Part]:
        reading = self.mail.reading
        budget, limits = reading.budget, reading.limits
        boundary = find_boundary(self.type_raw, limits.boundary)
        if not boundary:
            reading.note("no_boundary", self.where, self.type)
            return []
        if self.depth >= limits.depth:
            reading.note("over_limit:depth", self.where, f"deeper than {limits.depth}")
            return []
        if budget.boundaries <= 0 or budget.parts <= 0:
            reading.note("over_limit:boundaries" if budget.boundaries <= 0 else "over_limit:parts", self.where, self.type)
            return []
        budget.boundaries -= 1
        spans, _closed, code = cut(reading, self.body_start, self.end, boundary, budget.parts)
        if code:
            reading.note(code, self.where, self.type)
        budget.parts -= len(spans)
        default = "message/rfc822" if self.type == "multipart/digest" else "text/plain"
        prefix = self._path + "." if self._path else ""
        return [Part(self.mail, a, b, self.depth + 1, self, default, f"{prefix}{i}") for i, (a, b) in enumerate(spans, 1)]

    @property
    def message(self) -> Mail | None:
        """The message inside: of message/rfc822 and its kin (also base64-encoded), or of a part that holds only headers."""
        if not self._message_known:
            self._message_known = True
            if self.type in _MESSAGES or self.type in _HEADERS_ONLY:
                self._message = self._inside()
        return self._message

    def _inside(self) -> Mail | None:
        reading = self.mail.reading
        limits, budget = reading.limits, reading.budget
        if self.depth >= limits.depth:
            reading.note("over_limit:depth", self.where, f"deeper than {limits.depth}")
            return None
        size = self.end - self.body_start
        if budget.parts <= 0 or budget.nested < size:
            reading.note("over_limit:parts" if budget.parts <= 0 else "over_limit:nested", self.where, self.type)
            return None
        budget.parts -= 1
        budget.nested -= size
        inner = Reading(self.content, limits, budget, reading.defects)
        return Mail(inner, self.depth + 1, self._path or "1", headers_only=self.type in _HEADERS_ONLY)

    def walk(self) -> Iterator[Part]:
        """Yield this part and all within, depth first, also those of messages inside."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            kind = part.type
            if kind[:9] == "multipart":
                stack += reversed(part.children)
            elif (kind[:8] == "message/" or kind in _HEADERS_ONLY) and part.message is not None:
                stack.append(part.message.root)


class Mail:
    """A message: its octets, its header, its parts, and what is wrong with it. Nothing is decoded before it is asked for."""

    __slots__ = ("_checked", "_walked", "headers_only", "reading", "root")

    def __init__(self, reading: Reading, depth: int = 0, path: str = "", *, headers_only: bool = False) -> None:
        self.reading = reading
        #: a header without its body: what many bounces and reports give back of the original
        self.headers_only = headers_only
        self.root = Part(self, find_start(reading.view, reading.limits.header_block), len(reading.view), depth, None, path=path)
        self._checked = False

    @property
    def raw(self) -> bytes:
        """The octets as they came."""
        return self.reading.raw

    @property
    def headers(self) -> Headers:
        """The message's own header block."""
        return self.root.headers

    @property
    def subject(self) -> str:
        """The subject, decoded, on one line; "" where there is none."""
        return self.headers.get("subject") or ""

    @property
    def message_id(self) -> str:
        """The Message-ID without its angle brackets; "" where there is none."""
        text = self.headers.get("message-id") or ""
        low = text.find("<")
        high = text.find(">", low + 1)
        return text[low + 1:high].strip() if 0 <= low < high else text.strip().strip("<>")

    @property
    def defects(self) -> list[Defect]:
        """What is wrong: of structure and headers always all; of contents (bad base64, charset …) once they were read."""
        if not self._checked:
            self._checked = True
            for part in self.walk():
                part.headers.check(part.where)
        return self.reading.defects

    def walk(self) -> Iterator[Part]:
        """Yield every part depth first, those of messages inside included, up to the limits."""
        return self.root.walk()

    def texts(self) -> list[str]:
        """Return the texts that a reader of the outer message sees: plain text, or HTML converted where there is no plain.

        Attachments and messages inside are left out.
        """
        out: list[str] = []
        stack = [self.root]
        while stack:
            part = stack.pop()
            if part.type == "multipart/alternative" and part.children:
                plain = [p for p in part.children if p.type == "text/plain" and p.text.strip()]
                stack += plain[:1] or [p for p in reversed(part.children) if p.type != "text/plain"]
            elif part.children:
                stack += reversed(part.children)
            elif (part.type in _SHOWN or part.type.startswith("multipart/")) and part.disposition != "attachment":
                out.append(part.plain)
        return out


def read(raw: bytes, limits: Limits = DEFAULT) -> Mail:
    """Read a message. Never raises for what the octets say, never changes them; see `Mail.defects`."""
    return Mail(Reading(bytes(raw), limits))
