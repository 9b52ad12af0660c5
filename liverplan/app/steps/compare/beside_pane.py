"""The pane of a second CT: which it is, how it is linked, its window, its slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QVBoxLayout, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.busy import Busy
from liverplan.app.kit.files import folder
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import Notice, button, label, row, set_tip
from liverplan.app.session.context import Context
from liverplan.app.slices.convert import napari_to_lps
from liverplan.app.slices.navigation import zoom_about
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.compare.beside import PLACE, Beside, Second
from liverplan.app.steps.compare.beside_picture import BesidePicture, which_of
from liverplan.plain import clean

if TYPE_CHECKING:
    from liverplan.dicom import SeriesInfo


class BesidePane(QWidget):
    """Hidden until a second CT is asked for."""

    shown = Signal()
    """It has come or gone: who lays it out looks again."""

    def __init__(self, context: Context, views: ThreeViews, beside: Beside) -> None:
        super().__init__()
        self._views, self._jobs, self.beside = views, context.jobs, beside
        self.notice, self.busy, self.picture = Notice(), Busy(), BesidePicture()
        context.notices.show_at(PLACE, self.notice.say)
        context.jobs.watch(PLACE, self.busy.watch)
        context.jobs.changed.connect(lambda place: self._refresh() if place == PLACE else None)
        self.series, self.window_box = QComboBox(), QComboBox()
        self.series.setAccessibleName(tr("Series"))
        self.linked = QCheckBox(tr("Linked"))
        self.way = label("", "secondary")
        self.admit_button = button(tr("Show it all the same"), beside.admit)
        self.open_button = button(tr("Other CT…"), self.ask)
        self.close_button = button(tr("Put away"), self.put_away)
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        for box in (self.series, self.window_box):
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.linked.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.window_box.setAccessibleName(tr("Window of the second CT"))
        set_tip(self.window_box, tr("Window of the second CT"))
        for name, level, width in theme.PRESETS:
            self.window_box.addItem(f"{tr(name)} {level}/{width}", (level, width))
        set_tip(
            self.linked,
            tr("Untick it, go to the same place in both, tick it again: they are shifted by that."),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 0)
        column.setSpacing(4)
        column.addLayout(row(self.open_button, 1, self.close_button))
        column.addWidget(self.series)
        column.addLayout(row(self.linked, self.window_box))
        for part in (self.way, self.busy, self.notice, self.admit_button):
            column.addWidget(part)
        column.addWidget(self.picture, 1)
        self.setMinimumWidth(220)

    def _connect(self) -> None:
        beside, views, picture = self.beside, self._views, self.picture
        beside.changed.connect(self._refresh)
        views.drawn.connect(self._follow)
        views.identity_changed.connect(self._follow)
        self.series.activated.connect(self._choose)
        self.window_box.activated.connect(self._preset)
        self.linked.toggled.connect(lambda on: beside.link(linked=on))
        picture.moved.connect(beside.move)
        picture.stretched.connect(self._stretch)
        picture.pressed.connect(self._refuse_tool)
        picture.windowed.connect(lambda: self.window_box.setCurrentIndex(-1))

    def ask(self) -> None:
        """Ask for the other CT, and show it."""
        chosen = folder(self, tr("A folder with the other CT, or its case"))
        if chosen is not None:
            self.appear()
            self.beside.open(chosen)

    def toggle(self) -> None:
        """Ask for a second CT; put the one on show away."""
        if self.isHidden():
            self.ask()
        else:
            self.put_away()

    def put_away(self) -> None:
        """Keep nothing of the second CT, and give its room back."""
        self.busy.cancel()
        self.beside.close()

    def appear(self) -> None:
        """Take the room beside the axial view, with its window to begin with."""
        if self.isHidden():
            self.picture.limits_hu = self._views.limits_hu
            self.window_box.setCurrentIndex(self._preset_shown())
            self.show()
            self.shown.emit()

    def _preset_shown(self) -> int:
        now = round(self._views.level_hu), round(self._views.width_hu)
        return next((n for n, p in enumerate(theme.PRESETS) if p[1:] == now), -1)

    def _refresh(self) -> None:
        beside = self.beside
        second = beside.second
        self._list_series()
        self.admit_button.setVisible(beside.asking is not None)
        for part in (self.linked, self.window_box, self.way):
            part.setVisible(second is not None)
        blocker = QSignalBlocker(self.linked)
        self.linked.setChecked(beside.linked)
        del blocker
        self.way.setText("" if second is None else about(second))
        self.picture.show_second(second)
        self.picture.title = "" if second else tr("No second CT is shown.")
        empty = not (second or beside.asking or beside.found or self._jobs.busy(PLACE))
        if empty and not self.notice.text() and not self.isHidden():
            self.hide()
            self.shown.emit()
        self._follow()

    def _list_series(self) -> None:
        found = self.beside.found
        if [self.series.itemData(n) for n in range(self.series.count())] != found:
            self.series.clear()
            for info in found:
                self.series.addItem(series_words(info), info)
            self.series.setPlaceholderText(tr("Choose a series"))
            self.series.setCurrentIndex(0 if len(found) == 1 else -1)
        self.series.setVisible(len(found) > 1)

    def _choose(self, number: int) -> None:
        self.beside.read(self.series.itemData(number))

    def _preset(self, number: int) -> None:
        self.picture.show_window(*self.window_box.itemData(number))

    def _follow(self) -> None:
        """Show the point, the place and the size that the axial view has now."""
        second, picture, look = self.beside.second, self.picture, self._views.views["Axial"].look
        if second is None or look is None or self.isHidden():
            return
        picture.hidden = self._views.hidden
        middle = napari_to_lps(look.grid, look.world(*look.centre))
        picture.centre_mm, picture.zoom = second.from_case(middle), look.zoom
        picture.show_point(self.beside.point_mm)

    def _stretch(self, factor: float) -> None:
        view = self._views.views["Axial"]
        if view.look is not None:
            middle = view.look.width / 2, view.look.height / 2
            zoom_about(self._views, view, view.look, middle, factor)

    def _refuse_tool(self) -> None:
        if self._views.tool is not None:
            self.notice.say(
                tr(
                    "Tools work on the case's own CT, which is measured and kept: this one is only "
                    "looked at."
                )
            )
        else:
            self.notice.say("")


def about(second: Second) -> str:
    """Say which CT it is, and below it how it lies on the case's."""
    series = second.record.series
    which = () if series is None else which_of(series)
    return "\n".join(filter(None, (" \N{MIDDLE DOT} ".join(which), how_it_lies(second))))


def how_it_lies(second: Second) -> str:
    """Say why a point of the one is that point of the other."""
    match second.way:
        case "frame":
            return tr("One frame of reference: the same place in both.")
        case "livers":
            return tr("Another frame of reference: laid on by the livers.")
        case _:
            return tr("Another frame of reference: laid on by hand, near enough to look at.")


def series_words(info: SeriesInfo) -> str:
    """Return what the list says of a series."""
    return clean(" ".join(filter(None, (info.description or info.kind, f"({info.n_files})"))))
