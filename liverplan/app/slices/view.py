"""One slice view: a napari canvas, what is drawn over it, and where it looks."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from liverplan.app.slices import adapter
from liverplan.app.slices.adapter import Image, QtViewer, ViewerModel
from liverplan.app.slices.convert import ViewName, view_axes
from liverplan.app.slices.overlay import Overlay
from liverplan.app.slices.slicing import Look
from liverplan.findings.annotations import Projection
from liverplan.volume import Grid, Volume

FIT = 0.94
"""Share of the canvas that the scan fills after a reset."""


class SliceView(QWidget):
    """One napari canvas, its overlay, and where it looks."""

    mouse = Signal(object, object)
    """(view, Qt event) of the canvas; `slices.mouse` answers it."""

    def __init__(self, name: ViewName, model: ViewerModel, qt_viewer: QtViewer) -> None:
        super().__init__()
        self.name = name
        self.model = model
        self.qt_viewer = qt_viewer
        self.layer: Image | None = None
        self.grid: Grid | None = None
        self.canvas = adapter.canvas_of(qt_viewer)
        self.overlay = Overlay(self.canvas)
        self.outlined: tuple[object, ...] = ()  # what the overlay's outlines were made of
        self.canvas.setMouseTracking(True)
        self.canvas.installEventFilter(self)
        adapter.hide_sliders(qt_viewer)
        qt_viewer.setAcceptDrops(False)  # what is dropped is opened as a case, not as a layer
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

    def show_slab(self, projection: Projection | None, half: int) -> None:
        """Show this many slices on either side with each slice, as one; None: it alone."""
        if self.grid is not None and self.layer is not None:
            along = view_axes(self.grid, self.name).along
            margin_mm = half * self.grid.spacing_mm[along]
            adapter.show_slab(self.model, self.layer, projection, along, margin_mm)

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
        """Hand the mouse to the tools; napari's own keys would turn the view or hide the CT."""
        kind = event.type()
        if kind in FOCUS:
            self.overlay.update()
        if kind in KEYS:
            return cast("QKeyEvent", event).key() not in LEAVING
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


FOCUS = {QEvent.Type.FocusIn, QEvent.Type.FocusOut}
KEYS = {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}
LEAVING = {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
"""Keys that go on to the next control."""
MOUSE = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.Leave,
}
