"""Three linked slice views: axial, coronal, sagittal, in radiological orientation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from liverplan.app.kit import theme
from liverplan.app.session.display import Masks
from liverplan.app.session.live import Live
from liverplan.app.session.session import Session
from liverplan.app.session.zone import DistanceField
from liverplan.app.slices import adapter
from liverplan.app.slices.convert import (
    VIEW_NAMES,
    ViewName,
    lps_to_napari,
    napari_to_lps,
    view_axes,
)
from liverplan.app.slices.drawing import LongAxis, Shown, drawing_of
from liverplan.app.slices.slab import SlabShown
from liverplan.app.slices.slicing import Point
from liverplan.app.slices.tool import Marks, Tool
from liverplan.app.slices.view import SliceView
from liverplan.findings import Annotation
from liverplan.volume import FloatArray, Grid, Volume


class ThreeViews(QObject):
    """The three views as one: crosshair, window, the armed tool, and what is drawn over them.

    Attributes
    ----------
    tool : Tool or None
        What the left button does; None: it takes cuts, or sets the window.
    crosshair_mm : (3,) array or None
        The point whose slices are shown, LPS.
    pointer : (SliceView, (x, y)) or None
        Where the mouse is, canvas pixels; None while it is elsewhere.
    zone : DistanceField or None
        Distance to the lesions: the margin is drawn at one level of it.
    hidden : bool
        Whether whose CT it is stays off the screen.
    slab : SlabShown
        Whether several slices are shown as one.
    chosen : Annotation or None
        What is chosen of what was measured.
    held : bool
        Whether a mouse button is held on a slice.
    taken : (k, j, i) bool array or None
        What the active plan's named parts and sheets take.
    axes_mm : dict
        Of each lesion, by label: its axial slice, and the ends of its long axis there, LPS.
    """

    armed = Signal()
    """Another tool is armed, or none."""
    identity_changed = Signal()
    """Whose CT it is is shown, or no longer."""
    drawn = Signal()
    """Slices were drawn anew: the crosshair, a camera or what lies over them may be another."""
    masks_changed = Signal()
    """Masks are seen otherwise."""
    looked = Signal()
    """The crosshair is elsewhere, or black and white are."""
    tool_used = Signal()
    """A tool has answered a press or a release."""

    def __init__(self, session: Session, live: Live) -> None:
        super().__init__()
        self.session, self._live = session, live
        self.views: dict[ViewName, SliceView] = {
            name: SliceView(name, *adapter.new_canvas(name)) for name in VIEW_NAMES
        }
        self.tool: Tool | None = None
        self.zone: DistanceField | None = None
        self.taken: NDArray[np.bool_] | None = None
        self.slab = SlabShown()
        self.slab.changed.connect(self._show_slab)
        self.chosen: Annotation | None = None
        self.held = False
        self.masks_shown, self.masks = True, Masks()
        self.hidden = False
        self.level_hu, self.width_hu = float(theme.PRESETS[0][1]), float(theme.PRESETS[0][2])
        self.crosshair_mm: FloatArray | None = None
        self.pointer: tuple[SliceView, Point] | None = None
        self.axes_mm: dict[int, LongAxis] = {}
        self._volume: Volume | None = None
        self._closed = False
        self._pending: set[ViewName] = set()
        session.subscribe(lambda _topics: self._follow())
        live.derived_changed.connect(self._derived)
        live.measured.connect(self.redraw)

    @property
    def grid(self) -> Grid | None:
        """The lattice on show."""
        return self._volume.grid if self._volume else None

    @property
    def pointer_hu(self) -> float | None:
        """Density under the mouse, on the slice that is shown there now."""
        look = None if self.pointer is None else self.pointer[0].look
        if self._volume is None or self.pointer is None or look is None:
            return None
        index = self._volume.grid.nearest_index(look.pixel_to_lps(*self.pointer[1]))
        return None if index is None else self.slab.density(self._volume.hu, look, index)

    @property
    def marks(self) -> Marks:
        """What the armed tool draws."""
        return Marks() if self.tool is None else self.tool.marks

    def arm(self, tool: Tool | None) -> None:
        """Give the left button to a tool; None gives it back to cuts and window."""
        for one in (self.tool, tool):
            if one is not None:
                one.begin()
        self.tool = tool
        self.armed.emit()
        self.redraw()

    def disarm(self) -> None:
        """Put the tool away."""
        self.arm(None)

    def toggle(self, tool: Tool) -> None:
        """Arm a tool; if it is armed already, put it away."""
        self.arm(None if self.tool is tool else tool)

    def touch(self, point_mm: FloatArray) -> None:
        """Hand a click on a vessel in 3D, at a (3,) LPS point, mm, to the armed tool."""
        if self.tool is not None:
            self.move_crosshair(point_mm)
            self.tool.touch(point_mm)
            self.tool_used.emit()
            self.redraw()

    def _follow(self) -> None:
        """Show the work's CT, labels and cuts."""
        volume = self.session.work.volume
        if volume is not self._volume and volume is not None:
            self._volume = volume
            for view in self.views.values():
                view.show_volume(volume, self.limits_hu)
            self.zone, self.axes_mm = None, {}
            if self.tool is not None:
                self.tool.begin()  # what it began was on another patient's slices
            self._show_slab()
            self.move_crosshair(volume.grid.to_mm(np.array(volume.grid.shape) // 2))
        self.taken = self._live.taken
        self.redraw()

    def _derived(self) -> None:
        """Show what follows from the masks."""
        derived = self._live.derived
        self.zone = derived.zone if derived else None
        axes = derived.axes.items() if derived else ()
        self.axes_mm = {
            label: (one.slice_k, (np.array(one.long_ends_mm[0]), np.array(one.long_ends_mm[1])))
            for label, one in axes
        }
        self.taken = self._live.taken
        self.redraw()

    @property
    def limits_hu(self) -> tuple[float, float]:
        """Darkest and brightest density of the window."""
        return self.level_hu - self.width_hu / 2, self.level_hu + self.width_hu / 2

    def set_window(self, level_hu: float, width_hu: float) -> None:
        """Set level and width of all three views."""
        self.level_hu = float(np.clip(level_hu, -1000, 3000))
        self.width_hu = float(np.clip(width_hu, 1, 4000))
        for view in self.views.values():
            if view.layer is not None:
                view.layer.contrast_limits = self.limits_hu
        self.looked.emit()
        self.redraw()

    def preset(self, number: int) -> None:
        """Choose a window preset, 0 to 4."""
        _, level, width = theme.PRESETS[number]
        self.set_window(level, width)

    def toggle_masks(self) -> None:
        """Show or hide everything tinted."""
        self.masks_shown = not self.masks_shown
        self.redraw()

    def set_masks(self, masks: Masks) -> None:
        """Tint masks so, or outline them."""
        self.masks = masks
        self.masks_changed.emit()
        self.redraw()

    def toggle_identity(self) -> None:
        """Show whose CT it is, or keep it off the screen."""
        self.hidden = not self.hidden
        self.identity_changed.emit()
        self.redraw()

    def move_crosshair(self, point_mm: FloatArray) -> None:
        """Show the slices through a (3,) LPS point, mm, in all three views."""
        if self.grid is None:
            return
        last = np.array(self.grid.shape) - 1
        index = np.clip(self.grid.to_index(point_mm), 0, last)
        self.crosshair_mm = self.grid.to_mm(index)
        world = np.rint(index) * np.array(self.grid.spacing_mm)
        for view in self.views.values():
            axis = view_axes(self.grid, view.name).along
            if abs(view.model.dims.point[axis] - world[axis]) > 1e-9:
                view.model.dims.set_point(axis, world[axis])
        self.looked.emit()
        self.redraw()

    def step(self, view: SliceView, slices: int) -> None:
        """Go through a view's slices: positive toward the head, the front or the left."""
        grid = self.grid
        if grid is None or self.crosshair_mm is None:
            return
        axis = view_axes(grid, view.name).along
        world = lps_to_napari(grid, self.crosshair_mm)
        at = view.index + slices * step_sign(grid, view.name)
        world[axis] = np.clip(at, 0, grid.shape[axis] - 1) * grid.spacing_mm[axis]
        self.move_crosshair(napari_to_lps(grid, world))

    def reset(self) -> None:
        """Fit every view again; the crosshair stays."""
        for view in self.views.values():
            view.reset()
        self.redraw()

    def redraw(self, only: SliceView | None = None) -> None:
        """Draw the overlays anew, once, when the events under way are done."""
        if not self._pending:
            QTimer.singleShot(0, self._draw)
        self._pending |= {only.name} if only else set(self.views)

    def close(self) -> None:
        """Draw nothing from now on: the window is going."""
        self._closed = True
        for view in self.views.values():
            adapter.close_canvas(view.qt_viewer)

    def _draw(self) -> None:
        pending, self._pending = self._pending, set()
        if self._closed:
            return
        shown = self._shown()
        for name in pending:
            view = self.views[name]
            look = view.look
            if look is not None and not view.canvas.visibleRegion().isEmpty():
                view.overlay.show_drawing(drawing_of(shown, view, look))
        self.drawn.emit()

    @property
    def _beside(self) -> tuple[SliceView, Point, str] | None:
        """What the armed tool says at the mouse; nothing while it is at work there."""
        if self.tool is None or self.pointer is None or self.held:
            return None
        return *self.pointer, self.tool.beside

    def _show_slab(self) -> None:
        """Let every view show slabs, or slices alone."""
        grid = self.grid
        if grid is not None:
            for view in self.views.values():
                spacing = grid.spacing_mm[view_axes(grid, view.name).along]
                view.show_slab(self.slab.projection, self.slab.half(spacing))
        self.redraw()

    def _shown(self) -> Shown:
        return Shown(
            work=self.session.work,
            zone=self.zone,
            taken=self.taken,
            divided=self._live.divided,
            masks_shown=self.masks_shown,
            masks=self.masks,
            window_hu=(self.level_hu, self.width_hu),
            crosshair_mm=self.crosshair_mm,
            pointer_hu=self.pointer_hu,
            axes_mm=tuple(self.axes_mm.values()),
            marks=self.marks,
            tool_words="" if self.tool is None else self.tool.words,
            beside=self._beside,
            slab=self.slab,
            chosen=self.chosen,
            hidden=self.hidden,
        )


def step_sign(grid: Grid, name: ViewName) -> int:
    """+1 where a view's index grows toward the head, the front or the patient's left."""
    axis = view_axes(grid, name).along
    direction = grid.affine[:3, axis]
    toward = {"Axial": (2, 1), "Coronal": (1, -1), "Sagittal": (0, 1)}[name]
    return 1 if direction[toward[0]] * toward[1] > 0 else -1
