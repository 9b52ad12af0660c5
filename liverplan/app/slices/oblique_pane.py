"""The CT on any plane, or along a vessel, painted plainly; a ruler where lengths are true."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.glyphs import cursor_of
from liverplan.app.kit.language import tr
from liverplan.app.slices.figures import figure_of, paint_figure
from liverplan.app.slices.halo import haloed
from liverplan.app.slices.measuring import CLICK, point_of
from liverplan.app.slices.overlay import ruler_mm
from liverplan.app.slices.reslicing import Course, Frame, densities, plane_points, straight_points
from liverplan.app.slices.slicing import Point
from liverplan.findings import Annotation
from liverplan.segmentation.labels import FIRST_LESION, LIVER
from liverplan.volume import FloatArray, Volume

AIR_HU = -1024.0
"""Shown where the scan has ended."""
REST_MS = 150
"""Drawn coarsely, to keep up with a slider, until it rests so long."""
ROOM = 40
"""Pixels above and below a vessel."""
HALF_MM = 40.0
"""How much is shown on either side of a vessel."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """What the pane shows.

    Parameters
    ----------
    volume : Volume
    place : Frame or Course
        A plane, or a vessel pulled straight.
    turned_deg : float
        How far the plane is turned about the vessel.
    limits_hu : (float, float)
        Darkest and brightest density.
    labels : callable or None
        Gives the label at (..., 3) LPS points, mm.
    annotations : tuple of Annotation
    words : tuple of str
        What stands at the top left.
    """

    volume: Volume
    place: Frame | Course
    turned_deg: float
    limits_hu: tuple[float, float]
    labels: Callable[[FloatArray], NDArray[np.uint8]] | None
    annotations: tuple[Annotation, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneLook:
    """Where the pane looks on a plane, as `slices.figures` asks it."""

    frame: Frame
    zoom: float
    width: int
    height: int

    def lps_to_pixel(self, point_mm: ArrayLike) -> Point:
        """(3,) LPS mm to (x, y) pixels."""
        right, down = self.frame.from_lps(np.asarray(point_mm))
        return self.width / 2 + right * self.zoom, self.height / 2 + down * self.zoom

    def pixel_to_lps(self, at: Point) -> FloatArray:
        """(x, y) pixels to (3,) LPS mm: the inverse of `lps_to_pixel`."""
        x, y = (at[0] - self.width / 2) / self.zoom, (at[1] - self.height / 2) / self.zoom
        return self.frame.to_lps(x, y)


class ObliquePane(QWidget):
    """Paints what it is given; a drag on a plane measures, the wheel is told."""

    stepped = Signal(int)
    zoomed = Signal(float)
    measured = Signal(object)
    """An `Annotation`: a ruler on the plane."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Shown | None = None
        self.zoom = 1.5
        self.points_mm: FloatArray = np.empty((0, 0, 3))
        self._picture: QImage | None = None
        self._start: Point | None = None
        self._draft: Annotation | None = None
        self._pointer: Point | None = None
        self._coarse = 1
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.refine)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 200)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    @property
    def look(self) -> PlaneLook | None:
        """Where it looks; None where it shows no plane."""
        if self.shown is None or not isinstance(self.shown.place, Frame):
            return None
        return PlaneLook(
            frame=self.shown.place, zoom=self.zoom, width=self.width(), height=self.height()
        )

    def show_slice(self, shown: Shown | None) -> None:
        """Show another slice, or none."""
        self.shown, self._picture, self._draft = shown, None, None
        self._coarse = 2
        self._rest.start()
        flat = shown is not None and isinstance(shown.place, Frame)
        self.setCursor(cursor_of("ruler") if flat else Qt.CursorShape.ForbiddenCursor)
        self.update()

    def refine(self) -> None:
        """Draw every pixel, now that nothing moves."""
        self._coarse, self._picture = 1, None
        self.update()

    def density_at(self, at: Point) -> float | None:
        """Density, HU, under a pixel, between voxels; None beyond the scan."""
        high, wide = self.points_mm.shape[:2]
        row = math.floor((at[1] - self.height() / 2) / self._coarse + high / 2)
        column = math.floor((at[0] - self.width() / 2) / self._coarse + wide / 2)
        if self.shown is None or not (0 <= row < high and 0 <= column < wide):
            return None
        (found,) = densities(self.shown.volume, self.points_mm[row, column][None]).tolist()
        return None if math.isnan(found) else found

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the slice, what was measured on it, and the words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown, look = self.shown, self.look
        if shown is not None:
            made = self._picture = self._picture or self._made(shown)
            wide, high = made.width() * self._coarse, made.height() * self._coarse
            left, top = (self.width() - wide) / 2, (self.height() - high) / 2
            painter.drawImage(QRectF(left, top, wide, high), made)
            if look is not None:
                self._paint_figures(painter, shown, look)
            self._paint_words(painter, shown, look)
        painter.end()

    def _made(self, shown: Shown) -> QImage:
        """Return the slice as a picture, with the masks' outlines."""
        place, each = shown.place, self._coarse
        if isinstance(place, Frame):
            size = math.ceil(self.width() / each), math.ceil(self.height() / each)
            self.points_mm = plane_points(place, size, each / self.zoom)
        else:
            whole = each * place.length_mm / max(self.height() - 2 * ROOM, 1)
            self.points_mm = straight_points(place, HALF_MM, whole, shown.turned_deg)
        low, high = shown.limits_hu
        hu = np.nan_to_num(densities(shown.volume, self.points_mm), nan=AIR_HU)
        grey = np.clip((hu - low) / max(high - low, 1) * 255, 0, 255).astype(np.uint8)
        rgb = np.repeat(grey[..., None], 3, axis=-1)
        if shown.labels is not None:
            _outline(rgb, shown.labels(self.points_mm))
        rgb = np.ascontiguousarray(rgb)
        high_px, wide_px = grey.shape
        kind = QImage.Format.Format_RGB888
        return QImage(rgb.data, wide_px, high_px, 3 * wide_px, kind).copy()

    def _paint_figures(self, painter: QPainter, shown: Shown, look: PlaneLook) -> None:
        everything = (*shown.annotations, *((self._draft,) if self._draft else ()))
        for one in everything:
            if one.view == "Oblique" and all(map(look.frame.holds, one.points_mm)):
                paint_figure(painter, figure_of(one, look), look)

    def _paint_words(self, painter: QPainter, shown: Shown, look: PlaneLook | None) -> None:
        wide, high = self.width(), self.height()
        small, letters = theme.font(theme.BODY_PT), theme.font(theme.LETTER_PT, bold=True)
        for row, text in enumerate(shown.words):
            haloed(painter, small, text, 8, 14 + 18 * row, "left")
        hu = None if self._pointer is None else self.density_at(self._pointer)
        if hu is not None:
            said = tr("{hu:.0f} HU, between voxels", hu=hu)
            haloed(painter, small, said, 8, high - 14, "left")
        if look is None:
            return
        left, right, top, bottom = look.frame.letters
        for text, x, y in (
            (left, 22.0, high / 2),
            (right, wide - 22.0, high / 2),
            (top, wide / 2, 16.0),
            (bottom, wide / 2, high - 46.0),
        ):
            haloed(painter, letters, text, x, y, "centre")
        length = ruler_mm(self.zoom, wide * 0.25)
        half, y = length * self.zoom / 2, high - 10.0
        painter.setPen(QPen(QColor(255, 255, 255), 1.6))
        painter.drawLine(QPointF(wide / 2 - half, y), QPointF(wide / 2 + half, y))
        haloed(painter, small, f"{length} mm", wide / 2, y - 14, "centre")

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Tell of the wheel: through the slices, or with Ctrl larger and smaller."""
        notches = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1.15**notches)
        elif notches:
            self.stepped.emit(round(notches) or (1 if notches > 0 else -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to measure."""
        if event.button() == Qt.MouseButton.LeftButton and self.look is not None:
            self._start = event.position().x(), event.position().y()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Measure to where the mouse is, and say the density there."""
        self._pointer = at = event.position().x(), event.position().y()
        look = self.look
        if self._start is not None and look is not None:
            ends = tuple(point_of(look.pixel_to_lps(one)) for one in (self._start, at))
            far = math.dist(self._start, at) > CLICK
            made = Annotation(kind="ruler", view="Oblique", points_mm=ends)
            self._draft = made if far else None
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Hand over what was measured."""
        draft, self._start, self._draft = self._draft, None, None
        if draft is not None:
            self.measured.emit(draft)
        self.update()

    def resizeEvent(self, _event: object) -> None:  # noqa: N802 - Qt's name
        """Make the slice anew for the room there is."""
        self._picture = None


def _outline(rgb: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
    """Draw the rims of liver and metastases into a (height, width, 3) picture."""
    for mask, colour in (
        (labels >= LIVER, theme.LIVER),
        (labels >= FIRST_LESION, theme.LESION),
    ):
        rgb[mask & ~scipy.ndimage.binary_erosion(mask, iterations=1)] = colour
