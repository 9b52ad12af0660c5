"""The keyboard's hand on the slices: what the mouse does there, done where the crosshair is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from liverplan.app.session.cut_words import deed
from liverplan.app.session.session import Session
from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.slicing import Look
from liverplan.app.slices.tool import Spot, Tool
from liverplan.app.slices.view import SliceView
from liverplan.app.slices.views import ThreeViews
from liverplan.resection import Cut, Plane
from liverplan.resection.cuts.handle import What
from liverplan.resection.cuts.rigid import rotation_between
from liverplan.volume import FloatArray

STEP_MM = 2.0
"""How far one press of a key takes the crosshair; held, it goes on."""
PUSH_MM, TURN_RAD = 1.0, float(np.radians(2.0))
"""How far one press moves a cut, and turns it."""


class Hand:
    """Moves the crosshair, uses the armed tool there, and moves and turns the chosen cut.

    A tool that is dragged is held down by one press and let go by the next; between them the
    crosshair drags it.
    """

    def __init__(self, session: Session, views: ThreeViews, mouse: Mouse) -> None:
        self._session, self._views, self._mouse = session, views, mouse
        self._held: tuple[Tool, SliceView, Look] | None = None
        views.armed.connect(self._forget)

    @property
    def view(self) -> SliceView:
        """The view that the keys work on: the mouse was over it last, or the keys went to it."""
        seen = [view for view in self._views.views.values() if view.isVisible()]
        hovered = self._mouse.hovered
        return hovered if hovered in seen or not seen else seen[0]

    def take(self, view: SliceView) -> None:
        """Let the keys work on a view from now on."""
        self._mouse.hovered = view
        view.canvas.setFocus()
        self._views.redraw()

    def go(self, right: int, down: int) -> None:
        """Move the crosshair by steps over the view's slice; a tool that is held comes along."""
        view = self.view
        look, at = view.look, self._views.crosshair_mm
        if look is None or at is None:
            return
        across, along = look.pixels_to_basis
        self._views.move_crosshair(at + STEP_MM * (right * across + down * along))
        spot = self._spot(view)
        if spot is None:
            return
        self._views.pointer = view, spot.at
        if self._held is not None and self._held[1] is view:
            self._held[0].move(spot)
        elif self._views.tool is not None:
            self._views.tool.hover(spot)
        self._views.redraw()

    def press(self) -> None:
        """Press the armed tool where the crosshair is; let go what is held."""
        view, tool = self.view, self._views.tool
        spot = self._spot(view)
        if tool is None or spot is None:
            return
        if self._held is not None:
            self._held = None
            tool.release(spot)
        else:
            tool.press(spot)
            if is_dragged(tool) and self._views.tool is tool:
                self._held = tool, view, spot.look
            else:
                tool.release(spot)
        self._views.tool_used.emit()
        self._views.redraw()

    def push(self, right: int, down: int) -> None:
        """Move the chosen cut over the view's slice."""

        def moved(cut: Cut, across: FloatArray, along: FloatArray) -> Cut:
            return cut.moved(PUSH_MM * (right * across + down * along))

        self._change("move", moved)

    def turn(self, way: int) -> None:
        """Turn the chosen cut in the view's slice, about the crosshair."""

        def turned(cut: Cut, across: FloatArray, along: FloatArray) -> Cut:
            pivot = self._views.crosshair_mm
            if pivot is None:
                return cut
            if isinstance(cut, Plane):  # about a point of it: it tilts there and does not shift
                pivot = cut.nearest_mm(pivot)
            angle = way * TURN_RAD
            toward = np.cos(angle) * across + np.sin(angle) * along
            return cut.turned(pivot, rotation_between(across, toward))

        self._change("turn", turned)

    def _change(self, what: What, change: Callable[[Cut, FloatArray, FloatArray], Cut]) -> None:
        work, look = self._session.work, self.view.look
        cut = work.active_cut
        if cut is None or cut.stays_in_place or work.locked or look is None:
            return
        if self._session.dragging:  # by the mouse
            return
        self._session.drag_cut(change(cut, *look.pixels_to_basis))
        self._session.finish_drag(deed(what, cut))

    def _spot(self, view: SliceView) -> Spot | None:
        look, at = view.look, self._views.crosshair_mm
        if look is None or at is None:
            return None
        return Spot(view=view, look=look, at=look.lps_to_pixel(at))

    def _forget(self) -> None:
        """Hold nothing any more: another tool is armed, or none."""
        held, self._held = self._held, None
        if held is not None:
            held[0].abandon()


def is_dragged(tool: Tool) -> bool:
    """Whether a tool follows the mouse while the button is held."""
    return type(tool).move is not Tool.move
