"""Free-text reports of our own, with the answer that is expected: read from letters/*.txt, built as real messages.

A head line is `=== id | charset | kinds ips time category`: kinds joined by `|`, addresses by `,`; the rest may be left
out. `charset` html stands for an HTML part in UTF-8. Lines `Name: value` up to the first empty one are header fields.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "letters"


@dataclass(frozen=True)
class Letter:
    id: str
    charset: str
    kinds: tuple[str, ...]
    ips: frozenset[str]
    time: str
    category: str
    raw: bytes
    language: str


def letters(name: str = "*") -> list[Letter]:
    return [letter for path in sorted(FOLDER.glob(f"{name}.txt")) for letter in _read(path)]


def _read(path: Path) -> Iterator[Letter]:
    for block in ("\n" + path.read_text("utf-8")).split("\n=== ")[1:]:
        head, _, rest = block.partition("\n")
        name, charset, expected = (x.strip() for x in head.split(" | "))
        words = expected.split()
        ips, time, category = ([*words[1:], "", "", ""])[:3]
        fields, _, body = rest.partition("\n\n")
        yield Letter(name, charset, tuple(words[0].split("|")), frozenset(x for x in ips.split(",") if x), time, category,
                     message(fields.split("\n"), body, charset), path.stem[:2])


def message(fields: list[str], body: str, charset: str) -> bytes:
    kind, charset = ("html", "utf-8") if charset == "html" else ("plain", charset)
    lines = ["From: Reporter <reporter@sec.example>", "To: abuse@isp.example", "Date: Tue, 24 Nov 2026 12:00:00 +0900", "Message-ID: <1@sec.example>"]
    for f in fields:
        key, _, value = f.partition(": ")
        if not value.isascii():
            word = base64.b64encode(value.encode(charset, "replace")).decode()
            value = f"=?{charset}?B?{word}?="
        lines.append(f"{key}: {value}")
    data = body.encode("iso2022_jp_ext" if charset == "iso-2022-jp" else charset, "replace")
    lines += ["MIME-Version: 1.0", f"Content-Type: text/{kind}; charset={charset}", "Content-Transfer-Encoding: base64"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + base64.encodebytes(data)
