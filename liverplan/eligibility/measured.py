"""What was computed from the CT, as a protocol is held against it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from liverplan.eligibility.images import Images
from liverplan.eligibility.recist import Response
from liverplan.errors import InputError
from liverplan.findings import Denominator
from liverplan.findings.exact import exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was computed from the CT; None where it was not.

    Parameters
    ----------
    remnant_ml : float or None
        Functional tissue that stays; None while no resection is planned.
    functional_ml, liver_ml, estimated_liver_ml : float or None
        The three denominators; ``formula`` (a name of `ESTIMATED_LIVER`) says
        how the last was estimated.
    interval_95 : (float, float) or None
        Range of the remnant fraction by the deciding denominator.
    lesion_count : int or None
        All metastases, whatever their size; None where nobody has looked for any.
    lesions_below_10_mm, lesions_in_remnant, lesions_cut_through : int
        Those with a long axis under 10 mm, those that the plan leaves, wholly or in part, and those
        that it cuts through.
    lesion_lengths_mm : tuple of float
        Long axes of the metastases on the CT.
    plan : str
        Mark of the plan that is judged, by which facts are bound to it; "" where there is none.
    images : Images or None
        What the CT says of its day and of whose it is; None where no CT is judged.
    response : Response or None
        RECIST at the last visit, if images were compared; else the patient file's visits serve.
    unaccepted : tuple of int
        Label values of masks that no person has accepted yet (1: the liver): no one is eligible
        on them.

    Raises
    ------
    InputError
        If a number is NaN, negative, or a denominator is zero.
    """

    remnant_ml: float | None = None
    functional_ml: float | None = None
    liver_ml: float | None = None
    estimated_liver_ml: float | None = None
    formula: str = ""
    interval_95: tuple[float, float] | None = None
    lesion_count: int | None = None
    lesions_below_10_mm: int = 0
    lesions_in_remnant: int = 0
    lesions_cut_through: int = 0
    lesion_lengths_mm: tuple[float, ...] = ()
    plan: str = ""
    images: Images | None = None
    response: Response | None = None
    unaccepted: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        bad = [*self._impossible(), *self._zero()]
        if self.interval_95 is not None and self.interval_95[0] > self.interval_95[1]:
            bad.append("interval_95")
        if bad:
            raise InputError(f"These measured values cannot be judged: {', '.join(bad)}.")

    def _impossible(self) -> list[str]:
        low, high = self.interval_95 or (0.0, 0.0)
        numbers = {
            "remnant_ml": self.remnant_ml or 0.0,
            "functional_ml": self.functional_ml or 0.0,
            "liver_ml": self.liver_ml or 0.0,
            "estimated_liver_ml": self.estimated_liver_ml or 0.0,
            "interval_95": low,
            "interval_95's end": high,
            "lesion_count": self.lesion_count or 0,
        }
        return [name for name, value in numbers.items() if not 0 <= value < math.inf]

    def _zero(self) -> list[str]:
        below = {
            "functional_ml": self.functional_ml,
            "liver_ml": self.liver_ml,
            "estimated_liver_ml": self.estimated_liver_ml,
        }
        return [name for name, value in below.items() if value == 0]

    def fraction(self, denominator: Denominator) -> Fraction | None:
        """Return the exact remnant fraction by one denominator."""
        below = {
            "of_functional": self.functional_ml,
            "of_liver": self.liver_ml,
            "of_estimated": self.estimated_liver_ml,
        }[denominator]
        if self.remnant_ml is None or below is None:
            return None
        return exact(self.remnant_ml) / exact(below)
