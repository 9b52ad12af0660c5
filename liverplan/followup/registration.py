"""How a liver lies in a later CT: rigid, then affine, by the distance to its surface.

Livers are laid on each other by their masks rather than by grey values: the distance to a surface
pulls from far away, needs no contrast phase and does not see the lesions, which may grow or vanish.
Frames of reference play no part, since two examinations share none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from liverplan.errors import InputError
from liverplan.followup.alignment import Alignment
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import voxels_of
from liverplan.volume import FloatArray

if TYPE_CHECKING:
    from SimpleITK import Image, Transform

CELL_MM = 5.0
REACH_MM = 30.0
"""Distances are cut off here, so that far corners do not outweigh the surface."""

ITERATIONS = 150


def align(earlier: Segmentation, later: Segmentation) -> Alignment:
    """Lay the later liver on the earlier one.

    Raises
    ------
    InputError
        If one of them holds no liver.
    """
    import SimpleITK as sitk  # noqa: PLC0415 - half a second, which a window need not wait for

    fixed, moving = _Surface.of(earlier, "earlier"), _Surface.of(later, "later")
    start = sitk.Euler3DTransform()
    start.SetCenter(fixed.middle_mm.tolist())
    start.SetTranslation((moving.middle_mm - fixed.middle_mm).tolist())
    rigid = _register(fixed, moving, start, shrink=(4, 2, 1))
    affine = sitk.AffineTransform(3)
    affine.SetCenter(rigid.GetCenter())
    affine.SetMatrix(rigid.GetMatrix())
    affine.SetTranslation(rigid.GetTranslation())
    affine = _register(fixed, moving, affine, shrink=(2, 1))
    to_later = _matrix(affine)
    matrix: FloatArray = np.linalg.inv(to_later).astype(np.float64)
    return Alignment(matrix=matrix, dice=_dice(fixed, moving, to_later))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Surface:
    """Distance to a liver's surface on a coarse lattice in patient directions, inside positive."""

    distance: FloatArray
    start_mm: FloatArray
    middle_mm: FloatArray

    @classmethod
    def of(cls, segmentation: Segmentation, which: str) -> _Surface:
        grid = segmentation.grid
        filled = voxels_of(segmentation.liver)
        if len(filled) == 0:
            raise InputError(f"The {which} examination holds no liver mask to lay on the other.")
        middle = grid.to_mm(filled.mean(axis=0))
        ends = grid.crop(filled.min(axis=0).tolist(), (filled.max(axis=0) + 1).tolist()).corners_mm
        low, high = ends.min(axis=0) - REACH_MM, ends.max(axis=0) + REACH_MM
        axes = [np.arange(a, b, CELL_MM) for a, b in zip(low, high, strict=True)]
        points = np.stack(np.meshgrid(*axes[::-1], indexing="ij")[::-1], axis=-1)
        index = np.moveaxis(grid.to_index(points), -1, 0)
        inside = (
            scipy.ndimage.map_coordinates(segmentation.liver.astype(np.float32), index, order=1)
            > 0.5
        )
        distance = scipy.ndimage.distance_transform_edt(
            inside
        ) - scipy.ndimage.distance_transform_edt(~inside)
        distance = np.clip((distance - np.sign(distance) * 0.5) * CELL_MM, -REACH_MM, REACH_MM)
        return cls(distance=distance, start_mm=low, middle_mm=middle)

    @property
    def image(self) -> Image:
        import SimpleITK as sitk  # noqa: PLC0415 - as above

        image = sitk.GetImageFromArray(self.distance.astype(np.float32))
        image.SetSpacing([CELL_MM] * 3)
        image.SetOrigin(self.start_mm.tolist())
        return image

    @property
    def inside_mm(self) -> FloatArray:
        """(n, 3) LPS mm of the lattice's points inside the liver."""
        return np.argwhere(self.distance > 0)[:, ::-1] * CELL_MM + self.start_mm


def _register(
    fixed: _Surface, moving: _Surface, start: Transform, *, shrink: Sequence[int]
) -> Transform:
    """Improve a transform from fixed to moving points, coarse to fine, using every voxel."""
    import SimpleITK as sitk  # noqa: PLC0415 - as above

    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMeanSquares()
    method.SetInterpolator(sitk.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=4.0,
        minStep=1e-3,
        numberOfIterations=ITERATIONS,
        gradientMagnitudeTolerance=1e-6,
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel(list(shrink))
    method.SetSmoothingSigmasPerLevel([0.0] * len(shrink))
    method.SetInitialTransform(start, inPlace=True)
    method.Execute(fixed.image, moving.image)
    return start


def _matrix(transform: Transform) -> FloatArray:
    """(4, 4) matrix of an affine transform, by what it does to the corners of a cube."""
    matrix = np.eye(4)
    origin = np.array(transform.TransformPoint((0.0, 0.0, 0.0)))
    matrix[:3, 3] = origin
    for axis in range(3):
        unit = [0.0, 0.0, 0.0]
        unit[axis] = 1.0
        matrix[:3, axis] = np.array(transform.TransformPoint(unit)) - origin
    return matrix


def _dice(fixed: _Surface, moving: _Surface, to_later: FloatArray) -> float:
    points = fixed.inside_mm @ to_later[:3, :3].T + to_later[:3, 3]
    index = ((points - moving.start_mm) / CELL_MM)[:, ::-1].T
    both = int(
        (scipy.ndimage.map_coordinates(moving.distance, index, order=1, cval=-REACH_MM) > 0).sum()
    )
    scale = abs(float(np.linalg.det(to_later[:3, :3])))
    later = len(moving.inside_mm) / scale  # the later liver's volume, as it lies on the earlier
    return 2 * both / (len(points) + later)
