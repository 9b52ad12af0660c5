"""What the prompted network makes of a prompt, on one lattice of cubes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from liverplan.segmentation.lesions.prompted.brighter import as_negative
from liverplan.segmentation.lesions.prompted.channels import Marks, channels
from liverplan.segmentation.lesions.prompted.network import mirrored, probabilities
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.morphology import Float32, components_touching
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

EDGE_CUBES = 3
HALF = 0.5
FEWEST_CUBES = 5
"""A density is not read off fewer."""
SHOWN_HU = (-50.0, 250.0)
MOST_DOUBT, DOUBT_COUNTS = 2.0, 2.0
"""Doubt beyond the first says nothing more; and what it counts against contrast."""
REACH_CUBES = 2.5
"""A lesion reaches at least so near to its click."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """How likely each cube of a patch is the metastasis.

    Parameters
    ----------
    patch : Patch
    probability : (k, j, i) float32 array
        0-1.
    meant : (3,) array
        Where the prompt points, in cubes.
    agreed : bool
        Whether another opinion was of the same lesion.
    """

    patch: Patch
    probability: Float32
    meant: FloatArray
    agreed: bool = False

    @property
    def found(self) -> Mask:
        """(k, j, i) bool array: what is likelier than not, where the prompt points."""
        return self.above(HALF)

    def above(self, level: float) -> Mask:
        """(k, j, i) bool array: what is likelier than a level (0-1), where the prompt points."""
        k, j, i = (
            (np.arange(n) - at) ** 2
            for n, at in zip(self.probability.shape, self.meant, strict=True)
        )
        near = k[:, None, None] + j[:, None] + i <= REACH_CUBES**2
        return components_touching(self.probability > level, np.asarray(near))

    @property
    def doubt(self) -> float:
        """How much could as well be otherwise, in shares of what was found; least at its scale.

        Looked at too closely or from too far, a lesion's border is guessed, not seen.
        """
        found = self.found
        if not found.any():
            return np.inf
        p = self.probability[scipy.ndimage.binary_dilation(found, iterations=EDGE_CUBES)]
        return float(2 * np.minimum(p, 1 - p).sum() / np.count_nonzero(found))

    @property
    def weight(self) -> float:
        """How much this answer counts among those of several scales.

        Looked at too closely or from too far, a network draws a lesion of its usual size all the
        same: what it drew then differs little from what lies round it. So contrast speaks for a
        scale, and the network's own doubt against it.
        """
        return (1 + self.contrast_hu) * float(np.exp(-DOUBT_COUNTS * min(self.doubt, MOST_DOUBT)))

    @property
    def contrast_hu(self) -> float:
        """How far its density lies from that of the liver round it, HU; 0 where none is read."""
        own, beside = self._densities()
        return _between(own, beside) if own.size else 0.0

    def _densities(self) -> tuple[Float32, Float32]:
        """Densities within it and in the liver round it, HU; empty where there are too few."""
        found = self.found
        core = scipy.ndimage.binary_erosion(found)
        core = core if np.count_nonzero(core) >= FEWEST_CUBES else found
        organ = self.patch.liver if self.patch.liver.any() else np.ones_like(found)
        around = scipy.ndimage.binary_dilation(found, iterations=1 + EDGE_CUBES)
        around &= ~scipy.ndimage.binary_dilation(found) & organ
        if min(np.count_nonzero(core), np.count_nonzero(around)) < FEWEST_CUBES:
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        hu = np.clip(self.patch.hu, *SHOWN_HU)
        return hu[core], hu[around]

    def shifted(self, level: float) -> Answer:
        """Return it with a level (0-1) where the half was: its border lies there now."""
        p = np.clip(self.probability, np.float32(1e-4), np.float32(1 - 1e-4))
        odds = p / (1 - p) * (1 - level) / level
        shifted: Float32 = (odds / (1 + odds)).astype(np.float32)
        return replace(self, probability=shifted)

    def on(self, patch: Patch) -> Float32:
        """(k, j, i) float32 array: the same on another lattice; beyond its own it is 0."""
        return self.patch.brought(self.probability, patch, beyond="constant")

    def joined(self, other: Float32, share: float) -> Answer:
        """Return the mean of this and another opinion, a (k, j, i) array of 0-1, by its share."""
        mean: Float32 = np.float32(1 - share) * self.probability + np.float32(share) * other
        return replace(self, probability=mean, agreed=True)

    def overlap(self, other: Float32) -> float:
        """Dice (0-1) with another opinion, a (k, j, i) array of 0-1."""
        found, theirs = self.found, other > HALF
        total = np.count_nonzero(found) + np.count_nonzero(theirs)
        return 2 * int(np.count_nonzero(found & theirs)) / max(int(total), 1)


def _between(own_hu: Float32, beside_hu: Float32) -> float:
    return float(abs(np.median(own_hu) - np.median(beside_hu)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """Where is looked, and how closely.

    Parameters
    ----------
    middle_mm : (3,) array
        The middle of what is looked at, LPS mm.
    cube_mm : float
        Side of a cube.
    negative : bool
        Whether densities are mirrored about the liver's.
    """

    middle_mm: FloatArray
    cube_mm: float
    negative: bool = False


def look(volume: Volume, liver_mask: Mask, prompt: Prompt, view: View) -> Answer:
    """Ask the network once in a (k, j, i) liver, as surely as it can: its mirror images as well."""
    patch, marks, seen = _drawn(volume, liver_mask, prompt, view)
    return Answer(patch=patch, probability=mirrored(seen), meant=marks.inside[0])


def glance(volume: Volume, liver_mask: Mask, prompt: Prompt, views: Sequence[View]) -> list[Answer]:
    """Ask the network once for each of several views in a (k, j, i) liver, all at a time."""
    drawn = [_drawn(volume, liver_mask, prompt, view) for view in views]
    found = probabilities(np.stack([seen for _, _, seen in drawn]))
    return [
        Answer(patch=patch, probability=p, meant=marks.inside[0])
        for (patch, marks, _), p in zip(drawn, found, strict=True)
    ]


def _drawn(
    volume: Volume, liver_mask: Mask, prompt: Prompt, view: View
) -> tuple[Patch, Marks, Float32]:
    patch = Patch.around(volume, liver_mask, view.middle_mm, view.cube_mm)
    marks = patch.marks(prompt)
    hu = as_negative(patch.hu, patch.liver) if view.negative else patch.hu
    return patch, marks, channels(hu, patch.liver, marks, view.cube_mm)


def soft_border(outside_mm: Float32, cube_mm: float) -> Float32:
    """(k, j, i) 0-1 from distances outside a border, mm, as soft as the network draws its own."""
    steep = np.clip(outside_mm / (0.7 * cube_mm), -30, 30)
    return np.asarray(1 / (1 + np.exp(steep)), np.float32)
