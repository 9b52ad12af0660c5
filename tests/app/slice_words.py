"""The words drawn over slices, each with its place, read off the overlay drawn as SVG."""

import re
from xml.etree import ElementTree as ET

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

SVG = "{http://www.w3.org/2000/svg}"
RESOLUTION = 96


def words_on(overlay: QWidget) -> list[tuple[str, QRectF]]:
    """Each text that an overlay draws, with the room that it takes, pixels; its halo left out."""
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    drawn = QSvgGenerator()
    drawn.setOutputDevice(buffer)
    drawn.setSize(overlay.size() if not overlay.size().isEmpty() else QSize(1, 1))
    drawn.setResolution(RESOLUTION)
    overlay.render(drawn, QPoint(0, 0))
    buffer.close()
    found: dict[tuple[str, int, int], QRectF] = {}
    for group in ET.fromstring(bytes(kept.data())).iter(f"{SVG}g"):  # noqa: S314 - our own
        right, down = moved(group.get("transform", ""))
        for text in group.findall(f"{SVG}text"):
            words, room = (text.text or "").strip(), room_of(text)
            if words:
                room.translate(right, down)
                key = words, round(room.x() / 4), round(room.y() / 4)
                found.setdefault(key, room)
    return unhaloed(found)


def unhaloed(found):
    """One of each text that is drawn several times around one place."""
    kept: list[tuple[str, QRectF]] = []
    for (words, _, _), room in found.items():
        near = (other for said, other in kept if said == words)
        if not any(abs(o.x() - room.x()) < 5 and abs(o.y() - room.y()) < 5 for o in near):
            kept.append((words, room))
    return kept


def moved(transform: str) -> tuple[float, float]:
    numbers = [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", transform)]
    return (numbers[4], numbers[5]) if len(numbers) == 6 else (0.0, 0.0)


def room_of(text) -> QRectF:
    font = QFont(text.get("font-family", "").strip("'"))
    font.setPixelSize(round(float(text.get("font-size", "15"))))
    font.setWeight(QFont.Weight(int(text.get("font-weight", "400"))))
    metrics = QFontMetricsF(font)
    x, base = float(text.get("x", "0")), float(text.get("y", "0"))
    wide = metrics.horizontalAdvance((text.text or "").strip())
    return QRectF(x, base - metrics.capHeight(), wide, metrics.capHeight())


def faults_on(overlay: QWidget, name: str) -> list[str]:
    """Say which words over a slice lie on each other, or leave it."""
    words, found = words_on(overlay), []
    inside = QRectF(overlay.rect()).adjusted(-2, -2, 2, 2)
    for number, (one, room) in enumerate(words):
        if not inside.contains(room):
            found.append(f"{one[:40]!r} on the {name} slice is cut off")
        found += [
            f"{one[:40]!r} lies on {other[:40]!r} on the {name} slice"
            for other, its in words[number + 1 :]
            if room.intersects(its)
        ]
    return found
