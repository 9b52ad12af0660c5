"""Slices as a film: back and forth at a rate, until the wheel, Escape or its button stops it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.view import SliceView
from liverplan.app.slices.views import ThreeViews

RATES = (2, 5, 10, 15, 20, 30)
"""Slices a second."""


class Cine(QObject):
    """Plays the view that the mouse was over last.

    Attributes
    ----------
    rate : int
        Slices a second.
    """

    changed = Signal()

    def __init__(self, views: ThreeViews, mouse: Mouse) -> None:
        super().__init__()
        self._views, self._mouse = views, mouse
        self._view: SliceView | None = None
        self._toward = 1
        self.rate = 10
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._next)
        for view in views.views.values():
            view.mouse.connect(self._heard)
        views.session.subscribe(lambda topics: self.stop() if "ct" in topics else None)

    @property
    def running(self) -> bool:
        """Whether slices go by themselves."""
        return self._timer.isActive()

    def toggle(self) -> None:
        """Play, or stop."""
        if self.running:
            self.stop()
            return
        view = self._mouse.hovered
        if view.isVisible() and view.grid is not None:
            self._view = view
            self._timer.start(round(1000 / self.rate))
        self.changed.emit()

    def stop(self) -> None:
        """Stay on the slice that is shown."""
        self._timer.stop()
        self.changed.emit()

    def set_rate(self, rate: int) -> None:
        """Go faster or slower."""
        self.rate = rate
        self._timer.setInterval(round(1000 / rate))

    def _next(self) -> None:
        view = self._view
        if view is None or not view.isVisible():
            self.stop()
            return
        before = view.index
        self._views.step(view, self._toward)
        if view.index == before:  # the scan's end: back again
            self._toward = -self._toward
            self._views.step(view, self._toward)

    def _heard(self, _view: SliceView, event: QEvent) -> None:
        if self.running and event.type() == QEvent.Type.Wheel:
            self.stop()
