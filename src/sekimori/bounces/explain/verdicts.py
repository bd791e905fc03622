"""The verdict on a notice and its evidence in plain words, and the whole answer in a few sentences."""

from __future__ import annotations

from dataclasses import dataclass

from sekimori.bounces.parser.model import Bounce, Kind
from sekimori.bounces.provenance.model import Judgement, Provenance
from sekimori.values.text import one_line

from .catalogue import LANGUAGES, Language, entry, load
from .explaining import summary


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """What a person is told about where the notice comes from."""

    provenance: str
    title: str
    text: str
    evidence: tuple[str, ...]


def verdict_words(judgement: Judgement, language: Language) -> VerdictWords:
    """Return a judgement in plain words; values from outside are shown on one line, cut to 80 characters."""
    data = load("provenance.toml")
    title, text = data["verdict"][judgement.provenance.value][language]
    evidence = tuple(data["evidence"][e.code][language].replace("{value}", one_line(e.value, 80)) for e in judgement.evidence)
    return VerdictWords(judgement.provenance.value, title, text, evidence)


def answer(bounce: Bounce, judgement: Judgement, language: Language) -> str:
    """Return the whole answer in a few sentences: for a real notice why it failed, for others what they are."""
    words = verdict_words(judgement, language)
    stop = "。" if language == "ja" else ". "
    if judgement.provenance in (Provenance.FAKE, Provenance.BACKSCATTER):
        return f"{words.title}{stop}{words.text}"
    if bounce.kind in (Kind.VACATION, Kind.FEEDBACK):
        text = entry("absence" if bounce.kind is Kind.VACATION else "complaint", "", language)
        return f"{text['title']}{stop}{text['why']}"
    if bounce.kind is Kind.BOUNCE and bounce.failures:
        return summary(bounce, language)
    return f"{words.title}{stop}{words.text}"


def answers(bounce: Bounce, judgement: Judgement) -> dict[str, str]:
    """Return the answer in every language."""
    return {language: answer(bounce, judgement, language) for language in LANGUAGES}
