"""The terms of the desk in both languages: stable ids are stored, words are shown."""

from sekimori.words.catalogue import LANGUAGES, has, ids, kinds, say
from sekimori.words.dates import jst

__all__ = ["LANGUAGES", "has", "ids", "jst", "kinds", "say"]
