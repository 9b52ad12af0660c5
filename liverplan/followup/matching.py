"""Which lesion of the later CT is which lesion of the earlier one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.followup.alignment import Alignment
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import voxels_of
from liverplan.volume import FloatArray

NEAR_MM = 15.0
"""Lesions whose centres lie farther apart are no pair, unless one of them reaches that far."""

IMPOSSIBLE_MM = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One lesion on two dates: its label values, and how far apart the centres lie once aligned.

    ``distance_mm`` is None where a person paired them.
    """

    earlier: int
    later: int
    distance_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A proposal for a person to confirm.

    Parameters
    ----------
    pairs : tuple of Pair
        The same lesion on both dates. One earlier lesion may have several later parts.
    vanished, new : tuple of int
        Label values of lesions that only the earlier, or only the later CT holds.
    seen_before : tuple of int
        Label values in the later CT of lesions that are not new, though nobody had marked them.
    notes : tuple of Statement
        What to look at: lesions that may have split or grown together, a poor alignment.
    """

    pairs: tuple[Pair, ...]
    vanished: tuple[int, ...]
    new: tuple[int, ...]
    notes: tuple[Statement, ...] = ()
    seen_before: tuple[int, ...] = ()

    def corrected(
        self, pairs: Mapping[int, int | None], *, seen_before: Collection[int] = ()
    ) -> Matching:
        """Return the matching as a person corrects it.

        Parameters
        ----------
        pairs : mapping of int to int or None
            Label value in the later CT to that in the earlier one; None: it is new.
        seen_before : collection of int
            Label values in the later CT of lesions that are not new, though unmarked before.

        Raises
        ------
        InputError
            If a lesion is on neither side.
        """
        earlier = {pair.earlier for pair in self.pairs} | set(self.vanished)
        later = {pair.later for pair in self.pairs} | {*self.new, *self.seen_before}
        _require_known(later, {*pairs, *seen_before}, "later")
        _require_known(earlier, {old for old in pairs.values() if old is not None}, "earlier")
        kept = [pair for pair in self.pairs if pair.later not in {*pairs, *seen_before}]
        made = [Pair(earlier=old, later=now) for now, old in pairs.items() if old is not None]
        result = tuple(sorted([*kept, *made], key=lambda pair: (pair.earlier, pair.later)))
        known = set(self.seen_before) | set(seen_before)
        known -= set(pairs)
        found = {pair.later for pair in result} | known
        return replace(
            self,
            pairs=result,
            vanished=tuple(sorted(earlier - {pair.earlier for pair in result})),
            new=tuple(sorted(later - found)),
            seen_before=tuple(sorted(known)),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lesion:
    """A lesion in the earlier CT's coordinates: label, centre and radius of a ball as large."""

    label: int
    centre_mm: FloatArray
    radius_mm: float


def match(earlier: Segmentation, later: Segmentation, alignment: Alignment) -> Matching:
    """Propose which lesion is which: the pairs whose centres lie nearest, taken together."""
    before = _lesions(earlier)
    after = [
        _Lesion(
            label=lesion.label,
            centre_mm=alignment.to_earlier_mm(lesion.centre_mm),
            radius_mm=lesion.radius_mm,
        )
        for lesion in _lesions(later)
    ]
    pairs = _pairs(before, after)
    kept, found = {pair.earlier for pair in pairs}, {pair.later for pair in pairs}
    vanished = [lesion for lesion in before if lesion.label not in kept]
    new = [lesion for lesion in after if lesion.label not in found]
    return Matching(
        pairs=pairs,
        vanished=tuple(lesion.label for lesion in vanished),
        new=tuple(lesion.label for lesion in new),
        notes=(*alignment.warnings, *_splits(before, new), *_merges(after, vanished)),
    )


def _lesions(segmentation: Segmentation) -> list[_Lesion]:
    lesions = []
    for label in segmentation.lesion_labels:
        centre = segmentation.grid.to_mm(voxels_of(segmentation.lesion(label)).mean(axis=0))
        volume_mm3 = 1000 * segmentation.volume_ml(label)
        radius_mm = float(np.cbrt(3 * volume_mm3 / (4 * np.pi)))
        lesions.append(_Lesion(label=label, centre_mm=centre, radius_mm=radius_mm))
    return lesions


def _pairs(before: Sequence[_Lesion], after: Sequence[_Lesion]) -> tuple[Pair, ...]:
    costs = np.array([[_cost(a, b) for b in after] for a in before]).reshape(
        len(before), len(after)
    )

    rows, columns = scipy.optimize.linear_sum_assignment(costs)
    return tuple(
        Pair(
            earlier=before[row].label,
            later=after[column].label,
            distance_mm=float(costs[row, column]),
        )
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if costs[row, column] < IMPOSSIBLE_MM
    )


def _cost(a: _Lesion, b: _Lesion) -> float:
    distance_mm = float(np.linalg.norm(a.centre_mm - b.centre_mm))
    return distance_mm if distance_mm <= max(NEAR_MM, a.radius_mm, b.radius_mm) else IMPOSSIBLE_MM


def _splits(before: Sequence[_Lesion], new: Sequence[_Lesion]) -> list[Statement]:
    return [
        Statement.of("match.split", later=_name(b.label), earlier=_name(a.label))
        for b in new
        for a in before
        if np.linalg.norm(a.centre_mm - b.centre_mm) <= a.radius_mm
    ]


def _merges(after: Sequence[_Lesion], vanished: Sequence[_Lesion]) -> list[Statement]:
    return [
        Statement.of("match.merged", earlier=_name(a.label), later=_name(b.label))
        for a in vanished
        for b in after
        if np.linalg.norm(a.centre_mm - b.centre_mm) <= b.radius_mm
    ]


def _require_known(known: Collection[int], labels: Collection[int], which: str) -> None:
    unknown = sorted(set(labels) - set(known))
    if unknown:
        names = ", ".join(_name(label) for label in unknown)
        raise InputError(f"The {which} CT has no {names}.")


def _name(label: int) -> str:
    return f"M{label - 1}"
