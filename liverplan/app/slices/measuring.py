"""A radiologist's tools: a ruler, and a round region with its mean density and spread."""

from __future__ import annotations

import numpy as np

from liverplan.app.kit.language import en, tr
from liverplan.app.session.session import Session
from liverplan.app.slices.contours import slice_of
from liverplan.app.slices.convert import ViewName
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.tool import Marks, Spot, Tool
from liverplan.volume import FloatArray

CORNERS = 48
"""Of the polygon that is drawn for a circle."""


class MeasuringTool(Tool):
    """Measures from where the button went down to where the mouse is; the last one stays shown."""

    asks = ""

    def __init__(self) -> None:
        self._start: Spot | None = None
        self._path: tuple[FloatArray, ...] = ()
        self._view: ViewName | None = None
        self._said = ""

    @property
    def words(self) -> str:
        """Return what was measured, or what to do."""
        return self._said or tr(self.asks)

    @property
    def marks(self) -> Marks:
        """Show what is measured."""
        return Marks(path_mm=self._path, path_view=self._view)

    def begin(self) -> None:
        """Begin with nothing measured."""
        self._start, self._path, self._said = None, (), ""

    def press(self, spot: Spot) -> None:
        """Take the first point."""
        self.begin()
        self._start, self._view = spot, spot.view.name

    def move(self, spot: Spot) -> None:
        """Measure to where the mouse is."""
        if self._start is not None and spot.view is self._start.view:
            self._path, self._said = self.measured(self._start, spot)

    def release(self, spot: Spot) -> None:
        """Keep what was measured on show."""
        self._start = None

    def abandon(self) -> None:
        """Forget it."""
        self.begin()

    def measured(self, start: Spot, end: Spot) -> tuple[tuple[FloatArray, ...], str]:
        """Return what to draw, (3,) LPS points in mm, and what to say; a subclass says what."""
        raise NotImplementedError


class RulerTool(MeasuringTool):
    """The distance between two points of a slice."""

    asks = en("Ruler: drag from one point to another. Esc puts it away.")

    def measured(self, start: Spot, end: Spot) -> tuple[tuple[FloatArray, ...], str]:
        """Measure a line in the patient: its two ends, (3,) LPS mm, and its length in words."""
        ends = start.point_mm, end.point_mm
        return ends, tr("{mm:.1f} mm", mm=float(np.linalg.norm(ends[1] - ends[0])))


class RegionTool(MeasuringTool):
    """Mean density and standard deviation within a circle on a slice."""

    asks = en("Region: drag from its middle outward. Esc puts it away.")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def measured(self, start: Spot, end: Spot) -> tuple[tuple[FloatArray, ...], str]:
        """Measure the voxels in a circle; draw it as (3,) LPS points, mm."""
        look, (x, y) = start.look, start.at
        radius = float(np.hypot(end.at[0] - x, end.at[1] - y))
        turns = np.linspace(0, 2 * np.pi, CORNERS + 1)
        ring = tuple(
            look.pixel_to_lps(x + radius * np.cos(a), y + radius * np.sin(a)) for a in turns
        )
        inside = self._inside(look, look.pixel_to_flat(x, y), radius / look.zoom)
        if inside.size == 0:
            return ring, tr("No voxel lies in it.")
        cm2 = np.pi * (radius / look.zoom) ** 2 / 100
        mean, spread = float(inside.mean()), float(inside.std())
        words = en("Mean {mean:.0f} HU, SD {spread:.0f}, {cm2:.1f} cm² ({count} voxels)")
        said = tr(words, mean=mean, spread=spread, cm2=float(cm2), count=inside.size)
        return ring, said

    def _inside(self, look: Look, centre: tuple[float, float], radius_mm: float) -> FloatArray:
        """Densities in a circle about (down, right) mm of the slice, HU."""
        volume = self._session.work.volume
        if volume is None:
            return np.empty(0)
        flat = slice_of(volume.hu, look.axes, look.index)
        spacing = look.grid.spacing_mm
        down, right = (
            np.arange(count) * spacing[axis] - at
            for count, axis, at in zip(
                flat.shape, (look.axes.down, look.axes.right), centre, strict=True
            )
        )
        away = np.hypot(down[:, None], right[None, :])
        return np.asarray(flat[away <= radius_mm], dtype=np.float64)
