"""Sentences: what the rooms below find, in the reader's language; languages are equals.

A language is one file, ``en.toml`` or ``sv.toml``: each key exists in every language, with the same
places (a test holds them to it). `said` speaks a statement, `verdict` the verdict, `words_of` is
for what has no statement: headings and labels. Below this room nothing knows a language.
"""

from liverplan.words.first_lines import fates, other_readings, spoken
from liverplan.words.language import LANGUAGES, Words, words_of
from liverplan.words.sentences import Said, in_english, said
from liverplan.words.verdict import Verdict, verdict

__all__ = [
    "LANGUAGES",
    "Said",
    "Verdict",
    "Words",
    "fates",
    "in_english",
    "other_readings",
    "said",
    "spoken",
    "verdict",
    "words_of",
]
