"""Text that its writer's program wrapped (RFC 3676, `format=flowed`), put back into paragraphs."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">*")


def unflow(text: str, delete_space: bool = False) -> str:
    """Return text with soft line ends undone: a line that ends in a blank goes on in the next of the same quote depth.

    `delete_space` (`delsp=yes`, which Japanese programs use) takes the blank away too. The signature mark `-- ` stays a
    line of its own; a blank put before `From`, `>` or another blank (space-stuffing) is taken off.
    """
    out: list[str] = []  # with the line ends, so that a paragraph grows by one piece and not by a copy
    depth, soft = 0, False
    for line in text.split("\n"):
        quotes = _QUOTES.match(line)
        assert quotes is not None  # it matches nothing too
        content = line[quotes.end():]
        if content[:1] == " ":
            content = content[1:]
        level = quotes.end()
        signature = content == "-- "
        ends_soft = content[-1:] == " " and not signature
        if ends_soft and delete_space:
            content = content[:-1]
        if soft and level == depth and not signature:
            out.append(content)
        else:
            out.append("\n" + ">" * level + (" " if level else "") + content)
        depth, soft = level, ends_soft
    return "".join(out)[1:]
