"""The list of recent cases: a picture, whose CT, which, its FLR, when it was last open."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import set_tip
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.recents import Recent, forget, recents
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.open.glances import Glance, glance_at, lines_of, thumbnail_of
from liverplan.app.steps.open.thumbnails import SIDE

MOST_RECENTS = 5
PLACE = "recent cases"
LINES = Qt.ItemDataRole.UserRole + 1
EDGE_PX, BORDER_PX = 6, 2
FAINT = 0.75
"""Opacity of what is less asked for: in any theme enough contrast to be read."""


def line_px() -> int:
    """Return how high a line of text is."""
    return QFontMetrics(theme.font(theme.BODY_PT, bold=True)).height() + 1


def row_px() -> int:
    """Return how high a row is: four lines."""
    return 4 * line_px() + 2 * EDGE_PX


class RecentList(QListWidget):
    """The cases that were open lately, but for the one on screen.

    Attributes
    ----------
    glances : list of Glance
        What each row says, from above.
    """

    chosen = Signal(object)
    """The `Glance` that was clicked, or taken by Enter."""
    filled = Signal()
    """Other cases are listed."""
    _read = Signal(object, int, object)
    _drawn = Signal(object, int, object)

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._context, self._views = context, views
        self.glances: list[Glance] = []
        self._rows: Sequence[Recent] = ()
        self._pictures: dict[str, QPixmap] = {}
        self.setItemDelegate(_Rows(self))
        self.setAccessibleName(tr("Recent cases"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.itemClicked.connect(self._choose)
        self._read.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._drawn.connect(self._keep, Qt.ConnectionType.QueuedConnection)
        views.identity_changed.connect(self._say)
        context.session.subscribe(lambda topics: self.fill() if "ct" in topics else None)

    @property
    def unfinished(self) -> Recent | None:
        """The latest case, if it was not closed in order and is not the one on screen."""
        first = self._rows[0] if self._rows else None
        return None if first is None or first.closed else first

    def fill(self) -> None:
        """List the cases as they are now: at once by their folders, then by what they hold."""
        here = str(self._context.saver.folder)
        rows = [row for row in recents(self._context.home) if row.folder != here][:MOST_RECENTS]
        known = {glance.recent.folder: glance for glance in self.glances}
        self._rows = rows
        self.glances = [_unread(row, known.get(row.folder)) for row in rows]
        self._pictures = {row.folder: made for row in rows if (made := self._picture(row))}
        self.clear()
        for _ in rows:
            self.addItem(QListWidgetItem())
        self.setFixedHeight(row_px() * len(rows) + 2 * BORDER_PX)
        self._say()
        self.filled.emit()

        def task(_report: Progress, cancel: threading.Event) -> None:
            cases = []
            for number, row in enumerate(rows):
                glance, opened = glance_at(row)
                cases.append(opened)
                self._read.emit(rows, number, glance)
            for number, opened in enumerate(cases):
                if opened is not None and not cancel.is_set():
                    self._drawn.emit(rows, number, thumbnail_of(opened))

        if rows:
            self._context.jobs.follow(PLACE, task, lambda _none: None)

    def _picture(self, row: Recent) -> QPixmap | None:
        return self._pictures.get(row.folder)

    def _take(self, rows: Sequence[Recent], number: int, glance: Glance) -> None:
        if rows is self._rows:
            self.glances[number] = glance
            self._say()

    def _keep(self, rows: Sequence[Recent], number: int, made: QImage | None) -> None:
        if rows is self._rows and made is not None:
            self._pictures[rows[number].folder] = QPixmap.fromImage(made)
            self._say()

    def _say(self) -> None:
        hidden = self._views.hidden
        for number, glance in enumerate(self.glances):
            item, lines = self.item(number), lines_of(glance, hidden=hidden)
            item.setData(LINES, lines)
            item.setData(Qt.ItemDataRole.DecorationRole, self._pictures.get(glance.recent.folder))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, "\n".join(filter(None, lines)))
            folder = "" if hidden else glance.recent.folder
            off = tr("Delete takes it off this list; the case stays where it is.")
            set_tip(
                item, "\n".join(filter(None, (*lines, folder, glance.fault if folder else "", off)))
            )

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.glances[self.row(item)])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Open with Enter, take off the list with Delete; arrows go up and down."""
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(item)
        elif item is not None and event.key() == Qt.Key.Key_Delete:
            forget(self._context.home, self.glances[self.row(item)].recent.folder)
            self.fill()
        else:
            super().keyPressEvent(event)


def _unread(row: Recent, before: Glance | None) -> Glance:
    """Return what is known of a case until it is read: what it said when it was last listed."""
    return before if before is not None and before.recent == row else Glance(recent=row)


class _Rows(QStyledItemDelegate):
    """Paints a row: the picture, whose CT it is in bold, and three lines below."""

    def sizeHint(  # noqa: N802 - Qt's name
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Every row is as high, whatever is known of its case."""
        return QSize(SIDE, row_px())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        rect: QRect = option.rect
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem,
            option,
            painter,
            option.widget,
        )
        painter.save()
        frame = QRect(rect.x() + EDGE_PX, rect.y() + (row_px() - SIDE) // 2, SIDE, SIDE)
        painter.fillRect(frame, QColor(0, 0, 0))
        made = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(made, QPixmap):
            painter.drawPixmap(frame.center() - made.rect().center(), made)
        colour = option.palette.color(QPalette.ColorRole.Text)
        self._write(painter, rect, index.data(LINES) or (), colour)
        painter.restore()

    def _write(self, painter: QPainter, rect: QRect, lines: Sequence[str], colour: QColor) -> None:
        left = rect.x() + SIDE + 2 * EDGE_PX
        high = line_px()
        for number, line in enumerate(lines):
            painter.setFont(theme.font(theme.BODY_PT, bold=number == 0))
            colour.setAlphaF(FAINT if number % 2 else 1.0)
            painter.setPen(colour)
            top = rect.y() + EDGE_PX + number * high
            room = QRect(left, top, rect.right() - left - EDGE_PX, high)
            shown = painter.fontMetrics().elidedText(
                line, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
