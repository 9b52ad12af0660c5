"""The liver by the network: refused where there is none, drawn between voxels."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import numpy as np

from liverplan import __version__
from liverplan.findings import Statement
from liverplan.segmentation.blocks import blocks_of, with_thin_slices
from liverplan.segmentation.classical.checks import require_liver, require_series
from liverplan.segmentation.classical.torso import Torso, find_torso
from liverplan.segmentation.morphology import Float32, signed_distance_mm
from liverplan.segmentation.network.apart import none_of_it
from liverplan.segmentation.network.confidence import Reading, confidence_of, read, warnings_for
from liverplan.segmentation.network.inference import Steps, infer
from liverplan.segmentation.network.maps import Maps
from liverplan.segmentation.network.surface import draw_surface, log_odds, main_part
from liverplan.segmentation.network.weights import LIVER, Weights
from liverplan.segmentation.orientation import turned
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import LiverResult, Mask, Progress
from liverplan.volume import Volume

COARSE_MM = 3.0
LEFT_OUT = -2.0
"""Log-odds of what is no part of the liver by its looks alone: unsure, so a place to look at."""


def find_liver(
    volume: Volume,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
    weights: Weights = LIVER,
) -> LiverResult:
    """Find the whole liver by the network.

    Parameters
    ----------
    volume : Volume
        A CT of the upper abdomen.
    progress, cancel
        Told how far it is, and asked whether to stop.
    weights : Weights
        Which network.

    Raises
    ------
    SegmentationError
        If this is no CT of an upper abdomen.
    CancelledError
        If `cancel` is set.
    """
    steps = Steps(progress, cancel)
    steps.tell(0.0, "Finding body and lungs")
    require_series(volume)
    with ThreadPoolExecutor(1) as beside:
        torso = beside.submit(torso_of, volume)
        tell = unless_refused(torso, steps.part(0.05, 0.85).tell)
        maps = infer(volume, progress=tell, cancel=cancel, weights=weights)
    steps.tell(0.85, "Drawing the liver's surface")
    odds = log_odds(maps, weights.level)
    depth_mm, apart = parted(maps, odds)
    mask = draw_surface(volume, maps, odds, depth_mm)
    require_liver(mask, volume)
    confidence = confidence_of(maps, odds, depth_mm)
    reading = read(maps, depth_mm, confidence)
    steps.tell(1.0, "Liver found")
    return LiverResult(
        mask=mask,
        confidence=confidence,
        warnings=(
            *left_out(apart, maps),
            *warnings_for(volume, maps, torso.result(), depth_mm > 0, reading),
        ),
        provenance=provenance_of(weights, reading),
    )


def torso_of(volume: Volume) -> Torso:
    """Find body and lungs, or say that this is no abdomen."""
    return find_torso(blocks_of(with_thin_slices(turned(volume))[0], COARSE_MM))


def unless_refused(torso: Future[Torso], tell: Progress) -> Progress:
    """Tell how far the work is, and end it as soon as the torso says that this is no abdomen."""

    def told(fraction: float, words: str) -> None:
        if torso.done():
            torso.result()
        tell(fraction, words)

    return told


def parted(maps: Maps, odds: Float32) -> tuple[Float32, Mask]:
    """Part the liver from what only looks like it, whose log-odds become low.

    Returns
    -------
    (k, j, i) float32 and bool arrays
        Distance to the liver's boundary, mm, positive inside; and what left with that.
    """
    spacing = maps.grid.spacing_mm
    whole = main_part(odds > 0)
    depth_mm = signed_distance_mm(whole, spacing)
    apart = none_of_it(maps, depth_mm)
    if not apart.any():
        return depth_mm, apart
    odds[apart] = LEFT_OUT
    seen = main_part(odds > 0)
    return signed_distance_mm(seen, spacing), whole & ~seen


def left_out(apart: Mask, maps: Maps) -> tuple[Statement, ...]:
    """Say how much was left out, a (k, j, i) mask: what looked unlike, and what hung on it."""
    ml = float(np.count_nonzero(apart)) * maps.grid.voxel_ml
    return (Statement.of("note.mass_left_out", ml=ml),) if ml else ()


def provenance_of(weights: Weights, reading: Reading) -> Provenance:
    """Return what a mask of this network says of itself."""
    return Provenance(
        method=weights.name,
        version=weights.version,
        origin="automatic",
        density_hu=float(round(reading.density_hu)),
        parameters={
            "network": weights.file,
            "licence": weights.licence,
            "sha256": weights.sha256,
            "liverplan": __version__,
            "unsure_fraction": f"{reading.unsure_fraction:.3f}",
        },
    )
