"""The CT itself behind what is planned: bones and what is opacified, by ray casting.

It lies in a layer of its own under the liver, so that no rib hides a cut; the liver's own voxels
are left out, since its surface stands for them.
"""

from __future__ import annotations

import numpy as np
import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401 - shows what is cast
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPiecewiseFunction
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import (
    vtkColorTransferFunction,
    vtkRenderer,
    vtkRenderWindow,
    vtkVolume,
    vtkVolumeProperty,
)
from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

from liverplan.segmentation import Segmentation
from liverplan.volume import Volume

CELL_MM = 2.0
"""Voxels are skipped to about this size: what lies behind is for finding one's way."""

AIR_HU = -1024

OPACITY = ((140, 0.0), (200, 0.08), (300, 0.35), (700, 0.8))
"""By density, HU: parenchyma clear, what is opacified faint, bone solid."""

COLOUR = ((140, (0.62, 0.30, 0.25)), (230, (0.80, 0.52, 0.42)), (350, (0.90, 0.86, 0.76)))
"""By density, HU."""

RAY_MM, FINE_PIXELS, COARSE_PIXELS = 2.0, 1.5, 4.0
"""A ray is asked so often along its way; and there is a ray for so many pixels, at rest and while
the view turns."""


class Behind:
    """A layer under the scene that shows a CT, or nothing."""

    def __init__(self, window: vtkRenderWindow, front: vtkRenderer) -> None:
        self._window, self._front = window, front
        self.renderer = vtkRenderer()
        self.renderer.SetActiveCamera(front.GetActiveCamera())
        self.renderer.InteractiveOff()
        self._mapper = vtkFixedPointVolumeRayCastMapper()
        self._mapper.AutoAdjustSampleDistancesOff()
        self._mapper.SetSampleDistance(RAY_MM)
        self._volume = vtkVolume()
        self._volume.SetMapper(self._mapper)
        self._volume.SetProperty(_property())
        self.shown: Segmentation | None = None  # the masks whose CT it is, and whose liver is out

    def show(self, volume: Volume | None, segmentation: Segmentation | None) -> None:
        """Show a CT without its liver; None shows none, and lets go of it."""
        if volume is None or segmentation is None:
            self._take_away()
            return
        if self.shown is segmentation:
            return
        self._mapper.SetInputData(_image(volume, segmentation))
        self._volume.SetUserMatrix(_placed(volume))
        if self.shown is None:
            self.renderer.AddVolume(self._volume)
            self._window.AddRenderer(self.renderer)
            self._front.SetLayer(1)
        self.shown = segmentation

    def _take_away(self) -> None:
        if self.shown is not None:
            self.shown = None
            self.renderer.RemoveVolume(self._volume)
            self._window.RemoveRenderer(self.renderer)
            self._front.SetLayer(0)
            self._mapper.SetInputData(vtkImageData())

    def prepare(self, background: tuple[float, float, float], *, fine: bool) -> None:
        """Get ready for the next picture, whose camera sees all that either layer holds."""
        if self.shown is None:
            return
        self.renderer.SetBackground(*background)
        self._mapper.SetImageSampleDistance(FINE_PIXELS if fine else COARSE_PIXELS)
        bounds = np.array([self._volume.GetBounds(), self._front.ComputeVisiblePropBounds()])
        low, high = bounds[:, ::2].min(axis=0), bounds[:, 1::2].max(axis=0)
        self._front.ResetCameraClippingRange(np.stack([low, high], axis=1).ravel().tolist())


def _property() -> vtkVolumeProperty:
    opacity, colour = vtkPiecewiseFunction(), vtkColorTransferFunction()
    for hu, share in OPACITY:
        opacity.AddPoint(hu, share)
    for hu, rgb in COLOUR:
        colour.AddRGBPoint(hu, *rgb)
    made = vtkVolumeProperty()
    made.SetScalarOpacity(opacity)
    made.SetColor(colour)
    made.SetInterpolationTypeToLinear()
    made.ShadeOn()
    return made


def _steps(volume: Volume) -> tuple[int, ...]:
    return tuple(max(1, round(CELL_MM / mm)) for mm in volume.grid.spacing_mm)


def _image(volume: Volume, segmentation: Segmentation) -> vtkImageData:
    """Return every few voxels of a CT, without its liver, on a lattice that begins at 0, mm."""
    steps = _steps(volume)
    kept = tuple(slice(None, None, step) for step in steps)
    hu = np.where(segmentation.labels[kept] > 0, AIR_HU, volume.hu[kept]).astype(np.int16)
    image = vtkImageData()
    image.SetDimensions(*hu.shape[::-1])
    cells_mm = np.array(volume.grid.spacing_mm) * steps
    image.SetSpacing(*cells_mm[::-1].tolist())
    image.GetPointData().SetScalars(numpy_to_vtk(hu.ravel(), deep=True))
    return image


def _placed(volume: Volume) -> vtkMatrix4x4:
    """Return where that lattice lies: from (i, j, k) mm to LPS mm."""
    affine = volume.grid.affine
    matrix = np.eye(4)
    matrix[:3, :3] = (affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))[:, ::-1]
    matrix[:3, 3] = affine[:3, 3]
    placed = vtkMatrix4x4()
    placed.DeepCopy(matrix.ravel().tolist())
    return placed
