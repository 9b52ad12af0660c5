"""Slices that no axis has: turned about the crosshair, along the active cut, along a vessel."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QSlider, QVBoxLayout

from liverplan.app.kit.busy import Busy
from liverplan.app.kit.language import en, tr
from liverplan.app.kit.widgets import Elided, Notice, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.whose import patient_lines
from liverplan.app.slices.measuring import STEPS
from liverplan.app.slices.oblique_pane import ObliquePane, Shown
from liverplan.app.slices.reslicing import Course, Frame, labels_at, ways_of
from liverplan.app.slices.views import ThreeViews
from liverplan.findings import Annotation
from liverplan.segmentation import branches_of
from liverplan.volume import FloatArray

PLACE = "oblique"
CROSSHAIR, CUT = "crosshair", "cut"
ZOOMS = (0.4, 12.0)


class ObliqueSheet(QFrame):
    """Lies over the views.

    Attributes
    ----------
    offset_mm : float
        How far the wheel has gone from the plane that was chosen, along its normal.
    """

    done = Signal()

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._context, self._session, self._views = context, context.session, views
        self.offset_mm = 0.0
        self._ways: dict[str, FloatArray] = {}
        self._ways_of: object = None
        self.notice, self.busy = Notice(), Busy()
        context.notices.show_at(PLACE, self.notice.say)
        context.jobs.watch(PLACE, self.busy.watch)
        self.along = QComboBox()
        self.along.activated.connect(lambda _n: self._begin())
        self.turn, self.tilt = _slider(-90, 90), _slider(-90, 90)
        self.about = _slider(0, 359)
        for slider in (self.turn, self.tilt, self.about):
            slider.valueChanged.connect(lambda _v: self.refresh())
        self.said = Elided(role="secondary")
        self.done_button = button(tr("Done"), self.done.emit)
        self.pane = ObliquePane()
        self.pane.stepped.connect(self._step)
        self.pane.zoomed.connect(self._zoom)
        self.pane.measured.connect(self._keep)
        self._build()
        context.session.subscribe(lambda _topics: self._changed())

    def _build(self) -> None:
        self.turn_words = label(tr("Turn"), wrap=False)
        self.tilt_words = label(tr("Tilt"), wrap=False)
        self.about_words = label(tr("About the vessel"), wrap=False)
        title = label(tr("Oblique slice"), "title", wrap=False)
        head = row(title, 1, self.done_button)
        parts = (
            *(self.along, self.turn_words, self.turn, self.tilt_words, self.tilt),
            *(self.about_words, self.about, self.said),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addLayout(head)
        ways = row(*parts, spacing=8)
        ways.setStretch(len(parts) - 1, 1)
        layout.addLayout(ways)
        layout.addWidget(self.notice)
        layout.addWidget(self.busy)
        layout.addWidget(self.pane, 1)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Offer what there is to slice along, and begin at the crosshair."""
        super().showEvent(event)
        self._offer()
        self._find_ways()
        self._begin()

    @property
    def place(self) -> Frame | Course | None:
        """The plane or the vessel that is chosen; None where there is no CT."""
        chosen, cut, at = self.along.currentData(), self._session.work.active_plane, None
        way = self._ways.get(chosen)
        if way is not None:
            return Course.of(way)
        if chosen == CUT and cut is not None:
            at, normal = np.asarray(cut.point_mm), np.asarray(cut.normal)
        else:
            at, normal = self._views.crosshair_mm, normal_of(self.turn.value(), self.tilt.value())
        return None if at is None else Frame.of(at + self.offset_mm * normal, normal)

    def refresh(self) -> None:
        """Show what is chosen."""
        work, place = self._session.work, self.place
        curved = isinstance(place, Course)
        turned = not curved and self.along.currentData() == CROSSHAIR
        for part in (self.turn_words, self.turn, self.tilt_words, self.tilt):
            part.setVisible(turned)
        for part in (self.about_words, self.about):
            part.setVisible(curved)
        if work.volume is None or place is None:
            self.pane.show_slice(None)
            return
        masks = work.segmentation
        self.said.setText(self._words(place))
        self.pane.show_slice(
            Shown(
                volume=work.volume,
                place=place,
                turned_deg=float(self.about.value()),
                limits_hu=self._views.limits_hu,
                labels=None if masks is None else partial(labels_at, masks.labels, masks.grid),
                annotations=work.annotations,
                words=(
                    *patient_lines(work.record, hidden=self._views.hidden),
                    tr("Curved slice") if curved else tr("Oblique"),
                    self.along.currentText(),
                ),
            )
        )

    def _words(self, place: Frame | Course) -> str:
        if isinstance(place, Course):
            words = en("{mm:.1f} mm along it. No ruler: what is bent is pulled straight.")
            return tr(words, mm=place.length_mm)
        return tr("Drag: ruler. Wheel: through it, {mm:.1f} mm now.", mm=self.offset_mm)

    def _offer(self) -> None:
        """List what one can slice along; what was chosen stays chosen where it still is there."""
        known, blocker = self.along.currentData(), QSignalBlocker(self.along)
        self.along.clear()
        self.along.addItem(tr("Through the crosshair"), CROSSHAIR)
        if self._session.work.active_plane is not None:
            self.along.addItem(tr("Along the active cut"), CUT)
        for name in sorted(self._ways):
            vessel, _, end = name.rpartition(" ")
            self.along.addItem(tr("Along {vessel}", vessel=f"{tr(vessel)} {end}"), name)
        self.along.setCurrentIndex(max(0, self.along.findData(known)))
        del blocker

    def _find_ways(self) -> None:
        """Follow the vessels' middle lines in the background, once for a map."""
        lumen = self._session.work.maps.get("vessels")
        if lumen is self._ways_of:
            return
        self._ways, self._ways_of = {}, lumen
        if lumen is None:
            return

        def follow(_report: object, _cancel: object) -> dict[str, FloatArray]:
            return {
                f"{name} {end}": way
                for name in lumen.names
                for end, way in ways_of(branches_of(lumen.mask([name]), lumen.grid)).items()
            }

        self._context.jobs.follow(PLACE, follow, self._found, holds=lambda: self._ways_of is lumen)

    def _found(self, ways: dict[str, FloatArray]) -> None:
        self._ways = ways
        self._offer()

    def _begin(self) -> None:
        self.offset_mm = 0.0
        self.refresh()

    def _step(self, notches: int) -> None:
        """Go through the plane's neighbours, or turn about the vessel."""
        if isinstance(self.place, Course):
            self.about.setValue((self.about.value() + 5 * notches) % 360)
            return
        volume = self._session.work.volume
        if volume is not None:
            self.offset_mm += notches * min(volume.grid.spacing_mm)
            self.refresh()

    def _zoom(self, factor: float) -> None:
        self.pane.zoom = float(np.clip(self.pane.zoom * factor, *ZOOMS))
        self.refresh()

    def _keep(self, annotation: Annotation) -> None:
        work = self._session.work
        kept = (*work.annotations, annotation)
        self._session.do(STEPS[annotation.kind], replace(work, annotations=kept))

    def _changed(self) -> None:
        if self.isVisible():
            self._offer()
            self._find_ways()
            self.refresh()


def normal_of(turn_deg: float, tilt_deg: float) -> FloatArray:
    """Return the (3,) LPS normal of an axial slice that was tilted, then turned about the body.

    Tilted by 90 degrees it is coronal; turned by 90 beside, sagittal.
    """
    turn, tilt = np.radians(turn_deg), np.radians(tilt_deg)
    return np.array([np.sin(turn) * np.sin(tilt), -np.cos(turn) * np.sin(tilt), np.cos(tilt)])


def _slider(low: int, high: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setFixedSize(110, 26)
    return slider
