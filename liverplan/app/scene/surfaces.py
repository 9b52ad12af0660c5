"""Surfaces of the labels, for the eye only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
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

from liverplan.app.scene.fields import Field
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import Grid

LIVER_STEP_MM = 2.2
"""Voxels are merged to about this size for the liver's surface on screen; numbers never are."""

BODY_STEP_MM = 1.1
"""And for lesions and vessels."""

SMOOTH_MM = 1.3
"""Blur of a mask before its surface is drawn; surfaces are for the eye only."""

FINE_MM = 0.6
"""The same for vessels: a thin one would vanish."""

CALM = 12
"""Times that a point's normal becomes the mean of its neighbours': light then shows the shape and
not the slices that it was drawn on. No point of the surface moves by it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surfaces:
    """Surfaces in LPS mm; ``inside``: the liver's blurred mask, 0 to 255, None without a liver."""

    liver: vtkPolyData
    lesions: tuple[vtkPolyData, ...]
    inside: Field | None = None


def surfaces_of(segmentation: Segmentation) -> Surfaces:
    """Make everything that is shown of a segmentation."""
    labels = segmentation.labels
    if not labels.any():
        return Surfaces(liver=vtkPolyData(), lesions=())
    lesions = segmentation.lesion_labels
    grid = segmentation.grid
    inside = blurred(grid, labels != 0, steps_of(grid, LIVER_STEP_MM), SMOOTH_MM)
    return Surfaces(
        liver=surface_in(inside, smooth=18),
        inside=inside,
        lesions=tuple(
            surface_of(grid, labels == label, steps_of(grid, BODY_STEP_MM), smooth=12)
            for label in lesions
        ),
    )


def vessel_surface(grid: Grid, mask: NDArray[np.bool_]) -> vtkPolyData:
    """Return the closed surface of a vessel's (k, j, i) mask, thin branches kept, in LPS mm."""
    return surface_of(grid, mask, steps_of(grid, BODY_STEP_MM), smooth=10, blur_mm=FINE_MM)


def part_surfaces(part_map: PartMap) -> dict[str, vtkPolyData]:
    """Return the surface of each part of a map that has voxels, by the part's name."""
    grid, steps = part_map.grid, steps_of(part_map.grid, LIVER_STEP_MM)
    present = np.bincount(part_map.labels.ravel(), minlength=len(part_map.names) + 1)
    return {
        name: surface_of(grid, part_map.labels == number, steps, smooth=18)
        for number, name in enumerate(part_map.names, 1)
        if present[number]
    }


def steps_of(grid: Grid, step_mm: float) -> list[int]:
    """Return how many voxels are merged along (k, j, i) to about this size."""
    return [max(1, round(step_mm / mm)) for mm in grid.spacing_mm]


def surface_of(
    grid: Grid,
    mask: NDArray[np.bool_],
    steps: list[int],
    *,
    smooth: int,
    blur_mm: float = SMOOTH_MM,
) -> vtkPolyData:
    """Return the closed surface of a (k, j, i) mask, smoothed for the eye, in LPS mm."""
    if not mask.any():
        return vtkPolyData()
    return surface_in(blurred(grid, mask, steps, blur_mm), smooth=smooth)


def surface_in(inside: Field, *, smooth: int) -> vtkPolyData:
    """Return the closed surface of a blurred mask, 0 to 255, in LPS mm."""
    swap = np.eye(4)[[2, 1, 0, 3]]  # VTK's x, y, z are our i, j, k
    edges = _flying_edges(inside.values.astype(np.uint8, copy=False), smooth)
    return calmed(_placed(edges, inside.to_mm @ swap))


def blurred(grid: Grid, mask: NDArray[np.bool_], steps: list[int], blur_mm: float) -> Field:
    """Return a (k, j, i) mask that is not empty, its voxels merged and blurred, 0 to 255."""
    box = bounding_box(mask)
    start = np.array([part.start for part in box], dtype=np.float64)
    merged = _merged(mask[box], steps)
    voxel_mm = np.array(grid.spacing_mm) * steps
    padded = scipy.ndimage.gaussian_filter(np.pad(merged, 2), blur_mm / voxel_mm)
    to_index = np.eye(4)
    to_index[:3, :3] = np.diag(steps)
    to_index[:3, 3] = start - 2 * np.array(steps) + (np.array(steps) - 1) / 2
    return Field(values=padded, to_mm=grid.affine @ to_index, beyond=0.0)


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


def calmed(surface: vtkPolyData) -> vtkPolyData:
    """Give a surface of triangles the normals of a calmer one; its points stay where they are."""
    normals = surface.GetPointData().GetNormals()
    if normals is None or surface.GetNumberOfPolys() == 0:
        return surface
    corners = vtk_to_numpy(surface.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    ends = corners.ravel(), np.roll(corners, -1, axis=1).ravel()
    count = surface.GetNumberOfPoints()
    near = scipy.sparse.coo_array(
        (np.ones(corners.size, np.float32), ends), shape=(count, count)
    ).tocsr()
    near = near + near.T + scipy.sparse.eye_array(count, dtype=np.float32, format="csr")
    calm = vtk_to_numpy(normals).astype(np.float32)
    for _ in range(CALM):
        calm = near @ calm
        calm /= np.maximum(np.linalg.norm(calm, axis=1, keepdims=True), 1e-6)
    surface.GetPointData().SetNormals(numpy_to_vtk(np.ascontiguousarray(calm), deep=True))
    return surface
