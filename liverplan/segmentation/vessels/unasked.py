"""Both vessel trees of a liver, found without a click, each branch with how sure it is.

Bright voxels are joined by cheapest ways to the portal trunk and to the cava; what is bright to
its end is kept; the web of their middle lines, in which the trees touch, is parted by how vessels
grow. An unenhanced or arterial CT shows no trees, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Event

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan import __version__
from liverplan.errors import CancelledError
from liverplan.findings import Statement
from liverplan.segmentation.blocks import resampled, voxels_in_blocks, with_thin_slices
from liverplan.segmentation.boxes import slices_of
from liverplan.segmentation.morphology import dilated, distance_transform_mm
from liverplan.segmentation.network.inference import infer
from liverplan.segmentation.network.maps import Maps
from liverplan.segmentation.orientation import Turn, turned
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import Mask, Progress
from liverplan.segmentation.vessels.branches import Branch, named
from liverplan.segmentation.vessels.contrast import Contrast, contrast_of
from liverplan.segmentation.vessels.drawn import Drawn, drawn, painted
from liverplan.segmentation.vessels.field import field_of
from liverplan.segmentation.vessels.passing import cut_at_roots
from liverplan.segmentation.vessels.roots import roots_of
from liverplan.segmentation.vessels.ways import vessel_ways
from liverplan.segmentation.vessels.web import SPUR_MM, web_of
from liverplan.volume import Grid, Volume, read_only

Points = tuple[tuple[float, float, float], ...]

PORTAL, HEPATIC = 1, 2
NAMES = {PORTAL: "portal vein", HEPATIC: "hepatic veins"}
NONE_SHOWN = Statement.of("note.no_vessels_shown")
NOT_SHOWN = {
    PORTAL: Statement.of("note.portal_vein_not_shown"),
    HEPATIC: Statement.of("note.hepatic_veins_not_shown"),
}
LEAST_SD, WAY_SHARE, END_SHARE = 3.3, 0.6, 0.65
"""How far a vessel stands out: over the noise, and as a share of what thick vessels do."""
LEAST_BLOOD_HU, LEAST_TREE_MM = 12.0, 60.0
"""With less contrast, or less length, a tree counts as not shown."""
CAVA_NEAR_MM = 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trees:
    """The vessel trees that a CT shows.

    Parameters
    ----------
    labels : (k, j, i) uint8 array
        On the CT's grid: 1 portal vein, 2 hepatic veins.
    branches : tuple of Branch
        The portal tree's, then the hepatic veins'; `Branch.tree` is 1 or 2.
    confidence : tuple of float
        Of each branch, 0 to 1: that it is a vessel and belongs to its tree.
    roots_mm : mapping of int to tuple of (x, y, z)
        By tree: where it begins, in the hilum or at the cava, LPS mm.
    warnings : tuple of Statement
        Which trees the CT does not show.
    provenance : Provenance
    """

    labels: NDArray[np.uint8]
    branches: tuple[Branch, ...]
    confidence: tuple[float, ...]
    roots_mm: dict[int, Points]
    warnings: tuple[Statement, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        read_only(self.labels)


def find_trees(
    volume: Volume,
    liver_mask: Mask,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Trees:
    """Find portal vein and hepatic veins without a click.

    Parameters
    ----------
    volume : Volume
        The CT, in any orientation.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    progress, cancel
        Told how far it is, and asked whether to stop.

    Raises
    ------
    SegmentationError
        If there is no liver.
    CancelledError
        If `cancel` is set.
    """
    steps = _Steps(progress, cancel)
    steps.tell(0.0, "Looking for the cava")
    return trees_in(volume, liver_mask, infer(volume, cancel=cancel), steps.tell)


def trees_in(
    volume: Volume, liver_mask: Mask, maps: Maps, tell: Progress = lambda _fraction, _words: None
) -> Trees:
    """Find both trees in a (k, j, i) mask, with a network's maps of the same CT.

    They tell where the cava runs, and what else lies round the hilum.

    Raises
    ------
    SegmentationError
        If there is no liver.
    """
    turn = Turn.of(volume.grid)
    thin, count = with_thin_slices(turned(volume))
    tell(0.3, "Measuring contrast")
    contrast = contrast_of(thin, np.repeat(turn.apply(liver_mask), count, axis=0))
    if contrast.blood_hu < LEAST_BLOOD_HU:
        return _none(volume.grid)
    tell(0.45, "Following the vessels")
    roots = roots_of(contrast, maps)
    around = contrast.liver | roots.trunk | roots.mouths
    around |= dilated(roots.cava, CAVA_NEAR_MM, contrast.spacing_mm)
    inside = distance_transform_mm(around, contrast.spacing_mm)
    field = field_of(contrast, roots, inside)
    least = max(LEAST_SD, WAY_SHARE * contrast.blood_snr)
    ways = vessel_ways(field, inside, contrast.spacing_mm, least)
    if not ways.any():
        return _none(volume.grid)
    tell(0.75, "Telling the trees apart")
    web = cut_at_roots(web_of(contrast, field, ways, least), field)
    trees = drawn(web, field, roots, contrast, max(LEAST_SD, END_SHARE * contrast.blood_snr))
    trees = _long_enough(trees)
    if not len(trees.at):
        return _none(volume.grid)
    tell(0.9, "Drawing the trees")
    blocks = painted(trees, web, contrast)
    return _found(turn.undo(_on_ct(blocks, contrast, thin.grid)[count // 2 :: count]), trees)


class _Steps:
    """Tells how far the work is, and stops it when asked."""

    def __init__(self, progress: Progress | None, cancel: Event | None) -> None:
        self._progress, self._cancel = progress, cancel

    def tell(self, fraction: float, words: str) -> None:
        """Say that a fraction is done."""
        if self._cancel is not None and self._cancel.is_set():
            raise CancelledError("The search for vessels was stopped.")
        if self._progress is not None:
            self._progress(fraction, words)


def _long_enough(trees: Drawn) -> Drawn:
    """Leave out a tree of which too little is seen."""
    shown = [tree for tree in NAMES if trees.length_mm[tree - 1] >= LEAST_TREE_MM]
    kept = np.isin(trees.tree, shown)
    fields = ("at", "points_mm", "radius_mm", "confidence", "tree")
    return replace(trees, **{name: getattr(trees, name)[kept] for name in fields})


def _on_ct(trees: NDArray[np.uint8], contrast: Contrast, grid: Grid) -> NDArray[np.uint8]:
    """(k, j, i) labels on the CT that the blocks were made of."""
    labels = np.zeros(grid.shape, np.uint8)
    start = contrast.blocks.start
    where = voxels_in_blocks(start, contrast.stop, contrast.blocks.factors)
    for tree in NAMES:
        inside = resampled((trees == tree).astype(np.float32), where) >= 0.5
        labels[slices_of(start, contrast.stop)][inside] = tree
    return labels


def _found(labels: NDArray[np.uint8], trees: Drawn) -> Trees:
    branches: list[Branch] = []
    for tree in NAMES:
        if (trees.tree == tree).any():
            branches += [replace(b, tree=tree) for b in named(trees.lines[tree - 1], SPUR_MM)]
    return Trees(
        labels=labels,
        branches=tuple(branches),
        confidence=tuple(_confidence(branch, trees) for branch in branches),
        roots_mm={
            tree: tuple((float(x), float(y), float(z)) for x, y, z in trees.roots_mm[tree - 1])
            for tree in NAMES
            if (trees.tree == tree).any()
        },
        warnings=tuple(note for tree, note in NOT_SHOWN.items() if not (trees.tree == tree).any()),
        provenance=_provenance(len(branches)),
    )


def _confidence(branch: Branch, trees: Drawn) -> float:
    """Mean of the middle line's points of the same tree that lie nearest the branch's."""
    own = trees.tree == branch.tree
    nearest = scipy.spatial.cKDTree(trees.points_mm[own]).query(np.array(branch.points_mm))[1]
    return float(trees.confidence[own][nearest].mean())


def _none(grid: Grid) -> Trees:
    return Trees(
        labels=np.zeros(grid.shape, np.uint8),
        branches=(),
        confidence=(),
        roots_mm={},
        warnings=(NONE_SHOWN,),
        provenance=_provenance(0),
    )


def _provenance(branches: int) -> Provenance:
    return Provenance(
        method="liverplan vessels unasked",
        version=__version__,
        origin="automatic",
        parameters={"branches": str(branches)},
    )
