"""Surfaces of the labels, for the eye only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import VTK_UNSIGNED_CHAR
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkCommonTransforms import vtkTransform
from vtkmodules.vtkFiltersCore import (
    vtkFlyingEdges3D,
    vtkPolyDataNormals,
    vtkWindowedSincPolyDataFilter,
)
from vtkmodules.vtkFiltersGeneral import vtkTransformPolyDataFilter

from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import Grid

LIVER_STEP_MM = 2.2
"""Voxels are merged to about this size for the liver's surface on screen; numbers never are."""

SMOOTH_MM = 1.3
"""Blur of a mask before its surface is drawn; surfaces are for the eye only."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surfaces:
    """Surfaces in LPS mm."""

    liver: vtkPolyData
    lesions: tuple[vtkPolyData, ...]


def surfaces_of(segmentation: Segmentation) -> Surfaces:
    """Make everything that is shown of a segmentation."""
    labels = segmentation.labels
    if not labels.any():
        return Surfaces(liver=vtkPolyData(), lesions=())
    lesions = segmentation.lesion_labels
    steps = [max(1, round(LIVER_STEP_MM / mm)) for mm in segmentation.grid.spacing_mm]
    return Surfaces(
        liver=surface_of(segmentation.grid, labels != 0, steps, smooth=18),
        lesions=tuple(
            surface_of(segmentation.grid, labels == label, [1, 1, 1], smooth=12)
            for label in lesions
        ),
    )


def surface_of(
    grid: Grid, mask: NDArray[np.bool_], steps: list[int], *, smooth: int
) -> vtkPolyData:
    """Return the closed surface of a (k, j, i) mask, smoothed for the eye, in LPS mm."""
    if not mask.any():
        return vtkPolyData()
    box = bounding_box(mask)
    crop = mask[box]
    start = np.array([part.start for part in box], dtype=np.float64)
    merged = _merged(crop, steps)
    voxel_mm = np.array(grid.spacing_mm) * steps
    padded = ndimage.gaussian_filter(np.pad(merged, 2), SMOOTH_MM / voxel_mm)
    surface = _flying_edges(padded, smooth)
    to_index = np.eye(4)
    to_index[:3, :3] = np.diag(steps)
    to_index[:3, 3] = start - 2 * np.array(steps) + (np.array(steps) - 1) / 2
    swap = np.eye(4)[[2, 1, 0, 3]]  # VTK's x, y, z are our i, j, k
    return _placed(surface, grid.affine @ to_index @ swap)


def _flying_edges(padded: NDArray[np.uint8], smooth: int) -> vtkPolyData:
    image = vtkImageData()
    image.SetDimensions(*padded.shape[::-1])
    image.GetPointData().SetScalars(
        numpy_to_vtk(padded.ravel(), deep=True, array_type=VTK_UNSIGNED_CHAR)
    )
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 127.5)
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    edges.ComputeScalarsOff()
    sinc = vtkWindowedSincPolyDataFilter()
    sinc.SetInputConnection(edges.GetOutputPort())
    sinc.SetNumberOfIterations(smooth)
    sinc.SetPassBand(0.08)
    sinc.BoundarySmoothingOff()
    sinc.NonManifoldSmoothingOn()
    sinc.NormalizeCoordinatesOn()
    sinc.Update()
    surface: vtkPolyData = sinc.GetOutput()
    return surface


def _merged(mask: NDArray[np.bool_], steps: list[int]) -> NDArray[np.uint8]:
    """Share of each block that is inside, 0 to 255."""
    if steps == [1, 1, 1]:
        return mask.astype(np.uint8) * np.uint8(255)
    pads = [(0, -n % step) for n, step in zip(mask.shape, steps, strict=True)]
    padded = np.pad(mask, pads)
    k, j, i = (n // step for n, step in zip(padded.shape, steps, strict=True))
    blocks = padded.reshape(k, steps[0], j, steps[1], i, steps[2])
    share: NDArray[np.uint8] = (blocks.mean(axis=(1, 3, 5)) * 255).astype(np.uint8)
    return share


def _placed(surface: vtkPolyData, matrix: NDArray[np.float64]) -> vtkPolyData:
    vtk_matrix = vtkMatrix4x4()
    for row in range(4):
        for column in range(4):
            vtk_matrix.SetElement(row, column, float(matrix[row, column]))
    transform = vtkTransform()
    transform.SetMatrix(vtk_matrix)
    place = vtkTransformPolyDataFilter()
    place.SetTransform(transform)
    place.SetInputData(surface)
    normals = vtkPolyDataNormals()
    normals.SetInputConnection(place.GetOutputPort())
    normals.SplittingOff()
    normals.ConsistencyOn()
    normals.AutoOrientNormalsOn()
    normals.Update()
    placed: vtkPolyData = normals.GetOutput()
    return placed
