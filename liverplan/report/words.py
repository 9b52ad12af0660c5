"""The report's words, by language, and the sentence that is the verdict."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from liverplan.errors import InputError
from liverplan.findings import Findings
from liverplan.report.numbers import percent, threshold

LANGUAGES = ("en", "sv")

VerdictState = Literal["above", "near", "below", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of one language."""

    table: MappingProxyType[str, str]

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence with its places filled; numbers get the decimal sign."""
        return self.table[key].format(**values)

    def number(self, text: str) -> str:
        """Return a number, already rounded, with the language's decimal sign."""
        return text.replace(".", self.table["decimal"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict in words: where the range lies, the number, the reason.

    ``number`` is "" and ``reason`` says what lacks where the state is "incomplete".
    """

    state: VerdictState
    number: str
    reason: str

    def __str__(self) -> str:
        return f"{self.number} {self.reason}".strip()


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
    text = files("liverplan.report").joinpath(f"words_{language}.toml").read_text("utf-8")
    return Words(table=MappingProxyType(tomllib.loads(text)))


def verdict(findings: Findings, language: str = "en") -> Verdict:
    """Hold the unrounded range against the threshold and say it.

    >>> from liverplan.report import verdict  # "FLR 41.2 % (38.6-43.8). Above 30 %, whole range."
    """
    words = words_of(language)
    fraction = findings.remnant_fraction.deciding_fraction
    if not findings.planned:
        return Verdict(state="incomplete", number="", reason=words["verdict_no_cut"])
    if fraction is None:
        return Verdict(state="incomplete", number="", reason=words["verdict_no_denominator"])
    line = findings.threshold_fraction
    low, high = findings.uncertainty.interval_95
    state, key = _place(low, high, fraction, line)
    value, low_text, high_text = (words.number(percent(f, line)) for f in (fraction, low, high))
    return Verdict(
        state=state,
        number=words("verdict", value=value, low=low_text, high=high_text),
        reason=words(key, threshold=words.number(threshold(line))),
    )


def _place(low: float, high: float, fraction: float, line: float) -> tuple[VerdictState, str]:
    if low > line and fraction > line:
        return "above", "verdict_above"
    if high < line and fraction < line:
        return "below", "verdict_below"
    if high <= line and fraction <= line:
        return "below", "verdict_below_equal"
    return "near", "verdict_near"
