"""Cuts under the mouse on a slice: what is hit, and what a drag makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liverplan.app.session.cut_words import deed
from liverplan.app.session.session import Session
from liverplan.app.session.work import Work
from liverplan.app.slices.slicing import Knobs, Look, Point, knobs_of
from liverplan.resection import Cut, Plan, Plane
from liverplan.resection.cuts.base import Voxels
from liverplan.resection.cuts.handle import Handle, SlicePlane
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.margins import removal

KNOB_PIXELS, LINE_PIXELS = 12.0, 6.0


@dataclass
class PlaneDrag:
    """Push or turn the active plane by its handles on a slice; nothing jumps when grabbed."""

    session: Session
    look: Look
    plane: Plane
    grabbed: FloatArray
    pivot: FloatArray | None

    def move(self, x: float, y: float) -> None:
        """Follow the mouse."""
        now = self.look.pixel_to_lps(x, y)
        if self.pivot is None:
            self.session.drag_cut(self.plane.moved(now - self.grabbed))
        else:
            self.session.drag_cut(turned(self.plane, self.pivot, self.look, self.grabbed, now))

    def end(self) -> None:
        """Make it one step."""
        self.session.finish_drag(deed("move" if self.pivot is None else "turn", self.plane))


@dataclass
class HandleDrag:
    """Pull any other cut by one of its handles on a slice; nothing jumps when grabbed."""

    session: Session
    look: Look
    cut: Cut
    handle: Handle
    grabbed: FloatArray

    def move(self, x: float, y: float) -> None:
        """Follow the mouse."""
        by = self.look.pixel_to_lps(x, y) - self.grabbed
        self.session.drag_cut(self.cut.pulled(self.handle, self.handle.at_mm + by))

    def end(self) -> None:
        """Make it one step."""
        self.session.finish_drag(deed(self.handle.what, self.cut))


def turned(
    plane: Plane, pivot: FloatArray, look: Look, grabbed: FloatArray, now: FloatArray
) -> Plane:
    """Return the plane turned about a (3,) pivot, LPS mm, in the slice, as the mouse has gone."""
    right, down = look.pixels_to_basis
    before, after = grabbed - pivot, now - pivot
    angle = float(
        np.arctan2(after @ down, after @ right) - np.arctan2(before @ down, before @ right)
    )
    return plane.tilted(pivot, np.cross(right, down), angle)


def hit(knobs: Knobs, line: tuple[Point, Point], x: float, y: float) -> str:
    """Say what of a plane lies under the mouse: "turn", "push" or nothing."""
    if any(np.hypot(x - ex, y - ey) <= KNOB_PIXELS for ex, ey in knobs.ends):
        return "turn"
    if np.hypot(x - knobs.middle[0], y - knobs.middle[1]) <= KNOB_PIXELS:
        return "push"
    (x0, y0), (x1, y1) = line
    length = float(np.hypot(x1 - x0, y1 - y0))
    distance = abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / max(length, 1e-9)
    return "push" if distance <= LINE_PIXELS else ""


def slice_plane(look: Look) -> SlicePlane:
    """Return the slice that a view shows, in space."""
    right, down = look.pixels_to_basis
    middle = look.pixel_to_lps(look.width / 2, look.height / 2)
    return SlicePlane(point_mm=middle, right=right, down=down, mm_per_pixel=1 / look.zoom)


def handle_at(look: Look, cut: Cut, x: float, y: float, *, active: bool) -> Handle | None:
    """Return what of a cut other than a plane lies under the mouse: a handle, or its line.

    Only the active cut shows handles; the line of any cut can be taken.
    """
    on = slice_plane(look)
    if active:
        for handle in cut.handles_on(on):
            px, py = look.lps_to_pixel(handle.at_mm)
            if np.hypot(x - px, y - py) <= KNOB_PIXELS:
                return handle
    point = look.pixel_to_lps(x, y)
    if isinstance(cut, Voxels):
        return None
    away = abs(float(removal(Plan(cuts=(cut,)))(point[None])[0]))
    return cut.handle_on_line(on, point) if away * look.zoom <= LINE_PIXELS else None


def grab(session: Session, look: Look, at: Point) -> PlaneDrag | HandleDrag | None:
    """Grab a handle of the active cut, or the line of any, which then becomes the active one."""
    work = session.work
    if work.locked:
        return None
    for number in _active_first(work):
        drag = _grab_one(session, look, work.cuts[number], at, active=number == work.cut)
        if drag is not None:
            session.choose(cut=number)
            return drag
    return None


def over_handle(work: Work, look: Look, at: Point) -> bool:
    """Whether the mouse is where the active cut can be taken."""
    cut = work.active_cut
    if cut is None or work.locked:
        return False
    if not isinstance(cut, Plane):
        return handle_at(look, cut, *at, active=True) is not None
    knobs, line = knobs_of(look, cut), look.cut_line(cut)
    return bool(knobs and line and hit(knobs, line, *at))


def _active_first(work: Work) -> list[int]:
    return sorted(range(len(work.cuts)), key=lambda n: n != work.cut)


def _grab_one(
    session: Session, look: Look, cut: Cut, at: Point, *, active: bool
) -> PlaneDrag | HandleDrag | None:
    grabbed = look.pixel_to_lps(*at)
    if not isinstance(cut, Plane):
        handle = handle_at(look, cut, *at, active=active)
        return None if handle is None else HandleDrag(session, look, cut, handle, grabbed)
    knobs, line = knobs_of(look, cut), look.cut_line(cut)
    what = hit(knobs, line, *at) if knobs and line else ""
    if knobs is None or not what:
        return None
    pivot = look.pixel_to_lps(*knobs.middle) if what == "turn" else None
    return PlaneDrag(session, look, cut, grabbed, pivot)
