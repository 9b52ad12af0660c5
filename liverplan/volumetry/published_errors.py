"""Errors that others published: of predicted resections, and of the liver estimated from the body.

None of them is part of an interval of the remnant: they stand beside it, each with its source.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from liverplan.findings.published import Resected


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaSpread:
    """How far livers lie from an estimate by body surface: one SD, as a share of the estimate."""

    fraction: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionError:
    """How far predicted volumes of resected liver missed the measured ones, of one operation."""

    resected: Resected
    median_fraction: float
    operations: int
    source: str


FORMULA_SPREAD: Final = FormulaSpread(
    fraction=257.53 * math.sqrt(1 - 0.299) / 1205.41,
    source=(
        "Feng, World J Gastroenterol 2017;23(27):4968: 369 livers of 1205 (SD 258) mL, of which "
        "body surface explains 29.9 %; other formulas fitted them no better"
    ),
)
"""What body surface leaves unexplained, of a mean liver; no such figure of Vauthey's was found."""

_ARIIZUMI = "Ariizumi, J Hepatobiliary Pancreat Sci 2013;20:396"

PREDICTION_ERRORS: Final[tuple[PredictionError, ...]] = (
    PredictionError(
        resected="hemihepatectomy", median_fraction=0.07, operations=29, source=_ARIIZUMI
    ),
    PredictionError(
        resected="sectionectomy", median_fraction=0.09, operations=44, source=_ARIIZUMI
    ),
    PredictionError(
        resected="segmentectomy", median_fraction=0.12, operations=17, source=_ARIIZUMI
    ),
)
"""By kind of resection; error of the volume that was resected, predicted against measured."""
