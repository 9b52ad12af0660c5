"""What the mouse does on the slices: a tool is an object; the step that owns it arms it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor

from liverplan.app.kit.glyphs import Glyph, cursor_of
from liverplan.app.slices.convert import ViewName
from liverplan.app.slices.slicing import Look, Point
from liverplan.app.slices.view import SliceView
from liverplan.findings import Annotation
from liverplan.volume import FloatArray

Key = tuple[Qt.Key, Qt.KeyboardModifier]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where the mouse is.

    Parameters
    ----------
    view : SliceView
    look : Look
        Where the view looks; while a button is held, where it looked when that was pressed.
    at : (float, float)
        Canvas pixels, x to the right and y down.
    """

    view: SliceView
    look: Look
    at: Point

    @property
    def point_mm(self) -> FloatArray:
        """(3,) LPS mm on the slice."""
        return self.look.pixel_to_lps(*self.at)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Marks:
    """What a tool draws over the slices while it is armed.

    Parameters
    ----------
    points_mm : tuple of (3,) arrays
        Clicked points, LPS, in every view.
    path_mm : tuple of (3,) arrays
        A stroke under way, LPS, in the view that is named.
    circle : (view, (x, y) pixels, radius in mm) or None
        The brush under the mouse.
    draft : Annotation or None
        What is being measured.
    """

    points_mm: tuple[FloatArray, ...] = ()
    path_mm: tuple[FloatArray, ...] = ()
    path_view: ViewName | None = None
    circle: tuple[ViewName, Point, float] | None = None
    draft: Annotation | None = None


class Tool:
    """What the left button does while this is armed; a subclass answers to what it needs.

    The views hand it every press, and the moves and the release after a press; they show its
    cursor, its words and its marks, and put it away on Escape. It is one object for as long as
    its step lives, and begins anew each time that it is armed.

    Attributes
    ----------
    called : str
        What its button calls it.
    glyph : str
        What is drawn beside the mouse while it is armed.
    """

    called = ""
    glyph: Glyph = "point"

    @property
    def words(self) -> str:
        """What can be done with it now, shown on the slices."""
        return ""

    @property
    def beside(self) -> str:
        """Say in a word or two, beside the mouse, what a press will do."""
        return self.called

    @property
    def cursor(self) -> QCursor | Qt.CursorShape:
        """Shape of the mouse over a slice."""
        return cursor_of(self.glyph)

    @property
    def marks(self) -> Marks:
        """What it draws."""
        return Marks()

    @property
    def keys(self) -> Mapping[Qt.Key, Callable[[], object]]:
        """Keys that it answers to while it is armed, before anything else does."""
        return {}

    def begin(self) -> None:
        """Forget what was clicked before: it is being armed or put away."""

    def press(self, spot: Spot) -> None:
        """Answer the left button."""

    def touch(self, point_mm: FloatArray) -> None:
        """Answer a click on a vessel in 3D, at a (3,) LPS point, mm."""

    def move(self, spot: Spot) -> None:
        """Follow the mouse while the button is held."""

    def release(self, spot: Spot) -> None:
        """Finish, when the button is released."""

    def abandon(self) -> None:
        """Give up what the button began: nothing of it stays."""

    def hover(self, spot: Spot | None) -> None:
        """Follow the mouse while no button is held; None: it has left the slices."""

    def wheel(self, notches: float) -> None:
        """Answer Shift and the wheel."""


class PointsTool(Tool):
    """Collects clicked points, which stay on show until it is put away.

    Attributes
    ----------
    points_mm : list of (3,) arrays
        What has been clicked, LPS mm.
    """

    def __init__(self) -> None:
        self.points_mm: list[FloatArray] = []

    @property
    def marks(self) -> Marks:
        """Show the points."""
        return Marks(points_mm=tuple(self.points_mm))

    def begin(self) -> None:
        """Begin with no point."""
        self.points_mm = []

    def press(self, spot: Spot) -> None:
        """Take one more point."""
        self.points_mm.append(spot.point_mm)
        self.clicked()

    def clicked(self) -> None:
        """Do what the points call for; a subclass says what."""


class StrokeTool(Tool):
    """Collects the way of the mouse while the button is held.

    Attributes
    ----------
    path_mm : list of (3,) arrays
        The way so far, LPS mm.
    """

    glyph: Glyph = "stroke"

    def __init__(self) -> None:
        self.path_mm: list[FloatArray] = []
        self._view: ViewName | None = None

    @property
    def marks(self) -> Marks:
        """Show the way so far."""
        return Marks(path_mm=tuple(self.path_mm), path_view=self._view)

    def begin(self) -> None:
        """Begin with no way."""
        self.path_mm = []

    def press(self, spot: Spot) -> None:
        """Begin a stroke."""
        self._view, self.path_mm = spot.view.name, [spot.point_mm]

    def move(self, spot: Spot) -> None:
        """Go on with it."""
        self.path_mm.append(spot.point_mm)

    def release(self, spot: Spot) -> None:
        """End it."""
        path, self.path_mm = self.path_mm, []
        if path:
            self.drawn(path, spot)

    def abandon(self) -> None:
        """Forget it."""
        self.path_mm = []

    def drawn(self, path_mm: list[FloatArray], spot: Spot) -> None:
        """Do what a stroke of (3,) LPS points, mm, calls for; a subclass says what."""
