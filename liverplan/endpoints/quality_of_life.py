"""Scores of the EORTC QLQ-C30 (version 3) from its 30 answers.

The questionnaire itself is copyrighted: its use needs EORTC's permission, and its text is not
here. The trial's public record does not name a questionnaire; this one is in case it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from liverplan.errors import InputError

ScaleKind = Literal["function", "symptom", "global"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One scale: the numbers of its items, and whether a high score is good."""

    name: str
    items: tuple[int, ...]
    kind: ScaleKind

    @property
    def highest_answer(self) -> int:
        """Return the largest answer: 7 for the global items, else 4."""
        return 7 if self.kind == "global" else 4


# build.fhir.org, eortc-qlq-c30-scoring
_SCALES: tuple[tuple[str, tuple[int, ...], ScaleKind], ...] = (
    ("global health status", (29, 30), "global"),
    ("physical functioning", (1, 2, 3, 4, 5), "function"),
    ("role functioning", (6, 7), "function"),
    ("emotional functioning", (21, 22, 23, 24), "function"),
    ("cognitive functioning", (20, 25), "function"),
    ("social functioning", (26, 27), "function"),
    ("fatigue", (10, 12, 18), "symptom"),
    ("nausea and vomiting", (14, 15), "symptom"),
    ("pain", (9, 19), "symptom"),
    ("dyspnoea", (8,), "symptom"),
    ("insomnia", (11,), "symptom"),
    ("appetite loss", (13,), "symptom"),
    ("constipation", (16,), "symptom"),
    ("diarrhoea", (17,), "symptom"),
    ("financial difficulties", (28,), "symptom"),
)

QLQ_C30: Mapping[str, Scale] = MappingProxyType(
    {name: Scale(name=name, items=items, kind=kind) for name, items, kind in _SCALES}
)
"""The fifteen scales by name; between them they use every item once."""


def score_qlq_c30(answers: Mapping[int, int]) -> dict[str, float | None]:
    """Score one filled questionnaire.

    Parameters
    ----------
    answers : mapping of int to int
        Answer (1-4, items 29 and 30: 1-7) by item number (1-30); leave out what is unanswered.

    Returns
    -------
    dict of str to float or None
        0-100 by scale; high is good for global health and functioning, bad for symptoms. None
        where fewer than half of a scale's items are answered.

    Raises
    ------
    InputError
        If an item or an answer does not exist.
    """
    return scored(answers, QLQ_C30, name="QLQ-C30")


def scored(
    answers: Mapping[int, int], scales: Mapping[str, Scale], *, name: str
) -> dict[str, float | None]:
    """Score answers on the scales of a questionnaire, by EORTC's manual.

    Raises
    ------
    InputError
        If an item or an answer does not exist.
    """
    limits = {item: scale.highest_answer for scale in scales.values() for item in scale.items}
    bad = [
        f"item {item}: {answer!r}"
        for item, answer in answers.items()
        if item not in limits
        or isinstance(answer, bool)
        or answer not in range(1, limits[item] + 1)
    ]
    if bad:
        raise InputError(f"The {name} has no such answers: {', '.join(bad)}.")
    return {key: _score(scale, answers) for key, scale in scales.items()}


def _score(scale: Scale, answers: Mapping[int, int]) -> float | None:
    given = [answers[item] for item in scale.items if item in answers]
    if 2 * len(given) < len(scale.items):
        return None
    share = (sum(given) / len(given) - 1) / (scale.highest_answer - 1)
    return 100.0 * (1 - share if scale.kind == "function" else share)
