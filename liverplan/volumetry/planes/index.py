"""The VolumeIndex: a segmentation, made ready to answer what stays for any plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from liverplan.errors import PlanError
from liverplan.resection.cuts.plane import Plane
from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry.planes import fast
from liverplan.volumetry.planes.exact import common_axis, half_space_ml, index_planes, polyhedron_ml
from liverplan.volumetry.planes.margin import LesionShape, lesion_shapes
from liverplan.volumetry.planes.runs import EndPoints, end_points
from liverplan.volumetry.planes.warm_up import warm_up


@dataclass(frozen=True, kw_only=True, eq=False)
class VolumeIndex:
    """The surface of the functional liver (liver without lesions) and the lesions' shapes.

    Build it with `VolumeIndex.build`; every answer is in mL or mm, in LPS coordinates. What only
    some questions need (a tree along an axis, a lesion's hull) is made when first asked for.

    Parameters
    ----------
    grid : Grid
        The segmentation's.
    functional_ml, liver_ml, tumour_ml : float
        Volumes; ``functional_ml + tumour_ml == liver_ml``.
    ends : three EndPoints
        The functional tissue's, along each index axis.
    lesions : tuple of LesionShape
        Ascending by label.
    """

    grid: Grid
    functional_ml: float
    liver_ml: float
    tumour_ml: float
    ends: tuple[EndPoints, ...]
    lesions: tuple[LesionShape, ...]

    @classmethod
    def build(cls, segmentation: Segmentation) -> Self:
        """Index a segmentation: label 1 is functional tissue, 2 and more are lesions."""
        warm_up()
        grid = segmentation.grid
        box = bounding_box(segmentation.labels)
        crop = segmentation.labels[box]
        start = (box[0].start, box[1].start, box[2].start)
        functional, lesions = crop == LIVER, lesion_shapes(crop, start)
        functional_ml = float(np.count_nonzero(functional)) * grid.voxel_ml
        tumour_ml = float(sum(len(lesion.voxels) for lesion in lesions)) * grid.voxel_ml
        return cls(
            grid=grid,
            functional_ml=functional_ml,
            liver_ml=functional_ml + tumour_ml,
            tumour_ml=tumour_ml,
            ends=end_points(functional, start),
            lesions=lesions,
        )

    @property
    def lesion_labels(self) -> tuple[int, ...]:
        """Label values of the lesions, ascending: the columns of what concerns lesions."""
        return tuple(lesion.label for lesion in self.lesions)

    @cached_property
    def _voxel_ml(self) -> float:
        """The volume of a voxel, worked out once: a plane takes less time than a determinant."""
        return self.grid.voxel_ml

    @cached_property
    def trees(self) -> fast.Trees:
        """The moment trees along each axis, each built when it is first needed."""
        return fast.Trees(ends=self.ends)

    def remnant_ml(
        self,
        normals: ArrayLike,
        offsets_mm: ArrayLike,
        exact: bool = False,  # noqa: FBT001, FBT002 - as the interface has it
    ) -> FloatArray:
        """Functional tissue that stays for each of many planes.

        Parameters
        ----------
        normals : (M, 3) array
            Unit vectors, LPS; they point toward the tissue that stays.
        offsets_mm : (M,) array
            Tissue with ``n.x >= offset`` stays.
        exact : bool
            Clip every voxel, to rounding; otherwise within 0.01 mL of that, a hundred times faster.

        Returns
        -------
        (M,) array
            mL.

        Raises
        ------
        PlanError
            If the shapes do not fit, a value is not finite or a normal is not of length 1.
        """
        slopes, shifts = index_planes(self.grid, *checked_planes(normals, offsets_mm))
        volumes = None
        if not exact:
            volumes = fast.half_spaces_ml(self.trees, slopes, shifts, self._voxel_ml)
        if volumes is None:
            planes = zip(slopes, shifts, strict=True)
            volumes = np.array([half_space_ml(self.ends, *p, self._voxel_ml) for p in planes])
        return np.minimum(np.maximum(volumes, 0.0), self.functional_ml)

    def remnant_ml_of(
        self,
        planes: Sequence[Plane],
        exact: bool = True,  # noqa: FBT001, FBT002 - as the interface has it
    ) -> float:
        """Functional tissue (mL) on the staying side of all planes; all of it without planes."""
        normals = np.array([plane.normal for plane in planes]).reshape(1, -1, 3)
        offsets = np.array([[plane.offset_mm for plane in planes]])
        return float(self.remnants_ml_of(normals, offsets, exact=exact)[0])

    def remnants_ml_of(
        self,
        normals: FloatArray,
        offsets_mm: FloatArray,
        exact: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> FloatArray:
        """Return what stays for M plans of P planes each: the tissue that all its planes keep.

        Parameters
        ----------
        normals : (M, P, 3) array
            Unit vectors.
        offsets_mm : (M, P) array
        exact : bool
            Clip every voxel; otherwise runs are taken as lines.

        Returns
        -------
        (M,) array
            mL.
        """
        plans, count = offsets_mm.shape
        if count == 0:
            return np.full(plans, self.functional_ml)
        if count == 1:
            return self.remnant_ml(normals[:, 0], offsets_mm[:, 0], exact=exact)
        flat = checked_planes(normals.reshape(-1, 3), offsets_mm.reshape(-1))
        slopes, shifts = index_planes(self.grid, *flat)
        slopes, shifts = slopes.reshape(normals.shape), shifts.reshape(offsets_mm.shape)
        volumes = None
        if not exact:
            volumes = fast.polyhedra_ml(self.trees, slopes, shifts, self._voxel_ml)
        if volumes is None:
            volumes = np.array(list(map(self._polyhedron_ml, slopes, shifts)))
        return np.minimum(volumes, self.functional_ml)

    def _polyhedron_ml(self, slopes: FloatArray, shifts: FloatArray) -> float:
        axis = common_axis(slopes)
        starts, lengths = self.trees.runs(axis)
        return polyhedron_ml(starts, lengths, axis, slopes, shifts, self._voxel_ml)

    def support_mm(self, normals: ArrayLike) -> FloatArray:
        """How far each lesion reaches along each normal: the largest n.x over its voxels' corners.

        Parameters
        ----------
        normals : (M, 3) array
            Unit vectors, LPS.

        Returns
        -------
        (M, L) array
            mm, one column for each of `lesion_labels`.
        """
        normals, _ = checked_planes(normals, np.zeros(len(np.atleast_2d(normals))))
        columns = [lesion.support_mm(self.grid, normals) for lesion in self.lesions]
        return np.stack(columns, axis=1) if columns else np.empty((len(normals), 0))

    def reach_mm(self, normals: ArrayLike) -> FloatArray:
        """(M,) mm: how far any of the lesions reaches along each of (M, 3) normals."""
        normals, _ = checked_planes(normals, np.zeros(len(np.atleast_2d(normals))))
        return self._all_lesions.support_mm(self.grid, normals)

    @cached_property
    def _all_lesions(self) -> LesionShape:
        """Return the lesions' hulls as one shape: quicker to ask than each of them."""
        hulls = np.concatenate([lesion.hull for lesion in self.lesions])
        order = np.lexsort(hulls.T[::-1])
        return LesionShape(label=0, voxels=hulls[order].astype(np.int64))

    def margin_mm(self, normals: ArrayLike, offsets_mm: ArrayLike) -> FloatArray:
        """(M, L) mm by which each plane clears each lesion: ``offset - support``.

        Positive: the lesion lies wholly on the removed side, at least that far from the plane.
        Negative: it reaches that far past the plane into the tissue that stays, whether the plane
        passes through it or it stays as a whole.
        """
        normals, offsets = checked_planes(normals, offsets_mm)
        return np.asarray(offsets[:, None] - self.support_mm(normals))


def checked_planes(normals: ArrayLike, offsets_mm: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the planes as float arrays; refuse all but (M, 3) unit normals with (M,) offsets."""
    n = np.asarray(normals, dtype=np.float64)
    d = np.asarray(offsets_mm, dtype=np.float64)
    if n.ndim != 2 or n.shape[1] != 3 or d.shape != n.shape[:1]:
        raise PlanError(
            f"Planes are (M, 3) normals and (M,) offsets, not arrays of {n.shape} and {d.shape}."
        )
    if not np.isfinite(d).all():
        raise PlanError("A plane's offset must be a number, not NaN or infinity.")
    # NaN fails this comparison as well
    if not np.all(np.abs(np.einsum("mc,mc->m", n, n) - 1.0) < 2e-6):
        raise PlanError("Each normal must be a unit vector of three numbers.")
    return n, d
