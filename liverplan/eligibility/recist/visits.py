"""What is measured at each visit, in whole tenths of a millimetre.

Lengths are integers of 0.1 mm, because limits are inclusive and binary floats are not: 23.0 to
16.1 mm is a fall of exactly 30 %, which 0.70 x 23.0 in floats misses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Literal

from liverplan.errors import InputError

Category = Literal["CR", "PR", "SD", "PD", "NE", "non-CR/non-PD"]
NonTarget = Literal["none", "CR", "non-CR/non-PD", "PD", "NE"]

TOO_SMALL_TENTHS = 50
"""A lesion that is present but too small to measure counts 5 mm."""
MEASURABLE_TENTHS = 100
THIN_SLICE_TENTHS = 50
TARGETS_PER_ORGAN = 2
TARGETS_IN_ALL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One lesion as it is measured at baseline: long axis in the axial plane, tenths of mm."""

    name: str
    long_axis_tenths: int
    organ: str = "liver"
    measurable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One time point.

    Parameters
    ----------
    targets : mapping of str to int or None
        Long axis of each target, tenths of mm; 0 where it is gone, None where not measured.
    non_target : {"none", "CR", "non-CR/non-PD", "PD", "NE"}
        What became of the other lesions together; "none" where there are none.
    new_lesion : bool
        Whether a lesion appeared.
    date : date or None
        Of the images.
    """

    targets: Mapping[str, int | None]
    non_target: NonTarget = "none"
    new_lesion: bool = False
    date: dt.date | None = None

    def __post_init__(self) -> None:
        bad = [name for name, mm in self.targets.items() if mm is not None and mm < 0]
        if bad:
            raise InputError(f"A lesion cannot have a negative length: {', '.join(bad)}.")
        object.__setattr__(self, "targets", MappingProxyType(dict(self.targets)))

    @property
    def sum_tenths(self) -> int | None:
        """Sum of the targets, or None where one was not measured."""
        lengths = [mm for mm in self.targets.values() if mm is not None]
        return sum(lengths) if len(lengths) == len(self.targets) else None

    @property
    def least_sum_tenths(self) -> int:
        """Sum of the targets that were measured."""
        return sum(mm for mm in self.targets.values() if mm is not None)


def tenths(length_mm: float | str | Decimal) -> int:
    """Millimetres to whole tenths, halves up: 16.1 is 161.

    Raises
    ------
    InputError
        If it is no number or negative.
    """
    try:
        exact = Decimal(str(length_mm))
    except ArithmeticError as error:
        raise InputError(f"A length must be a number of millimetres, not {length_mm!r}.") from error
    if not exact.is_finite() or not 0 <= exact < 10_000:
        raise InputError(f"A length must be 0 to 10000 mm, not {length_mm!r}.")
    return int((exact * 10).to_integral_value(rounding=ROUND_HALF_UP))


def mm(length_tenths: int) -> str:
    """Tenths to words: 161 is "16.1"."""
    return f"{length_tenths // 10}.{length_tenths % 10}"


def is_measurable(long_axis_tenths: int, *, slice_tenths: int) -> bool:
    """At least 10 mm on slices up to 5 mm; on thicker ones twice the slice."""
    if slice_tenths <= THIN_SLICE_TENTHS:
        return long_axis_tenths >= MEASURABLE_TENTHS
    return long_axis_tenths >= 2 * slice_tenths


def select_targets(lesions: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Propose targets: the largest measurable ones, two an organ and five in all.

    Of equals the first named wins. Every other lesion is non-target; none is dropped.
    """
    chosen: list[Measurement] = []
    for lesion in sorted(lesions, key=lambda one: -one.long_axis_tenths):
        in_organ = sum(other.organ == lesion.organ for other in chosen)
        room = in_organ < TARGETS_PER_ORGAN and len(chosen) < TARGETS_IN_ALL
        if lesion.measurable and room:
            chosen.append(lesion)
    return tuple(chosen)
