"""One header block: where it ends, its fields with their offsets, and the values as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .addresses import Mailbox, parse_mailboxes
from .encoded import decode_value, parse_parameters, text_of, unfold

if TYPE_CHECKING:
    from .reading import Reading

# Well-formed fields one after the other. Possessive throughout: one pass, no backtracking.
_BLOCK = re.compile(rb"(?:[!-9;-~]++[ \t]*+:[^\n]*+(?:\n[ \t][^\n]*+)*+(?:\n|\Z))*+")
_FIELD = re.compile(rb"([!-9;-~]++)([ \t]*+):([^\n]*+(?:\n[ \t][^\n]*+)*+)")
_BLANK = re.compile(rb"\r?\n")
_MBOX_FROM = re.compile(rb">?From [^\n]*+\n")
# After a line that is no field, the header goes on only where one of these follows; otherwise the body has begun.
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|received|mime-version|content-type|content-transfer-encoding|return-path|reply-to|sender|delivered-to|dkim-signature|x-[!-9;-~]{1,60})[ \t]*+:",
    re.IGNORECASE)
_LEADING = re.compile(rb"(?:[ \t]*+\r?\n)++")
_INDENTED = re.compile(rb"[ \t]++[^\n]*+\n")
_JUNK_LINES = 20
_SINGLE = frozenset(("from", "to", "cc", "subject", "date", "message-id", "sender", "reply-to", "content-type", "content-transfer-encoding", "content-disposition", "mime-version"))


class Field(NamedTuple):
    """One field as it stands in the message. `raw` is the value, still folded; `start` and `end` are offsets in `Mail.raw`."""

    name: str
    lower: str
    raw: bytes
    start: int
    end: int


class Extent(NamedTuple):
    """A header block: `end` is where its last line ends, `body` where the body begins; `junk` spans lines that are no fields."""

    end: int
    body: int
    junk: tuple[tuple[int, int], ...]
    code: str


def find_extent(view: bytes, start: int, end: int, limit: int) -> Extent:
    """Return the extent of the header block at `start`.

    The block ends at an empty line. A line without a colon ends it too, as in Postfix, unless well-known fields follow
    soon after (broken folding); lines `From ` and `>From ` of mailboxes are passed over.
    """
    stop = min(end, start + limit)
    at = _BLOCK.match(view, start, stop).end()  # type: ignore[union-attr]  # matches the empty string too
    blank = _BLANK.match(view, at, stop)
    if blank is not None:
        return Extent(at, blank.end(), (), "")
    if at >= end:
        return Extent(at, at, (), "")
    return _odd_extent(view, start, at, end, stop)


def find_start(view: bytes, limit: int) -> int:
    """Return where the header of a message begins: after blank lines, and one indented line, that stand before fields."""
    leading = _LEADING.match(view, 0, limit)
    at = leading.end() if leading is not None else 0
    indented = _INDENTED.match(view, at, limit)
    if indented is not None and _KNOWN.match(view, indented.end(), limit):
        at = indented.end()
    return at if _KNOWN.match(view, at, limit) else 0


def _odd_extent(view: bytes, start: int, at: int, end: int, stop: int) -> Extent:
    junk: list[tuple[int, int]] = []
    code = ""
    while at < stop:
        blank = _BLANK.match(view, at, stop)
        if blank is not None:
            return Extent(at, blank.end(), tuple(junk), code)
        after = _line_end(view, at, stop)
        if _MBOX_FROM.match(view, at, stop) is None:
            code = "header_without_colon"
            fields = _fields_after(view, at, stop) if at > start and len(junk) < _JUNK_LINES else -1
            if fields < 0:
                break
            after = fields
        junk.append((at, after))
        at = _BLOCK.match(view, after, stop).end()  # type: ignore[union-attr]
    if at >= stop and stop < end:
        code = "over_limit:header_block"
    return Extent(at, at, tuple(junk), code)


def _line_end(view: bytes, at: int, stop: int) -> int:
    found = view.find(b"\n", at, stop)
    return stop if found < 0 else found + 1


def _fields_after(view: bytes, at: int, stop: int) -> int:
    """Return where well-known fields go on after lines that are none, or -1; an empty line or a delimiter is the body."""
    for _ in range(_JUNK_LINES):
        if at >= stop or view.startswith(b"--", at) or _BLANK.match(view, at, stop):
            return -1
        at = _line_end(view, at, stop)
        if _KNOWN.match(view, at, stop):
            return at
    return -1


class Headers:
    """The fields of one header block, in order. Values are decoded when they are asked for."""

    __slots__ = ("_by_name", "_extent", "_fields", "_reading", "_start")

    def __init__(self, reading: Reading, start: int, extent: Extent) -> None:
        self._reading = reading
        self._start = start
        self._extent = extent
        self._fields: list[Field] | None = None
        self._by_name: dict[str, list[Field]] | None = None

    @property
    def fields(self) -> list[Field]:
        """The fields, at most `Limits.header_fields`."""
        if self._fields is None:
            self._fields = self._parse()
        return self._fields

    def _parse(self) -> list[Field]:
        out: list[Field] = []
        view, limit = self._reading.view, self._reading.limits.header_fields
        at = self._start
        for low, high in (*self._extent.junk, (self._extent.end, 0)):
            for m in _FIELD.finditer(view, at, low):
                if len(out) >= limit:
                    self._reading.note("over_limit:header_fields", f"offset {m.start()}", f"more than {limit} fields")
                    return out
                name = m.group(1).decode("ascii")
                raw = m.group(3)
                out.append(Field(name, name.lower(), raw[:-1] if raw[-1:] == b"\r" else raw, m.start(), m.end()))
            at = high
        return out

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def _names(self) -> dict[str, list[Field]]:
        if self._by_name is None:
            self._by_name = {}
            for f in self.fields:
                self._by_name.setdefault(f.lower, []).append(f)
        return self._by_name

    def _named(self, name: str) -> list[Field]:
        return self._names().get(name.lower(), [])

    def has(self, name: str) -> bool:
        """Whether a field of this name is there."""
        return bool(self._named(name))

    def raw(self, name: str) -> bytes | None:
        """Return the octets of the first field of this name, unfolded, or None."""
        found = self._named(name)
        return unfold(found[0].raw) if found else None

    def get(self, name: str) -> str | None:
        """Return the first field of this name: unfolded, RFC 2047-decoded, control characters as spaces; or None."""
        found = self._named(name)
        return self._text(found[0]) if found else None

    def all(self, name: str) -> list[str]:
        """Return all fields of this name as `get` does, in order of the message."""
        return [self._text(f) for f in self._named(name)]

    def _text(self, field: Field) -> str:
        text, defect = decode_value(field.raw, self._reading.limits, self._reading.guess)
        if defect:
            self._reading.note(defect, field.name, f"offset {field.start}")
        return text

    def addresses(self, name: str) -> list[Mailbox]:
        """Return the mailboxes of all fields of this name, at most `Limits.addresses`."""
        limits = self._reading.limits
        out: list[Mailbox] = []
        for field in self._named(name)[:10]:
            found, more = parse_mailboxes(text_of(unfold(field.raw[:limits.header_value])), limits.addresses - len(out))
            if more:
                self._reading.note("over_limit:addresses", field.name, f"more than {limits.addresses} mailboxes")
            out += found
        return out

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """Return (value in lower case, parameters) of the first field of this name; ("", {}) where there is none."""
        found = self._named(name)
        if not found:
            return "", {}
        value, parameters, defect = parse_parameters(found[0].raw, self._reading.limits)
        if defect:
            self._reading.note(defect, found[0].name, f"offset {found[0].start}")
        return value, parameters

    def param(self, name: str, key: str) -> str | None:
        """Return one parameter of the first field of this name (RFC 2231 decoded), or None."""
        return self.parameters(name)[1].get(key.lower())

    def check(self, where: str) -> None:
        """Note what other readers may read differently: doubled fields, odd colons, stray CR and NUL, 8-bit octets."""
        note, view = self._reading.note, self._reading.view
        if self._extent.code:
            note(self._extent.code, where, f"offset {self._extent.end}")
        elif self._extent.junk and any(view[a:a + 5] != b"From " for a, _ in self._extent.junk):
            note("header_without_colon", where, f"offset {self._extent.junk[0][0]}")
        most = self._reading.limits.header_value
        for f in self.fields:
            if len(f.raw) > most:
                note("over_limit:header_value", where, f.name)
            if view[f.start + len(f.name)] != 58:
                note("space_before_colon", where, f.name)
        for name, found in self._names().items():
            if len(found) == 1:
                continue
            if name in _SINGLE:
                note("duplicate_" + name.replace("-", "_"), where, f"{len(found)} fields")
            elif name == "received" and len(found) > self._reading.limits.received:
                note("over_limit:received", where, f"{len(found)} fields")
        block = view[self._start:self._extent.end]
        if b"\x00" in block:
            note("nul", where, "in the header")
        if not block.isascii():
            note("raw_8bit_header", where, "octets above 127 outside encoded words")
        if block.count(b"\r") != block.count(b"\r\n"):
            note("bare_cr", where, "in the header")
