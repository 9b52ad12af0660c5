"""Three linked slice views: axial, coronal, sagittal, in radiological orientation."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from liverplan.app.kit import theme
from liverplan.app.session.work import Work
from liverplan.app.slices import adapter
from liverplan.app.slices.adapter import Image, QtViewer, Viewer, ViewerModel
from liverplan.app.slices.contours import DistanceField, outlines_of
from liverplan.app.slices.convert import (
    VIEW_NAMES,
    ViewName,
    lps_to_napari,
    napari_to_lps,
    view_axes,
)
from liverplan.app.slices.cut_painting import Cuts
from liverplan.app.slices.overlay import Corners, Drawing, Overlay
from liverplan.app.slices.slicing import Look, Point
from liverplan.findings import SeriesSummary
from liverplan.volume import FloatArray, Grid, Volume

FIT = 0.94
"""Share of the canvas that the scan fills after a reset."""


class SliceView(QWidget):
    """One napari canvas, its overlay, and where it looks."""

    mouse = Signal(object, object)
    """(view, Qt event) of the canvas; the tools answer it."""

    def __init__(self, name: ViewName, model: ViewerModel, qt_viewer: QtViewer) -> None:
        super().__init__()
        self.name = name
        self.model = model
        self.qt_viewer = qt_viewer
        self.layer: Image | None = None
        self.grid: Grid | None = None
        self.canvas = adapter.canvas_of(qt_viewer)
        self.overlay = Overlay(self.canvas)
        self.canvas.setMouseTracking(True)
        self.canvas.installEventFilter(self)
        adapter.hide_sliders(qt_viewer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(qt_viewer)
        qt_viewer.setMinimumSize(120, 100)
        self.setMinimumSize(120, 100)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small, so that the splitters decide."""
        return QSize(200, 200)

    def show_volume(self, volume: Volume, limits_hu: tuple[float, float]) -> None:
        """Show another CT."""
        self.grid = volume.grid
        spacing = volume.grid.spacing_mm
        self.layer = adapter.show_ct(self.model, volume.hu, spacing, limits_hu)
        adapter.orient(self.model, view_axes(volume.grid, self.name))
        self.reset()

    def reset(self) -> None:
        """Fit the whole slice into the canvas."""
        if self.grid is None:
            return
        axes, shape, mm = view_axes(self.grid, self.name), self.grid.shape, self.grid.spacing_mm
        high, wide = shape[axes.down] * mm[axes.down], shape[axes.right] * mm[axes.right]
        size = self.canvas.size()
        zoom = FIT * min(size.width() / wide, size.height() / high)
        centre = ((high - mm[axes.down]) / 2, (wide - mm[axes.right]) / 2)
        adapter.set_camera(self.model, *centre, zoom)

    @property
    def look(self) -> Look | None:
        """Where the view looks now."""
        if self.grid is None:
            return None
        axes = view_axes(self.grid, self.name)
        down, right, zoom = adapter.camera_state(self.model)
        size = self.canvas.size()
        return Look(
            grid=self.grid,
            axes=axes,
            index=self.index,
            centre=(down, right),
            zoom=zoom,
            width=size.width(),
            height=size.height(),
        )

    @property
    def index(self) -> int:
        """The slice shown."""
        if self.grid is None:
            return 0
        axis = view_axes(self.grid, self.name).along
        return round(float(self.model.dims.point[axis]) / self.grid.spacing_mm[axis])

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Hand the mouse to the tools before napari sees it."""
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.overlay.resize(self.canvas.size())
            QTimer.singleShot(0, self._refit)
            return False
        if kind not in MOUSE or self.grid is None or adapter.busy_with_own_tool(self.model):
            return False
        self.mouse.emit(self, event)
        return True

    def _refit(self) -> None:
        if not isValid(self.canvas):  # the window was closed meanwhile
            return
        self.reset()
        self.mouse.emit(self, QEvent(QEvent.Type.Resize))


MOUSE = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.Leave,
}


class ThreeViews(QObject):
    """The three views as one: crosshair, window, and what is drawn over them."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.views: dict[ViewName, SliceView] = {}
        for name in VIEW_NAMES:
            model = viewer if name == "Axial" else ViewerModel(title=name)
            qt_viewer = (
                adapter.main_qt_viewer(viewer) if name == "Axial" else adapter.new_qt_viewer(model)
            )
            self.views[name] = SliceView(name, cast("ViewerModel", model), qt_viewer)
        self.work = Work()
        self.zone: DistanceField | None = None
        self.taken: NDArray[np.bool_] | None = None
        self.masks_shown = True
        self.level_hu, self.width_hu = float(theme.PRESETS[0][1]), float(theme.PRESETS[0][2])
        self.crosshair_mm: FloatArray | None = None
        self.pointer_hu: float | None = None
        self.axes_mm: dict[int, tuple[int, FloatArray]] = {}
        self.points_mm: list[FloatArray] = []
        self.path_mm: list[FloatArray] = []
        self.path_view: SliceView | None = None
        self.brush: tuple[SliceView, Point, float] | None = None
        self._closed = False
        self._pending: set[ViewName] = set()
        self._outlines_key: dict[ViewName, tuple[object, ...]] = {}

    @property
    def grid(self) -> Grid | None:
        """The lattice on show."""
        return self.work.volume.grid if self.work.volume else None

    def show_work(self, work: Work) -> None:
        """Show a work's CT, labels and cuts."""
        new_ct = work.volume is not self.work.volume
        self.work = work
        if new_ct and work.volume is not None:
            for view in self.views.values():
                view.show_volume(work.volume, self.limits_hu)
            self.zone, self.axes_mm, self.points_mm = None, {}, []
            middle = np.array(work.volume.grid.shape) // 2
            self.move_crosshair(work.volume.grid.to_mm(middle))
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
        self.redraw()

    def preset(self, number: int) -> None:
        """Choose a window preset, 0 to 4."""
        _, level, width = theme.PRESETS[number]
        self.set_window(level, width)

    def move_crosshair(self, point_mm: FloatArray) -> None:
        """Show the slices through an LPS point, in all three views."""
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

    def _draw(self) -> None:
        pending, self._pending = self._pending, set()
        if self._closed:
            return
        for name in pending:
            view = self.views[name]
            look = view.look
            if look is not None and not view.canvas.visibleRegion().isEmpty():
                view.overlay.show_drawing(self._drawing(view, look))

    def _drawing(self, view: SliceView, look: Look) -> Drawing:
        drawing = self._with_outlines(view, look)
        work = self.work
        brush = None
        if self.brush and self.brush[0] is view:
            brush = (self.brush[1], self.brush[2] * look.zoom)
        return drawing.but(
            look=look,
            cuts=Cuts(plan=work.active_plan, active=work.cut, locked=work.locked, taken=self.taken),
            masks_shown=self.masks_shown,
            crosshair=self._crosshair(look),
            axes_mm=self._axes(look),
            points=tuple(look.lps_to_pixel(p) for p in self.points_mm),
            path=tuple(look.lps_to_pixel(p) for p in self.path_mm)
            if self.path_view is view
            else (),
            brush=brush,
            corners=self._corners(view, look),
        )

    def _with_outlines(self, view: SliceView, look: Look) -> Drawing:
        """Keep the outlines of the drawing before, unless slice or labels have changed."""
        segmentation = self.work.segmentation
        level = self.work.margin_mm if self.zone is not None else None
        vessels = self.work.maps.get("vessels")
        key = (id(segmentation), look.index, level, id(self.zone), id(look.grid), id(vessels))
        drawing = view.overlay.drawing
        if segmentation is None:
            self._outlines_key.pop(view.name, None)
            return Drawing()
        if self._outlines_key.get(view.name) == key:
            return drawing
        self._outlines_key[view.name] = key
        zone = (self.zone, self.work.margin_mm) if self.zone is not None else None
        labels = segmentation.labels
        outlines = outlines_of(look.grid, look.axes, look.index, labels, zone, vessels)
        return Drawing(outlines=outlines)

    def _crosshair(self, look: Look) -> Point | None:
        return None if self.crosshair_mm is None else look.lps_to_pixel(self.crosshair_mm)

    def _axes(self, look: Look) -> tuple[tuple[Point, Point], ...]:
        """Long axes of the lesions that lie in this slice (axial only)."""
        if look.axes.name != "Axial":
            return ()
        return tuple(
            (look.lps_to_pixel(ends[0]), look.lps_to_pixel(ends[1]))
            for k, ends in self.axes_mm.values()
            if k == look.index
        )

    def _corners(self, view: SliceView, look: Look) -> Corners:
        series = self.work.series
        thickness = look.spacing[0]
        hu = "" if self.pointer_hu is None else f"{self.pointer_hu:.0f} HU"
        total = look.grid.shape[look.axes.along]
        wide = look.width >= 330
        return Corners(
            top_left=corner_words(series) if wide else (),
            top_right=(view.name, f"{thickness:.1f} mm"),
            bottom_left=tuple(t for t in (f"L {self.level_hu:.0f} W {self.width_hu:.0f}", hu) if t),
            bottom_right=(f"{shown_number(look)}/{total}",),
        )


def corner_words(series: SeriesSummary | None) -> tuple[str, ...]:
    """Study date and series, as they stand in the corner."""
    if series is None:
        return ()
    date = series.study_date
    dashed = f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdigit() else date
    return tuple(text for text in (dashed, series.description[:30]) if text)


def step_sign(grid: Grid, name: ViewName) -> int:
    """+1 where a view's index grows toward the head, the front or the patient's left."""
    axis = view_axes(grid, name).along
    direction = grid.affine[:3, axis]
    toward = {"Axial": (2, 1), "Coronal": (1, -1), "Sagittal": (0, 1)}[name]
    return 1 if direction[toward[0]] * toward[1] > 0 else -1


def shown_number(look: Look) -> int:
    """Slice number as shown, from 1."""
    return look.index + 1


def is_left(event: object) -> bool:
    """Whether a mouse event is of the left button."""
    button = getattr(event, "button", None)
    return callable(button) and button() == Qt.MouseButton.LeftButton


def position(event: object) -> QPointF:
    """Where a mouse event happened, canvas pixels."""
    return cast("QPointF", event.position())  # type: ignore[attr-defined]
