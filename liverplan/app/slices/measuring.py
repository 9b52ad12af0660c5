"""A radiologist's tools: ruler, angle, a region's mean density and spread, an arrow with a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from liverplan.app.kit.glyphs import Glyph
from liverplan.app.kit.language import en, tr
from liverplan.app.session.session import Session
from liverplan.app.slices.slab import SlabShown
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.text_entry import ask_text
from liverplan.app.slices.tool import Marks, Spot, Tool
from liverplan.findings import Annotation, Densities
from liverplan.findings.annotations import Kind, Point
from liverplan.volume import FloatArray

CLICK = 3.0
"""Pixels: what is shorter was a click, and measures nothing."""

NAMES: Mapping[Kind, str] = {
    "ruler": en("Ruler"),
    "angle": en("Angle"),
    "region": en("Region"),
    "arrow": en("Arrow"),
}
"""What each is called."""

STEPS: Mapping[Kind, str] = {
    "ruler": en("ruler"),
    "angle": en("angle"),
    "region": en("region"),
    "arrow": en("arrow"),
}
"""What the undo button calls each."""


class MeasuringTool(Tool):
    """Measures from where the button went down to where the mouse is; what it made is kept."""

    kind: Kind = "ruler"
    asks = ""
    glyph: Glyph = "ruler"

    def __init__(self, session: Session, slab: SlabShown) -> None:
        self._session, self._slab = session, slab
        self._start: Spot | None = None
        self._draft: Annotation | None = None

    @property
    def words(self) -> str:
        """Say what to do."""
        return tr(self.asks)

    @property
    def marks(self) -> Marks:
        """Show what is being measured."""
        return Marks(draft=self._draft)

    def begin(self) -> None:
        """Begin with nothing measured."""
        self._start = self._draft = None

    def press(self, spot: Spot) -> None:
        """Take the first point."""
        self.begin()
        self._start = spot

    def move(self, spot: Spot) -> None:
        """Measure to where the mouse is."""
        start = self._start
        if start is None or spot.view is not start.view:
            return
        far = np.hypot(spot.at[0] - start.at[0], spot.at[1] - start.at[1])
        self._draft = self.measured(start, spot) if far > CLICK else None

    def release(self, spot: Spot) -> None:
        """Keep what was measured."""
        del spot
        draft = self._draft
        self.begin()
        if draft is not None:
            self.keep(draft)

    def abandon(self) -> None:
        """Forget it."""
        self.begin()

    def keep(self, annotation: Annotation) -> None:
        """Make it one undoable step."""
        work = self._session.work
        if work.volume is not None:
            kept = (*work.annotations, annotation)
            self._session.do(STEPS[annotation.kind], replace(work, annotations=kept))

    def measured(self, start: Spot, end: Spot) -> Annotation:
        """Return what lies between two places on a slice."""
        return self._made(start.look, start.point_mm, end.point_mm)

    def _made(self, look: Look, *points_mm: FloatArray) -> Annotation:
        slab = self._slab.shown(look.grid, look.axes, look.index)
        points = tuple(map(point_of, points_mm))
        return Annotation(kind=self.kind, view=look.axes.name, points_mm=points, slab=slab)


class RulerTool(MeasuringTool):
    """The distance between two points of a slice."""

    asks = en("Ruler: drag from one point to another. Esc puts it away.")


class AngleTool(MeasuringTool):
    """The angle at a corner: one arm is dragged to the corner, the other ends in a click."""

    kind, glyph = "angle", "angle"
    asks = en("Angle: drag from one end to the corner, then click the other end.")

    def __init__(self, session: Session, slab: SlabShown) -> None:
        super().__init__(session, slab)
        self._arm: tuple[Spot, Spot] | None = None

    def begin(self) -> None:
        """Begin with no arm."""
        super().begin()
        self._arm = None

    def press(self, spot: Spot) -> None:
        """Begin the first arm, or end the second; in another slice it is begun anew."""
        if self._arm is None or not self._beside_arm(spot):
            super().press(spot)
        else:
            self.hover(spot)

    def move(self, spot: Spot) -> None:
        """Bring the first arm's corner along, or the second arm's end."""
        if self._arm is None:
            super().move(spot)
        else:
            self.hover(spot)

    def hover(self, spot: Spot | None) -> None:
        """Show the second arm to where the mouse is."""
        if self._arm is not None and spot is not None and self._beside_arm(spot):
            self._draft = self._angle(self._arm, spot)

    def _beside_arm(self, spot: Spot) -> bool:
        arm = self._arm
        return arm is not None and arm[0].view is spot.view and arm[0].look.index == spot.look.index

    def release(self, spot: Spot) -> None:
        """Go on to the second arm, or keep the angle."""
        if self._arm is not None:
            super().release(spot)
        elif self._draft is not None and self._start is not None:
            self._arm = self._start, spot
        else:
            self.begin()

    def measured(self, start: Spot, end: Spot) -> Annotation:
        """Return the first arm, both arms of which lie on each other yet."""
        return self._angle((start, end), start)

    def _angle(self, arm: tuple[Spot, Spot], spot: Spot) -> Annotation:
        look = arm[0].look
        return self._made(look, arm[0].point_mm, arm[1].point_mm, spot.point_mm)


class RegionTool(MeasuringTool):
    """Mean density and standard deviation within a circle on what a slice shows."""

    kind, glyph = "region", "region"
    asks = en("Region: drag from its middle outward. Esc puts it away.")

    def measured(self, start: Spot, end: Spot) -> Annotation:
        """Measure the voxels in a circle, as they are shown: of a slab what is seen of it."""
        look = start.look
        made = super().measured(start, end)
        inside = self._inside(look, look.pixel_to_flat(*start.at), made.length_mm)
        if inside.size == 0:
            return made
        mean, spread = float(inside.mean()), float(inside.std())
        found = Densities(mean_hu=mean, sd_hu=spread, voxels=int(inside.size))
        return replace(made, densities=found)

    def _inside(self, look: Look, centre: tuple[float, float], radius_mm: float) -> FloatArray:
        """Densities in a circle about (down, right) mm of the slice, HU."""
        volume = self._session.work.volume
        if volume is None:
            return np.empty(0)
        flat = self._slab.flat(volume.hu, look.grid, look.axes, look.index)
        spacing = look.grid.spacing_mm
        down, right = (
            np.arange(count) * spacing[axis] - at
            for count, axis, at in zip(
                flat.shape, (look.axes.down, look.axes.right), centre, strict=True
            )
        )
        away = np.hypot(down[:, None], right[None, :])
        return np.asarray(flat[away <= radius_mm], dtype=np.float64)


class ArrowTool(MeasuringTool):
    """An arrow from its tip to where its text stands."""

    kind, glyph = "arrow", "arrow"
    asks = en("Arrow: drag from what it points to, then write. Esc puts it away.")

    def release(self, spot: Spot) -> None:
        """Ask for the text where the mouse is; without one there is no arrow."""
        draft, same_ct = self._draft, self._session.same_ct()
        self._start = None
        if draft is None:
            return

        def written(text: str) -> None:
            self.begin()
            if text and same_ct():
                self.keep(replace(draft, text=text))

        ask_text(spot.view.canvas, spot.at, written)


def point_of(point_mm: FloatArray) -> Point:
    """Return a (3,) LPS point, mm, as numbers."""
    x, y, z = point_mm.tolist()
    return x, y, z
