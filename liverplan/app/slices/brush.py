"""Brush and eraser: tools that any step can hold over a mask of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from liverplan.app.kit.glyphs import Glyph
from liverplan.app.kit.language import en, tr
from liverplan.app.session.session import Session
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.convert import ViewName
from liverplan.app.slices.slicing import Point
from liverplan.app.slices.tool import Marks, Spot, Tool
from liverplan.segmentation import Brush, Stroke
from liverplan.segmentation.edit.brush import Kind
from liverplan.segmentation.labels import LIVER

RADII_MM = (1.0, 40.0)
PAINT = {"brush": en("paint {mask}"), "eraser": en("erase {mask}")}
ARMED = {
    "brush": en("Brush {mm:.0f} mm: {what}  [ ]"),
    "eraser": en("Eraser {mm:.0f} mm: {what}  [ ]"),
}
NOTCH = 1.15
"""The radius grows by this with each notch of the wheel, or stroke of a key."""


class BrushSettings(QObject):
    """How brush and eraser paint, the same for every mask.

    Attributes
    ----------
    radius_mm : float
        Of the disc or ball.
    ball : bool
        Whether it goes through the slices.
    limits_hu : (float, float) or None
        Lowest and highest density that is painted; None paints all.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.radius_mm = 8.0
        self.ball = False
        self.limits_hu: tuple[float, float] | None = None

    def resize(self, notches: float) -> None:
        """Make it larger, or, where negative, smaller."""
        self.radius_mm = float(np.clip(self.radius_mm * NOTCH**notches, *RADII_MM))
        self.changed.emit()

    def set_ball(self, *, through: bool) -> None:
        """Go through the slices, or stay on one."""
        self.ball = through
        self.changed.emit()

    def limit(self, limits_hu: tuple[float, float] | None) -> None:
        """Paint only densities between two limits, HU; None paints all."""
        self.limits_hu = limits_hu
        self.changed.emit()


class BrushTool(Tool):
    """Paints or erases one mask while the button is held; each stroke is one step.

    Parameters
    ----------
    session : Session
    brush : BrushSettings
    kind : {"brush", "eraser"}
    label : callable
        Label value of the mask it works on now; None where there is none.
    """

    def __init__(
        self, session: Session, brush: BrushSettings, kind: Kind, label: Callable[[], int | None]
    ) -> None:
        self._session, self._brush, self._kind, self._label = session, brush, kind, label
        self._stroke: Stroke | None = None
        self._under: tuple[ViewName, Point] | None = None

    @property
    def words(self) -> str:
        """Say what is painted, and how the radius is changed."""
        label = self._label()
        what = tr("nothing is chosen") if label is None else tr(title(label)).lower()
        return tr(ARMED[self._kind], mm=self._brush.radius_mm, what=what)

    @property
    def glyph(self) -> Glyph:  # type: ignore[override]  # of the two kinds
        """Show which of the two it is."""
        return self._kind

    @property
    def beside(self) -> str:
        """Say the radius too."""
        return f"{self.called} {tr('{mm:.0f} mm', mm=self._brush.radius_mm)}"

    @property
    def marks(self) -> Marks:
        """Show the brush under the mouse."""
        under = self._under
        return Marks(circle=None if under is None else (*under, self._brush.radius_mm))

    @property
    def keys(self) -> Mapping[Qt.Key, Callable[[], object]]:
        """Change the radius."""
        return {
            Qt.Key.Key_BracketLeft: lambda: self._brush.resize(-1),
            Qt.Key.Key_BracketRight: lambda: self._brush.resize(1),
        }

    def begin(self) -> None:
        """Begin without a stroke."""
        self._stroke = self._under = None

    def wheel(self, notches: float) -> None:
        """Change the radius."""
        self._brush.resize(notches)

    def hover(self, spot: Spot | None) -> None:
        """Follow the mouse."""
        self._under = None if spot is None else (spot.view.name, spot.at)

    def press(self, spot: Spot) -> None:
        """Begin a stroke."""
        work, label = self._session.work, self._label()
        if work.segmentation is None or work.volume is None or label is None:
            return
        settings = self._brush
        brush = Brush(
            label=label,
            kind=self._kind,
            across=None if settings.ball else spot.look.axes.along,
            radius_mm=settings.radius_mm,
            limits_hu=settings.limits_hu,
        )
        self._stroke = Stroke(work.segmentation, brush, work.volume)
        self.move(spot)

    def move(self, spot: Spot) -> None:
        """Paint along the mouse's way."""
        self.hover(spot)
        if self._stroke is not None:
            self._stroke.to(spot.point_mm)
            self._session.paint(self._stroke.segmentation)

    def release(self, spot: Spot) -> None:
        """Make the stroke one step; one that painted nothing is none."""
        del spot
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        segmentation = stroke.done()
        if segmentation is None:
            self._session.cancel_drag()
            return
        name = en(PAINT[self._kind], mask=title(stroke.brush.label))
        self._session.do(name, replace(self._session.work, segmentation=segmentation))

    def abandon(self) -> None:
        """Forget the stroke."""
        self._stroke = None


def title(label: int) -> str:
    """Return what a mask is called in the names of steps."""
    return en("liver") if label == LIVER else lesion_title(label)
