"""The sentence that is the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from liverplan.findings import Findings
from liverplan.words.language import words_of
from liverplan.words.numbers import percent, threshold

VerdictState = Literal["above", "near", "below", "incomplete"]


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


def verdict(findings: Findings, language: str = "en") -> Verdict:
    """Hold the unrounded range against the threshold and say it.

    >>> from liverplan.words import verdict  # "FLR 41.2 % (38.6-43.8 as carried out). Above 30 %."
    """
    words = words_of(language)
    fraction = findings.remnant_fraction.deciding_fraction
    if not findings.planned:
        return Verdict(state="incomplete", number="", reason=words["verdict_no_cut"])
    if findings.faults:
        faults = " ".join(words.say(fault.says) for fault in findings.faults)
        reason = words("verdict_faults", faults=faults)
        return Verdict(state="incomplete", number="", reason=reason)
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
