"""What the prompted network makes of a prompt, on one lattice of cubes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from liverplan.segmentation.lesions.prompted.channels import channels
from liverplan.segmentation.lesions.prompted.network import probability
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.morphology import Float32, components_touching
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

EDGE_CUBES = 3
HALF = 0.5
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

    def shifted(self, level: float) -> Answer:
        """Return it with a level (0-1) where the half was: its border lies there now."""
        p = np.clip(self.probability, np.float32(1e-4), np.float32(1 - 1e-4))
        odds = p / (1 - p) * (1 - level) / level
        shifted: Float32 = (odds / (1 + odds)).astype(np.float32)
        return replace(self, probability=shifted)

    def joined(self, other: Float32, share: float) -> Answer:
        """Return the mean of this and another opinion, a (k, j, i) array of 0-1, by its share."""
        mean: Float32 = np.float32(1 - share) * self.probability + np.float32(share) * other
        return replace(self, probability=mean, agreed=True)

    def overlap(self, other: Float32) -> float:
        """Dice (0-1) with another opinion, a (k, j, i) array of 0-1."""
        found, theirs = self.found, other > HALF
        total = np.count_nonzero(found) + np.count_nonzero(theirs)
        return 2 * int(np.count_nonzero(found & theirs)) / max(int(total), 1)


def look(
    volume: Volume,
    liver_mask: Mask,
    prompt: Prompt,
    middle_mm: FloatArray,
    cube_mm: float,
    *,
    mirrored: bool,
) -> Answer:
    """Ask the network once, about a (3,) place, LPS mm, on cubes of a size."""
    patch = Patch.around(volume, liver_mask, middle_mm, cube_mm)
    marks = patch.marks(prompt)
    p = probability(channels(patch.hu, patch.liver, marks, cube_mm), mirrored=mirrored)
    return Answer(patch=patch, probability=p, meant=marks.inside[0])


def soft_border(outside_mm: Float32, cube_mm: float) -> Float32:
    """(k, j, i) 0-1 from distances outside a border, mm, as soft as the network draws its own."""
    steep = np.clip(outside_mm / (0.7 * cube_mm), -30, 30)
    return np.asarray(1 / (1 + np.exp(steep)), np.float32)
