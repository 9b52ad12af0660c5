"""What a step learns from: patches of cases, rendered or changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from liverplan_training.cases import HIGHEST_HU, LOWEST_HU, Case
from liverplan_training.labels import CLASSES, IGNORED, Label, class_of_label
from liverplan_training.rendering import (
    Chance,
    Warp,
    drawn_look,
    drawn_scan,
    drawn_warp,
    rendered,
    scanned,
    with_contacts,
    with_lesions,
    with_other_densities,
)

AIR_HU = -1000.0
REAL_FRACTION = 0.85
"""How often a case with a CT shows it rather than its map rendered."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patch:
    """What the network sees, and what it should say.

    Parameters
    ----------
    hu, classes, lesion : ([n,] k, j, i)
        `classes` holds `IGNORED` where nothing is known.
    known : ([n,] `CLASSES`)
        Classes that the case names; others may hide in class 0.
    """

    hu: Tensor
    classes: Tensor
    lesion: Tensor
    known: Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ready:
    """A case on the device."""

    case: Case
    labels: Tensor
    hu: Tensor | None
    low: np.ndarray[tuple[int], np.dtype[np.int64]]
    high: np.ndarray[tuple[int], np.dtype[np.int64]]
    known: Tensor
    doubtful: bool


class Patches:
    """An endless supply of patches, fixed by its chance.

    Parameters
    ----------
    patch : (k, j, i)
        Size of a patch.
    """

    def __init__(self, cases: Sequence[Case], chance: Chance, patch: tuple[int, int, int]) -> None:
        self._chance, self._patch = chance, patch
        self._ready = [_on_device(case, chance.device) for case in cases]
        self._weights = [case.weight for case in cases]
        self._class_of = torch.from_numpy(class_of_label()).to(chance.device)

    @torch.no_grad()
    def batch(self, count: int) -> Patch:
        """Return so many patches, stacked."""
        many = [self.one() for _ in range(count)]
        return Patch(
            hu=torch.stack([p.hu for p in many]),
            classes=torch.stack([p.classes for p in many]),
            lesion=torch.stack([p.lesion for p in many]),
            known=torch.stack([p.known for p in many]),
        )

    @torch.no_grad()
    def one(self) -> Patch:
        """Return a patch."""
        chance = self._chance
        ready = self._ready[chance.weighted(self._weights)]
        warp = drawn_warp(
            chance, size=ready.labels.shape, patch=self._patch, centre=self._centre(ready)
        )
        labels = _labels(ready, warp)
        hu, labels = self._ct(ready, warp, labels)
        lesion = torch.zeros_like(warp.inside)
        if chance.happens(0.6):
            hu, liver, lesion = with_lesions(chance, hu, labels == Label.LIVER)
            sure = labels < Label.LIKELY_LIVER
            labels = torch.where(liver & sure, torch.full_like(labels, Label.LIVER), labels)
        hu = scanned(chance, hu, drawn_scan(chance))
        if chance.happens(0.5):
            hu = hu + chance.between(-8, 8)
        seen = warp.inside & self._until_the_scan_ends()
        hu = torch.where(seen, hu, torch.full_like(hu, AIR_HU))
        classes = self._class_of[torch.where(seen, labels, torch.zeros_like(labels)).long()]
        return Patch(
            hu=hu, classes=_named(classes, ready.known), lesion=lesion & seen, known=ready.known
        )

    def _centre(self, ready: _Ready) -> list[float]:
        """Mostly in the liver, sometimes anywhere."""
        chance = self._chance
        share = chance.numbers.random(3)
        if not chance.happens(REAL_FRACTION):
            return [float(s) * n for s, n in zip(share, ready.labels.shape, strict=True)]
        middle = (ready.low + ready.high) / 2
        inside = ready.low + share * (ready.high - ready.low)
        return [float(x) for x in 0.6 * inside + 0.4 * middle + chance.numbers.normal(0, 8, 3)]

    def _ct(self, ready: _Ready, warp: Warp, labels: Tensor) -> tuple[Tensor, Tensor]:
        """CT of the patch, real or rendered, and its labels, which rendering changes."""
        chance = self._chance
        real = chance.happens(REAL_FRACTION) or not ready.case.rendered_too
        if ready.hu is not None and real:
            likely = torch.where(
                labels == Label.LIKELY_LIVER, torch.full_like(labels, Label.LIVER), labels
            )
            return with_other_densities(chance, warp.linear(ready.hu), likely), labels
        labels = with_contacts(chance, labels)
        return rendered(chance, labels, drawn_look(chance)), labels

    def _until_the_scan_ends(self) -> Tensor:
        """Slices that the scan covers, (k, 1, 1): at times it ends within the patch."""
        chance, count = self._chance, self._patch[0]
        covered = torch.ones(count, 1, 1, dtype=torch.bool, device=chance.device)
        if chance.happens(0.3):
            cut = chance.below(max(1, count // 3))
            covered[slice(cut) if chance.happens(0.5) else slice(count - cut, None)] = False
        return covered


def _on_device(case: Case, device: torch.device) -> _Ready:
    inside = np.argwhere(case.labels == Label.LIVER)
    known = torch.zeros(CLASSES, dtype=torch.bool)
    known[[0, *(k for k in case.known if k < CLASSES)]] = True
    hu = None if case.hu is None else torch.from_numpy(case.hu.clip(LOWEST_HU, HIGHEST_HU))
    return _Ready(
        case=case,
        labels=torch.from_numpy(case.labels).to(device),
        hu=None if hu is None else hu.to(device),
        low=inside.min(axis=0),
        high=inside.max(axis=0),
        known=known.to(device),
        doubtful=case.doubtful,
    )


def _labels(ready: _Ready, warp: Warp) -> Tensor:
    """Labels of the patch; a sure liver's surface between the voxels, not in steps."""
    labels = warp.nearest(ready.labels)
    if ready.doubtful:
        return labels
    liver = warp.linear(ready.labels == Label.LIVER) > 0.5
    no_more = torch.where(labels == Label.LIVER, torch.full_like(labels, Label.FAT), labels)
    return torch.where(liver, torch.full_like(labels, Label.LIVER), no_more)


def _named(classes: Tensor, known: Tensor) -> Tensor:
    """Classes that the case does not name become other."""
    unnamed = ~known[classes.clamp(max=CLASSES - 1)] & (classes != IGNORED)
    return torch.where(unnamed, torch.zeros_like(classes), classes)
