"""The row above the slices: measuring, how masks are seen, slabs, and slices as a film."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from liverplan.app.kit.glyphs import GlyphButton
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import row, set_tip
from liverplan.app.session.context import Context
from liverplan.app.session.display import keep_masks, read_masks
from liverplan.app.slices.annotation_list import AnnotationList
from liverplan.app.slices.annotations import Annotations
from liverplan.app.slices.cine import RATES, Cine
from liverplan.app.slices.masks_box import MasksBox
from liverplan.app.slices.measuring import NAMES, AngleTool, ArrowTool, RegionTool, RulerTool
from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.slab import CHOICES_MM
from liverplan.app.slices.slab import NAMES as SLABS
from liverplan.app.slices.tool_button import glyph_button
from liverplan.app.slices.views import ThreeViews

SPACING_PX = 4


class SliceBar(QWidget):
    """Every control of the slices that belongs to no step.

    Attributes
    ----------
    ruler, angle, region, arrow : Tool
    annotations : Annotations
        What they made.
    cine : Cine
    """

    wants_oblique = Signal()

    def __init__(self, context: Context, views: ThreeViews, mouse: Mouse) -> None:
        super().__init__()
        self.views = views
        session, slab = context.session, views.slab
        self.ruler, self.angle = RulerTool(session, slab), AngleTool(session, slab)
        self.region, self.arrow = RegionTool(session, slab), ArrowTool(session, slab)
        self.annotations, self.cine = Annotations(session, views), Cine(views, mouse)
        tips = (
            (self.ruler, tr("Ruler: millimetres in the patient (M)")),
            (self.angle, tr("Angle at a corner (A)")),
            (self.region, tr("Round region: mean density and its spread (C)")),
            (self.arrow, tr("Arrow with a text (T)")),
        )
        self.tool_buttons = [
            glyph_button(views, tool, tr(NAMES[tool.kind]), tip=tip) for tool, tip in tips
        ]
        self.list_button = GlyphButton("list", tr("List of what was measured"))
        self.list = AnnotationList(session, self.annotations, self.list_button)
        self.list_button.clicked.connect(lambda _checked=False: self.list.open())
        views.set_masks(read_masks(context.home))
        views.masks_changed.connect(lambda: keep_masks(context.home, views.masks))
        self.masks_button = GlyphButton(
            "masks", tr("How masks are seen: filled or outlines (F); G hides them")
        )
        self.masks = MasksBox(views, self.masks_button)
        self.masks_button.clicked.connect(lambda _checked=False: self.masks.open())
        self._build_slab()
        self._build_cine()
        for box in (self.slab, self.thickness, self.rate):
            box.activated.connect(lambda _n: mouse.hovered.canvas.setFocus())
        self.oblique_button = GlyphButton("tilted", tr("Oblique or curved slice (O)"))
        self.oblique_button.clicked.connect(lambda _checked=False: self.wants_oblique.emit())
        self._parts: list[QWidget] = [
            *(*self.tool_buttons, self.list_button, _rule(), self.masks_button, _rule()),
            *(self.slab, self.thickness, _rule(), self.play, self.rate, _rule()),
            self.oblique_button,
        ]
        layout = row(*self._parts, 1, spacing=SPACING_PX)
        layout.setContentsMargins(6, 3, 6, 3)
        self.setLayout(layout)
        self.setFixedHeight(36)

    def _build_slab(self) -> None:
        slab = self.views.slab
        self.slab = QComboBox()
        self.slab.addItem(tr("Slice"), None)
        for projection, name in SLABS.items():
            self.slab.addItem(tr(name), projection)
        set_tip(self.slab, tr("Each slice alone, or several as one: brightest, darkest, mean (S)"))
        millimetres = {mm: f"{mm:.0f} mm" for mm in CHOICES_MM}
        tip = tr("How thick, at least; + and - change it")
        self.thickness = _chosen_of(millimetres, slab.set_thickness, tip)
        self.slab.activated.connect(lambda _n: slab.show(self.slab.currentData()))
        slab.changed.connect(self._show_slab)
        self._show_slab()

    def _show_slab(self) -> None:
        slab = self.views.slab
        blockers = [QSignalBlocker(part) for part in (self.slab, self.thickness)]
        self.slab.setCurrentIndex(self.slab.findData(slab.projection))
        self.thickness.setCurrentIndex(self.thickness.findData(slab.thickness_mm))
        self.thickness.setEnabled(slab.projection is not None)
        del blockers

    def _build_cine(self) -> None:
        cine = self.cine
        self.play = GlyphButton("play", tr("Play the slices (P); wheel or Esc stops"))
        self.play.setCheckable(True)
        self.play.clicked.connect(lambda _checked=False: cine.toggle())
        rates = {float(rate): f"{rate}/s" for rate in RATES}
        self.rate = _chosen_of(rates, lambda rate: cine.set_rate(int(rate)), tr("Slices a second"))
        self.rate.setCurrentIndex(self.rate.findData(float(cine.rate)))
        cine.changed.connect(self._show_cine)

    def _show_cine(self) -> None:
        self.play.setChecked(self.cine.running)
        self.play.glyph = "stop" if self.cine.running else "play"
        self.play.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave out what can be spared, the rate first, where not all have room."""
        super().resizeEvent(event)
        wide = list(map(_width, self._parts))
        over = sum(wide) + SPACING_PX * (len(wide) + 2) - self.width()
        rules = [part for part in self._parts if isinstance(part, QFrame)]
        for part in (self.rate, self.thickness, *rules):
            part.setVisible(over <= 0)
            over -= _width(part) + SPACING_PX

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Play nothing behind a sheet."""
        self.cine.stop()
        super().hideEvent(event)


def _width(part: QWidget) -> int:
    """Return how wide a part is where it has room."""
    return max(part.minimumWidth(), min(part.sizeHint().width(), part.maximumWidth()))


def _chosen_of(
    texts: Mapping[float, str], chosen: Callable[[float], object], tip: str
) -> QComboBox:
    box = QComboBox()
    for value, text in texts.items():
        box.addItem(text, value)
    box.activated.connect(lambda _n: chosen(box.currentData()))
    set_tip(box, tip)
    return box


def _rule() -> QFrame:
    """Return a thin line between groups."""
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.VLine)
    rule.setFixedSize(8, 20)
    return rule
