"""What each column of the trial's tables and of the cohort's results may hold, and its unit.

One table serves the analysis' data dictionary and the exchange with trial databases. What a column
means is said in words, by its name: ``column.death_date``.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, assert_never

from liverplan.endpoints.quality_of_life import QLQ_C30
from liverplan.endpoints.safety import CLAVIEN_DINDO, ISGLS
from liverplan.endpoints.visits import C30, LMC21
from liverplan.words import words_of

Kind = Literal["text", "date", "integer", "float"]

WHOLE = re.compile(r"[+-]?\d+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(C30, "column.answer_q"),
        **dict.fromkeys(LMC21, "column.answer_lmc"),
    }
)
TO_SEVEN = {f"q_{item}" for item in QLQ_C30["global health status"].items}
STATES = ("met", "not met", "missing", "needs judgement")
NOT_DESCRIBED = "column.not_described"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's kind, its unit, and what it may hold; ``allowed`` is empty where that is open."""

    kind: Kind = "text"
    unit: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    meaning: str = NOT_DESCRIBED

    def holds(self, text: str) -> bool:
        """Return whether a cell that is not empty can be this column's."""
        if self.allowed and text not in self.allowed:
            return False
        match self.kind:
            case "text":
                return True
            case "date":
                return _is_date(text)
            case "integer":
                return bool(WHOLE.fullmatch(text)) and self._within(float(text))
            case "float":
                return self._within(_number(text))
            case _:
                assert_never(self.kind)

    def _within(self, value: float) -> bool:
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        return math.isfinite(value) and low <= value <= high


def _dates(*names: str) -> dict[str, Column]:
    return {name: Column(kind="date", meaning=f"column.{name}") for name in names}


def _numbers(
    unit: str, *names: str, low: float | None = 0.0, high: float | None = None
) -> dict[str, Column]:
    return {
        name: Column(kind="float", unit=unit, low=low, high=high, meaning=f"column.{name}")
        for name in names
    }


def _texts(*names: str) -> dict[str, Column]:
    return {name: Column(meaning=f"column.{name}") for name in names}


def _one_of(allowed: tuple[str, ...], *names: str, kind: Kind = "text") -> dict[str, Column]:
    return {name: Column(kind=kind, allowed=allowed, meaning=f"column.{name}") for name in names}


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        **_texts("id", "arm", "centre", "treated_arm", "not_randomised", "deviation", "lost"),
        **_texts("event", "case", "fates", "plan_faults", "open_items", "doubted_checks", "notes"),
        **_texts("deciding", "formula", "parenchyma", "series_uid", "study_date", "protocol"),
        **_texts("software", "kept_vessels"),
        **_dates("origin_date", "last_seen_date", "death_date", "progression_date"),
        **_dates("last_assessed_date", "entry_date", "randomised_date", "crossover_date"),
        **_dates("date", "liver_resection_date"),
        **_one_of(("yes", "no"), "progression"),
        **_one_of(CLAVIEN_DINDO, "clavien_dindo"),
        **_one_of(ISGLS, "isgls_grade"),
        **_one_of(("1", "0"), "receptor_positive", "response", kind="integer"),
        **_one_of(("eligible", "not eligible", "undecided"), "eligibility"),
        **_numbers("years", "age"),
        **_numbers("months", "visit_months", "interval_months"),
        **_numbers("mm", "longest_mm"),
        **_numbers("mm", "margin_mm", "flip_mm", low=None),
        **_numbers("mL", "liver_ml", "tumour_ml", "functional_ml", "remnant_ml", "resected_ml"),
        **_numbers("mL", "perfused_remnant_ml", "kept_by_word_ml"),
        **_numbers("fraction", "by_volume_fraction", high=1),
        **_numbers("fraction", "remnant_fraction", "interval_95_low", "interval_95_high", high=1),
        **_numbers("fraction", "probability_above_threshold", "threshold_fraction", high=1),
        **_numbers("fraction", "of_functional", "of_liver", "of_estimated", "per_weight_fraction"),
        **_numbers("fraction", "standardised_low", "standardised_high"),
        **_numbers("mL/m2", "per_surface_ml_m2"),
        **_numbers("", "albi_score", low=None),
        "metastasis_count": Column(kind="integer", low=0, meaning="column.metastasis_count"),
    }
)
"""Every column with a name of its own; `column_of` knows answers and criteria too."""


def column_of(name: str) -> Column:
    """Return what a column may hold; anything where it is nobody's here."""
    if name in COLUMNS:
        return COLUMNS[name]
    if name in ANSWERS:
        answers = tuple(map(str, range(1, 8 if name in TO_SEVEN else 5)))
        return Column(kind="integer", allowed=answers, meaning=ANSWERS[name])
    if name.endswith("_state"):
        return Column(allowed=STATES, meaning="column.state")
    return Column()


def meaning_of(name: str, language: str = "en") -> str:
    """Return what a column holds, in a language."""
    return words_of(language)(
        column_of(name).meaning, item=name.rpartition("_")[2], criterion=name.removesuffix("_state")
    )


def allowed_in(name: str, language: str = "en") -> str:
    """Return what may stand in a column's cells, in a language."""
    words, column = words_of(language), column_of(name)
    if column.allowed:
        return words("allowed.one_of", names=column.allowed)
    if column.low is not None and column.high is not None:
        return words("allowed.between", low=column.low, high=column.high)
    if column.low is not None:
        return words("allowed.from", low=column.low)
    return words[f"allowed.{column.kind}"]


def _is_date(text: str) -> bool:
    try:
        return bool(DAY.fullmatch(text)) and dt.date.fromisoformat(text) is not None
    except ValueError:
        return False


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
