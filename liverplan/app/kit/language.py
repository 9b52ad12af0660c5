"""The window's words in the reader's language: written in English where they are shown.

As gettext does it, the English text is the key. A language is one file beside this one; what a file
lacks stays English, and `tests/app/test_language.py` holds each file to what the code shows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from liverplan.errors import InputError

NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "sv": "Svenska"})
"""What each language calls itself."""

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


def tr(text: str, **values: object) -> str:
    """Return an English text in the window's language, its places filled.

    Parameters
    ----------
    text : str
        The English text with its places as `str.format` has them: the key of the language's file.
    **values
        What stands in the places.
    """
    said = table(_chosen).get(text, text)
    return said.format(**values) if values else said


@cache
def table(language: str) -> Mapping[str, str]:
    """Return a language's texts by their English; empty for English itself."""
    if language == "en":
        return MappingProxyType({})
    text = files("liverplan.app.kit").joinpath(f"{language}.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))
