"""The pictures that were kept: a list with thumbnails, whose titles can be typed over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from liverplan.app.kit.language import language, tr
from liverplan.app.kit.widgets import button, label, row, set_tip
from liverplan.app.session.context import Context
from liverplan.app.session.session import Topic
from liverplan.app.steps.result.pictures import Pictures
from liverplan.findings.key_images import KeyImage
from liverplan.plain import clean
from liverplan.report.kept import where_words
from liverplan.words import words_of

SIDE = 64
MOST_SHOWN = 4


class PicturesBox(QWidget):
    """What goes into report and export beside the numbers."""

    def __init__(self, context: Context, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._icons: dict[str, QIcon] = {}
        self.list = _List(self._delete)
        self.list.itemChanged.connect(self._entitle)
        self.list.itemSelectionChanged.connect(self._buttons)
        tip = tr("The slice under the mouse, or the liver in 3D, as it is seen now (Ctrl+K)")
        self.keep_button = button(tr("Keep this picture"), pictures.keep, tip=tip)
        self.delete_button = button(tr("Delete"), self._delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(tr("Key pictures, for report and export"), "secondary"))
        column.addLayout(row(self.keep_button, self.delete_button))
        column.addWidget(self.list)
        context.session.subscribe(self._changed)
        self.refresh()

    def _changed(self, topics: frozenset[Topic]) -> None:
        if topics & {"ct", "pictures"}:
            self.refresh()

    def refresh(self) -> None:
        """List the pictures as they are."""
        kept, chosen = self._pictures.kept, self.list.currentRow()
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        self._icons = {one.file: self._icons.get(one.file) or icon_of(one) for one in kept}
        for image in kept:
            where = where_words(image, words_of(language()))
            item = QListWidgetItem(self._icons[image.file], clean(image.title) or where)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            set_tip(item, f"{where}\n{tr('Double-click or F2: another title')}")
            self.list.addItem(item)
        self.list.setCurrentRow(min(chosen, len(kept) - 1))
        del blocker
        self.list.setVisible(bool(kept))
        self.list.setFixedHeight((SIDE + 10) * min(len(kept), MOST_SHOWN) + 4)
        self._buttons()

    def _buttons(self) -> None:
        self.delete_button.setEnabled(self.list.currentRow() >= 0)

    def _entitle(self, item: QListWidgetItem) -> None:
        number, text = self.list.row(item), item.text()
        where = where_words(self._pictures.kept[number], words_of(language()))
        title = "" if text == where else text
        # the list is filled anew by it, which must wait until the editor has let go of the item
        QTimer.singleShot(0, lambda: self._pictures.entitle(number, title))

    def _delete(self) -> None:
        if self.list.currentRow() >= 0:
            self._pictures.delete(self.list.currentRow())


class _List(QListWidget):
    def __init__(self, delete: Callable[[], None]) -> None:
        super().__init__()
        self._delete = delete
        self.setIconSize(QSize(SIDE, SIDE))
        self.setWordWrap(True)
        self.setAccessibleName(tr("Key pictures, for report and export"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete the chosen picture; F2 types over its title."""
        if event.key() == Qt.Key.Key_Delete:
            self._delete()
        else:
            super().keyPressEvent(event)


def icon_of(image: KeyImage) -> QIcon:
    """Return a thumbnail that keeps its greys while its row is chosen."""
    whole = QPixmap()
    whole.loadFromData(image.png, "PNG")
    small = whole.scaled(
        SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    icon = QIcon(small)
    icon.addPixmap(small, QIcon.Mode.Selected)
    return icon
