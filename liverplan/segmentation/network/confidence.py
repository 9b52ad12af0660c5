"""How sure the network is of the liver, and how well the CT fits what it was measured on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liverplan.findings import Statement
from liverplan.segmentation.classical.checks import LARGE_ML, SMALL_ML, UNENHANCED_HU
from liverplan.segmentation.classical.confidence import places_of
from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.network.maps import Maps
from liverplan.segmentation.orientation import foot_head_axis
from liverplan.segmentation.results import Confidence, Mask
from liverplan.volume import Volume

UNSURE_ODDS = 2.2
"""Log-odds under which tissue is unsure: 1 to 9."""
RIM_MM = 3.0
"""Nearer to its surface than this, a liver is unsure everywhere."""
DEEP_MM = 6.0
CUT_CM2 = 17.0
"""How much of the CT's first or last slice a liver must fill to be called cut off."""
THICKEST_MM, DENSEST_HU, NOISIEST_HU = 5.5, 190.0, 32.0
MOST_UNSURE = 0.04
"""Slices, densities and noise that were measured, and the share of unsure tissue there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read off the liver's tissue.

    Parameters
    ----------
    density_hu, noise_hu : float
        Median, and robust standard deviation, of what lies deep in the liver, on 2 mm voxels.
    unsure_fraction : float
        Unsure tissue away from the surface, over the liver.
    liver_ml : float
    """

    density_hu: float
    noise_hu: float
    unsure_fraction: float
    liver_ml: float


def confidence_of(maps: Maps, odds: Float32, depth_mm: Float32) -> Confidence:
    """Gather the tissue, away from the surface, of which the network is not sure.

    Parameters
    ----------
    maps : Maps
        What the network says.
    odds : (k, j, i) float32 array
        The liver's log-odds on their box; 0 is the boundary.
    depth_mm : (k, j, i) float32 array
        Distance to the liver's boundary on their box, mm; positive inside.
    """
    unsure = (np.abs(odds) < UNSURE_ODDS) & (np.abs(depth_mm) > RIM_MM)
    inside: Float32 = (1 / (1 + np.exp(-odds))).astype(np.float32)
    places = places_of(maps.grid, unsure, depth_mm > 0)
    return Confidence(grid=maps.grid, inside_fraction=inside, places=places)


def read(maps: Maps, depth_mm: Float32, confidence: Confidence) -> Reading:
    """Read the density deep in the liver, by each voxel's (k, j, i) depth, and what is unsure."""
    mask = depth_mm > 0
    deep = (depth_mm > DEEP_MM) & (maps.lesion < 0.5)
    hu = maps.hu[deep if deep.any() else mask]
    density = float(np.median(hu))
    liver_ml = float(np.count_nonzero(mask)) * maps.grid.voxel_ml
    return Reading(
        density_hu=density,
        noise_hu=1.4826 * float(np.median(np.abs(hu - density))),
        unsure_fraction=confidence.unsure_ml / liver_ml,
        liver_ml=liver_ml,
    )


def warnings_for(
    volume: Volume, maps: Maps, torso: Torso, mask: Mask, reading: Reading
) -> tuple[Statement, ...]:
    """Say what the user must know of this liver before trusting it.

    Parameters
    ----------
    volume, maps, torso
        The CT, what the network says of it, and the body on it.
    mask : (k, j, i) bool array
        The liver on the maps' box.
    reading : Reading
        What was read off it.
    """
    found = _cut_off(maps, mask)
    if not (torso.lungs & torso.right).any():
        found.append(Statement.of("note.right_lung_unseen"))
    if reading.density_hu < UNENHANCED_HU:
        found.append(Statement.of("note.liver_faint", hu=reading.density_hu))
    if not SMALL_ML <= reading.liver_ml <= LARGE_ML:
        found.append(Statement.of("note.liver_found_unusual", ml=reading.liver_ml))
    return (*found, *_unlike_measured(volume, reading))


def _unlike_measured(volume: Volume, reading: Reading) -> list[Statement]:
    found = []
    thick_mm = volume.grid.spacing_mm[foot_head_axis(volume.grid)]
    if thick_mm > THICKEST_MM:
        found.append(Statement.of("note.unmeasured_slices", mm=thick_mm))
    if reading.density_hu > DENSEST_HU:
        found.append(Statement.of("note.unmeasured_density", hu=reading.density_hu))
    if reading.noise_hu > NOISIEST_HU:
        found.append(Statement.of("note.unmeasured_noise", hu=reading.noise_hu))
    if reading.unsure_fraction > MOST_UNSURE:
        found.append(Statement.of("note.network_unsure", share=reading.unsure_fraction))
    return found


def _cut_off(maps: Maps, mask: Mask) -> list[Statement]:
    found = []
    area_cm2 = maps.lattice.step_mm**2 / 100
    if maps.box[0].start == 0 and np.count_nonzero(mask[0]) * area_cm2 > CUT_CM2:
        found.append(Statement.of("note.liver_cut_off_below"))
    top = maps.box[0].stop == maps.lattice.shape[0]
    if top and np.count_nonzero(mask[-1]) * area_cm2 > CUT_CM2:
        found.append(Statement.of("note.liver_cut_off_above"))
    return found
