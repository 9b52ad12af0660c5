"""The chosen cut laid flat: how near the metastases and the vessels are all over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QSizePolicy, QVBoxLayout, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.dress import dress
from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import label
from liverplan.app.slices.convert import letters_of
from liverplan.plain import clean
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.cut_map import CutMap, margin_bands
from liverplan.volumetry.uncertainty.error_model import CUT_POSITION
from liverplan.words.numbers import mm

TOO_NEAR, DOUBTFUL, CLEAR = (213, 62, 79), theme.MARGIN, theme.REMNANT
GROUND = "#131316"
"""The map lies on black in every theme, as slices do: its colours are told apart there."""

FADE_MM = 40.0
"""What is clear by this much more than the margin is shown darkest."""

VESSEL_MM = 5.0
VESSEL = theme.PORTAL_VEIN
SCALE_MM = 50.0
EDGE = 26.0


class CutPicture(QWidget):
    """The map itself, with the patient's sides, a scale bar and what the mouse points at."""

    def __init__(self, cut_map: CutMap, margin_mm: float) -> None:
        super().__init__()
        self.cut_map = cut_map
        self.image = picture_of(cut_map, margin_mm)
        self.setMinimumSize(300, 260)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Large enough to read."""
        return QSize(520, 420)

    @property
    def place(self) -> QRectF:
        """Where the picture lies in the widget, true to scale."""
        room = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        scale = min(room.width() / self.image.width(), room.height() / self.image.height())
        wide, high = scale * self.image.width(), scale * self.image.height()
        return QRectF(room.center().x() - wide / 2, room.center().y() - high / 2, wide, high)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the map, letters and scale bar."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(GROUND))
        place = self.place
        painter.drawImage(place, self.image)
        painter.setPen(QColor(*theme.TEXT))
        left, right, top, bottom = sides_of(self.cut_map)
        centre = Qt.AlignmentFlag.AlignCenter
        box = QRectF(self.rect())
        for words, spot in (
            (left, QRectF(0, box.center().y() - 12, EDGE, 24)),
            (right, QRectF(box.right() - EDGE, box.center().y() - 12, EDGE, 24)),
            (top, QRectF(box.center().x() - 20, 0, 40, EDGE)),
            (bottom, QRectF(box.center().x() - 20, box.bottom() - EDGE, 40, EDGE)),
        ):
            painter.drawText(spot, int(centre), words)
        self._paint_scale(painter, place)
        painter.end()

    def _paint_scale(self, painter: QPainter, place: QRectF) -> None:
        length = SCALE_MM / self.cut_map.step_mm * place.width() / self.image.width()
        y = self.height() - 9.0
        painter.setPen(QPen(QColor(*theme.TEXT), 2))
        painter.drawLine(QPointF(8, y), QPointF(8 + length, y))
        painter.drawText(QPointF(8, y - 6), f"{SCALE_MM:.0f} mm")


class CutMapDialog(QDialog):
    """The map with what its colours mean."""

    def __init__(self, cut_map: CutMap, margin_mm: float, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        dress(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(clean(tr("{title}: the cut laid flat", title=title)))
        self.picture = CutPicture(cut_map, margin_mm)
        self.words = label(map_words(cut_map))
        self.legend = label(legend_words(margin_mm), "secondary")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        column = QVBoxLayout(self)
        column.addWidget(self.words)
        column.addWidget(self.picture, 1)
        column.addWidget(self.legend)
        self.resize(600, 560)


def picture_of(cut_map: CutMap, margin_mm: float) -> QImage:
    """Return the map as an image, u to the right and v upward: each point in its band's colour."""
    bands = margin_bands(cut_map, limit_mm=margin_mm, doubt_mm=CUT_POSITION.sd)
    colours = np.zeros((*bands.shape, 4), dtype=np.uint8)
    colours[bands == 3] = (*TOO_NEAR, 255)
    colours[bands == 2] = (*DOUBTFUL, 255)
    clear = bands == 1
    beyond = np.minimum(cut_map.lesion_mm[clear] - margin_mm, FADE_MM) / FADE_MM
    colours[clear, :3] = (np.array(CLEAR) * (1 - 0.6 * beyond[:, None])).astype(np.uint8)
    colours[clear, 3] = 255
    colours[vessel_rim(cut_map)] = (*VESSEL, 255)
    flat = np.ascontiguousarray(colours.transpose(1, 0, 2)[::-1])
    high, wide = flat.shape[:2]
    return QImage(flat.data, wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()


def vessel_rim(cut_map: CutMap) -> NDArray[np.bool_]:
    """(U, V) mask of where the cut comes as near to a vessel as is marked."""
    return np.asarray(cut_map.inside & (np.nan_to_num(cut_map.vessel_mm, nan=np.inf) < VESSEL_MM))


def sides_of(cut_map: CutMap) -> tuple[str, str, str, str]:
    """Patient directions at the left, right, top and bottom of the map."""
    points = cut_map.points_mm
    right = _unit(points[-1, 0] - points[0, 0])
    up = _unit(points[0, -1] - points[0, 0])
    return letters_of(-right), letters_of(right), letters_of(up), letters_of(-up)


def map_words(cut_map: CutMap) -> str:
    """Return the cut's area and where it comes nearest, as a sentence."""
    nearest = float(cut_map.lesion_mm[cut_map.inside].min())
    words = tr("{area:.0f} cm² of liver are cut", area=float(cut_map.area_cm2))
    if np.isfinite(nearest):
        away = localised(mm(nearest))
        words += f"; {tr('the nearest metastasis is {mm} mm away', mm=away)}"
    vessel = float(cut_map.vessel_mm[cut_map.inside].min())
    if np.isfinite(vessel):
        away = localised(mm(vessel))
        words += f", {tr('the nearest vessel that was found {mm} mm', mm=away)}"
    return f"{words}. {tr('Seen from the side that stays.')}"


def legend_words(margin_mm: float) -> str:
    """Return what the colours mean, each beside a patch of itself."""
    doubt = margin_mm + CUT_POSITION.sd
    within = tr("{low:g} to {high:g} mm: within the cut's uncertainty", low=margin_mm, high=doubt)
    rows = (
        (TOO_NEAR, tr("nearer to a metastasis than {mm:g} mm", mm=margin_mm)),
        (DOUBTFUL, within),
        (CLEAR, tr("clear, the darker the farther")),
        (VESSEL, tr("within {mm:g} mm of a vessel that was found", mm=VESSEL_MM)),
    )
    return "<br>".join(
        f'<span style="background-color: {GROUND}; color: rgb{colour}">'
        f"&nbsp;\N{BLACK SQUARE}&nbsp;</span>&nbsp; {words}"
        for colour, words in rows
    )


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / (float(np.linalg.norm(vector)) or 1.0))
