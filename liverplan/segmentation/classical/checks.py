"""What is refused, in words, and what is warned of, as statements."""

from __future__ import annotations

import numpy as np

from liverplan.errors import SegmentationError
from liverplan.findings import Statement
from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.orientation import foot_head_axis
from liverplan.segmentation.results import Mask
from liverplan.volume import Volume

FEWEST_SLICES, MOST_SLICES = 8, 2000
SHORTEST_MM = 60.0
SMALLEST_ML, LARGEST_ML = 300.0, 6000.0
SMALL_ML, LARGE_ML = 700.0, 4000.0
"""Volumes of section 6 of the clinical facts: refused outside the first, warned outside these."""
UNENHANCED_HU = 75.0
"""Unenhanced livers have 50-70 HU; at the portal-venous peak they rise by about 60."""
CUT_ML = 5.0


def require_series(volume: Volume) -> None:
    """Refuse a CT that cannot hold a liver.

    Raises
    ------
    SegmentationError
        If it has too few or too many slices, or is too short.
    """
    axis = foot_head_axis(volume.grid)
    slices = volume.grid.shape[axis]
    length = slices * volume.grid.spacing_mm[axis]
    if not FEWEST_SLICES <= slices <= MOST_SLICES:
        count = "1 slice" if slices == 1 else f"{slices} slices"
        raise SegmentationError(
            f"This CT has {count}; a liver is looked for on {FEWEST_SLICES} to {MOST_SLICES}."
        )
    if length < SHORTEST_MM:
        raise SegmentationError(f"This CT is only {length:.0f} mm high; no liver fits on it.")


def require_liver(mask: Mask, volume: Volume) -> None:
    """Refuse a (k, j, i) mask, on the CT's grid, that is no liver by its volume.

    Raises
    ------
    SegmentationError
        If it lies outside 300 to 6000 mL.
    """
    ml = float(np.count_nonzero(mask)) * volume.grid.voxel_ml
    if not SMALLEST_ML <= ml <= LARGEST_ML:
        raise SegmentationError(
            f"No liver is found on this CT: what looks like one has {ml:.0f} mL."
        )


def warnings_for(
    blocks: Blocks, torso: Torso, mask: Mask, subcapsular: Mask, density: Density
) -> tuple[Statement, ...]:
    """Say what the user must know of this liver before trusting it.

    Parameters
    ----------
    blocks, torso, density
        The CT on a coarse lattice, the body on it, and the liver's own density.
    mask, subcapsular : (k, j, i) bool arrays
        The liver on that lattice, and what of it was taken in as a dark metastasis.
    """
    found = _cut_off(blocks, mask)
    if not (torso.lungs & torso.right).any():
        found.append(Statement.of("note.right_lung_unseen"))
    if density.mode_hu < UNENHANCED_HU:
        found.append(Statement.of("note.liver_faint", hu=density.mode_hu))
    dark_ml = float(np.count_nonzero(subcapsular)) * blocks.voxel_ml
    if dark_ml > 0:
        found.append(Statement.of("note.subcapsular_added", ml=dark_ml))
    liver_ml = float(np.count_nonzero(mask)) * blocks.voxel_ml
    if not SMALL_ML <= liver_ml <= LARGE_ML:
        found.append(Statement.of("note.liver_found_unusual", ml=liver_ml))
    return tuple(found)


def _cut_off(blocks: Blocks, mask: Mask) -> list[Statement]:
    found = []
    for key, plane in (("note.liver_cut_off_below", 0), ("note.liver_cut_off_above", -1)):
        edge_ml = float(np.count_nonzero(mask[plane])) * blocks.voxel_ml
        if edge_ml > CUT_ML and _at_edge(blocks, plane):
            found.append(Statement.of(key))
    return found


def _at_edge(blocks: Blocks, plane: int) -> bool:
    """Whether the lattice's first or last slice is the CT's own."""
    return blocks.start[0] == 0 if plane == 0 else blocks.reaches_top
