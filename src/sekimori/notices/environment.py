"""The sandbox in which notice texts are rendered: operators may edit them, so they can reach nothing but their facts.

A text is `templates/<language>/<audience>/<kind>.txt`; a file of the same name below DATA/notices/ takes its place.
The first line is `Subject: …`, then an empty line, then the body.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sekimori import words
from sekimori.values.outcomes import Refused
from sekimori.values.text import storable

_HEADING = re.compile(r"■ .{1,80}|[A-Z][A-Z ,'’-]{3,58}")
SUBJECT_MAX = 200
BODY_MAX = 60_000
LANGUAGES = ("ja", "en")
SHIPPED = Path(str(files("sekimori.notices"))) / "templates"


@lru_cache(maxsize=8)
def environment(folder: Path | None = None) -> ImmutableSandboxedEnvironment:
    """Return the sandbox whose texts come from `folder` first, if it is given, then from the package.

    A variable that is not there is an error, not an empty place in a letter (StrictUndefined).
    """
    loaders = [FileSystemLoader(folder)] if folder is not None else []
    env = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*loaders, FileSystemLoader(SHIPPED)]), undefined=StrictUndefined, autoescape=False,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False,
        auto_reload=False)  # text and version stay those of the start: an edit counts after a restart, as a whole
    env.filters |= {"say": _say, "jst": _jst, "bar": _bar, "cap": _cap}
    env.globals.clear()
    return env


def render(name: str, language: str, facts: Mapping[str, Any], *, folder: Path | None = None) -> tuple[str, str, str]:
    """Return (subject, body, version) of the text `<audience>/<kind>` in a language.

    `version` is the first 12 hex digits of the SHA-256 over the text and everything it includes. Raises
    Refused("notices.template") where a text (edited by an operator) does not render: a half letter is never sent.
    """
    path = f"{language}/{name}.txt"
    env = environment(folder)
    try:
        text = env.get_template(path).render({**facts, "language": language})
    except (TemplateError, ArithmeticError, TypeError, ValueError, AttributeError, LookupError) as e:
        raise Refused("notices.template", f"{path}: {type(e).__name__}: {str(e)[:200]}") from e
    head, _, body = text.partition("\n")
    if not head.startswith("Subject:"):
        raise Refused("notices.template", f"{path}: the first line must be 'Subject: …'")
    subject = " ".join(head.removeprefix("Subject:").split())[:SUBJECT_MAX]
    return storable(subject), storable(_tidy(body), BODY_MAX), version(path, folder)


@lru_cache(maxsize=256)
def version(path: str, folder: Path | None = None) -> str:
    """Return the version of a text: first 12 hex digits of SHA-256 over it and what it includes, in order."""
    env = environment(folder)
    digest = hashlib.sha256()
    waiting = [path]
    while waiting:
        name = waiting.pop()
        source = env.loader.get_source(env, name)[0] if env.loader else ""
        digest.update(source.encode())
        waiting += sorted(_included(env, source))
    return digest.hexdigest()[:12]


def _included(env: ImmutableSandboxedEnvironment, source: str) -> list[str]:
    from jinja2 import meta

    return [n for n in meta.find_referenced_templates(env.parse(source)) if n]


def _say(code: str, kind: str, language: str) -> str:
    return words.say(kind, code, language)


def _cap(text: str) -> str:
    """Return text with its first letter in upper case; the others keep theirs."""
    return text[:1].upper() + text[1:]


def _jst(instant: datetime | None, language: str, how: str = "full") -> str:
    return "" if instant is None else words.jst(instant, language, how)


def _bar(count: int, most: int, width: int = 20) -> str:
    """A bar of full blocks in proportion to the busiest hour: read at a glance, also on paper."""
    return "■" * max(1, round(width * count / most)) if most > 0 and count > 0 else ""


def _tidy(body: str) -> str:
    lines = [line.rstrip() for line in body.strip("\n").split("\n")]
    out: list[str] = []
    for line in lines:
        if _HEADING.fullmatch(line) and out and out[-1]:
            out.append("")  # parts end without an empty line; a heading always has one before it
        if line or (out and out[-1]):
            out.append(line)
    return "\n".join(out).strip("\n") + "\n"
