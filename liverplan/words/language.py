"""A language's table, and how its sentences' places are filled."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from types import MappingProxyType
from typing import Any

from liverplan.errors import InputError
from liverplan.findings.statement import WRITTEN, Statement, Value
from liverplan.plain import clean
from liverplan.words import numbers

LANGUAGES = tuple(
    sorted(
        file.name.removesuffix(".toml")
        for file in files("liverplan.words").iterdir()
        if file.name.endswith(".toml")
    )
)
"""Those that have a file here."""

BETWEEN: Mapping[str, str] = MappingProxyType({"list": ", ", "parts": "; "})
"""What stands between several things; "and" and "or" are words of the language."""

SOME = "some"
"""Of what there is some, a number rounded to nothing would say that there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of one language; ``english`` tells whether a text is a bundled one.

    A place may say how its value is spoken: ``{ml:.1f}``, ``{limit:plain}``, ``{limit:share}``
    (a fraction in per cent), ``{share:near{limit!r}}`` (the same, never across the limit),
    ``{chance:chance}`` (a probability in per cent, certain only where it is),
    ``{chance:is_chance}`` (the same behind its sign: = 98, > 99, < 1),
    ``{ml:some.1f}`` (there is some of it, so never 0.0), ``{titles:list}``, ``{parts:parts}``,
    ``{readings:and}``, ``{answers:or}``.
    """

    table: Mapping[str, str]
    english: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def __call__(self, key: str, **values: Value) -> str:
        """Return the sentence with its places filled."""
        return self._filled(self.table[key], values)

    def number(self, text: str) -> str:
        """Return a number, already rounded, with the language's decimal sign."""
        return text.replace(".", self.table["decimal"])

    def say(self, statement: Statement) -> str:
        """Return a statement's sentence; as it was written where the text is no bundled one."""
        values = dict(statement.values)
        if not self.speaks(statement):
            return str(values[WRITTEN])
        return self._filled(self._sentence(statement.key, values), values)

    def speaks(self, statement: Statement) -> bool:
        """Whether the statement has words of its own here, and is not as somebody wrote it."""
        written = dict(statement.values).get(WRITTEN)
        return written is None or self.english.get(statement.key) == written

    def _sentence(self, key: str, values: Mapping[str, Value]) -> str:
        one = f"{key}_one"
        return self.table[one if values.get("count") == 1 and one in self.table else key]

    def _filled(self, sentence: str, values: Mapping[str, Value]) -> str:
        return _Places(self).vformat(sentence, (), values)


class _Places(Formatter):
    """Fills the places of a sentence by the value's type and the place's own word."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - as declared
        match value:
            case Statement():
                return self.words.say(value)
            case tuple():
                return self._several(value, format_spec)
            case int() | float() if format_spec.startswith(SOME):
                return self._some(value, format_spec.removeprefix(SOME))
            case int() | float():
                return self.words.number(numbers.spoken(value, format_spec))
            case _:
                return clean(str(value))

    def _some(self, value: float, how: str) -> str:
        least = numbers.least(how)
        if float(numbers.spoken(value, how)) < float(least):
            return self.words("less_than", number=self.words.number(least))
        return self.words.number(numbers.spoken(value, how))

    def _several(self, values: tuple[Value, ...], how: str) -> str:
        between = BETWEEN.get(how) or f" {self.words[how]} "
        return between.join(self.format_field(value, "") for value in values)


@cache
def words_of(language: str) -> Words:
    """Words of a language.

    Raises
    ------
    InputError
        If the report does not speak it.
    """
    if language not in LANGUAGES:
        raise InputError(f"The report speaks {' and '.join(LANGUAGES)}, not {language!r}.")
    return Words(table=_table(language), english=_table("en"))


@cache
def _table(language: str) -> Mapping[str, str]:
    """Read a language's file; the keys of a section begin with its name and a dot."""
    text = files("liverplan.words").joinpath(f"{language}.toml").read_text("utf-8")
    flat: dict[str, str] = {}
    for key, value in tomllib.loads(text).items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": str(sentence) for inner, sentence in value.items()}
        else:
            flat[key] = str(value)
    return MappingProxyType(flat)
