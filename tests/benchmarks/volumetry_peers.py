"""How others compute the volume on one side of a plane, each prepared as far as it can be.

Each peer is built from a segmentation and called with a normal and an offset; it gives mL of
functional tissue (label 1) with n.x >= d.
"""

import numpy as np
import SimpleITK as sitk
from scipy import ndimage
from skimage.measure import regionprops
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPlane, vtkPlaneCollection
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D, vtkMassProperties, vtkTriangleFilter
from vtkmodules.vtkFiltersGeneral import vtkClipClosedSurface


class NumpyBox:
    """Count voxel centres in the bounding box, with broadcast coordinates."""

    name = "numpy on the bounding box"

    def __init__(self, segmentation):
        mask = segmentation.labels == 1
        sides = [(1, 2), (0, 2), (0, 1)]
        where = [np.flatnonzero(np.any(mask, axis=side)) for side in sides]
        box = tuple(slice(w[0], w[-1] + 1) for w in where)
        self.mask = mask[box].copy()
        self.grid = segmentation.grid
        self.start = np.array([s.start for s in box])
        self.k, self.j, self.i = (
            np.arange(n, dtype=np.float32).reshape([-1 if a == c else 1 for a in range(3)])
            for c, n in enumerate(self.mask.shape)
        )

    def side(self, normal, offset):
        slope = (normal @ self.grid.affine[:3, :3]).astype(np.float32)
        edge = np.float32(offset - normal @ self.grid.to_mm(self.start))
        return slope[0] * self.k + slope[1] * self.j + slope[2] * self.i >= edge

    def __call__(self, normal, offset):
        kept = np.count_nonzero(self.mask & self.side(normal, offset))
        return kept * self.grid.voxel_ml


class Coordinates:
    """Project the N x 3 coordinates of all voxels, single precision."""

    name = "N x 3 coordinates, float32"

    def __init__(self, segmentation):
        self.grid = segmentation.grid
        index = np.argwhere(segmentation.labels == 1)
        self.points = self.grid.to_mm(index).astype(np.float32)

    def __call__(self, normal, offset):
        kept = np.count_nonzero(self.points @ normal.astype(np.float32) >= np.float32(offset))
        return kept * self.grid.voxel_ml


class ScipySum(NumpyBox):
    """scipy.ndimage.sum_labels of the kept side over the label map."""

    name = "scipy.ndimage.sum_labels"

    def __init__(self, segmentation):
        super().__init__(segmentation)
        self.labels = self.mask.astype(np.uint8)

    def __call__(self, normal, offset):
        side = self.side(normal, offset)
        return float(ndimage.sum_labels(side, self.labels, 1)) * self.grid.voxel_ml


class LabelShape(NumpyBox):
    """SimpleITK's LabelShapeStatistics of what is kept."""

    name = "SimpleITK LabelShapeStatistics"

    def __call__(self, normal, offset):
        kept = sitk.GetImageFromArray((self.mask & self.side(normal, offset)).view(np.uint8))
        shape = sitk.LabelShapeStatisticsImageFilter()
        shape.Execute(kept)
        count = shape.GetNumberOfPixels(1) if shape.HasLabel(1) else 0
        return count * self.grid.voxel_ml


class RegionProps(NumpyBox):
    """scikit-image's regionprops of what is kept."""

    name = "skimage regionprops"

    def __call__(self, normal, offset):
        found = regionprops((self.mask & self.side(normal, offset)).view(np.uint8))
        return (found[0].area if found else 0) * self.grid.voxel_ml


class ClipClosedSurface:
    """Mesh once, then vtkClipClosedSurface and vtkMassProperties."""

    name = "vtkClipClosedSurface + vtkMassProperties"

    def __init__(self, segmentation):
        box = NumpyBox(segmentation)
        padded = np.pad(box.mask, 1).astype(np.uint8)
        image = vtkImageData()
        image.SetDimensions(*padded.shape[::-1])
        image.SetSpacing(*segmentation.grid.spacing_mm[::-1])
        image.SetOrigin(*segmentation.grid.to_mm(box.start - 1))
        image.GetPointData().SetScalars(numpy_to_vtk(padded.ravel(), deep=True))
        surface = vtkFlyingEdges3D()
        surface.SetInputData(image)
        surface.SetValue(0, 0.5)
        surface.Update()
        self.mesh = surface.GetOutput()

    def __call__(self, normal, offset):
        plane = vtkPlane()
        plane.SetNormal(*normal)
        plane.SetOrigin(*(offset * normal))
        planes = vtkPlaneCollection()
        planes.AddItem(plane)
        clip = vtkClipClosedSurface()
        clip.SetInputData(self.mesh)
        clip.SetClippingPlanes(planes)
        triangles = vtkTriangleFilter()
        triangles.SetInputConnection(clip.GetOutputPort())
        mass = vtkMassProperties()
        mass.SetInputConnection(triangles.GetOutputPort())
        mass.Update()
        return mass.GetVolume() / 1000


PEERS = (NumpyBox, Coordinates, ScipySum, LabelShape, RegionProps, ClipClosedSurface)
