"""A message and its parts: read lazily, over the octets as they came."""

from __future__ import annotations

from collections.abc import Iterator

from .body import Body
from .headers import Headers, find_start
from .limits import DEFAULT, Limits
from .reading import Defect, Reading
from .structure import cut, find_boundary

_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news", "message/rfc2822"})
_SHOWN = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "application/xhtml+xml"})
_HEADERS_ONLY = frozenset({"text/rfc822-headers", "text/rfc822-header", "message/global-headers", "message/rfc822-headers"})


class Part(Body):
    """A part: the whole message, a piece of a multipart, or the root of a message inside; with all that is within it."""

    __slots__ = ("_children", "_message", "_message_known", "depth", "mail", "parent")

    def __init__(self, mail: Mail, start: int, end: int, depth: int, parent: Part | None, default_type: str = "text/plain", path: str = "") -> None:
        super().__init__(mail.reading, start, end, default_type, path)
        self.mail = mail
        self.depth = depth
        self.parent = parent
        self._children: list[Part] | None = None
        self._message: Mail | None = None
        self._message_known = False

    @property
    def children(self) -> list[Part]:
        """The parts of a multipart in their order; [] for anything else."""
        if self._children is None:
            self._children = self._cut() if self.type.startswith("multipart/") and not self.mail.headers_only else []
        return self._children

    def _cut(self) -> list[Part]:
        reading = self.reading
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
        reading = self.reading
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
