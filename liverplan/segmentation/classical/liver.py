"""The liver on a portal-venous CT, without trained weights.

The steps: turn the CT and average it to 3 mm; find body and lungs; read the liver's own density
under the right lung; take the thick core of that density; grow it to the minimum cut of a density
that may drift across the organ; leave what hangs on it by a narrow waist to its own organ; do so
again with those as rivals; draw the surface on 1.5 mm voxels half way between the densities on its
two sides.
"""

from __future__ import annotations

from threading import Event

import numpy as np
import scipy

from liverplan import __version__
from liverplan.errors import CancelledError, SegmentationError
from liverplan.segmentation.blocks import Blocks, blocks_of, with_thin_slices
from liverplan.segmentation.classical.cava import cava_cost, track_cava
from liverplan.segmentation.classical.checks import require_liver, require_series, warnings_for
from liverplan.segmentation.classical.confidence import confidence_of
from liverplan.segmentation.classical.costs import (
    COST_PER_MM,
    local_density,
    place_cost,
    tissue_cost,
)
from liverplan.segmentation.classical.density import Density, read_density
from liverplan.segmentation.classical.subcapsular import subcapsular_lesions
from liverplan.segmentation.classical.surface import draw_surface
from liverplan.segmentation.classical.torso import (
    Torso,
    around_liver,
    below_right_lung,
    find_torso,
)
from liverplan.segmentation.classical.waists import part_of_liver
from liverplan.segmentation.denoise import diffused
from liverplan.segmentation.maxflow import min_cut
from liverplan.segmentation.morphology import (
    Float32,
    Spacing,
    closed,
    component_with_most,
    dilated,
    eroded,
    filled_by_slice,
    opened,
)
from liverplan.segmentation.orientation import Turn, turned
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import LiverResult, Mask, Progress
from liverplan.volume import Volume

METHOD = "liverplan classical liver"
COARSE_MM = 3.0

SHOWN_HU, DIFFUSION_STEPS = (-200.0, 300.0), 6
FAT_HU, BONE_HU = -30.0, 300.0
CORE_MM = 9.0
"""Half the thickness that only organs have: vessels and muscles are thinner."""
SPREADS = 2.6
EDGE_HU = 14.0
CORE_PRICE = 0.5
ROUNDS = 4
WAIST_MM = 4.5
"""Half the thickness of what the minimum cut may join to the liver."""


def segment_liver(
    volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
) -> LiverResult:
    """Find the whole liver.

    Parameters
    ----------
    volume : Volume
        A CT of the upper abdomen, best in the portal-venous phase.
    progress, cancel
        Told how far it is, and asked whether to stop.

    Raises
    ------
    SegmentationError
        If this is no CT of an upper abdomen.
    CancelledError
        If `cancel` is set.
    """
    tell = _Steps(progress, cancel)
    tell(0.0, "Averaging the CT")
    require_series(volume)
    ct, slices_each = with_thin_slices(turned(volume))
    blocks = blocks_of(ct, COARSE_MM)
    tell(0.15, "Finding body and lungs")
    blocks, torso = around_liver(blocks, find_torso(blocks))
    denoised = diffused(blocks.hu, SHOWN_HU, DIFFUSION_STEPS)
    under = below_right_lung(torso, blocks.spacing_mm[0], 10, 60)
    tell(0.3, "Reading the liver's density")
    density = read_density(denoised, under, blocks)
    tell(0.35, "Cutting out the liver")
    coarse, excluded, inside = cut_liver(blocks, denoised, torso, density, under)
    elsewhere = place_cost(blocks, torso, density)
    subcapsular = subcapsular_lesions(
        blocks, denoised, torso, density, coarse, excluded | (elsewhere > 0.1)
    )
    coarse = coarse | subcapsular
    tell(0.6, "Drawing its surface")
    drawn = draw_surface(ct, blocks, coarse, excluded)[slices_each // 2 :: slices_each]
    mask = Turn.of(volume.grid).undo(drawn)
    require_liver(mask, volume)
    tell(1.0, "Liver found")
    return LiverResult(
        mask=mask,
        confidence=confidence_of(blocks.grid, inside),
        warnings=warnings_for(blocks, torso, coarse, subcapsular, density),
        provenance=Provenance(
            method=METHOD,
            version=__version__,
            origin="automatic",
            density_hu=float(round(density.mode_hu)),
            parameters={"spread_hu": f"{density.spread_hu:.1f}"},
        ),
    )


def cut_liver(
    blocks: Blocks, denoised: Float32, torso: Torso, density: Density, under: Mask
) -> tuple[Mask, Mask, Float32]:
    """Find the liver on the coarse lattice, as a minimum cut.

    Parameters
    ----------
    blocks, torso, density
        The CT on that lattice, the body on it, and the liver's own density.
    denoised : (k, j, i) float32 array
        The blocks' densities without noise, HU.
    under : (k, j, i) bool array
        Under the right lung, where the liver surely is.

    Returns
    -------
    (k, j, i) bool array, (k, j, i) bool array, (k, j, i) float32 array
        The liver; what is the cava, not liver; the minimum cut, 0-1, before it was rounded.
    """
    spacing = blocks.spacing_mm
    width = max(SPREADS * density.spread_hu, 18.0)
    elsewhere = place_cost(blocks, torso, density)
    core = find_core(denoised, torso, density, width, under & (elsewhere < 0.1), elsewhere, spacing)
    never = ~torso.body | torso.lungs | (blocks.hu < FAT_HU) | (blocks.hu > BONE_HU)
    slope = scipy.ndimage.gaussian_gradient_magnitude(denoised, [3 / s for s in spacing]) * np.mean(
        spacing
    )
    edge = (1 / (1 + (slope / EDGE_HU) ** 2)).astype(np.float32)
    bright = denoised > density.mode_hu + max(25.0, 3 * density.spread_hu)
    mask, rivals = core, opened(bright, 7.0, spacing)
    cava = track_cava(blocks, denoised, torso, _slices_around(core, spacing), density.mode_hu)
    for _ in range(ROUNDS):
        local = local_density(denoised, mask, density, spacing)
        cost = tissue_cost(denoised, local, mask, width, spacing) + elsewhere
        cost += 2 * COST_PER_MM * cava_cost(cava, denoised, local, spacing)
        cost[never | rivals] = 5
        cost[eroded(mask, CORE_MM, spacing)] = -5
        inside = min_cut(cost, edge, spacing)
        found = component_with_most(opened(inside > 0.5, WAIST_MM, spacing), under)
        mask = part_of_liver(found, spacing)
        rivals |= found & ~mask
    excluded = (cava_cost(cava, denoised, local, spacing) > 0.3) & ~mask
    return filled_by_slice(mask) & ~excluded, excluded, inside


def find_core(
    denoised: Float32,
    torso: Torso,
    density: Density,
    width_hu: float,
    under: Mask,
    elsewhere: Float32,
    spacing_mm: Spacing,
) -> Mask:
    """Find the thick part of the liver's density under the right lung.

    Parameters
    ----------
    denoised : (k, j, i) float32 array
        Densities, HU.
    torso, density
        The body, and the liver's own density.
    width_hu : float
        How far from that density the liver's voxels lie.
    under : (k, j, i) bool array
        Under the right lung.
    elsewhere : (k, j, i) float32 array
        Price of places where no liver lies.
    spacing_mm : (k, j, i)
        The lattice's.

    Raises
    ------
    SegmentationError
        If there is none.
    """
    like = (np.abs(denoised - density.mode_hu) < width_hu) & torso.body
    soft = (denoised > density.mode_hu - 70) & (denoised < density.mode_hu + 110) & torso.body
    like |= closed(like, 6.0, spacing_mm) & soft
    like &= elsewhere < CORE_PRICE
    thick = component_with_most(eroded(like, CORE_MM, spacing_mm), under)
    if not thick.any():
        raise SegmentationError("No liver is seen on this CT: no even tissue is thick enough.")
    return part_of_liver(dilated(thick, CORE_MM + 0.5, spacing_mm) & like, spacing_mm)


def _slices_around(mask: Mask, spacing_mm: Spacing) -> range:
    used = np.flatnonzero(mask.any(axis=(1, 2)))
    margin = int(30 / spacing_mm[0])
    return range(max(0, int(used[0]) - margin), min(mask.shape[0], int(used[-1]) + margin + 1))


class _Steps:
    """Tells how far the work is, and stops it when asked."""

    def __init__(self, progress: Progress | None, cancel: Event | None) -> None:
        self._progress, self._cancel = progress, cancel

    def __call__(self, fraction: float, words: str) -> None:
        if self._cancel is not None and self._cancel.is_set():
            raise CancelledError("The search for the liver was stopped.")
        if self._progress is not None:
            self._progress(fraction, words)
