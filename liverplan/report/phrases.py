"""Sentences of the findings in the report's language, where every word of them is known.

Findings are written in English, in one place each; here their patterns have a second language. A
sentence that no pattern fits stays as it is and says so, so that a screen reader speaks it right.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PLACE = re.compile(r"\{(\w+)\}")
_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_TRANSLATED = ("title", "titles", "titled")
"""Places whose content must be known as well."""

_FREE = ("who", "source", "file", "value", "wanted")
"""Places that hold any text, which stays as it is; all others hold numbers."""

Phrases = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, and the language that it is in."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


def said(sentence: str, language: str) -> Said:
    """Return a finding's sentence in a language, or in English where a word is not known.

    >>> said("Metastasis 2 stays in the remnant.", "sv").text
    'Metastas 2 blir kvar.'
    """
    if language == "en":
        return Said(text=sentence, language="en")
    stop = "." if sentence.endswith(".") else ""
    found = _translated(sentence.removesuffix("."), _phrases(language))
    if found is None:
        return Said(text=sentence, language="en")
    return Said(text=found + stop, language=language)


def _translated(text: str, phrases: Phrases) -> str | None:
    """Try the text as a phrase, then as "title: part; part"."""
    for pattern, other in phrases:
        match = pattern.fullmatch(text)
        values = match and _values(match.groupdict(), phrases)
        if values is not None:
            return other.format(**values)
    title, colon, rest = text.partition(": ")
    if not colon:
        return None
    parts = [_translated(part, phrases) for part in (title, *rest.split("; "))]
    if None in parts:
        return None
    return f"{parts[0]}: {'; '.join(str(part) for part in parts[1:])}"


def _values(places: dict[str, str], phrases: Phrases) -> dict[str, str] | None:
    """Translate the places that need it; None if one is not known."""
    values = {}
    for name, text in places.items():
        if name not in _TRANSLATED:
            values[name] = text if name in (*_FREE, "date") else _DECIMAL_POINT.sub(",", text)
            continue
        parts = text.split(", ") if name == "titles" else [text]
        known = [_translated(part, phrases) for part in parts]
        if None in known:
            return None
        values[name] = ", ".join(str(part) for part in known)
    return values


@cache
def _phrases(language: str) -> Phrases:
    """Read a language's phrases, longer ones first: a shorter one might fit their beginning."""
    source = files("liverplan.report").joinpath(f"phrases_{language}.toml").read_text("utf-8")
    rows = tomllib.loads(source)["phrase"]
    rows.sort(key=lambda row: -len(_PLACE.sub("", row["en"])))
    return tuple((_pattern(row["en"]), row[language]) for row in rows)


def _pattern(words: str) -> re.Pattern[str]:
    pieces = _PLACE.split(words)
    return re.compile("".join(_place(p) if n % 2 else re.escape(p) for n, p in enumerate(pieces)))


def _place(name: str) -> str:
    content = ".+?" if name in (*_TRANSLATED, *_FREE) else r"[-\d. ]+?%?"
    return f"(?P<{name}>{content})"
