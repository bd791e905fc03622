"""Two variants of the warning side by side: which case gets which is its hash's choice, nobody else's.

`DATA/notices/experiment.toml`:

    name = "letter-first"
    categories = ["vulnerability/open_service"]
    [variants.a]
    [variants.b]
    prefer = "letter"      # another channel first, and/or
    text = "warn.b"        # another text: DATA/notices/<language>/member/warn.b.txt

Only warnings of categories that policy lets go out by themselves take part; measures never do. The result, with
intervals, is `sekimori case outcomes --experiment letter-first --variants "a b"` (what_works: assigned by the case's hash).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekimori.enforcement.outcomes.rules import variant
from sekimori.notices.channels import ORDER
from sekimori.policy import for_type
from sekimori.values.outcomes import Refused

FILE = "experiment.toml"


@dataclass(frozen=True, slots=True)
class Variant:
    """One arm: the text to use and the channel to prefer, "" for what is usual."""

    text: str = ""
    prefer: str = ""


USUAL = Variant()


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is compared."""

    name: str
    categories: frozenset[str]
    variants: Mapping[str, Variant]

    def arm(self, kind: str, category: str, case: str) -> Variant:
        """Return the arm of a case; the usual one for everything that does not take part. Pure but for the policy."""
        if kind != "warn" or category not in self.categories:
            return USUAL
        rule = for_type(*category.split("/", 1))
        if rule is None or rule.notice != "auto":
            return USUAL
        return self.variants[variant(case, self.name, sorted(self.variants))]


def load(folder: Path) -> Experiment | None:
    """Return the experiment of the folder DATA/notices, or None. Raises Refused("notices.experiment") for a broken file."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise Refused("notices.experiment", f"{path.name}: {e}") from e
    return parse(raw, folder)


def parse(raw: Mapping[str, Any], folder: Path) -> Experiment:
    """Check a file's content. Raises Refused("notices.experiment")."""
    if set(raw) != {"name", "categories", "variants"} or not isinstance(raw["name"], str) or not raw["name"]:
        raise Refused("notices.experiment", "name, categories and variants are needed, and nothing else")
    categories, variants = raw["categories"], raw["variants"]
    if not isinstance(categories, list) or not all(isinstance(c, str) and c.count("/") == 1 for c in categories):
        raise Refused("notices.experiment", "categories are a list of category/type")
    if not isinstance(variants, dict) or len(variants) != 2:
        raise Refused("notices.experiment", "exactly two variants are compared")
    arms = {}
    for name, arm in variants.items():
        text, prefer = arm.get("text", ""), arm.get("prefer", "")
        if set(arm) - {"text", "prefer"} or (prefer and prefer not in ORDER):
            raise Refused("notices.experiment", f"variant {name}: text and prefer (one of {' '.join(ORDER)}) are all there is")
        if text and not all((folder / language / "member" / f"{text}.txt").exists() for language in ("ja", "en")):
            raise Refused("notices.experiment", f"variant {name}: {text}.txt is not there in both languages")
        arms[name] = Variant(text, prefer)
    return Experiment(raw["name"], frozenset(categories), arms)
