"""Bodies in full at rest, and with fewer triangles while the view turns.

Both share their points, so that what is coloured by point is coloured alike.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkCommonCore import vtkFloatArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkBinnedDecimation
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

BIN_MM = 3.0
"""Triangles within a cube of this side become one while the view turns."""


class Detail:
    """The mappers of every body: one in full and one coarse."""

    def __init__(self) -> None:
        self._mappers: dict[vtkActor, tuple[vtkPolyDataMapper, vtkPolyDataMapper]] = {}
        self._fine = True

    def add(self, actor: vtkActor, surface: vtkPolyData) -> None:
        """Show another surface by an actor, of which it has the mapper."""
        known = self._mappers.get(actor)
        if known is None:
            fine, coarse = actor.GetMapper(), vtkPolyDataMapper()
            coarse.ShallowCopy(fine)
            known = self._mappers[actor] = fine, coarse
        known[0].SetInputData(surface)
        known[1].SetInputData(coarse_of(surface))
        actor.SetMapper(known[0 if self._fine else 1])

    def drop(self, actor: vtkActor) -> None:
        """Forget an actor."""
        self._mappers.pop(actor, None)

    def of(self, actor: vtkActor) -> tuple[vtkPolyDataMapper, ...]:
        """Return what draws an actor, in full and coarse."""
        return self._mappers.get(actor, (actor.GetMapper(),))

    def colour(self, actor: vtkActor, scalars: vtkFloatArray) -> None:
        """Give each point of an actor's surface another value."""
        for mapper in self.of(actor):
            mapper.GetInput().GetPointData().SetScalars(scalars)

    def refine(self, *, fine: bool) -> None:
        """Draw every body in full, or coarse."""
        if fine != self._fine:
            self._fine = fine
            for actor, both in self._mappers.items():
                actor.SetMapper(both[0 if fine else 1])


def coarse_of(surface: vtkPolyData) -> vtkPolyData:
    """Return a surface of the same points with fewer triangles; a few milliseconds."""
    if surface.GetNumberOfPolys() == 0:
        return surface
    low_high = np.array(surface.GetBounds()).reshape(3, 2)
    bins = np.maximum(np.ceil((low_high[:, 1] - low_high[:, 0]) / BIN_MM), 1).astype(int)
    fewer = vtkBinnedDecimation()
    fewer.SetInputData(surface)
    fewer.AutoAdjustNumberOfDivisionsOff()
    fewer.SetNumberOfDivisions(*bins.tolist())
    fewer.SetPointGenerationModeToUseInputPoints()
    fewer.ProducePointDataOn()
    fewer.Update()
    made: vtkPolyData = fewer.GetOutput()
    return made
