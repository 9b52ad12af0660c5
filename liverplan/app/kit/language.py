"""The window's words in the reader's language: written in English where they are shown.

As gettext does it, the English text is the key. A language is one file beside this one; what a file
lacks stays English, and `tests/app/test_language.py` holds each file to what the code shows.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from types import MappingProxyType

from liverplan.errors import InputError

NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "sv": "Svenska"})
"""What each language calls itself."""

DECIMALS: Mapping[str, str] = MappingProxyType({"en": ".", "sv": ","})
"""What each language writes before a number's decimals."""

LEAST_TOLD = 4
"""Letters of its own that a text has at least, to be known again when its places are filled.

One less is enough for a text that begins with a word of its own."""

PLACE = re.compile(r"{(\w+)[:!][^}]*}")
"""A place that says how its value is written."""
NUMBER = re.compile(r"[-+]?\d+\.\d+")

_chosen = "en"


def language() -> str:
    """Return the language that the window speaks."""
    return _chosen


def speak(language: str) -> None:
    """Let every window that is built from now on speak a language.

    Raises
    ------
    InputError
        If liverplan does not speak it.
    """
    global _chosen  # noqa: PLW0603 - one window, one language, as one style sheet
    if language not in NAMES:
        raise InputError(f"The window speaks {' and '.join(NAMES)}, not {language!r}.")
    _chosen = language


class English(str):
    """An English text that a window says later, in its own language.

    So stand texts in tables that are made before a language is chosen, and names of steps, which a
    case's trail keeps in English. What is cut out of it or joined to it is plain English.
    """

    key: str
    values: Mapping[str, object]


def en(text: str, /, **values: object) -> English:
    """Return an English text, its places filled, that `tr` says in any language.

    >>> from liverplan.app.kit.language import en
    >>> en("delete {what}", what=en("plane"))
    'delete plane'
    """
    made = English(text.format(**values) if values else text)
    made.key, made.values = text, values
    return made


def tr(text: str, /, **values: object) -> str:
    """Return an English text in the window's language, its places filled.

    Parameters
    ----------
    text : str
        The English text with its places as `str.format` has them: the key of the language's file.
        Of one that `en` made, the places may be filled already.
    **values
        What stands in the places: a number with decimals is written as the language does it.
    """
    if isinstance(text, English):
        values = {**text.values, **values}
        text = text.key
    said = table(_chosen).get(text, text)
    return _Places().vformat(said, (), values) if values else said


def retold(said: str) -> str:
    """Return what was said in English, its places filled, in the window's language.

    For what the core tells of its progress and what a case's trail keeps; what no text of the
    language's file fits stays English.
    """
    known = table(_chosen)
    if said in known:
        return known[said]
    if NUMBER.fullmatch(said):
        return localised(said)
    for pattern, text in _patterns(_chosen):
        if found := pattern.fullmatch(said):
            return _Places().vformat(text, (), {k: retold(v) for k, v in found.groupdict().items()})
    return said


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what texts with places look like once these are filled, the most telling first."""
    made = []
    for text, said in table(language).items():
        parts = list(Formatter().parse(text))
        names = [name for _, name, _, _ in parts if name]
        told = sum(len(literal.strip()) for literal, _, _, _ in parts)
        least = LEAST_TOLD - (text[:1] != "{")
        if not names or len(set(names)) < len(names) or told < least:
            continue
        looks = (re.escape(lit) + (f"(?P<{name}>.+)" if name else "") for lit, name, _, _ in parts)
        made.append((told, re.compile("".join(looks)), PLACE.sub(r"{\1}", said)))
    return tuple((pattern, said) for _, pattern, said in sorted(made, key=lambda m: -m[0]))


def localised(text: str) -> str:
    """Return a number, already rounded, with the language's decimal sign."""
    return text.replace(".", DECIMALS[_chosen])


class _Places(Formatter):
    """Fills a text's places in the window's language."""

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, English):
            return tr(value)
        said = str(super().format_field(value, format_spec))
        return localised(said) if isinstance(value, float) else said


@cache
def table(language: str) -> Mapping[str, str]:
    """Return a language's texts by their English; empty for English itself."""
    if language == "en":
        return MappingProxyType({})
    text = files("liverplan.app.kit").joinpath(f"{language}.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))
