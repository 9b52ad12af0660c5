"""What a plan of any cuts leaves, in mL: exact for planes, within 0.1 mL for curved ones.

Everything that is removed is measured once, as one union; ``remnant + resected = functional``
therefore holds by construction, and no voxel is a barrier that belongs to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from liverplan.findings import Volumes
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.cuts.base import Voxels
from liverplan.resection.plan import Plan
from liverplan.segmentation.boxes import Box, bounding_box, ends_of
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.margin import LesionShape, lesion_shapes
from liverplan.volumetry.shapes.blocks import BlockTree
from liverplan.volumetry.shapes.lesion_boxes import LesionBoxes
from liverplan.volumetry.shapes.warm_up import warm_up_cuts

COARSE_MM = 2.5
"""Voxels at most so far apart are enough to tell which of two cuts leaves more."""

MADE_OF_MASKS = ("box", "functional", "liver", "planes", "lesions", "lesion_boxes", "coarse")
"""What an index has made from the masks alone, whatever its maps are."""

KEPT = 8
"""So many sets of named parts are kept ready for the next step of a drag."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taken:
    """What named parts and sheets take of the liver.

    Parameters
    ----------
    left : BlockTree
        The liver, lesions included, that they leave.
    faces : (N, 3) array
        Index coordinates of the middles of faces between liver voxels of which one is taken.
    axes : (N,) array
        Index axis across each face.
    """

    left: BlockTree
    faces: FloatArray
    axes: NDArray[np.int8]

    @classmethod
    def of(cls, segmentation: Segmentation, mask: NDArray[np.bool_]) -> Self:
        """Find what a (k, j, i) mask leaves, and its faces inside the liver."""
        left = BlockTree.build(segmentation.grid, segmentation.liver & ~mask)
        box = bounding_box(segmentation.labels)
        start = np.array([part.start for part in box])
        liver, mask = segmentation.labels[box] > 0, mask[box]
        faces, axes = [], []
        for axis in range(3):
            near, far = [slice(None)] * 3, [slice(None)] * 3
            near[axis], far[axis] = slice(None, -1), slice(1, None)
            a, b = tuple(near), tuple(far)
            where = np.argwhere((mask[a] != mask[b]) & liver[a] & liver[b]).astype(np.float64)
            where[:, axis] += 0.5
            faces.append(where + start)
            axes.append(np.full(len(where), axis, dtype=np.int8))
        return cls(left=left, faces=np.concatenate(faces), axes=np.concatenate(axes))


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanIndex:
    """A segmentation, made ready for plans of any cuts; each thing when it is first asked for.

    Parameters
    ----------
    segmentation : Segmentation
    maps : mapping of str to PartMap
        By scheme; what `Parts` refer to.
    """

    segmentation: Segmentation
    maps: Mapping[str, PartMap]
    _trees: dict[tuple[Voxels, ...], BlockTree] = field(default_factory=dict)
    _taken: dict[tuple[Voxels, ...], Taken] = field(default_factory=dict)

    @classmethod
    def build(cls, segmentation: Segmentation, maps: Mapping[str, PartMap] | None = None) -> Self:
        """Index a segmentation, and check that the maps lie on its grid."""
        warm_up_cuts()
        maps = dict(maps or {})
        for part_map in maps.values():
            segmentation.grid.require_same(
                part_map.grid, mine="The segmentation", theirs=f"the {part_map.scheme} map"
            )
        return cls(segmentation=segmentation, maps=maps)

    @cached_property
    def box(self) -> Box:
        """The part of the grid that holds the liver, lesions included."""
        return bounding_box(self.segmentation.labels)

    @cached_property
    def functional(self) -> BlockTree:
        """The liver without its lesions, as a tree."""
        return BlockTree.build(self.segmentation.grid, self.segmentation.labels == LIVER)

    @cached_property
    def liver(self) -> BlockTree:
        """The whole organ, lesions included, as a tree."""
        return BlockTree.build(self.segmentation.grid, self.segmentation.liver)

    @cached_property
    def planes(self) -> VolumeIndex:
        """The same liver, made ready for flat cuts alone: many thousands a second."""
        return VolumeIndex.build(self.segmentation)

    @property
    def has_planes(self) -> bool:
        """Whether the index of flat cuts is made already, so that it answers at no cost."""
        return "planes" in self.__dict__

    def sharing(self, planes: VolumeIndex) -> Self:
        """Return itself, with the index of flat cuts of the same segmentation."""
        self.__dict__["planes"] = planes
        return self

    def on(self, maps: Mapping[str, PartMap]) -> Self:
        """Return the same liver's index with other maps; nothing is made twice."""
        return self._keeping(replace(self, maps=dict(maps), _trees={}, _taken={}))

    def known_as(self, segmentation: Segmentation) -> Self:
        """Return the index of the same voxels, of which other things are known."""
        return self._keeping(replace(self, segmentation=segmentation))

    def _keeping(self, other: Self) -> Self:
        kept = {name: self.__dict__[name] for name in MADE_OF_MASKS if name in self.__dict__}
        other.__dict__.update(kept)
        return other

    @cached_property
    def coarse(self) -> PlanIndex:
        """The same liver in every second or third voxel, without maps: for searches."""
        grid = self.segmentation.grid
        steps = tuple(max(1, int(COARSE_MM // spacing)) for spacing in grid.spacing_mm)
        if max(steps) == 1:
            return self
        labels = np.ascontiguousarray(
            self.segmentation.labels[tuple(slice(0, None, s) for s in steps)]
        )
        affine = grid.affine @ np.diag([*steps, 1.0])
        thin = Grid(shape=labels.shape, affine=affine, frame_uid=grid.frame_uid)
        return PlanIndex.build(Segmentation(grid=thin, labels=labels))

    @cached_property
    def lesions(self) -> tuple[LesionShape, ...]:
        """The lesions' voxels, ascending by label."""
        if self.has_planes:
            return self.planes.lesions
        return lesion_shapes(self.segmentation.labels[self.box], ends_of(self.box)[0])

    @cached_property
    def lesion_boxes(self) -> tuple[LesionBoxes, ...]:
        """The lesions, made ready for distances, in the same order."""
        return tuple(LesionBoxes.of(self.segmentation.grid, shape) for shape in self.lesions)

    @cached_property
    def liver_ml(self) -> float:
        """The whole organ, lesions included, mL."""
        voxels = int(np.count_nonzero(self.segmentation.labels[self.box]))
        return voxels * self.segmentation.grid.voxel_ml

    @property
    def functional_ml(self) -> float:
        """The liver without its lesions, mL."""
        return self.functional.total_ml

    def part_mask(self, parts: tuple[Voxels, ...]) -> NDArray[np.bool_]:
        """(k, j, i) mask of what the named parts and the sheets take.

        Raises
        ------
        PlanError
            If there is no such map or part.
        """
        mask = np.zeros(self.segmentation.grid.shape, dtype=np.bool_)
        for cut in parts:
            mask |= cut.mask(self.segmentation, self.maps)
        return mask

    def taken(self, parts: tuple[Voxels, ...]) -> Taken:
        """Return the (k, j, i) voxels that parts and sheets take, and where; kept for a drag."""
        if parts not in self._taken:
            if len(self._taken) >= KEPT:
                self._taken.clear()
            self._taken[parts] = Taken.of(self.segmentation, self.part_mask(parts))
        return self._taken[parts]

    def remnant_ml(self, plan: Plan) -> float:
        """Functional tissue that stays, mL: the one number that a drag needs."""
        tree = self._tree(plan.voxels)
        return tree.total_ml - tree.removed_ml(plan.rows())

    def crossed_voxels(self, plan: Plan) -> NDArray[np.int64]:
        """(N, 3) indices of the functional voxels that the plan's shapes may cross."""
        tree = self._tree(plan.voxels)
        places = tree.crossed(plan.rows()).astype(np.int64) + np.array(tree.start)
        return np.asarray(places[np.lexsort(places.T[::-1])])

    def _tree(self, parts: tuple[Voxels, ...]) -> BlockTree:
        """Return what the named parts leave, as a tree; the last few are kept."""
        if not parts:
            return self.functional
        if parts not in self._trees:
            if len(self._trees) >= KEPT:
                self._trees.clear()
            left = (self.segmentation.labels == LIVER) & ~self.part_mask(parts)
            self._trees[parts] = BlockTree.build(self.segmentation.grid, left)
        return self._trees[parts]


def measure_plan(index: PlanIndex, plan: Plan) -> Volumes:
    """Measure a plan: what stays and what goes, mL."""
    remnant_ml = index.remnant_ml(plan)
    cutting = plan.not_ablating
    kept_ml = index.remnant_ml(cutting) if cutting is not plan else remnant_ml
    return Volumes(
        liver_ml=index.liver_ml,
        tumour_ml=index.liver_ml - index.functional_ml,
        functional_ml=index.functional_ml,
        remnant_ml=remnant_ml,
        resected_ml=index.functional_ml - remnant_ml,
        ablated_ml=kept_ml - remnant_ml,
    )
