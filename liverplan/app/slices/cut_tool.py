"""The tool of the left button while no other is armed: it takes cuts by their handles and lines."""

from __future__ import annotations

from PySide6.QtCore import Qt

from liverplan.app.session.session import Session
from liverplan.app.slices.cut_drags import HandleDrag, PlaneDrag, grab, over_handle
from liverplan.app.slices.tool import Spot, Tool


class CutTool(Tool):
    """Drags a cut; the drag is one undoable step."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._drag: PlaneDrag | HandleDrag | None = None

    @property
    def cursor(self) -> Qt.CursorShape:
        """Show a hand, closed while it holds a cut."""
        held = self._drag is not None
        return Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.OpenHandCursor

    def is_over(self, spot: Spot) -> bool:
        """Whether the active cut can be taken here."""
        return over_handle(self._session.work, spot.look, spot.at)

    def grabs(self, spot: Spot) -> bool:
        """Take hold of a cut, if there is one here; it becomes the active one."""
        self._drag = grab(self._session, spot.look, spot.at)
        return self._drag is not None

    def move(self, spot: Spot) -> None:
        """Bring the cut along."""
        if self._drag is not None:
            self._drag.move(*spot.at)

    def release(self, spot: Spot) -> None:
        """Make the drag one step."""
        del spot
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.end()

    def abandon(self) -> None:
        """Leave the cut where the drag began."""
        self._drag = None
