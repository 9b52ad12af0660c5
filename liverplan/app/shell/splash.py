"""What is seen while the window is made: a program of its own, which `screen` starts.

It prints "opened" once Qt has a screen, and ends with whoever started it. Nothing of liverplan and
no widgets are imported, so that it is there at once.
"""

from __future__ import annotations

import os
import sys
from threading import Thread

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QRasterWindow

SIZE = QSize(600, 196)
BACKGROUND, TEXT, SECONDARY = QColor("#1e1e22"), QColor("#e6e6e6"), QColor("#b0b4bc")
LINES = (
    (QRect(32, 24, 536, 40), 20, TEXT),
    (QRect(32, 66, 536, 24), 11, TEXT),
    (QRect(32, 104, 536, 76), 11, SECONDARY),
)
"""Where each line stands, its size in points and its colour."""


class Splash(QRasterWindow):
    """A name, what goes on, and what this is not."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self._texts = texts
        self.setFlags(Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint)
        room = QRect(0, 0, SIZE.width(), SIZE.height())
        room.moveCenter(self.screen().availableGeometry().center())
        self.setGeometry(room)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Write the lines."""
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), self.height()), BACKGROUND)
        for (place, points, colour), text in zip(LINES, self._texts, strict=True):
            font = painter.font()
            font.setPointSizeF(points)
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(place, Qt.TextFlag.TextWordWrap, text)
        painter.end()


def main() -> None:
    """Open, say so, and stay until the one who started this is gone."""
    app = QGuiApplication(sys.argv[:1])
    splash = Splash(sys.argv[1:])
    sys.stdout.write("opened\n")
    sys.stdout.flush()
    Thread(target=end_with_parent, daemon=True).start()
    splash.show()
    app.exec()


def end_with_parent() -> None:
    """End at once when nobody can write any more to what is read here."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
