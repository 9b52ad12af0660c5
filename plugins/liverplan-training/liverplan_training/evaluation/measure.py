"""Dice and volume on rendered CTs whose truth is known, case by case and by condition."""

from __future__ import annotations

import statistics
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from liverplan_training.cases import Case
from liverplan_training.evaluation.conditions import Condition
from liverplan_training.evaluation.predictors import Predict, by_slabs
from liverplan_training.labels import Label
from liverplan_training.rendering import (
    Chance,
    rendered,
    scanned,
    with_contacts,
    with_lesions,
)

BoolArray = NDArray[np.bool_]

ABOVE, BESIDE = 24, 16
"""Voxels kept round the liver along the body and across it."""
LESION_LEVEL = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rendered CT measured.

    Parameters
    ----------
    liver_hu
        Median density of the rendered liver.
    dice, volume_fraction
        Of the liver with its lesions; found over true volume, minus one.
    lesions, lesions_found, false_lesions
        Drawn; met by a found lesion; found where none was drawn.
    """

    case: str
    factor: str
    value: str
    liver_hu: float
    dice: float
    volume_fraction: float
    lesions: int
    lesions_found: int
    false_lesions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All cases under one condition: medians, and the worst."""

    factor: str
    value: str
    cases: int
    liver_hu: float
    dice: float
    worst_dice: float
    volume_fraction: float
    worst_volume_fraction: float
    lesions: int
    lesions_found: int
    false_lesions: int


def measure(
    cases: Sequence[Case],
    conditions: Iterable[Condition],
    predict: Predict,
    *,
    level: float,
    device: str = "cpu",
    told: Callable[[str], None] = print,
) -> Iterator[Row]:
    """Render every case under every condition, and measure what a network makes of it.

    Parameters
    ----------
    level
        Probability above which a voxel is liver.
    told
        Hears a line for every CT.
    """
    for condition in conditions:
        for case in cases:
            row = measure_one(case, condition, predict, level=level, device=device)
            told(
                f"{row.case}, {row.factor} {row.value}: Dice {row.dice:.3f}, "
                f"volume {100 * row.volume_fraction:+.1f} %"
            )
            yield row


@torch.no_grad()
def measure_one(
    case: Case, condition: Condition, predict: Predict, *, level: float, device: str = "cpu"
) -> Row:
    """Render a case and measure; its name fixes contacts and lesions, so conditions share them."""
    seed = zlib.crc32(case.name.encode())
    contacts, tissue, drawing, scanner = (Chance(seed + n, device) for n in range(4))
    labels = with_contacts(contacts, torch.from_numpy(_near_the_liver(case.labels)).to(device))
    hu = rendered(tissue, labels, condition.look)
    hu, liver, lesion = with_lesions(drawing, hu, labels == Label.LIVER, most=4)
    hu = scanned(scanner, hu, condition.scan)
    found, found_lesion = by_slabs(hu.cpu().numpy(), predict)
    truth = liver.cpu().numpy()
    mask = largest(found > level)
    drawn, made = lesion.cpu().numpy(), (found_lesion > LESION_LEVEL) & mask
    return Row(
        case=case.name,
        factor=condition.factor,
        value=condition.value,
        liver_hu=float(hu[liver].median()),
        dice=dice(mask, truth),
        volume_fraction=float(mask.sum() / truth.sum() - 1),
        lesions=_count(drawn),
        lesions_found=_met(drawn, made),
        false_lesions=_count(made) - _met(made, drawn),
    )


def summaries(rows: Iterable[Row]) -> list[Summary]:
    """Sum up each condition's rows, in the order in which they were measured."""
    together: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        together.setdefault((row.factor, row.value), []).append(row)
    return [_summary(*key, some) for key, some in together.items()]


def _summary(factor: str, value: str, rows: Sequence[Row]) -> Summary:
    return Summary(
        factor=factor,
        value=value,
        cases=len(rows),
        liver_hu=statistics.median(r.liver_hu for r in rows),
        dice=statistics.median(r.dice for r in rows),
        worst_dice=min(r.dice for r in rows),
        volume_fraction=statistics.median(r.volume_fraction for r in rows),
        worst_volume_fraction=max((r.volume_fraction for r in rows), key=abs),
        lesions=sum(r.lesions for r in rows),
        lesions_found=sum(r.lesions_found for r in rows),
        false_lesions=sum(r.false_lesions for r in rows),
    )


def dice(a: BoolArray, b: BoolArray) -> float:
    """Return the overlap of two masks, 0-1."""
    return float(2 * (a & b).sum() / max(1, a.sum() + b.sum()))


def largest(mask: BoolArray) -> BoolArray:
    """Return a mask's largest piece."""
    pieces, count = ndimage.label(mask)
    if count < 2:
        return mask
    kept: BoolArray = pieces == 1 + np.argmax(np.bincount(pieces.ravel())[1:])
    return kept


def _near_the_liver(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    margins = (ABOVE, BESIDE, BESIDE)
    around = []
    for axis, margin in enumerate(margins):
        others = tuple(a for a in range(3) if a != axis)
        used = np.flatnonzero((labels == Label.LIVER).any(axis=others))
        around.append(slice(max(0, int(used[0]) - margin), int(used[-1]) + 1 + margin))
    return np.ascontiguousarray(labels[tuple(around)])


def _count(mask: BoolArray) -> int:
    return int(ndimage.label(mask)[1])


def _met(pieces_of: BoolArray, by: BoolArray) -> int:
    """How many pieces of one mask another touches."""
    pieces, _ = ndimage.label(pieces_of)
    return int(np.count_nonzero(np.unique(pieces[by])))
